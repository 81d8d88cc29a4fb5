"""The serial line of a Modbus server, and our own driver on every wire."""

import asyncio
import os
import time
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixtures.device_map import load_map
from fixtures.drivers.modbus import ModbusDriver
from fixtures.drivers.modbus_address import place_of
from fixtures.drivers.modbus_library import ModbusLibraryDriver
from fixtures.reading import Reading
from fixtures.wire import modbus
from fixtures.wire.mbap import Frame
from fixtures.wire.modbus import Request, encode_request
from fixtures.wire.rtu import RtuSplitter, duration_s, encode_rtu, response_length
from profiles.quality import Quality
from profiles.refusal import Refusal
from simulators.servers.modbus import Box
from simulators.servers.modbus_rtu import serve_pty
from simulators.servers.modbus_wires import WIRES
from simulators.servers.served import Served
from simulators.world import World
from tests.simulators.modbus_box import Bus, serving

SETPOINT = encode_rtu(Frame(0, 1, encode_request(Request(modbus.READ_HOLDING, 0, 1))))
Kind = type[ModbusDriver] | type[ModbusLibraryDriver]
POINTS = ["setpoint.temperature", "supply.temperature", "state"]


@pytest.fixture(scope="module")
def world() -> World:
    return World("edge-40", 1, 0)


@pytest.fixture(scope="module")
def crac(world: World) -> Served:
    return Served(world, "crac-1-controller", "crac-1-controller", "crac-1", load_map("crac-controller"), 1)


@pytest.fixture(scope="module")
def bus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bus]:
    with serving(tmp_path_factory.mktemp("bus")) as running:
        yield running


