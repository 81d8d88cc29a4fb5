"""A Modbus server by the book: pipelining, exceptions, shared images, writes that reach the plant."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

from fixtures.device_map import load_map
from fixtures.wire import modbus
from fixtures.wire.mbap import Frame, Splitter, encode_frame
from fixtures.wire.modbus import ExceptionResponse, IdentifyRequest, IdentifyResponse, Refused, Request, Response
from fixtures.wire.registers import cell_of, from_words
from simulators.servers.modbus import Box, serve
from simulators.servers.modbus_image import Image
from simulators.servers.served import Served
from simulators.world import World

METER, CRAC, PLC = 1, 2, 3


@pytest.fixture(scope="module")
def world() -> World:
    return World("edge-40", 1, 0)


def served(world: World, device: str, equipment: str, name: str, **variables: int) -> Served:
    return Served(world, device, device, equipment, load_map(name).bind(variables), 1)


@pytest.fixture(scope="module")
def units(world: World) -> dict[int, list[Served]]:
    return {
        METER: [served(world, "meter-main-modbus", "meter-main", "iem3000-meter")],
        CRAC: [served(world, "crac-1-controller", "crac-1", "crac-controller")],
        PLC: [
            served(world, "container-1-plc", "container-1", "container-plc"),
            served(world, "door-1-plc", "door-1", "door-plc", first=10),
            served(world, "leak-1-plc", "leak-1", "leak-plc"),
        ],
    }


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def connected(units: dict[int, list[Served]], talk: Talk) -> None:
    """Serve the units and hold one conversation with them."""

    async def conversation() -> None:
        server, port = await serve(Box(units))
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            await asyncio.wait_for(talk(reader, writer), 10)
        finally:
            writer.close()
            server.close()

    asyncio.run(conversation())


def request(transaction: int, unit: int, asked: Request | IdentifyRequest) -> bytes:
    return encode_frame(Frame(transaction, unit, modbus.encode_request(asked)))


async def answers(reader: asyncio.StreamReader, count: int) -> list[Frame]:
    splitter, frames = Splitter(), list[Frame]()
    while len(frames) < count:
        data = await reader.read(4096)
        assert data, "the server closed the connection"
        frames += splitter.feed(data)
    return frames


def exchange(units: dict[int, list[Served]], unit: int, asked: Request | IdentifyRequest) -> modbus.AnyResponse:
    found: list[modbus.AnyResponse] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(request(1, unit, asked))
        found.append(modbus.decode_response((await answers(reader, 1))[0].pdu, asked))

    connected(units, talk)
    return found[0]


def test_every_pipelined_request_gets_its_own_answer_in_order(units: dict[int, list[Served]]) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = [Request(modbus.READ_HOLDING, 2999 + 2 * n, 2) for n in range(3)] * 20
        whole = b"".join(request(n, METER, one) for n, one in enumerate(asked))
        for piece in (whole[:5], whole[5:300], whole[300:]):
            writer.write(piece)
            await asyncio.sleep(0.001)
        frames = await answers(reader, len(asked))
        assert [frame.transaction for frame in frames] == list(range(len(asked)))
        first = [frame.pdu for frame in frames[:3]]
        assert len(set(first)) == 3
        assert [frame.pdu for frame in frames] == first * 20

    connected(units, talk)


def test_registers_carry_what_the_device_map_says(units: dict[int, list[Served]]) -> None:
    meter = units[METER][0]
    for point in meter.map.points.values():
        words = Image([meter]).read(modbus.READ_HOLDING, cell_of(point).address, cell_of(point).width)
        kind = point.wire_type
        expected = meter.raw(point)
        assert isinstance(expected, int | float)
        assert from_words(words, kind) == pytest.approx(expected, rel=1e-6), point.name


def test_half_of_a_value_can_be_read(units: dict[int, list[Served]]) -> None:
    image = Image(units[METER])
    both = image.read(modbus.READ_HOLDING, 3027, 2)
    assert image.read(modbus.READ_HOLDING, 3028, 1) == both[1:]


def test_devices_of_one_controller_share_its_image(units: dict[int, list[Served]]) -> None:
    image = Image(units[PLC])
    bits = image.read(modbus.READ_DISCRETE, 0, 12)
    assert (bits[0], bits[1], bits[10], bits[11]) == (1, 1, 1, 1)
    assert image.read(modbus.READ_INPUT, 20, 3) == (0, 0, 0)


@pytest.mark.parametrize(
    ("unit", "asked", "code"),
    [
        (METER, Request(modbus.READ_HOLDING, 0, 2), modbus.ILLEGAL_ADDRESS),
        (METER, Request(modbus.READ_HOLDING, 3210, 2), modbus.ILLEGAL_ADDRESS),
        (METER, Request(modbus.READ_INPUT, 3027, 2), modbus.ILLEGAL_ADDRESS),
        (METER, Request(modbus.WRITE_REGISTER, 3027, 1, (1,)), modbus.ILLEGAL_ADDRESS),
        (CRAC, Request(modbus.WRITE_REGISTER, 0, 1, (9999,)), modbus.ILLEGAL_VALUE),
        (77, Request(modbus.READ_HOLDING, 3027, 2), modbus.GATEWAY_NO_ANSWER),
    ],
)
def test_what_cannot_be_served_is_the_right_exception(
    units: dict[int, list[Served]], unit: int, asked: Request, code: int
) -> None:
    assert exchange(units, unit, asked) == ExceptionResponse(asked.function, code)


@pytest.mark.parametrize(
    ("pdu", "code"),
    [
        (bytes([0x63, 0, 0]), modbus.ILLEGAL_FUNCTION),
        (bytes([modbus.READ_HOLDING, 0x0B, 0xD3, 0, 126]), modbus.ILLEGAL_VALUE),
        (bytes([modbus.READ_HOLDING, 0x0B, 0xD3, 0, 0]), modbus.ILLEGAL_VALUE),
        (bytes([modbus.READ_HOLDING, 0x0B]), modbus.ILLEGAL_VALUE),
    ],
)
def test_a_bad_request_is_an_exception_and_not_silence(units: dict[int, list[Served]], pdu: bytes, code: int) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(encode_frame(Frame(5, METER, pdu)))
        assert (await answers(reader, 1))[0].pdu == bytes([pdu[0] | 0x80, code])

    connected(units, talk)


def test_a_write_reaches_the_plant_and_reads_back(world: World, units: dict[int, list[Served]]) -> None:
    image = Image(units[CRAC])
    before = image.read(modbus.READ_HOLDING, 0, 1)
    image.write(modbus.WRITE_REGISTER, "holding", 0, (231,))
    assert image.read(modbus.READ_HOLDING, 0, 1) == (231,)
    world.advance_to(world.time_ms + 600)
    assert world.truth("crac-1", "setpoint.temperature") == 23.1
    assert image.read(modbus.READ_HOLDING, 0, 1) == (231,)
    image.write(modbus.WRITE_REGISTER, "holding", 0, before)
    world.advance_to(world.time_ms + 600)


def test_the_device_identifies_itself(world: World, units: dict[int, list[Served]]) -> None:
    answer = exchange(units, METER, IdentifyRequest(1, 0))
    assert isinstance(answer, IdentifyResponse)
    described = world.description("meter-main")
    told = [answer.objects[n].decode() for n in range(3)]
    assert told == [described["maker"], described["model"], described["firmware"]]


@pytest.mark.parametrize(
    ("category", "first", "objects"),
    [
        (1, 0, [0, 1, 2]),
        (1, 2, [2]),
        (2, 99, [0, 1, 2, 4, 5, 6]),
        (2, 4, [4, 5, 6]),
        (3, 0, [0, 1, 2, 4, 5, 6, 0x80]),
        (4, 1, [1]),
        (4, 0x80, [0x80]),
    ],
)
def test_parts_of_the_identification_can_be_asked_for(
    units: dict[int, list[Served]], category: int, first: int, objects: list[int]
) -> None:
    answer = exchange(units, METER, IdentifyRequest(category, first))
    assert isinstance(answer, IdentifyResponse)
    assert list(answer.objects) == objects


def test_an_object_of_the_identification_that_is_not_there_is_refused(units: dict[int, list[Served]]) -> None:
    answer = exchange(units, METER, IdentifyRequest(4, 99))
    assert answer == ExceptionResponse(modbus.IDENTIFY, modbus.ILLEGAL_ADDRESS)


@pytest.mark.parametrize(("address", "values"), [(0, (231, 1)), (1, (231,)), (65535, (1,))])
def test_what_is_written_must_fill_whole_points(
    world: World, units: dict[int, list[Served]], address: int, values: tuple[int, ...]
) -> None:
    before = world.truth("crac-1", "setpoint.temperature")
    answer = exchange(units, CRAC, Request(modbus.WRITE_REGISTERS, address, len(values), values))
    assert answer == ExceptionResponse(modbus.WRITE_REGISTERS, modbus.ILLEGAL_ADDRESS)
    assert world.truth("crac-1", "setpoint.temperature") == before


def test_one_request_writes_and_reads_back(world: World, units: dict[int, list[Served]]) -> None:
    answer = exchange(units, CRAC, Request(modbus.READ_WRITE_REGISTERS, 0, 1, (228,), 0))
    assert isinstance(answer, Response)
    assert answer.values == (228,)
    world.advance_to(world.time_ms + 600)
    assert world.truth("crac-1", "setpoint.temperature") == 22.8


def test_a_missing_register_is_refused_wherever_it_is_part_of_a_block(
    world: World, units: dict[int, list[Served]]
) -> None:
    image = Image(units[METER])
    world.start_fault("meter.register_missing")
    try:
        for address, count in ((3083, 2), (3059, 60)):
            with pytest.raises(Refused) as refused:
                image.read(modbus.READ_HOLDING, address, count)
            assert refused.value.code == modbus.ILLEGAL_ADDRESS
        assert len(image.read(modbus.READ_HOLDING, 3059, 2)) == 2
    finally:
        world.clear_fault("meter.register_missing")


def test_a_silent_device_keeps_the_connection_and_says_nothing(world: World, units: dict[int, list[Served]]) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        world.start_fault("comms.timeout")
        writer.write(request(1, METER, Request(modbus.READ_HOLDING, 3027, 2)))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.read(1), 0.2)
        world.clear_fault("comms.timeout")
        writer.write(request(2, METER, Request(modbus.READ_HOLDING, 3027, 2)))
        assert [frame.transaction for frame in await answers(reader, 1)] == [2]

    connected(units, talk)


def test_a_slow_device_answers_late_and_in_order(world: World, units: dict[int, list[Served]]) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        world.start_fault("comms.slow_reply", {"delay": 150})
        begin = time.monotonic()
        for transaction in (1, 2):
            writer.write(request(transaction, METER, Request(modbus.READ_HOLDING, 3027, 2)))
        assert [frame.transaction for frame in await answers(reader, 2)] == [1, 2]
        assert time.monotonic() - begin >= 0.15

    try:
        connected(units, talk)
    finally:
        world.clear_fault("comms.slow_reply")


def test_a_device_that_refuses_names_the_exception(world: World, units: dict[int, list[Served]]) -> None:
    world.start_fault("comms.exception", {"code": 6})
    try:
        answer = exchange(units, METER, Request(modbus.READ_HOLDING, 3027, 2))
        assert answer == ExceptionResponse(modbus.READ_HOLDING, modbus.DEVICE_BUSY)
    finally:
        world.clear_fault("comms.exception")
