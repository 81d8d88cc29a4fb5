"""Invariants of what devices show (23 to 26 and 30 of the plant's specification)."""

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.device_map import load_map
from fixtures.map_point import INTEGER_TYPES, MapPoint
from fixtures.wire.registers import cell_of
from simulators.measurement import Channels
from simulators.site import Site, load_site
from simulators.world import World
from tests.simulators.scenarios import PRESETS, Event, few, scenarios, truth

PHASES = ("l1", "l2", "l3")
EXACT = ("count", "s", "min", "B", None)


@cache
def wired(preset: str) -> tuple[World, Site, bytes]:
    world = World(preset, 1, 0)
    site = load_site(world.site, world, 1)
    return world, site, world.save()


def begin(preset: str, scenario: list[Event]) -> tuple[World, Site]:
    world, site, state = wired(preset)
    world.restore(state)
    for (name, parameters), onset, duration in scenario:
        world.start_fault(name, parameters | {"onset": onset / 1000, "duration": duration / 1000})
    return world, site


@few(5)
@given(st.integers(0, 2**32))
def test_two_sensors_on_one_node_agree(seed: int) -> None:
    """Invariant 23: within the sum of their classes and a digit each, in a world without faults."""
    world, rack_map = World("edge-40", 1, 0), load_map("rack-monitor").bind({"index": 1})
    one, other = (Channels(world, name, "rack-1", rack_map, seed) for name in ("one", "other"))
    for time in (2_000, 20_000):
        world.advance_to(time)
        for name, point in rack_map.points.items():
            a, b = one.published(name), other.published(name)
            if isinstance(a, float) and isinstance(b, float) and point.kind == "quantity":
                allowed = 2 * (point.accuracy.relative * abs(a) + point.accuracy.absolute + point.resolution)
                assert abs(a - b) <= allowed, name


@pytest.mark.parametrize("preset", PRESETS)
@few(4)
@given(st.data())
def test_meters_agree_about_what_flows(preset: str, data: st.DataObject) -> None:
    """Invariant 24: phases make the total, S² = P² + Q² + D², and each joule is metered once at every level."""
    # At odd milliseconds, so that nothing begins or ends just when somebody looks.
    scenario = [
        (fault, onset | 1, length + length % 2) for fault, onset, length in data.draw(scenarios(preset, 20_000))
    ]
    world, _ = begin(preset, scenario)
    c = world.container
    pdus = [name for name in world.equipment() if name.startswith("pdu-")]
    for time in (5_000, 12_000, 25_000):
        world.advance_to(time - 200)
        before = (c.ups.mode, c.ats.position)
        world.advance_to(time)
        if before != (c.ups.mode, c.ats.position):
            continue
        for meter in ("meter-main", "meter-it", "meter-mech", *pdus):
            phases = [truth(world, meter, f"power.{phase}") for phase in PHASES]
            assert sum(phases) == pytest.approx(truth(world, meter, "power"), rel=1e-9)
            p, q, s = (truth(world, meter, f"{kind}power") for kind in ("", "reactive-", "apparent-"))
            assert s * s >= (p * p + q * q) * (1.0 - 1e-9)
        if c.ups.alive:
            racks = sum(truth(world, pdu, "power") for pdu in pdus)
            lost = 1.0 + c.bus.loss_share
            if c.ups.mode not in ("bypass", "eco"):
                assert truth(world, "meter-it", "power") == pytest.approx(racks * lost, rel=1e-9, abs=1.0)
        if c.ats.position == "normal" and c.ups.mode == "online" and c.mains.lowest_pu > 0.5 and not c.foreign_w:
            parts = c.it_w * (1.0 + c.bus.loss_share) + c.mechanical_w + c.bank_w
            parts += c.ups.loss_w + c.ups.battery.charge_w
            assert truth(world, "meter-main", "power") == pytest.approx(parts, rel=1e-9)


