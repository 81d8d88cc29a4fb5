"""Faults of devices and of the way to them, on every wire for which they mean something."""

import asyncio
from collections.abc import Iterator

import pytest

from fixtures.reading import Reading
from profiles.quality import Quality
from profiles.refusal import Refusal
from simulators.faults.catalogue import catalogue
from simulators.site import load_site
from simulators.world import World
from tests.simulators.modbus_box import Bus, serving
from tests.simulators.test_line_http import Wire, parts, talk
from tests.simulators.test_servers_modbus_rtu import reader

CRAC, POINTS = "crac-1-controller", ["supply.temperature"]
MODBUS = ["tcp", "tls", "rtu", "rtu-over-tcp"]
CODES = [0x01, 0x02, 0x03, 0x04, 0x06, 0x0A, 0x0B]


@pytest.fixture(scope="module")
def bus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bus]:
    with serving(tmp_path_factory.mktemp("bus")) as served:
        yield served


@pytest.fixture(scope="module")
def world() -> World:
    return World("edge-40", 1, 0)


def read(bus: Bus, wire: str) -> Reading:
    async def once() -> Reading:
        driver = reader(bus, wire)
        try:
            return (await driver.read(POINTS))[0]
        finally:
            await driver.close()

    return asyncio.run(once())


@pytest.mark.parametrize("wire", MODBUS)
@pytest.mark.parametrize("code", CODES)
def test_every_exception_comes_over_every_wire_of_modbus(bus: Bus, wire: str, code: int) -> None:
    with bus.fault("comms.exception", device=CRAC, code=code):
        refused = read(bus, wire)
    assert refused.quality is not Quality.GOOD
    assert read(bus, wire).quality is Quality.GOOD


LOSSES = ["comms.timeout", "comms.truncated", "comms.garbage"]


@pytest.mark.parametrize("wire", MODBUS)
@pytest.mark.parametrize("name", LOSSES)
def test_what_is_lost_or_broken_is_no_reading_on_any_wire_of_modbus(bus: Bus, wire: str, name: str) -> None:
    with bus.fault(name, device=CRAC):
        assert read(bus, wire).quality is not Quality.GOOD
    assert read(bus, wire).quality is Quality.GOOD


@pytest.mark.parametrize("wire", MODBUS)
def test_a_wrong_scale_or_sign_comes_over_every_wire_of_modbus(bus: Bus, wire: str) -> None:
    true = read(bus, wire).value
    assert isinstance(true, float)
    for name, factor in (("comms.sign", -1.0), ("comms.scale_x10", 10.0)):
        with bus.fault(name, device=CRAC):
            assert read(bus, wire).value == pytest.approx(true * factor)
    with bus.fault("comms.byte_order", device=CRAC):
        swapped = read(bus, wire)
    assert swapped.value != true or swapped.quality is not Quality.GOOD


def test_an_expired_role_opens_nothing_on_the_secured_wire_alone(bus: Bus) -> None:
    with bus.fault("device.auth_expired", device=CRAC):
        assert read(bus, "tls").quality is not Quality.GOOD
        assert read(bus, "tcp").quality is Quality.GOOD
    assert read(bus, "tls").quality is Quality.GOOD


@pytest.mark.parametrize(
    ("fault", "device"),
    [
        ("device.auth_expired", "meter-main-modbus"),
        ("device.auth_expired", "npu-1-exporter"),
        ("comms.max_clients", "ups-1-card"),
        ("comms.half_open", "genset-1-serial"),
        ("comms.reset", "ups-1-card"),
    ],
)
def test_a_fault_that_means_nothing_on_a_wire_is_refused_there(fault: str, device: str) -> None:
    world = World("edge-40", 1, 0)
    load_site(world.site, world, 1)
    with pytest.raises(Refusal, match="speaks"):
        world.start_fault(fault, {"device": device})


@pytest.mark.parametrize("kind", ["redfish", "prometheus", "openai", "kubernetes"])
def test_a_divided_network_is_silence_and_not_a_broken_connection(world: World, kind: str) -> None:
    async def play(wire: Wire) -> None:
        wire.ask()
        assert await wire.take() == b"" and not wire.reader.at_eof()

    equipment = {"redfish": "bmc-1", "prometheus": "npu-1", "openai": "llm-1", "kubernetes": "cluster-1"}[kind]

    async def split(wire: Wire) -> None:
        world.start_fault("device.network_partition", {"devices": f"{equipment} nobody"})
        try:
            await play(wire)
        finally:
            world.clear_fault("device.network_partition")

    talk(world, kind, split)


@pytest.mark.parametrize("name", ["comms.scale_x10", "comms.sign"])
def test_values_arrive_wrong_in_metrics_too(world: World, name: str) -> None:
    bodies: list[bytes] = []

    async def play(wire: Wire) -> None:
        wire.ask()
        bodies.append(parts(await wire.whole())[2])

    talk(world, "prometheus", play)
    talk(world, "prometheus", play, name)
    assert bodies[0] != bodies[1] and len(bodies[0].splitlines()) == len(bodies[1].splitlines())


def test_every_communication_fault_says_in_both_languages_what_it_is_and_names_a_wire_that_exists() -> None:
    known = {"tcp", "tls", "rtu", "rtu-over-tcp", "modbus", "snmp", "visa"}
    known |= {"redfish", "prometheus", "openai", "kubernetes"}
    for fault in catalogue().values():
        assert set(fault.wires) <= known, fault.name
        assert set(fault.title) == {"ko", "en"}
