"""Invariants of heat: which way a change must go, and where everything ends (19 to 22 and 27 to 29)."""

from collections.abc import Callable
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

import simulators.world
from simulators.plant.humidity import humidity_ratio
from simulators.plant.liquid.cooling import LiquidCooling
from simulators.plant.liquid.exchanger import counter_flow, cross_flow
from simulators.plant.node import Node
from simulators.plant.parameters import Parameters, load_preset
from simulators.world import World
from tests.simulators.scenarios import PRESETS, few, fresh, truth

# The larger container takes three times as long to look at for an hour.
HOURS = ("edge-40-liquid", pytest.param("lc-120", marks=pytest.mark.slow))


@cache
def preset_of(name: str) -> Parameters:
    return load_preset(name)


def steady(preset: str, cold_c: float = 22.0, **changes: float) -> Node:
    """One node after ten minutes in air of this temperature."""
    p = preset_of(preset)
    node = Node(p.section("node"), p.section("initial"), 0)
    for name, value in changes.items():
        setattr(node, name, value)
    for _ in range(1_200):
        node.evaluate()
        node.step(0.5, cold_c)
    return node


@pytest.mark.parametrize("preset", PRESETS)
@few(3)
@given(st.floats(0.1, 0.9), st.floats(0.4, 0.9))
def test_power_and_die_rise_with_work_and_cap(preset: str, utilisation: float, cap: float) -> None:
    """Invariant 19: the die is warmer exactly where its chip takes more, which a binding cap does not let it."""
    plate = {"cold_plate_ua": 700.0, "cold_plate_c": 40.0} if preset == "lc-120" else {}
    rated = preset_of(preset).section("node").number("chip_power_cap_w")
    less, more = (steady(preset, utilisation=u, **plate) for u in (utilisation, utilisation + 0.1))
    assert less.power_w < more.power_w and less.chip_w <= more.chip_w + 1e-9
    assert (less.die_c < more.die_c - 1e-6) == (less.chip_w < more.chip_w - 1e-6)
    less, more = (steady(preset, utilisation=1.0, cap_w=c * rated, **plate) for c in (cap, cap + 0.1))
    assert less.power_w < more.power_w and less.die_c < more.die_c


@few(3)
@given(st.floats(20.0, 45.0), st.floats(300.0, 700.0))
def test_a_die_is_warmer_with_warmer_coolant_and_cooler_with_more_of_it(coolant: float, conductance: float) -> None:
    """Invariant 19 for the liquid-cooled node."""
    usual = steady("lc-120", cold_plate_ua=conductance, cold_plate_c=coolant)
    assert steady("lc-120", cold_plate_ua=conductance, cold_plate_c=coolant + 3.0).die_c > usual.die_c
    assert steady("lc-120", cold_plate_ua=conductance * 1.2, cold_plate_c=coolant).die_c < usual.die_c


def pue(world: World, settle_s: int = 600, span_s: int = 300) -> float:
    energy = world.container.energy
    world.advance_to(world.time_ms + settle_s * 1000)
    source, it = energy.source, energy.it
    world.advance_to(world.time_ms + span_s * 1000)
    return (energy.source - source) / (energy.it - it)


@pytest.mark.parametrize("preset", HOURS)
def test_pue_is_above_one_and_rises_with_the_weather(preset: str) -> None:
    """Invariant 20."""
    found = []
    for warmer in (-10.0, 0.0, 10.0, 20.0):
        world = fresh(preset)
        world.start_fault("env.heat_wave", {"rise": warmer})
        found.append(pue(world))
    assert found[0] > 1.0 and found == sorted(found)


@pytest.mark.parametrize("preset", HOURS)
def test_pue_falls_with_the_load(preset: str) -> None:
    """Invariant 20, within 0.02 near full load."""
    found = []
    for share in (0.25, 0.5, 0.75, 1.0):
        world = fresh(preset)
        nodes = world.container.nodes
        for node in nodes[round(share * len(nodes)) :]:
            node.switch(False)
        found.append(pue(world, settle_s=1_200, span_s=1_200))
    assert found[0] > found[1] > found[2] and found[3] < found[2] + 0.02


