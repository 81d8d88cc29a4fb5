"""Invariants of repetition: nothing but seed and scenario decides (9 to 13, 31 and 32 of the specification)."""

import json
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.refusal import Refusal
from simulators.faults.catalogue import catalogue
from simulators.site import Site, load_site
from simulators.world import World
from tests.simulators.scenarios import PRESETS, Event, begin, few, fresh, scenarios, truth

SENSORS = ("sensor.offset", "sensor.stuck", "sensor.noise_x10", "meter.ct_reversed", "comms.stale", "device.reboot")

WITHOUT_A_SERIAL_LINE = ("lc-120", "comms.crc")


@cache
def wired(preset: str, seed: int = 1, copy: int = 0) -> tuple[World, Site, bytes]:
    """A world with all its devices. Copies are separate worlds."""
    world = World(preset, seed, 0)
    site = load_site(world.site, world, seed)
    return world, site, world.save()


def published(site: Site) -> dict[str, object]:
    return {
        f"{name}/{point}": wired_device.served.value(point)
        for name, wired_device in site.devices.items()
        for point in wired_device.served._channels.points()
    }


def start(preset: str, scenario: list[Event], copy: int = 0, seed: int = 1) -> tuple[World, Site]:
    world, site, state = wired(preset, seed, copy)
    world.restore(state)
    for (name, parameters), onset, duration in scenario:
        world.start_fault(name, parameters | {"onset": onset / 1000, "duration": duration / 1000})
    return world, site


def plant(world: World) -> Any:
    return json.loads(world.save())["plant"]


@pytest.mark.parametrize("preset", PRESETS)
@few(4)
@given(st.data())
def test_the_same_scenario_gives_the_same_series(preset: str, data: st.DataObject) -> None:
    """Invariant 9, first half: published values of all devices, in two separate worlds."""
    scenario = data.draw(scenarios(preset, 20_000))
    fault = data.draw(st.sampled_from(SENSORS))
    (one, site), (other, another) = start(preset, scenario), start(preset, scenario, copy=1)
    one.start_fault(fault)
    other.start_fault(fault)
    for time in (1_000, 7_000, 20_000):
        one.advance_to(time)
        other.advance_to(time)
        assert published(site) == published(another)
    assert one.save() == other.save()


def events(world: World, end_ms: int) -> list[tuple[int, str, str, str]]:
    """Every moment at which a machine of the power supply changed."""
    c, seen = world.container, []
    while world.time_ms < end_ms:
        world._advance_one(c)
        now = (c.ats.state, c.ups.mode, c.genset.state)
        if not seen or seen[-1][1:] != now:
            seen.append((c.time_ms, *now))
    return seen


def test_another_seed_gives_other_noise_and_the_same_events() -> None:
    """Invariant 9, second half."""
    loss: list[Event] = [(("mains.loss", {}), 12_345, 20_000)]
    one, site = start("edge-40-liquid", loss)
    other, another = start("edge-40-liquid", loss, seed=2)
    assert events(one, 60_000) == events(other, 60_000)
    first, second = published(site), published(another)
    analogue = [name for name in first if isinstance(first[name], float) and "voltage.l" in name]
    assert sum(first[name] != second[name] for name in analogue) > 0.5 * len(analogue)


@pytest.mark.parametrize("preset", PRESETS)
@few(12)
@given(st.data(), st.lists(st.integers(0, 30_000), max_size=12))
def test_neither_the_pieces_of_time_nor_reads_change_anything(
    preset: str, data: st.DataObject, times: list[int]
) -> None:
    """Invariants 10 and 11, bit for bit, for plant and scheduled faults."""
    scenario = data.draw(scenarios(preset, 25_000))
    one, other = begin(preset, scenario), begin(preset, scenario, copy=1)
    one.advance_to(30_000)
    for time in sorted(times):
        other.advance_to(time)
        truth(other, "rack-1", "inlet.temperature.top")
    other.advance_to(30_000)
    assert one.save() == other.save()


@few(6)
@given(st.lists(st.integers(0, 20_000), max_size=10), st.randoms(use_true_random=False))
def test_the_order_and_number_of_polls_never_changes_a_later_value(times: list[int], random: Any) -> None:
    """Invariant 11 for the whole measurement chain."""
    scenario: list[Event] = [(("mains.loss", {}), 3_000, 9_000)]
    quiet, site = start("edge-40-liquid", scenario)
    polled, another = start("edge-40-liquid", scenario, copy=1)
    for world in (quiet, polled):
        for fault in ("sensor.spike", "meter.ct_ratio", "sensor.drift"):
            world.start_fault(fault)
    for time in sorted(times):
        polled.advance_to(time)
        names = list(another.devices)
        random.shuffle(names)
        for name in names[:5]:
            served = another.devices[name].served
            for point in served._channels.points():
                served.value(point)
    quiet.advance_to(20_000)
    polled.advance_to(20_000)
    assert published(site) == published(another)
    assert quiet.save() == polled.save()


