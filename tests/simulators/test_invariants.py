"""Invariants of the plant under arbitrary sequences of faults (specification of the plant, section 13)."""

from functools import cache
from math import isfinite

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulators.plant.container import Container
from simulators.world import World

FAULTS = [
    ("mains.loss", {}),
    ("mains.sag", {"level": 0.6}),
    ("mains.phase_loss", {"phase": 2.0}),
    ("mains.freq_drift", {"frequency": 55.0, "rate": 1.0}),
    ("gen.no_crank", {}),
    ("gen.trip_under_load", {}),
    ("ups.battery_open", {}),
    ("ups.rectifier_fail", {}),
    ("ups.to_bypass", {}),
    ("ats.stuck_n", {}),
    ("ats.slow", {"dead_time": 3.0}),
    ("crac.fan_fail", {}),
    ("crac.comp_trip", {"equipment": "crac-2"}),
    ("crac.filter_clog", {"loss": 60.0}),
    ("crac.control_hunting", {}),
    ("env.heat_wave", {"rise": 20.0}),
    ("env.humid", {}),
    ("sec.door_open", {}),
    ("sec.epo", {}),
    ("cdu.condensing", {}),
]
Event = tuple[tuple[str, dict[str, float | str]], int, int]
SCENARIO = st.lists(
    st.tuples(st.sampled_from(FAULTS), st.integers(0, 60_000), st.integers(1, 60_000)), min_size=1, max_size=5
)
SMALL = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@cache
def settled(copy: int) -> tuple[World, bytes]:
    """A world and its state at time 0, so that an example need not settle again."""
    world = World("edge-40-liquid", 1, 0)
    return world, world.snapshot()


def start(scenario: list[Event], copy: int = 0) -> World:
    world, state = settled(copy)
    world.restore(state)
    for (name, parameters), onset, duration in scenario:
        world.start_fault(name, parameters | {"onset": onset / 1000, "duration": duration / 1000})
    return world


def numbers(container: Container) -> dict[str, float]:
    """Every number in every part."""
    return {
        f"{k}.{type(part).__name__}.{name}": value
        for k, part in enumerate(container.parts())
        for name in type(part).__slots__  # type: ignore[attr-defined]
        if isinstance(value := getattr(part, name), float)
    }


@SMALL
@given(SCENARIO)
def test_heat_and_electricity_balance(scenario: list[Event]) -> None:
    """Invariants 1 and 2: residuals below 1e-9 of the throughput."""
    world = start(scenario)
    c, e = world.container, world.container.energy
    before = {name: getattr(e, name) for name in type(e).__slots__}
    stored = c.stored_heat_j()
    world.advance_to(90_000)
    d = {name: getattr(e, name) - before[name] for name in before}
    incoming = d["source"] + d["battery_out"]
    outgoing = d["it"] + d["distribution"] + d["ups_loss"] + d["mechanical"] + d["battery_in"]
    assert incoming == pytest.approx(outgoing, rel=1e-9, abs=1.0)
    gained = d["generated"] + d["latent"] + d["ambient"] - d["rejected"]
    assert abs(c.stored_heat_j() - stored - gained) <= 1e-9 * (d["generated"] + d["rejected"] + c.stored_heat_j())


@SMALL
@given(SCENARIO)
def test_states_stay_in_their_ranges(scenario: list[Event]) -> None:
    """Invariants 3, 4, 5, 6, 7."""
    world = start(scenario)
    c = world.container
    fuel, counters = c.genset.fuel_l, (0.0, 0.0, 0.0)
    for second in range(1, 91):
        world.advance_to(second * 1000)
        assert all(isfinite(value) for value in numbers(c).values())
        assert 0.0 <= c.ups.battery.soc <= 1.0 and 0.0 <= c.ups.share <= 1.0
        for unit in c.cracs:
            assert 0.0 <= unit.fan <= 1.0 and 0.0 <= unit.speed <= 1.0 and -20.0 < unit.coil_c < 130.0
            assert unit.compressor_w >= 0.0 and unit.fan_w >= 0.0
        for node in c.nodes:
            assert 0.25 <= node.clock <= 1.0 and 0.0 <= node.fan <= 1.0 and 0.0 < node.die_c < 160.0
            assert node.power_w >= 0.0
        assert 5.0 < c.air.cold_c < 130.0 and 5.0 < c.air.hot_c < 130.0 and c.air.ratio >= 0.0
        assert not c.ups.alive or c.ups.loss_w > 0.0
        assert c.genset.fuel_l <= fuel
        now = (c.energy.source, c.energy.it, c.genset.run_s)
        assert all(new >= old for new, old in zip(now, counters, strict=True))
        fuel, counters = c.genset.fuel_l, now


@SMALL
@given(SCENARIO)
def test_transfer_switch_genset_and_compressors_keep_their_rules(scenario: list[Event]) -> None:
    """Invariants 14, 15, 16, seen at every single step."""
    world = start(scenario)
    c = world.container
    position, opened, attempts = "normal", 0, c.genset.attempts
    running = [unit.running for unit in c.cracs]
    while world.time_ms < 90_000:
        world._advance_one(c)
        if c.ats.position != position:
            assert "open" in (position, c.ats.position)
            if c.ats.position == "open":
                opened = c.time_ms
            else:
                assert c.time_ms - opened >= 60
                assert c.mains.healthy if c.ats.position == "normal" else c.genset.ready
            position = c.ats.position
        assert c.genset.attempt <= attempts
        for k, unit in enumerate(c.cracs):
            if unit.running and not running[k]:
                assert c.time_ms - unit.stopped_at >= 30_000
        assert sum(unit.running and not was for unit, was in zip(c.cracs, running, strict=True)) <= 1
        running = [unit.running for unit in c.cracs]


@SMALL
@given(SCENARIO)
def test_the_same_scenario_gives_the_same_world(scenario: list[Event]) -> None:
    """Invariants 9 and 10."""
    one, other = start(scenario), start(scenario, copy=1)
    one.advance_to(60_000)
    for second in range(61):
        other.advance_to(second * 1000)
    assert numbers(one.container) == numbers(other.container)


@settings(max_examples=10, deadline=None)
@given(st.sampled_from(FAULTS), st.sampled_from(["sensor.offset", "sensor.stuck", "sensor.wrong_state"]))
def test_set_and_clear_at_once_has_no_effect(fault: tuple[str, dict[str, float | str]], sensor: str) -> None:
    """Invariant 13; sensor faults never reach the plant."""
    name, parameters = fault
    quiet, touched = start([]), start([], copy=1)
    touched.start_fault(name, parameters)
    touched.clear_fault(name)
    touched.start_fault(sensor)
    quiet.advance_to(10_000)
    touched.advance_to(10_000)
    assert numbers(quiet.container) == numbers(touched.container)