def exchanged(
    crac: Served, pieces: list[tuple[bytes, float]], wait_s: float, baud: int = 115200
) -> tuple[bytes, float]:
    """Write each piece, then wait; what has come in the end, and seconds until its last octet."""

    async def talk() -> tuple[bytes, float]:
        port = serve_pty(Box({1: [crac]}), baud)
        file = os.open(port.path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(file)
        came, last, loop = bytearray(), [0.0], asyncio.get_running_loop()

        def read() -> None:
            last[0] = time.monotonic()
            came.extend(os.read(file, 4096))

        loop.add_reader(file, read)
        begin = time.monotonic()
        for piece, pause in pieces:
            os.write(file, piece)
            await asyncio.sleep(pause)
        await asyncio.sleep(wait_s)
        loop.remove_reader(file)
        os.close(file)
        port.close()
        return bytes(came), last[0] - begin

    return asyncio.run(talk())


def frames(octets: bytes) -> list[Frame]:
    return RtuSplitter(response_length).feed(octets)


def test_silence_within_a_frame_voids_it_and_the_next_one_is_answered(crac: Served) -> None:
    octets, _ = exchanged(crac, [(SETPOINT[:5], 0.05), (SETPOINT[5:], 0.05), (SETPOINT, 0)], 0.1)
    assert [frame.unit for frame in frames(octets)] == [1]


def test_noise_before_a_frame_is_forgotten_with_silence(crac: Served) -> None:
    octets, _ = exchanged(crac, [(b"\xff\x00\x12", 0.05), (SETPOINT, 0)], 0.1)
    assert len(frames(octets)) == 1


@pytest.mark.parametrize(
    "octets",
    [
        SETPOINT[:-1] + bytes([SETPOINT[-1] ^ 1]),
        encode_rtu(Frame(0, 9, SETPOINT[1:-2])),
        encode_rtu(Frame(0, 0, SETPOINT[1:-2])),
    ],
    ids=["wrong checksum", "another unit", "broadcast"],
)
def test_what_is_not_for_the_unit_is_not_answered(crac: Served, octets: bytes) -> None:
    assert exchanged(crac, [(octets, 0)], 0.08)[0] == b""


def test_an_unknown_function_is_refused_after_the_silence(crac: Served) -> None:
    octets, _ = exchanged(crac, [(encode_rtu(Frame(0, 1, b"\x63\x00")), 0)], 0.1)
    assert [frame.pdu for frame in frames(octets)] == [bytes([0xE3, modbus.ILLEGAL_FUNCTION])]


def test_an_answer_takes_as_long_as_its_octets_take_on_the_line(crac: Served) -> None:
    octets, seconds = exchanged(crac, [(SETPOINT, 0)], 0.3, baud=1200)
    assert len(octets) == 7
    assert seconds >= duration_s(len(SETPOINT) + len(octets), 1200)


def reader(bus: Bus, wire: str, kind: Kind = ModbusDriver) -> ModbusDriver | ModbusLibraryDriver:
    certificate, key = bus.certificate("operator")
    credentials = {"certificate": certificate.read_text(), "private-key": key.read_text()}
    options: dict[str, object] = {"ca": str(bus.folder / "ca.pem")}
    device_map = load_map(str(bus.folder / "map.yaml"))
    return kind("crac-1", device_map, bus.addresses[wire](1), credentials=credentials, options=options)


def read(bus: Bus, wire: str, kind: Kind = ModbusDriver) -> list[Reading]:
    async def once() -> list[Reading]:
        driver = reader(bus, wire, kind)
        try:
            return await driver.read(POINTS)
        finally:
            await driver.close()

    return asyncio.run(once())


@pytest.mark.parametrize("wire", WIRES)
def test_our_driver_reads_the_same_on_every_wire(bus: Bus, wire: str) -> None:
    readings = read(bus, wire)
    assert {reading.quality for reading in readings} == {Quality.GOOD}
    assert [reading.raw for reading in readings] == [reading.raw for reading in read(bus, "tcp")]


@pytest.mark.parametrize("kind", [ModbusDriver, ModbusLibraryDriver])
@pytest.mark.parametrize("wire", WIRES)
def test_both_drivers_read_and_write_on_every_wire(bus: Bus, wire: str, kind: Kind) -> None:
    assert [r.raw for r in read(bus, wire, kind)] == [r.raw for r in read(bus, "tcp")]

    async def write() -> None:
        driver = reader(bus, wire, kind)
        await driver.write("setpoint.temperature", 21.5)
        await driver.write("state", "off")
        await driver.write("state", "on")
        await driver.close()

    asyncio.run(write())
    bus.pass_on()
    assert bus.world.truth("crac-1", "setpoint.temperature") == 21.5
    bus.call(bus.world.command, "crac-1", "setpoint.temperature", 22.0)


@pytest.mark.parametrize("wire", ["rtu", "rtu-over-tcp"])
def test_a_late_answer_without_a_number_is_not_taken_for_the_next_one(bus: Bus, wire: str) -> None:
    """Both values are one register by another function or place; only time tells their answers apart."""

    async def talk() -> list[Reading]:
        driver = reader(bus, wire)
        await driver.read(["setpoint.temperature"])
        with bus.fault("comms.slow_reply", device="crac-1-controller", delay=1000):
            silent = await driver.read(["setpoint.temperature"])
        assert silent[0].quality is Quality.ERROR
        bus.call(bus.world.command, "crac-1", "setpoint.temperature", 17.0)
        after = await driver.read(["setpoint.temperature"])
        bus.call(bus.world.command, "crac-1", "setpoint.temperature", 22.0)
        await driver.close()
        return after

    assert [reading.value for reading in asyncio.run(talk())] == [17.0]


def test_a_client_without_certificate_material_is_told_what_is_missing(bus: Bus) -> None:
    device_map = load_map(str(bus.folder / "map.yaml"))
    with pytest.raises(Refusal, match="certificate"):
        ModbusDriver("crac-1", device_map, bus.addresses["tls"](1), credentials={}, options={})


@pytest.mark.parametrize("options", [{"baud": 12345}, {"baud": "fast"}, {"parity": "sometimes"}])
def test_a_line_that_cannot_be_set_so_is_refused_at_once(bus: Bus, options: dict[str, object]) -> None:
    with pytest.raises(Refusal, match="there is no line"):
        ModbusDriver("crac-1", load_map("crac-controller"), bus.addresses["rtu"](1), credentials={}, options=options)


def test_a_serial_line_that_is_not_there_is_an_error_of_every_point(tmp_path: Path, bus: Bus) -> None:
    async def once() -> list[Reading]:
        address = f"modbus+rtu://{tmp_path}/ttyS9?unit=1"
        driver = ModbusDriver("crac-1", load_map(str(bus.folder / "map.yaml")), address, credentials={}, options={})
        return await driver.read(POINTS)

    assert {reading.quality for reading in asyncio.run(once())} == {Quality.ERROR}


@pytest.mark.parametrize(
    "address",
    [
        "modbus+rtu://host/1",
        "modbus+udp://host/1",
        "modbus://host/300",
        "modbus+rtu:///dev/ttyS0?unit=x",
        "modbus:///1",
    ],
)
def test_other_addresses_are_refused(address: str) -> None:
    with pytest.raises(Refusal, match="no address"):
        place_of(address)


def unit(bus: Bus, number: int, **options: object) -> ModbusDriver:
    device_map = load_map(str(bus.folder / "map.yaml"))
    return ModbusDriver(f"crac-{number}", device_map, bus.addresses["rtu"](number), credentials={}, options=options)


def test_units_of_one_serial_line_take_turns_and_a_dead_one_costs_them_one_wait(bus: Bus) -> None:
    async def talk() -> list[tuple[float, list[list[Reading]]]]:
        drivers = [unit(bus, number) for number in (1, 2, 9)]
        rounds = []
        for _ in range(3):
            begin = time.monotonic()
            readings = await asyncio.gather(*(driver.read(POINTS) for driver in drivers))
            rounds.append((time.monotonic() - begin, readings))
        for driver in drivers:
            await driver.close()
        return rounds

    first, *later = asyncio.run(talk())
    for seconds, (one, two, nine) in (first, *later):
        assert {reading.quality for reading in (*one, *two)} == {Quality.GOOD}
        assert {reading.quality for reading in nine} == {Quality.ERROR}
        assert [r.value for r in one if r.point == "setpoint.temperature"] == [22.0]
        assert seconds < 4.0
    # Silence, and the time in which it might still be broken; asked once from the second round on.
    assert max(seconds for seconds, _ in later) < first[0] - 0.5


def test_a_line_that_was_closed_by_all_can_be_opened_with_other_settings(bus: Bus) -> None:
    async def talk() -> None:
        first, second = unit(bus, 1, baud=9600), unit(bus, 2, baud=9600)
        with pytest.raises(Refusal, match="set differently"):
            unit(bus, 2)
        await first.close()
        await first.close()
        assert {reading.quality for reading in await second.read(POINTS)} == {Quality.GOOD}
        await second.close()
        await unit(bus, 2).close()

    asyncio.run(talk())


def test_between_two_requests_the_line_is_left_quiet_for_as_long_as_the_bench_says(bus: Bus) -> None:
    async def lasted(settle: float) -> float:
        driver = unit(bus, 1, settle=settle, gap=0)
        await driver.read()
        begin = time.monotonic()
        assert {reading.quality for reading in await driver.read()} == {Quality.GOOD}
        await driver.close()
        return time.monotonic() - begin

    short, long = asyncio.run(lasted(0.002)), asyncio.run(lasted(0.2))
    assert long > short + 0.3


@pytest.mark.parametrize("settle", ["quickly", "-0.01", "nan", 2])
def test_a_line_that_cannot_settle_so_is_refused(bus: Bus, settle: object) -> None:
    with pytest.raises(Refusal, match=f"'{settle}' s; write seconds such as 0.01"):
        unit(bus, 1, settle=settle)