@pytest.mark.parametrize("preset", PRESETS)
@few(2)
@given(st.data())
def test_readings_stand_on_their_digits_and_wait_for_their_refresh(preset: str, data: st.DataObject) -> None:
    """Invariant 25: multiples of the digit, constant within a refresh, and clocks that never go back."""
    world, site = begin(preset, data.draw(scenarios(preset, 6_000)))
    watched = [
        (name, device.served, point, device.served.map.points[point])
        for name, device in list(site.devices.items())[::3]
        for point in device.served._channels.points()
        if point in device.served.map.points and is_measured(device.served.map.points[point])
    ]
    changed: dict[str, int] = {}
    before: dict[str, object] = {}
    clocks = dict.fromkeys(site.devices, -1.0)
    for time in range(200, 8_000, 200):
        world.advance_to(time)
        for name, device in site.devices.items():
            assert device.served.utc() >= clocks[name]
            clocks[name] = device.served.utc()
        for name, served, point, entry in watched:
            value, full = served._channels.published(point), f"{name}/{point}"
            if full in before and value != before[full]:
                assert time - changed.get(full, -(10**9)) >= round(entry.refresh_s * 1000) - 200, full
                changed[full] = time
                on_its_digit(value, entry)
            before[full] = value
    assert len(changed) > 20


def is_measured(entry: MapPoint) -> bool:
    return entry.kind == "quantity" and not entry.writable and entry.refresh_s >= 1.0


def on_its_digit(value: object, entry: MapPoint) -> None:
    if isinstance(value, float) and entry.resolution > 0.0:
        digits = value / entry.resolution
        assert abs(digits - round(digits)) < 1e-6 * max(1.0, abs(digits)), entry.name


@pytest.mark.parametrize(
    ("equipment", "name"), [("ups-1", "rfc1628-ups"), ("pdu-1", "raritan-pdu2"), ("meter-main", "iem3000-meter")]
)
def test_95_of_100_units_read_within_their_class(equipment: str, name: str) -> None:
    """Invariant 26: over many seeds, for every quantity of a device in a steady container."""
    world, device_map, inside, all_of_them = World("edge-40", 1, 0), load_map(name), 0, 0
    for seed in range(60):
        channels = Channels(world, "unit", equipment, device_map, seed)
        for point in channels.points():
            entry, true, shown = device_map.points[point], world.truth(equipment, point), channels.published(point)
            if entry.kind == "quantity" and entry.unit not in EXACT and isinstance(true, float):
                assert isinstance(shown, float)
                allowed = entry.accuracy.relative * abs(true) + entry.accuracy.absolute + 0.5 * entry.resolution
                inside, all_of_them = inside + (abs(shown - true) <= allowed + 1e-9), all_of_them + 1
    assert all_of_them > 300
    assert inside >= 0.95 * all_of_them


REGISTERS = [kind for kind in INTEGER_TYPES if kind.startswith(("int", "uint")) and kind != "integer"]


@few(100)
@given(st.sampled_from(REGISTERS), st.sampled_from(["big", "little"]), st.data())
def test_whole_numbers_come_back_from_registers(kind: str, words: str, data: st.DataObject) -> None:
    """Invariant 30 for every integer type and word order."""
    point = MapPoint("p", "quantity", "W", {"register": 0, "type": kind, "words": words})
    value = data.draw(st.integers(*INTEGER_TYPES[kind]))
    assert cell_of(point).raw(cell_of(point).items(value)) == value


@few(100)
@given(
    st.sampled_from(["float32", "float64"]),
    st.sampled_from(["big", "little"]),
    st.floats(width=32, allow_nan=False, allow_infinity=False),
)
def test_floating_numbers_come_back_from_registers(kind: str, words: str, value: float) -> None:
    """Invariant 30 for both floating types and word orders."""
    point = MapPoint("p", "quantity", "W", {"register": 0, "type": kind, "words": words})
    assert cell_of(point).raw(cell_of(point).items(value)) == value
