"""A saved state is everything: another process that restores it repeats the rest bit for bit."""

import json
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles.refusal import Refusal
from simulators.scenario import Entry, load_scenario
from simulators.site import Site, load_site
from simulators.world import World

SCENARIO = Path(__file__).parent / "scenario.yaml"
PRESETS = ("edge-40-liquid", "lc-120")


def wired(preset: str, seed: int = 4) -> tuple[World, Site]:
    world = World(preset, seed, 0)
    return world, load_site(world.site, world, seed)


@cache
def other(preset: str) -> tuple[World, Site]:
    """A second process, so to speak; whatever it has lived through must not matter."""
    world, site = wired(preset)
    world.start_fault("env.heat_wave")
    world.start_fault("sensor.stuck")
    world.advance_to(7_000)
    return world, site


def shown(site: Site) -> dict[str, object]:
    """Every raw value of every device, its clock, its up time and its alarms."""
    values: dict[str, object] = {}
    for name, wired_device in site.devices.items():
        served = wired_device.served
        for point in served.map.points.values():
            for instance in served.instances() or ("",):
                values[f"{name}/{point.name}@{instance}"] = served.raw(point, instance)
        present = list(served.alarms.present()) if served.alarms else []
        values[name] = (served.utc(), served.life.uptime_s(), served.silent(), present)
    return values


def series(world: World, site: Site, until_ms: int, step_ms: int = 1000) -> list[dict[str, object]]:
    begun = world.time_ms
    result = []
    for time in range(begun, until_ms + 1, step_ms):
        world.advance_to(time)
        result.append(shown(site) | {"truth": json.loads(world.save())["plant"]})
    return result


@pytest.mark.parametrize("preset", PRESETS)
def test_the_rest_of_a_scenario_repeats_itself_exactly(preset: str) -> None:
    """Invariant 32, with the measurement chain, running and coming faults, restarts, commands and alarms."""
    world, site = wired(preset)
    world.schedule(load_scenario(SCENARIO))
    world.advance_to(21_400)
    saved = world.save()
    rest = series(world, site, 60_000, 3_000)
    again, devices = other(preset)
    again.restore(saved)
    assert again.save() == saved
    assert series(again, devices, 60_000, 3_000) == rest
    world.restore(saved)
    assert series(world, site, 60_000, 3_000) == rest


FAULTS = st.sampled_from(
    [
        ("mains.loss", {}),
        ("gen.weak_battery", {}),
        ("mains.flicker", {"rate": 20.0}),
        ("dist.breaker_trip", {}),
        ("it.reboot_loop", {"period": 10.0}),
        ("meter.ct_reversed", {}),
        ("meter.wrap", {"left": 0.05}),
        ("sensor.stuck", {}),
        ("sensor.drift", {"rate": 600.0}),
        ("comms.stale", {}),
        ("device.reboot", {"device": "ups-1-card"}),
        ("device.clock_jump", {}),
        ("sec.motion", {}),
    ]
)


@settings(max_examples=6, deadline=None)
@given(st.lists(st.tuples(FAULTS, st.integers(0, 20_000), st.integers(1, 20_000)), max_size=4), st.integers(1, 20_000))
def test_any_moment_of_any_scenario_can_be_saved(
    scenario: list[tuple[tuple[str, dict[str, float | str]], int, int]], moment: int
) -> None:
    """Invariant 32 for the device layers together."""
    world, site = other("edge-40-liquid")
    world.restore(begin())
    for (name, parameters), onset, duration in scenario:
        world.start_fault(name, {**parameters, "onset": onset / 1000, "duration": duration / 1000})
    world.advance_to(moment)
    saved = world.save()
    world.advance_to(30_000)
    rest = shown(site)
    world.restore(saved)
    world.advance_to(30_000)
    assert shown(site) == rest


@cache
def begin() -> bytes:
    return wired("edge-40-liquid")[0].save()


def test_a_saved_state_of_another_world_is_refused() -> None:
    saved = begin()
    with pytest.raises(Refusal, match="seed"):
        World("edge-40-liquid", 5, 0).restore(saved)
    with pytest.raises(Refusal, match="preset"):
        World("edge-40", 4, 0).restore(saved)
    for rubbish in (b"", b"[]", b"{}", b"\xff"):
        with pytest.raises(Refusal, match="world/11"):
            World("edge-40", 4, 0).restore(rubbish)


def test_what_is_scheduled_is_saved_too() -> None:
    world, _ = wired("edge-40-liquid")
    world.schedule([Entry(5_000, "fault", "mains.loss"), Entry(6_000, "clear", "mains.loss")])
    again, _ = other("edge-40-liquid")
    again.restore(world.save())
    again.advance_to(5_200)
    assert again.truth("meter-main", "voltage.l1") == 0.0
    again.advance_to(6_200)
    assert float(again.truth("meter-main", "voltage.l1") or 0.0) > 200.0