WRITES = st.sampled_from(
    [
        ("crac-1", "setpoint.temperature", 24.0),
        ("crac-2", "state", "off"),
        ("bmc-1", "power-state", "off"),
        ("bmc-1", "power.limit", 8000.0),
        ("bmc-2", "reset", "graceful-shutdown"),
        ("npu-1", "power.limit", 400.0),
        ("npu-1", "utilisation", 20.0),
        ("door-1", "lock", "unlocked"),
        ("ups-1", "setpoint.mode", "eco"),
        ("ups-1", "setpoint.mode", "bypass"),
        ("ups-1", "test.request", "quick"),
        ("ups-1", "test.request", "abort"),
        ("pdu-1", "outlet.switch@1", "off"),
        ("pdu-2", "breaker.state", "closed"),
    ]
)
WRONG = st.sampled_from(
    [
        ("crac-1", "setpoint.temperature", 99.0),
        ("crac-1", "setpoint.temperature", float("nan")),
        ("crac-1", "setpoint.temperature", "warm"),
        ("crac-1", "state", "maybe"),
        ("bmc-1", "power.limit", -1.0),
        ("npu-1", "utilisation", 101.0),
        ("rack-1", "inlet.temperature.top", 20.0),
        ("nobody", "state", "on"),
    ]
)


@pytest.mark.parametrize("preset", PRESETS)
@few(8)
@given(st.lists(WRITES, min_size=1, max_size=4), WRONG)
def test_writing_twice_is_writing_once_and_a_wrong_write_is_nothing(
    preset: str, writes: list[tuple[str, str, float | str]], wrong: tuple[str, str, float | str]
) -> None:
    """Invariant 12."""
    once, twice = fresh(preset), fresh(preset, copy=1)
    for write in writes:
        once.command(*write)
        twice.command(*write)
        twice.command(*write)
        before = plant(twice)
        with pytest.raises(Refusal):
            twice.command(*wrong)
        assert plant(twice) == before
    once.advance_to(10_000)
    twice.advance_to(10_000)
    assert once.save() == twice.save()


@pytest.mark.parametrize("preset", PRESETS)
def test_a_fault_set_and_cleared_at_once_has_no_effect(preset: str) -> None:
    """Invariant 13, first half, for every fault of the catalogue that this container can have."""
    world = fresh(preset)
    world.advance_to(2_000)
    calm, tried = plant(world), 0
    for name in catalogue():
        world = fresh(preset)
        try:
            world.start_fault(name)
        except Refusal:
            continue
        world.clear_fault(name)
        world.advance_to(2_000)
        assert plant(world) == calm, name
        tried += 1
    assert tried > 100


@pytest.mark.parametrize("preset", PRESETS)
@few(3)
@given(st.data())
def test_faults_of_sensors_lines_and_devices_never_reach_the_plant(preset: str, data: st.DataObject) -> None:
    """Invariant 13, second half: all of them at once, while the plant has faults of its own."""
    scenario = data.draw(scenarios(preset, 10_000))
    others = [name for name, fault in catalogue().items() if fault.layer != "plant"]
    (one, _), (other, site) = start(preset, scenario), start(preset, scenario, copy=1)
    for name in others:
        if (preset, name) != WITHOUT_A_SERIAL_LINE:
            other.start_fault(name)
    one.advance_to(8_000)
    other.advance_to(4_000)
    published(site)
    other.advance_to(8_000)
    assert plant(one) == plant(other)


@few(4)
@given(st.integers(1_000, 1_200_000))
def test_a_restart_loses_at_most_one_save_interval_of_a_counter(moment: int) -> None:
    """Invariant 31: fifteen minutes at the power of that time, and a counter never gains."""
    world, site = start("edge-40-liquid", [])
    meter, point = site.devices["pdu-1-snmp"].served, "energy"
    moment -= moment % 200
    world.advance_to(moment)
    before = meter.value(point)
    world.start_fault("device.reboot", {"device": "pdu-1-snmp"})
    after = meter.value(point)
    assert isinstance(before, float) and isinstance(after, float)
    most = truth(world, "pdu-1", "power") / 1000 * 0.25 * 1.05 + 0.2
    assert before - most <= after <= before
