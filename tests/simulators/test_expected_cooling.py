"""What cooling failures, steps of load and open doors must do (specification of the plant, 10.4 to 10.10).

Tolerances are 0.25 s, 0.2 K and 0.5 % unless a line says otherwise and why. Those of the liquid loop that are not
here are in `test_plant_liquid`, those of one fault in EDGE-40 in `test_plant_steady`.
"""

import pytest

from simulators.world import World
from tests.simulators.traces import (
    Change,
    clock,
    coolant,
    die,
    every_compressor_trips,
    every_unit_stops,
    fault,
    follow,
    genset_hz,
    genset_kw,
    inlet,
    input_kw,
    it_kw,
    steady,
    tripped,
)

KELVIN, TIMER = 0.2, 0.3
LIMITS = (27.0, 32.0, 35.0, 40.0, 45.0)
slow = pytest.mark.slow

# Preset, share of the load, what stops; IT kW, seconds to 27, 32, 35, 40, 45 °C, first node off; K/min from 30 to 60 s.
RIDE_THROUGH = [
    pytest.param("edge-40", 0.25, every_compressor_trips, 10.3, (74, 129, 168, 247, 349), 487, 6.7, marks=slow),
    pytest.param("edge-40", 0.5, every_compressor_trips, 20.2, (41, 70, 89, 126, 172), 232, 9.8, marks=slow),
    pytest.param("edge-40", 0.75, every_compressor_trips, 30.1, (32, 53, 67, 91, 122), 161, 13, marks=slow),
    pytest.param("edge-40", 1.0, every_compressor_trips, 39.9, (26, 44, 54, 73, 96), 125, 17),
    pytest.param("edge-40", 1.0, every_unit_stops, 39.9, (5, 14, 31, 60, 90), 125, 10),
    pytest.param("lc-120", 0.25, every_compressor_trips, 31.0, (101, 187, 262, 484, 945), 1657, 4.8, marks=slow),
    pytest.param("lc-120", 0.5, every_compressor_trips, 60.5, (55, 104, 141, 235, 417), 720, 6.5, marks=slow),
    pytest.param("lc-120", 0.75, every_compressor_trips, 90.0, (45, 80, 106, 166, 278), 478, 8.5, marks=slow),
    pytest.param("lc-120", 1.0, every_compressor_trips, 119.5, (38, 66, 85, 129, 206), 353, 10.4),
    pytest.param("lc-120", 1.0, every_unit_stops, 119.5, (11, 31, 61, 130, 228), 376, 8),
]


@pytest.mark.parametrize(("preset", "share", "change", "kilowatt", "passed", "off", "rate"), RIDE_THROUGH)
def test_ride_through_without_compressors(
    preset: str, share: float, change: Change, kilowatt: float, passed: tuple[float, ...], off: float, rate: float
) -> None:
    """Section 10.4. Whole seconds, and 2 % where it takes minutes; at a quarter of the load a minute more or less,
    because compressors come and go there and the aisle swings by 5 K. The rate is read off a curve: 2 K/min."""
    trace = follow(steady(preset, share), off * 1.15, change, inlet=inlet, off=tripped, it=it_kw)
    cycling = 60.0 if share == 0.25 else 1.0
    assert trace.start["it"] == pytest.approx(kilowatt, rel=0.005)
    for limit, expected in zip(LIMITS, passed, strict=True):
        assert trace.first("inlet", above=limit) == pytest.approx(expected, rel=0.02, abs=cycling)
    assert trace.first("off", above=0.5) == pytest.approx(off, rel=0.03, abs=cycling)
    assert 2 * (trace.at("inlet", 60) - trace.at("inlet", 30)) == pytest.approx(rate, rel=0.1, abs=2.0)


@pytest.mark.parametrize(
    ("preset", "name", "peak", "at", "recovered"),
    [
        ("edge-40", "crac.fan_fail", 25.7, 37, 172),
        ("edge-40", "crac.comp_trip", 27.0, 60, 221),
        ("lc-120", "crac.fan_fail", 26.1, 43, 278),
    ],
)
def test_one_unit_is_covered_by_the_others(preset: str, name: str, peak: float, at: float, recovered: float) -> None:
    """Section 10.5. How long the recovery takes lies with the gains of the compressors, which nobody says: 15 %."""
    trace = follow(steady(preset), 400, fault(name), inlet=inlet)
    assert trace.highest("inlet") == (pytest.approx(peak, abs=KELVIN), pytest.approx(at, abs=1.25))
    assert trace.last("inlet", above=trace.start["inlet"] + 0.5) == pytest.approx(recovered, rel=0.15)


