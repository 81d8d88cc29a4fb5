"""A bench instrument by the book: identity, error queue, status bytes, and several commands in a message."""

import struct

import pytest

from fixtures.device_map import load_map
from simulators.servers.scpi import Instrument
from simulators.servers.served import Served
from simulators.servers.vxi11 import CORE_PROGRAM, CREATE_LINK, READ, WRITE, CoreChannel
from simulators.world import World

VALUES = b":NUM:NORM:VAL?\n"


@pytest.fixture(scope="module")
def world() -> World:
    return World("edge-40", 1, 0)


@pytest.fixture
def instrument(world: World) -> Instrument:
    served = Served(world, "analyser-1-scpi", "analyser-1-scpi", "analyser-1", load_map("wt300-analyser"), 1)
    return Instrument(served, "MAKER,MODEL,1,2.0")


def test_it_says_who_it_is(instrument: Instrument) -> None:
    assert instrument.handle(b"*IDN?\n") == b"MAKER,MODEL,1,2.0\n"


def test_values_come_in_the_order_of_the_map(instrument: Instrument, world: World) -> None:
    numbers = [float(text) for text in instrument.handle(VALUES).split(b",")]
    names = ["voltage.l1", "voltage.l2", "voltage.l3", "current.l1", "current.l2", "current.l3"]
    assert numbers[:6] == pytest.approx([world.truth("analyser-1", name) for name in names], rel=0.003)
    assert len(numbers) == 12


def test_numbers_are_written_with_sign_and_exponent(instrument: Instrument) -> None:
    first = instrument.handle(VALUES).split(b",")[0]
    assert first[:1] == b"+"
    assert first[-4:] == b"E+02"


def test_case_and_a_leading_colon_do_not_matter(instrument: Instrument) -> None:
    assert instrument.handle(b"num:norm:val?\n") == instrument.handle(VALUES)


def test_a_command_without_question_answers_nothing(instrument: Instrument) -> None:
    assert (
        instrument.handle(b"*RST\n") == instrument.handle(b":NUM:NORM:ITEM1 U,1\n") == instrument.handle(b"\n") == b""
    )


def test_errors_queue_up_and_are_read_oldest_first(instrument: Instrument) -> None:
    instrument.handle(b"FIRST:WRONG\n")
    instrument.handle(b"SECOND:WRONG\n")
    answers = [instrument.handle(b"SYST:ERR?\n") for _ in range(3)]
    assert answers == [b'-113,"Undefined header"\n'] * 2 + [b'0,"No error"\n']


def test_the_status_byte_tells_of_errors_until_they_are_read(instrument: Instrument) -> None:
    assert instrument.handle(b"*STB?\n") == b"0\n"
    instrument.handle(b"WRONG\n")
    assert instrument.handle(b"*STB?\n") == b"36\n"
    assert instrument.handle(b"*ESR?\n") == b"32\n"
    assert instrument.handle(b"*STB?;:STAT:ERR?\n") == b'4;-113,"Undefined header"\n'
    assert instrument.handle(b"*STB?\n") == b"0\n"


def test_clearing_empties_queue_and_registers(instrument: Instrument) -> None:
    instrument.handle(b"WRONG\n")
    assert instrument.handle(b"*CLS;*STB?;*ESR?;SYST:ERR?\n") == b'0;0;0,"No error"\n'


def test_operation_complete_is_an_event(instrument: Instrument) -> None:
    assert instrument.handle(b"*OPC;*ESR?;*OPC?\n") == b"1;1\n"


def test_an_instrument_that_fails_says_why_in_its_queue(instrument: Instrument, world: World) -> None:
    world.start_fault("comms.exception", {"device": "analyser-1-scpi"})
    try:
        assert instrument.handle(VALUES) == b""
        assert instrument.handle(b"SYST:ERR?\n") == b'-310,"System error"\n'
        assert instrument.handle(b"*ESR?\n") == b"8\n"
    finally:
        world.clear_fault("comms.exception")


def call(channel: CoreChannel, procedure: int, arguments: bytes, program: int = CORE_PROGRAM) -> bytes:
    """One remote procedure call without credentials; what follows the accepted reply's head."""
    reply = channel.call(struct.pack(">6I", 99, 0, 2, program, 1, procedure) + bytes(16) + arguments)
    assert struct.unpack_from(">5I", reply) == (99, 1, 0, 0, 0)
    return reply[20:]


def test_a_long_answer_is_read_in_pieces_and_its_end_is_marked(instrument: Instrument) -> None:
    channel = CoreChannel(lambda: instrument)
    call(channel, CREATE_LINK, struct.pack(">3I", 1, 0, 0) + struct.pack(">I", 5) + b"inst0\0\0\0")
    question = b"*IDN?\n"
    call(channel, WRITE, struct.pack(">5I", 1, 1000, 0, 8, len(question)) + question + b"\0\0")
    pieces = [call(channel, READ, struct.pack(">6I", 1, 8, 1000, 0, 0, 0)) for _ in range(4)]
    heads = [struct.unpack_from(">4I", piece) for piece in pieces[:3]]
    text = b"".join(piece[16 : 16 + head[3]] for piece, head in zip(pieces, heads, strict=False))
    assert text == b"MAKER,MODEL,1,2.0\n"
    assert [head[2] for head in heads] == [0, 0, 4]
    assert struct.unpack_from(">I", pieces[3], 4) == (15,)


def test_unknown_programs_and_procedures_are_refused(instrument: Instrument) -> None:
    channel = CoreChannel(lambda: instrument)
    assert call(channel, 10, b"", program=100000) == struct.pack(">I", 1)
    assert call(channel, 77, b"") == struct.pack(">I", 3)
