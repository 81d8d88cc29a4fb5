"""Cooling, coolant and efficiency against figures that others have published (specification, section 11).

Published figure and ours stand beside each other; where they differ on purpose, decision 0008 says why. Power is in
`test_published_power`.
"""

from math import exp, log

import pytest

from simulators.plant.humidity import dew_point, humidity_ratio
from simulators.plant.liquid.cooling import LiquidCooling
from simulators.world import World
from tests.simulators.deviations import ours
from tests.simulators.test_expected_outages import half_the_mass, outage, rest
from tests.simulators.traces import (
    Change,
    clock,
    die,
    every_compressor_trips,
    fault,
    follow,
    inlet,
    steady,
    tripped,
)

slow = pytest.mark.slow


def pue(preset: str, share: float, warmer: float) -> float:
    """Over ten minutes, or two hours where compressors come and go."""
    world = steady(preset, share, warmer)
    energy = world.container.energy
    source, it = energy.source, energy.it
    world.advance_to(world.time_ms + (7_200_000 if share == 0.25 else 600_000))
    return (energy.source - source) / (energy.it - it)


@slow
def test_pue_of_a_container_with_compressors() -> None:
    """1.3 for a container with direct expansion; ours 1.24 at 5 °C and 1.40 at 35 °C."""
    cold, hot = pue("edge-40", 1.0, -20.0), pue("edge-40", 1.0, 10.0)
    assert (cold, hot) == pytest.approx((1.24, 1.40), abs=0.005)
    assert cold < 1.3 < hot


@slow
def test_best_and_worst_pue() -> None:
    """1.05 with free air and eco mode, 1.07 to 1.1 from another maker; 1.8 over a year in an early container farm."""
    assert pue("lc-120", 1.0, -20.0) == ours("11 best PUE of a container")
    assert pue("edge-40", 0.25, 20.0) == ours("11 worst PUE of a container")


def test_the_generator_takes_over_in_ten_to_twenty_seconds() -> None:
    """Ours after 10.4 s, a hundredth earlier than a step shows it."""
    on_genset = {"emergency": lambda w: float(w.container.ats.position == "emergency")}
    taken = follow(steady("edge-40"), 12, fault("mains.loss"), **on_genset).first("emergency", above=0.5)
    assert taken == pytest.approx(10.4, abs=0.05)
    assert 10.0 < taken < 20.0


def test_cooling_is_restored_within_minutes() -> None:
    """2 to 3 min; ours is below 24 °C after 89 s with 30 s of rest, and later than that with 180 s: on either side."""
    quick, slow = outage("edge-40", 150), outage("edge-40", 300, change=rest(180))
    assert quick.last("inlet", above=24.0) == pytest.approx(89, abs=1.0)
    assert slow.last("inlet", above=24.0) == ours("11 cooling restored, 180 s of rest")
    assert quick.last("inlet", above=24.0) < 120 < 180 < slow.last("inlet", above=24.0)


@pytest.mark.parametrize(
    ("share", "change", "figure"),
    [
        pytest.param(0.5, None, ours("11 no cooling, two racks of four"), marks=slow),
        (1.0, None, ours("11 no cooling, all racks at 10 kW")),
        (1.0, half_the_mass, ours("11 no cooling, half the masses")),
    ],
)
def test_without_cooling_racks_shut_down_within_minutes(share: float, change: Change | None, figure: object) -> None:
    """189 s at 5 kW a cabinet, less than a minute from 10 kW on. Expected of ours: 232, 125 and 81 s."""
    world = steady("edge-40", share)
    if change is not None:
        change(world)
    assert follow(world, 250, every_compressor_trips, off=tripped).first("off", above=0.5) == figure


