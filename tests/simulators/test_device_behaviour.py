"""How a device behaves by itself: refresh, restarts, counters, clocks, firmware, alarms and who can reach it."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.device_map import load_map
from fixtures.map_point import INTEGER_TYPES, MapPoint
from simulators.servers.counters import wrapping
from simulators.servers.served import Served
from simulators.world import World

SAVE_S = 900
BOOTS = {"ups-1-card": 75, "pdu-1-snmp": 45, "meter-main-modbus": 20, "npu-1-exporter": 5, "bmc-1-redfish": 75}
MAPS = {
    "ups-1-card": ("ups-1", "rfc1628-ups-monitor"),
    "pdu-1-snmp": ("pdu-1", "raritan-pdu2"),
    "meter-main-modbus": ("meter-main", "iem3000-meter"),
    "npu-1-exporter": ("npu-1", "furiosa-exporter"),
    "bmc-1-redfish": ("bmc-1", "redfish-bmc"),
}


@pytest.fixture
def world() -> World:
    return World("edge-40", 1, 1_767_225_600_000_000_000)


def device(world: World, name: str = "ups-1-card") -> Served:
    equipment, device_map = MAPS[name]
    return Served(world, name, name, equipment, load_map(device_map), 1)


def ahead(world: World, seconds: float) -> None:
    world.advance_to(world.time_ms + round(1000 * seconds))


def image(served: Served) -> dict[str, object]:
    return {name: served.raw(point) for name, point in served.map.points.items()}


def test_an_image_stays_until_its_refresh_however_often_it_is_read(world: World) -> None:
    served = device(world, "meter-main-modbus")
    changes = []
    before = image(served)
    for _ in range(50):
        ahead(world, 0.2)
        after = image(served)
        assert after == image(served)
        changes.append(after != before)
        before = after
    refreshed = [number for number, changed in enumerate(changes) if changed]
    assert len(refreshed) >= 5
    assert {number % 5 for number in refreshed} == {refreshed[0] % 5}  # once a second, at its own phase


@pytest.mark.parametrize("name", BOOTS)
def test_a_restart_takes_the_time_of_its_class(world: World, name: str) -> None:
    served = device(world, name)
    assert served.reachable() and served.life.uptime_s() > 86_400
    world.start_fault("device.reboot", {"device": name})
    assert not served.reachable()
    ahead(world, BOOTS[name] - 0.2)
    assert not served.reachable() and served.life.uptime_s() == 0
    ahead(world, 0.2)
    assert served.reachable()
    ahead(world, 10)
    assert (served.life.uptime_s(), served.life.boots) == (10, 1)


def test_a_restart_that_is_taken_back_at_once_never_was(world: World) -> None:
    served = device(world)
    before = served.life.uptime_s()
    world.start_fault("device.reboot")
    world.clear_fault("device.reboot")
    assert served.reachable()
    assert (served.life.boots, served.life.uptime_s()) == (0, before)


def test_clearing_later_does_not_undo_a_restart(world: World) -> None:
    served = device(world)
    world.start_fault("device.reboot")
    ahead(world, 10)
    world.clear_fault("device.reboot")
    assert not served.reachable()
    ahead(world, 65)
    assert served.reachable() and served.life.boots == 1


def test_a_restart_may_be_announced_and_come_again(world: World) -> None:
    served = device(world)
    world.start_fault("device.reboot", {"onset": 30, "boot": 5})
    ahead(world, 29.8)
    assert served.reachable()
    ahead(world, 0.2)
    assert not served.reachable()
    ahead(world, 30)
    world.start_fault("device.reboot")
    assert served.life.boots == 2 and not served.reachable()


def power_w(served: Served) -> float:
    power = served.value("power")
    assert isinstance(power, float)
    return power


def energy(served: Served) -> float:
    value = served.value("energy")
    assert isinstance(value, float)
    return value


@pytest.mark.parametrize("after_s", [10, 700, 2000])
def test_a_restart_loses_at_most_what_came_since_the_last_save(world: World, after_s: int) -> None:
    served = device(world, "pdu-1-snmp")
    ahead(world, 1000 + after_s)
    before, power = energy(served), power_w(served)
    world.start_fault("device.reboot", {"device": "pdu-1-snmp"})
    lost = before - energy(served)
    assert 0 <= lost <= power / 1000 * SAVE_S / 3600 * 1.05
    assert lost > 0
    ahead(world, 1000)
    assert energy(served) > before - lost


def test_a_restart_without_a_save_counts_from_zero(world: World) -> None:
    served = device(world, "pdu-1-snmp")
    world.start_fault("device.reboot", {"device": "pdu-1-snmp", "counters": "zero"})
    assert energy(served) == 0
    ahead(world, 3600)
    assert energy(served) == pytest.approx(power_w(served) / 1000, rel=0.05)


def test_both_interfaces_of_one_product_lose_the_same(world: World) -> None:
    snmp = Served(world, "pdu-1", "pdu-1-snmp", "pdu-1", load_map("raritan-pdu2"), 1)
    redfish = Served(world, "pdu-1", "pdu-1-redfish", "pdu-1", load_map("redfish-pdu"), 1)
    ahead(world, 1500)
    world.start_fault("device.reboot", {"device": "pdu-1"})
    assert energy(snmp) == pytest.approx(energy(redfish), abs=0.06)  # one shows Wh, the other tenths of kWh


@given(st.floats(0, 1e7), st.sampled_from(["uint32", "uint16", "counter32", "int32"]))
def test_a_counter_begins_again_where_its_type_ends(value: float, kind: str) -> None:
    point = MapPoint("energy", "quantity", "kWh", {"type": kind}, Fraction(1, 10), resolution=0.1)
    shown = wrapping(point)(value)
    span = (INTEGER_TYPES[kind][1] + 1) / 10
    assert 0 <= shown < span or shown == value < span
    assert min((value - shown) % span, span - (value - shown) % span) < 0.1


def test_a_counter_on_the_wire_wraps_and_does_not_stand(world: World) -> None:
    served = device(world, "pdu-1-snmp")
    point = served.map.points["energy"]
    room = (1 << 32) / 1000 - energy(served)
    world.start_fault("sensor.offset", {"device": "pdu-1-snmp", "point": "energy", "offset": room - 0.1})
    ahead(world, 4)
    before = served.raw(point)
    ahead(world, 3600)
    after = served.raw(point)
    assert isinstance(before, int) and isinstance(after, int)
    assert before > 4_294_967_000 and 0 <= after < 20_000


def test_alarms_are_forgotten_at_a_restart_and_raised_again_ten_seconds_after(world: World) -> None:
    served = device(world)
    heard: list[tuple[int, str, str]] = []
    assert served.alarms is not None
    served.alarms.listeners.append(lambda event: heard.append((world.time_ms, event.kind, event.alarm)))
    world.start_fault("ups.to_bypass")
    ahead(world, 10)
    assert (served.value("alarms"), [event[1:] for event in heard]) == (1, [("begin", "on-bypass")])
    world.start_fault("device.reboot")
    began = world.time_ms
    ahead(world, 80)
    assert served.value("alarms") == 0
    ahead(world, 10)
    assert served.value("alarms") == 1
    (booted, boot, _), (raised, again, name) = heard[1:]
    assert (boot, again, name) == ("boot", "begin", "on-bypass")
    assert 75_000 <= booted - began <= 76_000 and 85_000 <= raised - began <= 86_000


CLOCKS = [
    ("device.clock_skew", {"offset": -30}, {0: -30, 100: -30}),
    ("device.clock_drift", {"rate": 10_000}, {0: 0, 100: 1.0}),
    ("device.clock_jump", {"jump": 3600, "corrected": 50}, {0: 3600, 49: 3600, 50: 0, 100: 0}),
]


@pytest.mark.parametrize(("fault", "parameters", "expected"), CLOCKS)
def test_a_clock_goes_wrong_in_its_own_way(
    world: World, fault: str, parameters: dict[str, float], expected: dict[int, float]
) -> None:
    served = device(world)
    assert served.utc() == world.utc()
    world.start_fault(fault, {"device": "ups-1-card", **parameters})
    began = world.time_ms
    for passed, offset in expected.items():
        world.advance_to(began + 1000 * passed)
        assert served.utc() - world.utc() == pytest.approx(offset, abs=1e-6)
    world.clear_fault(fault)
    assert served.utc() == world.utc()


def test_without_time_service_each_clock_keeps_its_own_pace(world: World) -> None:
    one, other = device(world), device(world, "pdu-1-snmp")
    for served in (one, other):
        world.start_fault("device.no_ntp", {"device": served.name, "tolerance": 100})
    ahead(world, 1000)
    offsets = [served.utc() - world.utc() for served in (one, other)]
    assert offsets[0] != offsets[1]
    assert all(0 < abs(offset) <= 0.1 for offset in offsets)


def test_other_firmware_counts_in_another_unit_after_a_restart(world: World) -> None:
    served = device(world)
    point = served.map.points["battery.voltage"]
    before, old = served.raw(point), served.value("identity.firmware")
    world.start_fault("device.firmware_change", {"point": "battery.voltage", "change": "unit", "factor": 10})
    assert not served.reachable()
    ahead(world, 75)
    assert served.reachable()
    ahead(world, 5)
    assert served.raw(point) == pytest.approx(before * 10, rel=0.01)  # type: ignore[operator]
    assert served.value("identity.firmware") != old
    world.clear_fault("device.firmware_change")
    assert not served.reachable()
    ahead(world, 80)
    assert served.life.boots == 2
    assert served.raw(point) == pytest.approx(before, rel=0.01)


def test_other_firmware_codes_states_otherwise(world: World) -> None:
    served = device(world)
    point = served.map.points["output.source"]
    assert served.raw(point) == 3
    world.start_fault("device.firmware_change", {"point": "output.source", "change": "states"})
    ahead(world, 75)
    assert served.raw(point) == 2


@pytest.mark.parametrize(
    ("name", "point", "key"),
    [("ups-1-card", "battery.charge", "oid"), ("meter-main-modbus", "power", "register")],
)
def test_other_firmware_keeps_a_value_elsewhere(world: World, name: str, point: str, key: str) -> None:
    served = device(world, name)
    before = served.map.points[point].locator[key]
    world.start_fault("device.firmware_change", {"device": name, "point": point, "change": "place"})
    places = [str(one.locator[key]) for one in served.map.points.values()]
    assert str(before) not in places and len(set(places)) == len(places)


def test_a_device_may_be_unreadable_exactly_while_it_has_an_alarm(world: World) -> None:
    served = device(world)
    world.start_fault("device.alarm_blocks_reads")
    ahead(world, 10)
    assert served.reachable()
    world.start_fault("ups.to_bypass")
    ahead(world, 10)
    assert not served.reachable()
    world.clear_fault("ups.to_bypass")
    ahead(world, 30)
    assert served.reachable()


def test_a_divided_network_takes_a_group_and_leaves_the_others(world: World) -> None:
    ups, pdu, meter = (device(world, name) for name in ("ups-1-card", "pdu-1-snmp", "meter-main-modbus"))
    world.start_fault("device.network_partition", {"devices": "pdu-* meter-main-modbus"})
    assert [served.reachable() for served in (ups, pdu, meter)] == [True, False, False]
    world.clear_fault("device.network_partition")
    assert all(served.reachable() for served in (ups, pdu, meter))


def test_faults_of_devices_never_reach_the_plant(world: World) -> None:
    twin = World("edge-40", 1, 1_767_225_600_000_000_000)
    device(world), device(twin)
    for name in ("device.reboot", "device.clock_skew", "device.firmware_change", "device.network_partition"):
        world.start_fault(name)
    for one in (world, twin):
        ahead(one, 100)
    for equipment in world.equipment():
        for point in world.points(equipment):
            assert world.truth(equipment, point) == twin.truth(equipment, point)


def test_a_restart_is_forgotten_with_the_time_it_happened_in(world: World) -> None:
    served = device(world)
    saved = world.save()
    world.start_fault("device.reboot")
    ahead(world, 10)
    assert not served.reachable()
    world.restore(saved)
    assert served.reachable() and served.life.boots == 0
