"""Communication faults at the socket: octets or their timing differ, and the plant knows nothing of it."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.device_map import load_map
from fixtures.wire import modbus
from fixtures.wire.mbap import Frame, Splitter, encode_frame
from fixtures.wire.modbus import ExceptionResponse, Request, Response
from fixtures.wire.registers import from_words
from simulators.faults.catalogue import catalogue
from simulators.faults.registry import ActiveFault
from simulators.plant import state
from simulators.servers.line import BUSY, FINE, OUTCOMES, fate
from simulators.servers.modbus import Box, serve
from simulators.servers.served import Served
from simulators.world import World

METER = 1
VOLTAGE = Request(modbus.READ_HOLDING, 3027, 2)
FAULTS = sorted(name for name, fault in catalogue().items() if fault.layer == "communication")


@pytest.fixture(scope="module")
def world() -> World:
    return World("edge-40", 1, 0)


@pytest.fixture(scope="module")
def meter(world: World) -> Served:
    return Served(world, "meter-main-modbus", "meter-main-modbus", "meter-main", load_map("iem3000-meter"), 1)


@contextmanager
def fault(world: World, name: str, **parameters: float | str) -> Iterator[None]:
    world.start_fault(name, parameters)
    try:
        yield
    finally:
        world.clear_fault(name)


class Talk:
    """A client of the meter; `take` waits for frames, `silence` for nothing."""

    def __init__(self, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.port, self._reader, self._writer = port, reader, writer
        self._splitter = Splitter()

    def ask(self, transaction: int, request: Request = VOLTAGE) -> None:
        self._writer.write(encode_frame(Frame(transaction, METER, modbus.encode_request(request))))

    async def take(self, count: int = 1) -> list[Frame]:
        frames: list[Frame] = []
        while len(frames) < count:
            data = await asyncio.wait_for(self._reader.read(4096), 5)
            if not data:
                raise EOFError("the connection was closed, not reset")
            frames += self._splitter.feed(data)
        return frames

    async def answer(self, request: Request = VOLTAGE, transaction: int = 1) -> modbus.AnyResponse:
        self.ask(transaction, request)
        return modbus.decode_response((await self.take())[0].pdu, request)

    async def octets(self) -> bytes:
        self.ask(1)
        return await asyncio.wait_for(self._reader.read(4096), 5)

    async def silence(self) -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(self._reader.read(1), 0.05)

    async def other(self) -> "Talk":
        return Talk(self.port, *await asyncio.open_connection("127.0.0.1", self.port))

    def close(self) -> None:
        self._writer.close()


def held(meter: Served, conversation: Callable[[Talk], Awaitable[None]]) -> None:
    async def hold() -> None:
        server, port = await serve(Box({METER: [meter]}))
        talk = Talk(port, *await asyncio.open_connection("127.0.0.1", port))
        try:
            await asyncio.wait_for(conversation(talk), 20)
        finally:
            talk.close()
            server.close()

    asyncio.run(hold())


def test_no_answer_with_a_probability_is_some_answers(world: World, meter: Served) -> None:
    async def talk(t: Talk) -> None:
        with fault(world, "comms.timeout", probability=0.5):
            for n in range(40):
                t.ask(n)
            t.ask(99, Request(modbus.READ_HOLDING, 0, 1))
            await asyncio.sleep(0.1)
        t.ask(1000)
        came: list[int] = []
        while 1000 not in came:
            came += [frame.transaction for frame in await t.take()]
        assert 8 < len(came) < 34

    held(meter, talk)


def test_a_late_answer_comes_after_those_to_later_requests(world: World, meter: Served) -> None:
    async def talk(t: Talk) -> None:
        with fault(world, "comms.late", probability=1, delay=80):
            t.ask(1)
            await asyncio.sleep(0.02)
        t.ask(2)
        assert [frame.transaction for frame in await t.take(2)] == [2, 1]

    held(meter, talk)


def test_every_answer_of_a_slow_device_is_late_and_in_order(world: World, meter: Served) -> None:
    async def talk(t: Talk) -> None:
        with fault(world, "comms.slow_reply", delay=100):
            begin = time.monotonic()
            t.ask(1)
            t.ask(2)
            assert [frame.transaction for frame in await t.take(2)] == [1, 2]
            assert time.monotonic() - begin >= 0.1

    held(meter, talk)


@pytest.mark.parametrize("code", [1, 2, 3, 4, 6, 0x0A, 0x0B])
def test_a_device_can_refuse_with_every_exception(world: World, meter: Served, code: int) -> None:
    async def talk(t: Talk) -> None:
        with fault(world, "comms.exception", code=code):
            assert await t.answer() == ExceptionResponse(modbus.READ_HOLDING, code)
        assert isinstance(await t.answer(), Response)

    held(meter, talk)


def test_above_its_rate_a_device_is_busy_until_the_next_second(world: World, meter: Served) -> None:
    async def talk(t: Talk) -> None:
        world.advance_to(world.time_ms - world.time_ms % 1000 + 1000)
        with fault(world, "comms.rate_limit", rate=3):
            answers = [await t.answer() for _ in range(5)]
            assert [isinstance(answer, Response) for answer in answers] == [True, True, True, False, False]
            assert answers[-1] == ExceptionResponse(modbus.READ_HOLDING, modbus.DEVICE_BUSY)
            world.advance_to(world.time_ms + 1000)
            assert isinstance(await t.answer(), Response)

    held(meter, talk)


def test_one_client_too_many_is_turned_away_until_another_leaves(world: World, meter: Served) -> None:
    async def talk(t: Talk) -> None:
        with fault(world, "comms.max_clients", clients=1):
            assert isinstance(await t.answer(), Response)
            with pytest.raises(ConnectionResetError):
                await (await t.other()).answer()
            t.close()
            await asyncio.sleep(0.05)
            second = await t.other()
            assert isinstance(await second.answer(), Response)
            second.close()

    held(meter, talk)


def test_a_half_open_connection_stays_dead_and_a_new_one_lives(world: World, meter: Served) -> None:
    async def talk(t: Talk) -> None:
        with fault(world, "comms.half_open"):
            t.ask(1)
            await t.silence()
        t.ask(2)
        await t.silence()
        new = await t.other()
        assert isinstance(await new.answer(), Response)
        new.close()

    held(meter, talk)


def test_a_reset_breaks_the_connection_instead_of_an_answer(world: World, meter: Served) -> None:
    async def talk(t: Talk) -> None:
        with fault(world, "comms.reset"), pytest.raises(ConnectionResetError):
            await t.answer()
        new = await t.other()
        assert isinstance(await new.answer(), Response)
        new.close()

    held(meter, talk)


def test_a_duplicate_repeats_its_transaction(world: World, meter: Served) -> None:
    async def talk(t: Talk) -> None:
        with fault(world, "comms.duplicate"):
            t.ask(7)
            first, second = await t.take(2)
            assert first == second
            assert first.transaction == 7

    held(meter, talk)


def test_reordered_answers_come_in_swapped_pairs(world: World, meter: Served) -> None:
    async def talk(t: Talk) -> None:
        with fault(world, "comms.reorder"):
            t.ask(1)
            await t.silence()
            for transaction in (2, 3, 4):
                t.ask(transaction)
            assert [frame.transaction for frame in await t.take(4)] == [2, 1, 4, 3]

    held(meter, talk)


def test_a_truncated_answer_is_the_beginning_of_the_whole_one(world: World, meter: Served) -> None:
    async def talk(t: Talk) -> None:
        whole = await t.octets()
        with fault(world, "comms.truncated", keep=60):
            assert await t.octets() == whole[: int(len(whole) * 0.6)]

    held(meter, talk)


def test_garbage_has_the_length_of_the_answer_and_nothing_else_of_it(world: World, meter: Served) -> None:
    async def talk(t: Talk) -> None:
        whole = await t.octets()
        with fault(world, "comms.garbage"):
            noise = await t.octets()
        assert len(noise) == len(whole)
        assert noise[:7] != whole[:7]

    held(meter, talk)


def volts(answer: modbus.AnyResponse) -> float:
    assert isinstance(answer, Response)
    return float(from_words(answer.values, "float32"))


def test_a_stale_image_stands_still_while_the_plant_moves_on(world: World, meter: Served) -> None:
    async def talk(t: Talk) -> None:
        before = volts(await t.answer())
        with fault(world, "comms.stale"):
            world.advance_to(world.time_ms + 60_000)
            assert volts(await t.answer()) == before
        assert volts(await t.answer()) != before

    held(meter, talk)


def test_a_torn_value_has_the_high_word_of_the_last_refresh_and_the_low_word_of_this_one(
    world: World, meter: Served
) -> None:
    async def talk(t: Talk) -> None:
        for _ in range(50):
            old = await t.answer()
            world.advance_to(world.time_ms + 1000)
            new = await t.answer()
            with fault(world, "comms.torn_read", point="voltage.*"):
                torn = await t.answer()
            assert isinstance(old, Response)
            assert isinstance(new, Response)
            assert isinstance(torn, Response)
            assert torn.values == (old.values[0], new.values[1])
            if torn not in (old, new):
                return
        pytest.fail("the high word never changed")

    held(meter, talk)


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("comms.word_order", lambda a, b: (b, a)),
        ("comms.byte_order", lambda a, b: (a >> 8 | (a & 255) << 8, b >> 8 | (b & 255) << 8)),
        ("comms.sign", lambda a, b: (a ^ 0x8000, b)),
    ],
)
def test_words_bytes_and_sign_are_what_the_fault_says(
    world: World, meter: Served, name: str, seen: Callable[[int, int], tuple[int, int]]
) -> None:
    async def talk(t: Talk) -> None:
        good = await t.answer()
        with fault(world, name):
            bad = await t.answer()
        with fault(world, name, point="current.*"):
            spared = await t.answer()
        assert isinstance(good, Response)
        assert isinstance(bad, Response)
        assert bad.values == seen(*good.values)
        assert spared == good

    held(meter, talk)


def test_a_wrong_scale_is_ten_times_the_value(world: World, meter: Served) -> None:
    async def talk(t: Talk) -> None:
        good = volts(await t.answer())
        with fault(world, "comms.scale_x10"):
            assert volts(await t.answer()) == pytest.approx(10 * good)

    held(meter, talk)


def test_elsewhere_than_in_registers_a_torn_answer_mixes_the_values_of_two_refreshes(world: World) -> None:
    card = Served(world, "ups-1-card", "ups-1-card", "ups-1", load_map("rfc1628-ups"), 1)
    points = [point for point in card.map.points.values() if point.kind == "quantity"]
    mixed = False
    for _ in range(20):
        world.advance_to(world.time_ms + 5000)
        new, old = [card.raw(point) for point in points], [card.before(point) for point in points]
        with fault(world, "comms.torn_read", device="ups-1-card"):
            torn = [card.raw(point) for point in points]
        assert all(value in pair for value, *pair in zip(torn, new, old, strict=True))
        mixed = mixed or torn not in (new, old)
    assert mixed


@pytest.mark.parametrize(("timestamps", "kept"), [("old", True), ("absent", False)])
def test_a_stale_image_has_old_time_stamps_or_none(timestamps: str, kept: bool) -> None:
    world = World("edge-40-liquid", 1, 0)
    cdu = Served(world, "cdu-1-redfish", "cdu-1-redfish", "cdu-1", load_map("redfish-cdu"), 1)
    (stamp,) = [point for point in cdu.map.points.values() if point.kind == "time"]
    before = cdu.raw(stamp)
    with fault(world, "comms.stale", device="cdu-1-redfish", timestamps=timestamps):
        world.advance_to(30_000)
        assert cdu.raw(stamp) == (before if kept else None)
    assert cdu.raw(stamp) not in (before, None)


@pytest.mark.parametrize("name", FAULTS)
def test_the_plant_knows_nothing_of_the_line(world: World, name: str) -> None:
    begin = world.save()
    world.advance_to(world.time_ms + 4000)
    undisturbed = state.save(world.container.parts())
    world.restore(begin)
    with fault(world, name):
        world.advance_to(world.time_ms + 4000)
        assert state.save(world.container.parts()) == undisturbed


@given(st.sampled_from(sorted(OUTCOMES)), st.integers(0, 1 << 60), st.integers(0, 1 << 40))
def test_fate_is_a_function_of_seed_and_number(name: str, key: int, number: int) -> None:
    parameters = {key: parameter.default for key, parameter in catalogue()[name].parameters.items()}
    faults = [ActiveFault(name, "communication", parameters, 0, None)]
    assert fate(faults, key, number, 3) == fate(faults, key, number, 3)
    parameters["probability"] = 0.0
    spared = fate(faults, key, number, 1)
    assert spared == FINE or name in ("comms.slow_reply", "comms.half_open")


def test_a_refusal_has_a_word_in_each_protocol() -> None:
    parameters = {"code": 11.0, "snmp": "noSuchName", "http": 404.0}
    refusal = fate([ActiveFault("comms.exception", "communication", parameters, 0, None)], 0, 0, 1).failure
    assert refusal is not None
    assert (refusal.modbus, refusal.snmp, refusal.http) == (11, "noSuchName", 404)
    assert (BUSY.modbus, BUSY.snmp, BUSY.http) == (6, "resourceUnavailable", 429)
