"""What cooling failures must do (specification of the plant, 10.4 to 10.6).

Tolerances are 0.2 K, 0.5 % and a second or 1.5 %; what deviates further is held as decision 0008 lists it. Those of
the liquid loop that are not here are in `test_plant_liquid`, those of one fault in EDGE-40 in `test_plant_steady`.
"""

from typing import Any

import pytest

from simulators.world import World
from tests.simulators.deviations import near, ours
from tests.simulators.traces import (
    Change,
    Trace,
    clock,
    coolant,
    die,
    every_compressor_trips,
    every_unit_stops,
    fault,
    follow,
    inlet,
    it_kw,
    steady,
    tripped,
)

KELVIN, TIMER = 0.2, 0.3
SECOND, MINUTES = 1.25, 0.015  # of what is told in whole seconds
LIMITS = (27.0, 32.0, 35.0, 40.0, 45.0)
slow = pytest.mark.slow

# Preset, share of the load, what stops; IT kW, seconds to 27, 32, 35, 40, 45 °C, first node off; K/min at first.
RIDE_THROUGH = [
    pytest.param("edge-40", 0.5, every_compressor_trips, 20.2, (41, 70, 89, 126, 172), 232, 9.8, marks=slow),
    pytest.param("edge-40", 0.75, every_compressor_trips, 30.1, (32, 53, 67, 91, 122), 161, 13, marks=slow),
    pytest.param("edge-40", 1.0, every_compressor_trips, 39.9, (26, 44, 54, 73, 96), 125, 17),
    pytest.param("edge-40", 1.0, every_unit_stops, 39.9, (5, 14, 31, 60, 90), 125, 10),
    pytest.param("lc-120", 0.5, every_compressor_trips, 60.5, (55, 104, 141, 235, 417), 720, 6.5, marks=slow),
    pytest.param("lc-120", 0.75, every_compressor_trips, 90.0, (45, 80, 106, 166, 278), 478, 8.5, marks=slow),
    pytest.param("lc-120", 1.0, every_compressor_trips, 119.5, (38, 66, 85, 129, 206), 353, 10.4),
    pytest.param("lc-120", 1.0, every_unit_stops, 119.5, (11, 31, 61, 130, 228), 376, 8),
]


def ride_through(world: World, change: Change, seconds: float) -> tuple[Trace, list[float], float]:
    """The trace, when it passes the limits and when the first node is off, and K/min of the first minute.

    The first seconds, in which nothing warms or everything does, are left out of the rate."""
    trace = follow(world, seconds, change, inlet=inlet, off=tripped, it=it_kw)
    times = [*(trace.first("inlet", above=limit) for limit in LIMITS), trace.first("off", above=0.5)]
    return trace, times, (trace.at("inlet", 60) - trace.at("inlet", 18)) * 60 / 42


@pytest.mark.parametrize(("preset", "share", "change", "kilowatt", "passed", "off", "rate"), RIDE_THROUGH)
def test_ride_through_without_compressors(
    preset: str, share: float, change: Change, kilowatt: float, passed: tuple[float, ...], off: float, rate: float
) -> None:
    """Section 10.4, in whole seconds. The rate of EDGE-40 is told in whole kelvin from half of the load on."""
    trace, times, found = ride_through(steady(preset, share), change, off * 1.15)
    assert trace.start["it"] == pytest.approx(kilowatt, rel=0.005)
    assert times == pytest.approx([*passed, off], rel=MINUTES, abs=SECOND)
    assert found == pytest.approx(rate, abs=0.4 if isinstance(rate, int) else 0.15)


