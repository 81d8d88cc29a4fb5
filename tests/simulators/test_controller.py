"""The container's controller: ten points that all live, each of which something changes."""

import pytest

from fixtures.device_map import load_map
from profiles.refusal import Refusal
from simulators.plant.controller import Controller
from simulators.servers.served import Served
from simulators.world import World


@pytest.fixture
def world() -> World:
    return World("edge-40", 1, 0)


def plc(world: World) -> Served:
    return Served(world, "controller-1-plc", "controller-1-plc", "controller-1", load_map("controller-plc"), 1)


def ahead(world: World, seconds: float) -> None:
    world.advance_to(world.time_ms + round(1000 * seconds))


def number(world: World, point: str) -> float:
    value = world.truth("controller-1", point)
    assert isinstance(value, float)
    return value


def test_an_alarm_that_has_gone_stays_until_somebody_acknowledges_it(world: World) -> None:
    world.start_fault("sec.tamper", {"duration": 5})
    ahead(world, 3)
    assert (number(world, "alarms"), number(world, "alarms.unacknowledged")) == (1, 1)
    world.command("controller-1", "alarms.unacknowledged", 0.0)
    assert (number(world, "alarms"), number(world, "alarms.unacknowledged")) == (1, 0)
    ahead(world, 10)
    assert (number(world, "alarms"), number(world, "alarms.unacknowledged")) == (0, 0)
    world.start_fault("sec.tamper", {"duration": 1.4})
    ahead(world, 10)
    assert (number(world, "alarms"), number(world, "alarms.unacknowledged")) == (0, 1)
    with pytest.raises(Refusal):
        world.command("controller-1", "alarms.unacknowledged", 3.0)
    assert number(world, "alarms.unacknowledged") == 1


def test_messages_wait_for_the_line_and_in_maintenance_there_are_none() -> None:
    controller = Controller(0)
    controller.scan(1000, [False] * 4)
    controller.scan(2000, [True, True, True, False])
    assert controller.queue == 3
    controller.scan(3000, [True, True, False, False])
    assert (controller.queue, controller.alarms, controller.unacknowledged) == (3, 2, 3)
    for second in range(4, 8):
        controller.scan(1000 * second, [True, True, False, False])
    assert controller.queue == 0
    controller.mode = "maintenance"
    controller.scan(9000, [False] * 4)
    assert controller.queue == 0


def test_a_program_that_stands_still_is_noticed_and_its_heart_does_not_beat(world: World) -> None:
    served = plc(world)
    world.start_fault("sec.controller_hang")
    ahead(world, 4)
    beats = number(world, "heartbeat")
    assert world.truth("controller-1", "watchdog") == "ok"
    ahead(world, 4)
    assert (served.value("watchdog"), number(world, "heartbeat")) == ("expired", beats)
    world.clear_fault("sec.controller_hang")
    ahead(world, 2)
    assert (world.truth("controller-1", "watchdog"), number(world, "heartbeat")) == ("ok", beats + 2)


def test_the_checksum_follows_what_is_set_and_the_program(world: World) -> None:
    served = plc(world)
    seen = [served.world.truth("controller-1", "configuration.checksum")]
    world.command("crac-1", "setpoint.temperature", 25.0)
    seen.append(world.truth("controller-1", "configuration.checksum"))
    world.command("controller-1", "mode", "manual")
    seen.append(world.truth("controller-1", "configuration.checksum"))
    ahead(world, 120)
    assert served.value("configuration.checksum") == seen[-1]
    world.start_fault("device.firmware_change", {"device": "controller-1-plc", "point": "queue", "change": "place"})
    ahead(world, 120)
    seen.append(served.value("configuration.checksum"))
    assert len(set(seen)) == 4 and all(len(str(one)) == 8 for one in seen)
    world.clear_fault("device.firmware_change")
    ahead(world, 120)
    assert served.value("configuration.checksum") == seen[2]


def test_a_restart_begins_uptime_and_heartbeat_anew(world: World) -> None:
    served = plc(world)
    before = served.value("uptime"), served.value("heartbeat")
    assert isinstance(before[0], float) and before[0] > 86_400
    world.start_fault("device.reboot", {"device": "controller-1"})
    ahead(world, 50)
    uptime, beats = served.value("uptime"), served.value("heartbeat")
    assert isinstance(uptime, float) and isinstance(beats, float)
    assert 0 < uptime <= 50 and 0 < beats <= 50


def test_its_clock_drifts_by_at_most_five_parts_in_a_million_and_with_its_faults(world: World) -> None:
    served, begun = plc(world), number(world, "clock.offset")
    ahead(world, 3600)
    drifted = number(world, "clock.offset") - begun
    assert 0 < abs(drifted) <= 5e-6 * 3_600_000
    world.start_fault("device.clock_skew", {"device": "controller-1-plc", "offset": -2})
    ahead(world, 2)
    assert served.value("clock.offset") == pytest.approx(number(world, "clock.offset") - 2000, abs=1)


def test_an_operator_sets_mode_and_acknowledges_over_the_wire(world: World) -> None:
    served = plc(world)
    world.start_fault("sec.tamper")
    ahead(world, 3)
    served.write("mode", "manual")
    served.write("alarms.unacknowledged", 0.0)
    ahead(world, 2)
    assert (served.value("mode"), served.value("alarms.unacknowledged")) == ("manual", 0.0)
    assert world.truth("controller-1", "mode") == "manual" and number(world, "alarms") == 1


def test_what_the_controller_knows_is_saved(world: World) -> None:
    served = plc(world)
    world.start_fault("sec.tamper", {"duration": 3})
    ahead(world, 2)
    saved = world.save()
    ahead(world, 20)
    rest = world.save(), [served.raw(point) for point in served.map.points.values()]
    world.restore(saved)
    ahead(world, 20)
    assert (world.save(), [served.raw(point) for point in served.map.points.values()]) == rest
