"""The drive of a coolant pump, in the registers of a real product, follows its pump."""

import pytest

from fixtures.decoding import decode
from simulators.servers.modbus_image import Image
from simulators.site import load_site
from simulators.world import World

READ_HOLDING, STATUS_WORD = 3, 50199
RUNNING, ALARM = 1 << 11, 1 << 3


@pytest.fixture(scope="module")
def world() -> World:
    """It grows older from test to test."""
    return World("lc-120", 0, 0)


@pytest.fixture(scope="module")
def image(world: World) -> Image:
    return Image([load_site(world.site, world, 0).devices["drive-1-modbus"].served])


def shown(image: Image, point: str) -> object:
    served = image.devices[0]
    return decode(served.map.points[point], served.raw(served.map.points[point]))[0]


def number(world: World, equipment: str, point: str) -> float:
    value = world.truth(equipment, point)
    assert isinstance(value, float)
    return value


def test_it_turns_its_pump_and_loses_a_little(world: World, image: Image) -> None:
    assert image.read(READ_HOLDING, STATUS_WORD, 1) == (RUNNING,)
    assert (shown(image, "state"), shown(image, "condition.alarm")) == ("running", "ok")
    assert number(world, "drive-1", "power") == pytest.approx(0.96 * number(world, "cdu-1", "power"))
    assert number(world, "drive-1", "speed") == number(world, "cdu-1", "pump.1.speed")
    apparent = 3**0.5 * number(world, "drive-1", "voltage") * number(world, "drive-1", "current")
    assert apparent > number(world, "drive-1", "power")
    assert shown(image, "dc-link.voltage") == pytest.approx(6**0.5 * 220, rel=0.02)


def test_what_it_has_turned_and_taken_counts_up(world: World) -> None:
    hours, energy = number(world, "drive-1", "run-time"), number(world, "drive-1", "energy")
    world.advance_to(world.time_ms + 36_000)
    assert number(world, "drive-1", "run-time") - hours == pytest.approx(0.01)
    assert number(world, "drive-1", "energy") - energy == pytest.approx(0.0072, rel=0.01)


def test_a_failed_pump_is_an_alarm_and_its_drive_stands_still(world: World, image: Image) -> None:
    world.start_fault("cdu.pump_fail")
    world.advance_to(world.time_ms + 30_000)
    assert image.read(READ_HOLDING, STATUS_WORD, 1) == (ALARM,)
    assert (shown(image, "state"), shown(image, "condition.alarm")) == ("stopped", "critical")
    assert shown(image, "power") == shown(image, "current") == shown(image, "setpoint.speed") == 0.0
    hours = number(world, "drive-1", "run-time")
    world.advance_to(world.time_ms + 30_000)
    assert number(world, "drive-1", "run-time") == hours