@slow
@pytest.mark.parametrize(
    ("preset", "moments", "kilowatt", "expected", "rate"),
    [
        ("edge-40", (1800, 3000), 10.3, (74, 129, 168, 247, 349, 487), 6.7),
        ("lc-120", (3600, 4800), 31.0, (101, 187, 262, 484, 945, 1657), 4.8),
    ],
)
def test_ride_through_at_a_quarter_of_the_load(
    preset: str, moments: tuple[int, int], kilowatt: float, expected: tuple[float, ...], rate: float
) -> None:
    """Section 10.4. Compressors come and go there and the structure cools for hours, so the moment decides: what is
    expected lies between what the container does at two moments after nodes were switched off."""
    found = []
    for seconds in moments:
        world = World(preset, 1, 0)
        for node in world.container.nodes[len(world.container.nodes) // 4 :]:
            node.switch(False)
        world.advance_to(1000 * seconds)
        trace, times, first_minute = ride_through(world, every_compressor_trips, 1800)
        assert trace.start["it"] == pytest.approx(kilowatt, rel=0.005)
        assert first_minute == pytest.approx(rate, abs=0.2)
        found.append(times)
    for early, late, between in zip(*found, expected, strict=True):
        assert early <= between <= late


@pytest.mark.parametrize(
    ("preset", "name", "peak", "at", "recovered"),
    [
        ("edge-40", "crac.fan_fail", 25.7, 37, ours("10.5 EDGE-40 fan, recovered")),
        ("edge-40", "crac.comp_trip", 27.0, 60, 221),
        ("lc-120", "crac.fan_fail", 26.1, 43, ours("10.5 LC-120 fan, recovered")),
    ],
)
def test_one_unit_is_covered_by_the_others(preset: str, name: str, peak: float, at: float, recovered: Any) -> None:
    """Section 10.5; recovered within 0.5 K."""
    trace = follow(steady(preset), 400, fault(name), inlet=inlet)
    assert trace.highest("inlet") == (pytest.approx(peak, abs=KELVIN), pytest.approx(at, abs=SECOND))
    assert trace.last("inlet", above=trace.start["inlet"] + 0.5) == near(recovered, abs=SECOND)


def test_a_tripped_unit_stops_its_fan_after_a_minute() -> None:
    """Section 10.5."""
    trace = follow(steady("edge-40"), 75, fault("crac.comp_trip"), fan=lambda w: w.container.cracs[0].fan)
    assert trace.at("fan", 60) > trace.start["fan"]
    assert trace.first("fan", below=0.5) == pytest.approx(60.0, abs=TIMER)
    assert trace.at("fan", 75) < 0.01


@slow
def test_a_failed_fan_on_a_hot_day_takes_the_others_to_their_limit() -> None:
    """Section 10.5 at 35 °C: peak 25.9 °C, the two other compressors at 0.98."""
    speed = {"speed": lambda w: w.container.cracs[1].speed}
    trace = follow(steady("edge-40", 1.0, 10.0), 900, fault("crac.fan_fail"), inlet=inlet, **speed)
    assert trace.highest("inlet")[0] == pytest.approx(25.9, abs=KELVIN)
    assert trace.at("speed", 900) == pytest.approx(0.98, abs=0.01)


@slow
@pytest.mark.parametrize(("container", "expected"), [("", 29.9), ("lc-120-", 35.4)])
def test_a_fan_that_runs_on_for_ever_keeps_the_inlet_warm(container: str, expected: float) -> None:
    """Section 10.5. After an hour the structure has not yet warmed through."""
    preset = f"{container}fan-keeps-running-after-compressor-trip"
    trace = follow(steady(preset), 3600, fault("crac.comp_trip"), inlet=inlet)
    assert trace.at("inlet", 3600) == pytest.approx(expected, abs=KELVIN)


def test_a_failed_fan_costs_a_little_efficiency() -> None:
    """Section 10.5: PUE 1.325 to 1.362 with two units at higher speed, fans 0.76 and compressors 0.90."""
    world = steady("edge-40")
    other = world.container.cracs[1]
    assert (other.fan, other.speed) == pytest.approx((0.51, 0.59), abs=0.005)
    follow(world, 600, fault("crac.fan_fail"))
    assert (other.fan, other.speed) == pytest.approx((0.76, 0.90), abs=0.008)
    assert world.container.bus_w / world.container.it_w == pytest.approx(1.362, abs=0.005)


def test_a_pump_that_fails_costs_no_work() -> None:
    """Section 10.6: the standby pump takes over before a chip slows down; IT power is unchanged."""
    trace = follow(steady("lc-120"), 30, fault("cdu.pump_fail", pump="1"), it=it_kw, f=clock)
    assert trace.lowest("it")[0] == pytest.approx(trace.start["it"], rel=1e-5)
    assert trace.lowest("f")[0] == pytest.approx(0.94, abs=0.005)


# Fault, how much warmer than 25 °C; seconds to coolant of 45 and 50 °C, throttling, nodes off.
NO_FACILITY_WATER = [
    ("fws.pump_fail", 0.0, (25, 58, 84, 128)),
    ("fws.pump_fail", 10.0, (5, ours("10.6 facility pump on a hot day, 50 °C"), 57, 100)),
    ("drycooler.fans_fail", 0.0, (ours("10.6 fans of the dry cooler, 45 °C"), 240, 301, 480)),
    ("drycooler.fans_fail", 10.0, (ours("10.6 fans of the dry cooler on a hot day, 45 °C"), 130, 185, 352)),
]


@slow
@pytest.mark.parametrize(("name", "warmer", "expected"), NO_FACILITY_WATER)
def test_without_facility_water_the_coolant_warms(name: str, warmer: float, expected: tuple[Any, ...]) -> None:
    """Section 10.6 at 25 and 35 °C."""
    trace = follow(steady("lc-120", 1.0, warmer), 500, fault(name), c=coolant, off=tripped, d=die)
    found = [trace.first("c", above=45), trace.first("c", above=50), trace.first("d", above=87)]
    for seconds, figure in zip([*found, trace.first("off", above=0.5)], expected, strict=True):
        assert seconds == near(figure, rel=MINUTES, abs=SECOND)


LOOP = {
    "lost": lambda w: w.container.cdu.loop.leaked_l,
    "flow": lambda w: w.container.cdu.loop.flow_pu,
    "die": die,
    "off": tripped,
}


@pytest.mark.parametrize(
    ("rate", "five_litres", "falls", "throttling", "off"),
    [
        (10.0, 30, 247, ours("10.6 leak of 10 L/min, throttling"), ours("10.6 leak of 10 L/min, nodes off")),
        pytest.param(2.0, 151, 1231, ours("10.6 leak of 2 L/min, throttling"), 1806, marks=slow),
    ],
)
def test_an_unattended_leak_throttles_and_trips(
    rate: float, five_litres: float, falls: float, throttling: Any, off: Any
) -> None:
    """Section 10.6; the flow has fallen when it is below 95 %."""
    trace = follow(steady("lc-120"), falls * 1.7, fault("cdu.leak", rate=rate), **LOOP)
    assert trace.first("lost", above=4.999) == pytest.approx(five_litres, abs=SECOND)
    assert trace.first("flow", below=0.95) == pytest.approx(falls, abs=SECOND)
    assert trace.first("die", above=87) == throttling
    assert trace.first("off", above=0.5) == near(off, rel=0.005)


@slow
def test_a_small_leak_is_not_felt_by_any_chip() -> None:
    """Section 10.6: half a litre a minute for 40 min."""
    trace = follow(steady("lc-120"), 2400, fault("cdu.leak", rate=0.5), coolant=coolant, inlet=inlet, **LOOP)
    assert trace.at("lost", 2400) == pytest.approx(20.0, abs=0.1)
    assert trace.lowest("flow")[0] == 1.0
    for name in ("die", "coolant", "inlet"):
        assert trace.highest(name)[0] - trace.lowest(name)[0] < 0.01


@slow
def test_a_drip_is_below_the_level_alarm_for_a_hundred_minutes() -> None:
    """Section 10.6: 0.05 L/min, where the rope has told after four minutes."""
    rope = {"rope": lambda w: float(w.container.security.zone("zone-1") == "leak")}
    trace = follow(steady("lc-120"), 6060, fault("cdu.leak", rate=0.05), **LOOP, **rope)
    assert trace.first("rope", above=0.5) == pytest.approx(250, abs=SECOND)
    assert trace.first("lost", above=4.999) == pytest.approx(6000, abs=SECOND + 2)