@slow
def test_a_container_warms_faster_than_a_room() -> None:
    """2 K/min and more than 40 °C within 15 min in a room of low density; ours 4.8 and 6.7 K/min at a quarter."""
    rates = []
    for preset, seconds in (("edge-40", 3000), ("lc-120", 3600)):
        world = World(preset, 1, 0)
        for node in world.container.nodes[len(world.container.nodes) // 4 :]:
            node.switch(False)
        world.advance_to(1000 * seconds)
        trace = follow(world, 500, every_compressor_trips, inlet=inlet)
        rates.append((trace.at("inlet", 60) - trace.at("inlet", 18)) * 60 / 42)
        assert trace.first("inlet", above=40.0) < 15 * 60
    assert rates[0] == ours("11 heating in the first minute")
    assert rates[1] == pytest.approx(4.8, abs=0.1)


def test_the_rise_starts_fast_and_slows_down() -> None:
    """Published: it decays exponentially to a least rate. Ours 17.4 K/min, then 14.3 K/min half a minute later."""
    trace = follow(steady("edge-40"), 90, every_compressor_trips, inlet=inlet)
    at_30, at_60, at_90 = (trace.at("inlet", seconds) for seconds in (30, 60, 90))
    assert (2 * (at_60 - at_30), 2 * (at_90 - at_60)) == pytest.approx((17.4, 14.3), abs=0.1)


def test_a_server_follows_its_inlet_within_minutes() -> None:
    """Several minutes in measurements; the chassis of ours has come 63 % of the way after 421 s, at steady fans."""
    world = steady("edge-40")
    node, warmer = world.container.nodes[0], world.container.air.cold_c + 5.0
    fan, chassis = node.fan, [node.mass_c]
    for _ in range(20_000):
        node.fan = fan
        node.evaluate()
        node.step(0.2, warmer)
        chassis.append(node.mass_c)
    reached = chassis[0] + (1.0 - exp(-1.0)) * (chassis[-1] - chassis[0])
    assert 0.2 * sum(celsius < reached for celsius in chassis) == pytest.approx(421, rel=0.01)


def test_losing_the_liquid_shuts_down_within_a_minute() -> None:
    """Less than a minute, throttling and leakage decide; ours throttles from 9 s on and trips at 49 s."""
    trace = follow(steady("lc-120"), 55, fault("cdu.pump_fail", pump="both"), off=tripped, die=die, clock=clock)
    throttling, off = trace.first("die", above=87.0), trace.first("off", above=0.5)
    assert (throttling, off) == (pytest.approx(9.3, abs=0.3), pytest.approx(49, abs=1.0))
    assert trace.at("clock", off) < 0.5 * trace.start["clock"] and off < 60


def liquid(world: World) -> LiquidCooling:
    cooling = world.container.cdu
    assert isinstance(cooling, LiquidCooling)
    return cooling


def test_coolant_flow_and_share_of_the_pumps() -> None:
    """1.5 L/min and kW, at most 10 K; pumps below 1 % of the heat, ours 0.75 %; approach 6 K while controlling."""
    world = steady("lc-120")
    cooling, heat_kw = liquid(world), sum(node.liquid_w for node in world.container.nodes) / 1000.0
    assert cooling.flow_l_per_min / heat_kw == ours("11 coolant for a kilowatt")
    assert 9.9 - 0.2 < cooling.return_c - cooling.supply_c < 10.0
    assert 0.1 * cooling.power_w / heat_kw == pytest.approx(0.75, abs=0.01)
    assert cooling.supply_c - cooling.facility.supply_c == pytest.approx(6.0, abs=0.01)


def test_approach_of_the_exchanger() -> None:
    """3 to 5 K, ours with the valve fully open."""
    world = steady("lc-120")
    follow(world, 900, fault("cdu.valve_stuck", position=100.0))
    approach = liquid(world).supply_c - liquid(world).facility.supply_c
    assert approach == ours("11 approach, valve fully open")
    assert 3.0 < approach < 5.0


def test_cold_plates() -> None:
    """0.01 to 0.03 K/W for a plate alone, ours 0.035 K/W from die to coolant."""
    node = steady("lc-120").container.nodes[0]
    assert (node.die_c - node.cold_plate_c) / node.chip_w == pytest.approx(0.035, abs=0.0005)
    plate = (node.sink_c - node.cold_plate_c) / node.chip_w
    assert 0.01 < plate < 0.03


def test_a_chip_of_700_w() -> None:
    """65 to 75 °C at 35 °C coolant; ours is on the low side. Facility water follows 5 K below."""
    world = steady("lc-120")
    cooling = liquid(world)
    cooling.loop.setpoint_c, cooling.facility.setpoint_c = 35.0, 29.0
    for node in world.container.nodes:
        node.cap_w = 700.0
    world.advance_to(world.time_ms + 1_200_000)
    assert cooling.supply_c == pytest.approx(35.0, abs=0.1)
    assert die(world) == ours("11 chip of 700 W at coolant of 35 °C")


def saturation_pressure(celsius: float) -> float:
    """Pa over water by Hyland and Wexler, as ASHRAE prints it."""
    kelvin = celsius + 273.15
    powers = 1.3914993 - 4.8640239e-2 * kelvin + 4.1764768e-5 * kelvin**2 - 1.4452093e-8 * kelvin**3
    return exp(-5.8002206e3 / kelvin + powers + 6.5459673 * log(kelvin))


@pytest.mark.parametrize("percent", [20.0, 50.0, 80.0, 100.0])
@pytest.mark.parametrize("celsius", [10.0, 20.0, 25.0, 30.0, 35.0, 45.0])
def test_dew_points_are_psychrometric(celsius: float, percent: float) -> None:
    """Within 0.04 K and 0.3 % of ASHRAE's equations at sea level, above 0.5 °C; below, others switch to ice."""
    vapour = percent / 100.0 * saturation_pressure(celsius)
    ratio = 0.621945 * vapour / (101_325.0 - vapour)
    assert humidity_ratio(celsius, percent) == pytest.approx(ratio, rel=0.003)
    dew = dew_point(humidity_ratio(celsius, percent))
    if dew > 0.5:
        assert saturation_pressure(dew - 0.04) < vapour < saturation_pressure(dew + 0.04)