def ride_through_s(world: World, change: Callable[[World], None], limit_c: float = 32.0) -> float:
    """Seconds from the loss of all compressors to this temperature of the cold aisle."""
    change(world)
    world.advance_to(world.time_ms + 300_000)
    begun = world.time_ms
    for number in range(len(world.container.cracs)):
        world.start_fault("crac.comp_trip", {"equipment": f"crac-{number + 1}"})
    while world.container.air.cold_c < limit_c and world.time_ms < begun + 1_800_000:
        world.advance_to(world.time_ms + 200)
    return (world.time_ms - begun) / 1000


def heavier(world: World) -> None:
    c = world.container
    for unit in c.cracs:
        unit.coil_capacity *= 1.5
    for node in c.nodes:
        node._mass_capacity *= 1.5
    c.air._cold_capacity *= 1.5
    c.air._hot_capacity *= 1.5
    c.air._structure_capacity *= 1.5


@pytest.mark.parametrize("preset", PRESETS)
def test_ride_through_falls_with_load_and_set_point_and_rises_with_mass(preset: str) -> None:
    """Invariant 21."""

    def idle(world: World) -> None:
        for node in world.container.nodes[::2]:
            node.switch(False)

    def warmer(world: World) -> None:
        for number in range(len(world.container.cracs)):
            world.command(f"crac-{number + 1}", "setpoint.temperature", 25.0)

    usual = ride_through_s(fresh(preset), lambda world: None)
    assert ride_through_s(fresh(preset), idle) > usual
    assert ride_through_s(fresh(preset), warmer) < usual
    assert ride_through_s(fresh(preset), heavier) > usual


def cold(world: World) -> float:
    return world.container.air.cold_c


# Fault, parameter, growing severities, seconds, what it degrades (must never fall, with its sign).
SEVERITIES = [
    ("edge-40-liquid", "crac.refrigerant_loss", "loss", (0, 30, 60, 90), 400, cold),
    ("edge-40-liquid", "crac.filter_clog", "loss", (0, 30, 60, 90), 400, cold),
    ("edge-40-liquid", "crac.condenser_fouling", "loss", (0, 20, 40, 60), 60, lambda w: w.container.mechanical_w),
    ("edge-40-liquid", "it.fan_fail", "loss", (0, 25, 50, 75), 60, lambda w: w.container.nodes[0].die_c),
    ("edge-40-liquid", "it.chip_hot", "factor", (1, 1.5, 2, 4), 60, lambda w: w.container.nodes[0].die_c),
    (
        "edge-40-liquid",
        "ups.battery_aged",
        "health",
        (1, 0.8, 0.6, 0.3),
        60,
        lambda w: -w.container.ups.monitor.remaining_min,
    ),
    ("edge-40-liquid", "gen.fuel_leak", "rate", (0, 50, 500, 1000), 60, lambda w: -w.container.genset.fuel_l),
    ("edge-40-liquid", "mains.sag", "level", (1, 0.9, 0.5, 0), 30, lambda w: -w.container.ups.battery.soc),
    ("lc-120", "cdu.clog", "resistance", (0, 0.5, 2, 8), 60, lambda w: truth(w, "npu-1", "temperature@npu0")),
    ("lc-120", "cdu.fouling", "share", (0, 0.3, 0.6, 0.9), 400, lambda w: truth(w, "cdu-1", "supply.temperature")),
    ("lc-120", "cdu.leak", "rate", (0, 1, 5, 20), 60, lambda w: -truth(w, "cdu-1", "level")),
    ("lc-120", "cdu.pump_slow", "loss", (0, 20, 50, 90), 2, lambda w: -truth(w, "cdu-1", "loop.flow")),
    ("lc-120", "fws.hot_supply", "rise", (0, 4, 8, 20), 400, lambda w: truth(w, "cdu-1", "supply.temperature")),
]