def test_a_failed_fan_costs_a_little_efficiency() -> None:
    """Section 10.5: PUE 1.325 to 1.362 with two units at higher speed."""
    world = steady("edge-40")
    follow(world, 600, fault("crac.fan_fail"), inlet=inlet)
    assert world.container.bus_w / world.container.it_w == pytest.approx(1.362, abs=0.005)


LIQUID = [
    ("fws.pump_fail", 0.0, (25, 58, 84, 128)),
    ("fws.pump_fail", 10.0, (5, 31, 57, 100)),
    ("drycooler.fans_fail", 0.0, (132, 240, 301, 480)),
    ("drycooler.fans_fail", 10.0, (38, 130, 185, 352)),
]


@pytest.mark.parametrize(("name", "warmer", "expected"), [pytest.param(*row, marks=slow) for row in LIQUID])
def test_without_facility_water_the_coolant_warms(
    name: str, warmer: float, expected: tuple[float, float, float, float]
) -> None:
    """Section 10.6 at 25 and 35 °C: 45 °C, 50 °C, throttling, nodes off; 2 %, or 2.5 s."""
    trace = follow(
        steady("lc-120", 1.0, warmer), expected[3] * 1.05, fault(name), c=coolant, f=clock, off=tripped, d=die
    )
    found = (trace.first("c", above=45), trace.first("c", above=50), trace.first("d", above=87))
    assert (*found, trace.first("off", above=0.5)) == pytest.approx(expected, rel=0.02, abs=2.5)


def test_an_unattended_leak_throttles_and_trips() -> None:
    """Section 10.6, 2 L/min. Our chips stand the shrinking flow 4 % longer before they throttle."""
    world = steady("lc-120")
    trace = follow(
        world,
        1850,
        fault("cdu.leak", rate=2.0),
        lost=lambda w: w.container.cdu.loop.leaked_l,
        flow=lambda w: w.container.cdu.loop.flow_pu,
        d=die,
        off=tripped,
    )
    assert trace.first("lost", above=4.999) == pytest.approx(151, abs=1.25)
    assert trace.first("flow", below=0.95) == pytest.approx(1231, abs=1.25)
    assert trace.first("d", above=87) == pytest.approx(1486, rel=0.04)
    assert trace.first("off", above=0.5) == pytest.approx(1806, rel=0.005)


def work(utilisation: float) -> Change:
    def change(world: World) -> None:
        for node in world.container.nodes:
            node.utilisation = utilisation

    return change


@slow
@pytest.mark.parametrize("preset", ["edge-40", "lc-120"])
def test_a_step_of_load_up_and_down(preset: str) -> None:
    """Section 10.7. IT power is there a step after the command, so 0.4 s instead of 0.2 s."""
    world = World(preset, 1, 0)
    follow(world, 2400, work(0.05), inlet=inlet)
    probes = {"inlet": inlet, "it": it_kw, "input": input_kw}
    if preset == "lc-120":
        probes["coolant"] = coolant
    up = follow(world, 2400, work(1.0), **probes)
    down = follow(world, 600, work(0.05), **probes)
    if preset == "edge-40":
        assert (up.start["it"], up.at("it", 0.4)) == (pytest.approx(15.5, rel=0.01), pytest.approx(39.1, rel=0.01))
        assert (up.start["input"], up.at("input", 2.0)) == (
            pytest.approx(21.5, rel=0.02),
            pytest.approx(46.1, rel=0.02),
        )
        assert up.highest("inlet") == (pytest.approx(25.0, abs=KELVIN), pytest.approx(59, abs=3))
        assert down.lowest("inlet") == (pytest.approx(19.4, abs=0.4), pytest.approx(54, abs=5))
    else:
        # 3 % less at five percent work: our nodes' fans turn more slowly then.
        assert (up.start["it"], up.at("it", 0.4)) == (pytest.approx(30.0, rel=0.03), pytest.approx(119.6, rel=0.01))
        assert (up.start["input"], up.at("input", 2.0)) == (
            pytest.approx(39.5, rel=0.03),
            pytest.approx(132.7, rel=0.01),
        )
        assert up.highest("coolant") == (pytest.approx(44.4, abs=0.3), pytest.approx(130, abs=6))
        assert down.lowest("coolant") == (pytest.approx(36.0, abs=0.3), pytest.approx(212, abs=20))
        assert up.highest("inlet")[0] == pytest.approx(23.7, abs=KELVIN)


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
    follow(world, 120, fault("mains.loss"), inlet=inlet)
    trace = follow(world, 0, None, hz=genset_hz, kw=genset_kw)
    for _ in range(round(30 / period)):
        for share, part in ((1.0, 0.6), (0.4, 0.4)):
            trace.rows += follow(world, part * period, work(share), hz=genset_hz, kw=genset_kw).rows
    found = (trace.lowest("hz", 5.0)[0], trace.highest("hz", 5.0)[0])
    assert found == pytest.approx(hertz, abs=0.15)
    if kilowatt is not None:
        assert (trace.lowest("kw", 5.0)[0], trace.highest("kw", 5.0)[0]) == pytest.approx(kilowatt, rel=0.03)


