"""What steps of load, power caps and the weather must do to power (specification of the plant, 10.7 to 10.9).

Tolerances are 0.2 K, 0.5 % and a second or 1.5 %; what deviates further is held as decision 0008 lists it.
"""

from typing import Any

import pytest

from simulators.world import World
from tests.simulators.deviations import near, ours
from tests.simulators.traces import (
    Trace,
    clock,
    coolant,
    die,
    fault,
    follow,
    genset_hz,
    genset_kw,
    inlet,
    input_kw,
    it_kw,
    steady,
    work,
)

KELVIN = 0.2
SECOND, MINUTES = 1.25, 0.015  # of what is told in whole seconds
slow = pytest.mark.slow


def up_and_down(preset: str) -> tuple[Trace, Trace]:
    """From 5 % of the work to all of it, and after 40 min back."""
    world = World(preset, 1, 0)
    follow(world, 2400, work(0.05))
    probes = {"inlet": inlet, "it": it_kw, "input": input_kw}
    if preset == "lc-120":
        probes["coolant"] = coolant
    return follow(world, 2400, work(1.0), **probes), follow(world, 600, work(0.05), **probes)


@slow
def test_a_step_of_load_in_the_air_cooled_container() -> None:
    """Section 10.7: power is there at once, and fans and leakage follow; the inlet settles within 0.5 K."""
    up, down = up_and_down("edge-40")
    assert up.start["it"] == pytest.approx(15.5, rel=0.005)
    assert up.first("it", below=39.2) == ours("10.7 IT power is there")
    assert (up.at("it", 0.4), up.at("it", 2400)) == pytest.approx((39.1, 39.9), rel=0.005)
    input_power = (up.start["input"], up.at("input", 2.0), up.at("input", 2400))
    assert input_power == pytest.approx((21.5, 46.1, 52.8), rel=0.005)
    assert up.highest("inlet") == (pytest.approx(25.0, abs=KELVIN), pytest.approx(59, abs=SECOND))
    settled = up.at("inlet", 2400)
    assert up.last("inlet", above=settled + 0.5) == pytest.approx(199, abs=SECOND)
    assert up.lowest("inlet", after=199 + SECOND)[0] > settled - 0.5
    assert down.lowest("inlet") == (pytest.approx(19.4, abs=KELVIN), pytest.approx(54, abs=SECOND))


@slow
def test_a_step_of_load_in_the_liquid_cooled_container() -> None:
    """Section 10.7."""
    up, down = up_and_down("lc-120")
    assert up.start["it"] == ours("10.7 LC-120, IT power at 5 % work")
    assert up.at("it", 0.4) == pytest.approx(119.6, rel=0.005)
    # The fans of the nodes turn more slowly at 5 % work, as the decision says of IT power.
    assert up.start["input"] == pytest.approx(39.5, rel=0.01)
    assert (up.at("input", 2.0), up.at("input", 2400)) == pytest.approx((132.7, 135.5), rel=0.005)
    assert up.highest("inlet")[0] == pytest.approx(23.7, abs=KELVIN)
    warmest, coldest = up.highest("coolant"), down.lowest("coolant")
    assert (warmest[0], coldest[0]) == pytest.approx((44.4, 36.0), abs=KELVIN)
    assert warmest[1] == ours("10.7 LC-120, coolant peaks")
    assert coldest[1] == ours("10.7 LC-120, coolant lowest")


@slow
@pytest.mark.parametrize(
    ("preset", "period", "kilowatt", "hertz"),
    [
        ("edge-40", 5.0, (36.7, 55.2), (49.3, 50.7)),
        ("edge-40", 1.0, None, (49.6, 50.6)),
        ("lc-120", 5.0, (79.6, 147), (48.9, 51.2)),
        ("lc-120", 1.0, None, (49.4, 50.9)),
    ],
)
def test_a_training_swing_on_the_genset(
    preset: str, period: float, kilowatt: tuple[float, float] | None, hertz: tuple[float, float]
) -> None:
    """Section 10.7: 60 % of the time full work, then 60 % less."""
    world = steady(preset)
    follow(world, 120, fault("mains.loss"))
    trace = follow(world, 0, None, hz=genset_hz, kw=genset_kw)
    for _ in range(round(30 / period)):
        for share, part in ((1.0, 0.6), (0.4, 0.4)):
            trace.rows += follow(world, part * period, work(share), hz=genset_hz, kw=genset_kw).rows
    found = (trace.lowest("hz", 5.0)[0], trace.highest("hz", 5.0)[0])
    assert found == pytest.approx(hertz, abs=0.15)
    if kilowatt is not None:
        assert (trace.lowest("kw", 5.0)[0], trace.highest("kw", 5.0)[0]) == pytest.approx(kilowatt, rel=0.03)


@pytest.mark.parametrize(("hertz", "range_hz"), [(0.2, (49.3, 50.7)), (1.0, (49.6, 50.6))])
def test_the_training_fault_is_that_swing(hertz: float, range_hz: tuple[float, float]) -> None:
    world = steady("edge-40")
    follow(world, 120, fault("mains.loss"))
    trace = follow(world, 40, fault("it.training", frequency=hertz, depth=60.0), hz=genset_hz, kw=genset_kw)
    assert (trace.lowest("hz", 5.0)[0], trace.highest("hz", 5.0)[0]) == pytest.approx(range_hz, abs=0.15)
    if hertz == 0.2:
        assert (trace.lowest("kw", 5.0)[0], trace.highest("kw", 5.0)[0]) == pytest.approx((36.7, 55.2), rel=0.03)