@pytest.mark.parametrize(("preset", "fault", "parameter", "severities", "seconds", "damage"), SEVERITIES)
def test_a_more_severe_fault_is_never_better(
    preset: str,
    fault: str,
    parameter: str,
    severities: tuple[float, ...],
    seconds: int,
    damage: Callable[[World], float],
) -> None:
    """Invariant 22."""
    found = []
    for severity in severities:
        world = fresh(preset)
        world.start_fault(fault, {parameter: severity})
        world.advance_to(seconds * 1000)
        found.append(damage(world))
    # A controller that still copes may leave a hair's breadth either way.
    assert all(later >= earlier - 0.1 for earlier, later in pairwise(found))
    assert found[-1] > found[0]


@few(200)
@given(st.floats(0, 1e6), st.floats(0, 1e5), st.floats(0, 1e5))
def test_an_exchanger_never_does_more_than_the_weaker_stream_allows(ua: float, one: float, other: float) -> None:
    """Invariant 27, also without flow."""
    for effectiveness in (counter_flow(ua, one, other), cross_flow(ua, one, other)):
        assert 0.0 <= effectiveness <= 1.0


@pytest.mark.parametrize("preset", PRESETS)
@few(60)
@given(st.floats(5.0, 60.0), st.floats(5.0, 60.0), st.floats(0.0, 3.0))
def test_coils_take_heat_only_from_what_is_warmer(preset: str, air: float, metal: float, passing: float) -> None:
    """Invariant 27, also without flow and at equal temperatures."""
    unit = fresh(preset).container.cracs[0]
    unit.fan, unit.coil_c = 0.0, metal
    unit.exchange(air, humidity_ratio(20.0, 10.0), passing)
    assert unit.cool_w * (air - metal) >= 0.0
    assert min(air, metal) - 1e-9 <= unit.supply_c <= max(air, metal) + 1e-9
    assert passing > 0.0 or unit.cool_w == 0.0


@pytest.mark.parametrize("preset", PRESETS)
def test_without_anything_running_the_container_becomes_as_warm_as_the_weather(preset: str) -> None:
    """Invariant 28, with sun on the roof, and a structure so light that the test need not wait for days."""
    world = fresh(preset)
    c = world.container
    c.environment._solar_k = 6.0
    c.air._structure_capacity /= 100.0
    world.start_fault("sec.epo")
    goal = c.environment.temperature_c + 6.0
    # What stores heat would keep it for longer than that: the nodes, and standing water.
    for node in c.nodes:
        node.mass_c = node.die_c = node.sink_c = goal
    if isinstance(c.cdu, LiquidCooling):
        c.cdu.loop.supply_c = c.cdu.loop.return_c = goal
    world.advance_to(7_200_000)
    assert c.it_w == c.mechanical_w == c.bus_w == 0.0
    assert (c.air.cold_c, c.air.hot_c, c.air.structure_c) == pytest.approx((goal, goal, goal), abs=0.3)


def peak_inlet(preset: str) -> tuple[float, float]:
    world, best = fresh(preset), (0.0, 0.0)
    world.start_fault("mains.loss")
    while world.time_ms < 90_000:
        world._advance_one(world.container)
        best = max(best, (world.container.air.cold_c, world.time_ms / 1000))
    return best


@pytest.mark.parametrize("preset", PRESETS)
def test_a_finer_grid_moves_no_peak(preset: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Invariant 29: half the step changes a mains loss by less than 0.2 K and half a second."""
    coarse = peak_inlet(preset)
    monkeypatch.setattr(simulators.world, "GRID_MS", simulators.world.GRID_MS // 2)
    monkeypatch.setattr(simulators.world, "_SETTLED", {})
    fine = peak_inlet(preset)
    assert coarse != fine
    assert abs(coarse[0] - fine[0]) < 0.2 and abs(coarse[1] - fine[1]) <= 0.5