@pytest.mark.parametrize(
    ("preset", "cap", "clock_pu", "kilowatt", "die_c"),
    [
        ("edge-40", 350, 0.582, 27.5, 52.2),
        pytest.param("lc-120", 857, 0.862, 105.4, 69.9, marks=slow),
        pytest.param("lc-120", 714, 0.766, 91.2, 65.0, marks=slow),
        pytest.param("lc-120", 500, 0.595, 70.1, 57.8, marks=slow),
    ],
)
def test_a_power_cap(preset: str, cap: float, clock_pu: float, kilowatt: float, die_c: float) -> None:
    """Section 10.8; the chip follows within the step, what takes longer is the way of the command."""
    world = steady(preset)
    for node in world.container.nodes:
        node.cap_w = cap
    trace = follow(world, 1200, None, chip=lambda w: w.container.nodes[0].chip_w, f=clock, d=die, it=it_kw)
    assert trace.at("chip", 0.4) == pytest.approx(cap, rel=0.02)
    assert trace.at("f", 1200) == pytest.approx(clock_pu, abs=0.002)
    # At the lowest cap of LC-120 our nodes' fans turn more slowly: 1.2 % and 0.4 K less.
    assert trace.at("it", 1200) == pytest.approx(kilowatt, rel=0.012)
    assert trace.at("d", 1200) == pytest.approx(die_c, abs=0.45 if cap == 500 else KELVIN)


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
    assert (energy.source - source) / (energy.it - it) == pytest.approx(pue, abs=0.031 if share == 0.25 else 0.01)


@slow
@pytest.mark.parametrize(("warmer", "highest", "lowest"), [(10, 24.8, None), (0, 22.85, None), (-20, None, 19.6)])
def test_an_open_door(warmer: float, highest: float | None, lowest: float | None) -> None:
    """Section 10.10: one door fully open for 300 s. Ours peaks 0.22 K lower at 35 °C: the controllers answer faster."""
    trace = follow(steady("edge-40", 1.0, warmer), 300, fault("sec.door_open"), inlet=inlet)
    if highest is not None:
        assert trace.highest("inlet")[0] == pytest.approx(highest, abs=0.25)
    if lowest is not None:
        assert trace.lowest("inlet")[0] == pytest.approx(lowest, abs=KELVIN)


def test_an_open_door_lets_the_humid_air_in() -> None:
    """Section 10.10: 30 °C and 90 % outside, 11.8 to 13.4 g/kg."""
    world = World("edge-40", 1, 0)
    world.start_fault("env.heat_wave", {"rise": 5.0})
    world.start_fault("env.humid", {"humidity": 90.0})
    world.advance_to(3_600_000)
    trace = follow(world, 300, fault("sec.door_open"), ratio=lambda w: 1000 * w.container.air.ratio)
    assert trace.highest("ratio")[0] - trace.start["ratio"] == pytest.approx(13.4 - 11.8, abs=0.4)


def test_an_emergency_power_off_for_a_minute() -> None:
    """Section 10.10: dark at once, UPS back 15 s after the reset, the first node 240 s later, all 21 s after that."""
    trace = follow(
        steady("edge-40"),
        360,
        fault("sec.epo", duration=60.0),
        it=it_kw,
        alive=lambda w: float(w.container.ups.alive),
        on=lambda w: float(sum(node.state == "on" for node in w.container.nodes)),
    )
    assert trace.first("it", below=0.001) == pytest.approx(0.2)
    assert trace.first("alive", above=0.5, after=1.0) == pytest.approx(75.0, abs=TIMER)
    assert trace.first("on", above=0.5, after=1.0) == pytest.approx(75 + 240, abs=TIMER)
    assert trace.first("on", above=3.5, after=1.0) == pytest.approx(75 + 261, abs=TIMER)