# Cap (W); clock, work (%), IT power and the die at rest; seconds until the chips are within 2 % of it.
CAPS = [
    ("edge-40", 600, 0.843, -9.1, 36.1, 70.7, 0.08),
    ("edge-40", 500, 0.749, -19.2, 32.5, 64.8, 0.10),
    ("edge-40", 350, 0.582, -37.2, 27.5, 52.2, 0.12),
    ("lc-120", 857, 0.862, -8.9, 105.4, 69.9, 0.08),
    ("lc-120", 714, 0.766, -19.0, 91.2, 65.0, 0.10),
    ("lc-120", 500, 0.595, -37.1, 70.1, ours("10.8 LC-120 at 500 W, die"), 0.12),
]


@pytest.mark.parametrize(
    ("preset", "cap", "clock_pu", "percent", "kilowatt", "die_c"),
    [pytest.param(*row[:-1], marks=slow if row[0] == "lc-120" else ()) for row in CAPS],
)
def test_a_power_cap(preset: str, cap: float, clock_pu: float, percent: float, kilowatt: float, die_c: Any) -> None:
    """Section 10.8: twenty minutes later."""
    world = steady(preset)
    node = world.container.nodes[0]
    before = node.tokens_per_s()
    for each in world.container.nodes:
        each.cap_w = cap
    world.advance_to(world.time_ms + 1_200_000)
    assert node.chip_w == pytest.approx(cap, rel=0.001)
    assert node.clock == pytest.approx(clock_pu, abs=0.001)
    assert 100.0 * (node.tokens_per_s() / before - 1.0) == pytest.approx(percent, abs=0.1)
    assert it_kw(world) == pytest.approx(kilowatt, rel=0.005)
    assert die(world) == near(die_c, abs=KELVIN)


@pytest.mark.parametrize(("preset", "cap", "settled"), [(row[0], row[1], row[-1]) for row in CAPS])
def test_chips_follow_a_power_cap_within_an_eighth_of_a_second(preset: str, cap: float, settled: float) -> None:
    """Section 10.8, seen every 20 ms. What takes longer in a test is the way of the command."""
    plant = steady(preset).container
    for node in plant.nodes:
        node.cap_w = cap
    away = []
    for tick in range(1, 16):
        plant.step(20)
        plant.evaluate()
        away.append(0.02 * tick if abs(plant.nodes[0].chip_w / cap - 1.0) > 0.02 else 0.0)
    assert max(away) + 0.02 == pytest.approx(settled, abs=0.021)


PUE = {
    ("edge-40", -20): (1.366, 1.270, 1.241, 1.238),
    ("edge-40", -10): (1.405, 1.303, 1.275, 1.274),
    ("edge-40", 0): (1.457, 1.350, 1.324, 1.325),
    ("edge-40", 10): (1.542, 1.423, 1.400, 1.404),
    ("edge-40", 20): (1.688, 1.544, 1.525, 1.535),
    ("lc-120", -20): (1.219, 1.143, 1.118, 1.109),
    ("lc-120", -10): (1.233, 1.153, 1.127, 1.118),
    ("lc-120", 0): (1.272, 1.168, 1.142, 1.135),
    ("lc-120", 10): (1.387, 1.236, 1.191, 1.174),
    ("lc-120", 20): (1.440, 1.276, 1.227, 1.210),
}


@slow
@pytest.mark.parametrize(
    ("preset", "warmer", "share", "pue"),
    [
        (preset, warmer, share, pue)
        for (preset, warmer), row in PUE.items()
        for share, pue in zip((0.25, 0.5, 0.75, 1.0), row, strict=True)
    ],
)
def test_pue_over_an_hour(preset: str, warmer: float, share: float, pue: float) -> None:
    """Section 10.9, from energy counters; two hours at a quarter of the load, where compressors come and go."""
    world = steady(preset, share, warmer)
    energy = world.container.energy
    source, it = energy.source, energy.it
    world.advance_to(world.time_ms + (7_200_000 if share == 0.25 else 3_600_000))
    assert (energy.source - source) / (energy.it - it) == pytest.approx(pue, abs=0.01)


@slow
def test_the_liquid_cooled_container_at_45_degrees() -> None:
    """Section 10.9: coolant 53.8 °C, clock 0.93, IT 117.9 kW."""
    world = steady("lc-120", 1.0, 20.0)
    assert coolant(world) == pytest.approx(53.8, abs=KELVIN + 0.01)
    assert clock(world) == pytest.approx(0.93, abs=0.002)
    assert it_kw(world) == pytest.approx(117.9, rel=0.005)


@slow
def test_compressors_come_and_go_at_a_quarter_of_the_load() -> None:
    """The inlet swings between 18 and 23 °C in EDGE-40, for as long as the load stays so low (section 6.2)."""
    trace = follow(steady("edge-40", 0.25), 3600, inlet=inlet, running=lambda w: float(w.container.cracs[0].running))
    assert (trace.lowest("inlet")[0], trace.highest("inlet")[0]) == pytest.approx((18, 23), abs=0.75)
    assert trace.lowest("running", after=2400)[0] == 0.0 and trace.highest("running", after=2400)[0] == 1.0
