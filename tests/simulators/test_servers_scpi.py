"""A bench instrument by the book: identity, error queue, status bytes, and several commands in a message."""

import struct
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.device_map import load_map
from simulators.servers.line import Line
from simulators.servers.scpi import Instrument
from simulators.servers.served import Served
from simulators.servers.vxi11 import CORE_PROGRAM, CREATE_LINK, READ, READ_STATUS, WRITE, CoreChannel
from simulators.world import World

VALUES = b":NUM:NORM:VAL?\n"


@pytest.fixture(scope="module")
def world() -> World:
    return World("edge-40", 1, 0)


@cache
def analyser(world: World) -> Served:
    return Served(world, "analyser-1-scpi", "analyser-1-scpi", "analyser-1", load_map("wt300-analyser"), 1)


@pytest.fixture
def instrument(world: World) -> Instrument:
    return Instrument(analyser(world), "MAKER,MODEL,1,2.0")


def ask(instrument: Instrument, text: str) -> str:
    return instrument.handle(text.encode() + b"\n").decode().strip()


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
    instrument.handle(b"*ESE 300\n")
    answers = [ask(instrument, "SYST:ERR?") for _ in range(3)]
    assert answers == ['-113,"Undefined header"', '-222,"Data out of range"', '0,"No error"']


@pytest.mark.parametrize(
    ("command", "error"),
    [
        ("NO:SUCH:THING", -113),
        ("NUME:NORM:VAL?", -113),  # neither the long form nor the short one
        ("*CLS 1", -108),
        ("*ESE", -109),
        ("*ESE 1,2", -108),
        ("*ESE twelve", -104),
        ("*ESE 256", -222),
        ("*SRE -1", -222),
        (":NUM:NORM:VAL? 13", -222),
        (":NUM:NORM:ITEM13 U,1", -114),
        (":NUM:NORM:VAL2?", -114),
        (":NUM:NORM:ITEM1 U,9", -224),
        (":NUM:NORM:ITEM1 U", -109),
        (":NUM:NORM:ITEM1 U,1,2", -108),
    ],
)
def test_what_is_wrong_is_said_with_its_number(instrument: Instrument, command: str, error: int) -> None:
    assert ask(instrument, command) == ""
    assert ask(instrument, "SYST:ERR?").startswith(f"{error},")
    assert ask(instrument, "SYST:ERR:COUNT?") == "0"


def test_a_queue_that_is_full_says_so_in_its_last_place(instrument: Instrument) -> None:
    instrument.handle(b"WRONG\n")
    for _ in range(30):
        instrument.handle(b"*ESE 300\n")
    assert ask(instrument, "SYST:ERR:COUN?") == "20"
    answers = [ask(instrument, "SYST:ERR?") for _ in range(21)]
    assert answers[0].startswith("-113")
    assert [answer.split(",")[0] for answer in answers[18:]] == ["-222", "-350", "0"]


def test_the_masks_decide_what_the_status_byte_sums_up(instrument: Instrument) -> None:
    assert ask(instrument, "*STB?") == "0"
    instrument.handle(b"WRONG\n")
    assert ask(instrument, "*STB?") == "4"
    instrument.handle(b"*ESE 32\n")
    assert ask(instrument, "*STB?") == "36"
    instrument.handle(b"*SRE 96\n")
    assert ask(instrument, "*SRE?;*ESE?;*STB?") == "32;32;116"  # bit 6 enables nothing; an answer waits
    assert ask(instrument, "*ESR?") == "32"
    assert ask(instrument, "*STB?") == "4"


@given(st.integers(0, 255), st.integers(0, 255))
def test_masks_read_back_and_survive_clearing(world: World, enable: int, service: int) -> None:
    instrument = Instrument(analyser(world), "X")
    assert ask(instrument, f"*ESE {enable};*SRE {service};*CLS;*ESE?;*SRE?") == f"{enable};{service & 0b10111111}"


def test_clearing_empties_queue_and_registers(instrument: Instrument) -> None:
    instrument.handle(b"WRONG\n")
    assert ask(instrument, "*CLS;*STB?;*ESR?;SYST:ERR?") == '0;0;0,"No error"'


def test_operation_complete_is_an_event(instrument: Instrument) -> None:
    assert ask(instrument, "*OPC;*ESR?;*OPC?") == "1;1"


@pytest.mark.parametrize(
    "long",
    [":NUMERIC:NORMAL:VALUE?", "numeric:normal:value?", ":NUM:VAL?", "NUM:NORM:VALUE?", "NUM:ITEM1?;:NUM:NORM:VAL?"],
)
def test_long_forms_short_forms_and_what_may_be_left_out_mean_the_same(instrument: Instrument, long: str) -> None:
    assert ask(instrument, long).split(";")[-1] == ask(instrument, ":NUM:NORM:VAL?")


def test_a_header_goes_on_from_the_one_before_unless_it_begins_with_a_colon(instrument: Instrument) -> None:
    assert ask(instrument, ":NUM:NORM:ITEM1?;ITEM2?;*OPC?;ITEM3?") == "U,1;U,2;1;U,3"
    assert ask(instrument, ":NUM:NORM:ITEM1?;:SYST:VERS?") == "U,1;1999.0"
    assert ask(instrument, ":NUM:NORM:ITEM1?;SYST:VERS?") == "U,1"
    assert ask(instrument, "SYST:ERR?").startswith("-113")


def test_a_quantity_may_be_put_at_another_place_until_reset(instrument: Instrument) -> None:
    before = ask(instrument, "NUM:VAL?").split(",")
    instrument.handle(b":NUM:NORM:ITEM1 FU,1\n")
    assert ask(instrument, "NUM:VAL? 1") == before[11]
    assert ask(instrument, "NUM:NORM:ITEM1?") == "FU,1"
    assert ask(instrument, "*RST;NUM:VAL?").split(",") == before


def test_it_tells_its_own_date_and_time(instrument: Instrument, world: World) -> None:
    assert ask(instrument, "SYST:DATE?;TIME?").startswith("1970,01,01;")


def test_an_instrument_that_fails_says_why_in_its_queue(instrument: Instrument) -> None:
    assert instrument.handle(VALUES, failing=True) == b""
    assert ask(instrument, "SYST:ERR?") == '-310,"System error"'
    assert ask(instrument, "*ESR?") == "8"


def test_a_question_before_the_answer_is_read_interrupts(instrument: Instrument) -> None:
    channel = opened(instrument)
    write(channel, b"*IDN?\n")
    write(channel, b"*OPC?\n")
    assert struct.unpack_from(">3I", read(channel)) == (0, 0, 4)
    assert read(channel)[:8] == struct.pack(">2I", 0, 15)
    assert ask(instrument, "SYST:ERR?;:SYST:ERR?") == '-410,"Query INTERRUPTED";-420,"Query UNTERMINATED"'


def test_a_message_ends_where_its_end_is_marked(instrument: Instrument) -> None:
    channel = opened(instrument)
    write(channel, b"*ID", flags=0)
    write(channel, b"N?", flags=8)
    assert read(channel)[16:].rstrip(b"\0") == b"MAKER,MODEL,1,2.0\n"


def test_the_status_byte_says_that_an_answer_waits(instrument: Instrument) -> None:
    channel = opened(instrument)
    write(channel, b"*IDN?\n")
    assert call(channel, READ_STATUS, struct.pack(">4I", 1, 0, 0, 0))[4:] == struct.pack(">2I", 0, 16)
    read(channel)
    assert call(channel, READ_STATUS, struct.pack(">4I", 1, 0, 0, 0))[4:] == struct.pack(">2I", 0, 0)


def test_there_is_one_instrument_and_no_other_link(instrument: Instrument) -> None:
    channel = CoreChannel(lambda: instrument, Line(()))
    assert call(channel, CREATE_LINK, struct.pack(">4I", 1, 0, 0, 5) + b"inst7\0\0\0")[4:8] == struct.pack(">I", 3)
    assert read(channel)[4:8] == struct.pack(">I", 4)


def opened(instrument: Instrument) -> CoreChannel:
    channel = CoreChannel(lambda: instrument, Line(()))
    call(channel, CREATE_LINK, struct.pack(">4I", 1, 0, 0, 5) + b"inst0\0\0\0")
    return channel


def write(channel: CoreChannel, text: bytes, flags: int = 8) -> None:
    padded = text + b"\0" * (-len(text) % 4)
    assert call(channel, WRITE, struct.pack(">5I", 1, 1000, 0, flags, len(text)) + padded)[4:8] == bytes(4)


def read(channel: CoreChannel, size: int = 1000) -> bytes:
    return call(channel, READ, struct.pack(">6I", 1, size, 1000, 0, 0, 0))


def call(channel: CoreChannel, procedure: int, arguments: bytes, program: int = CORE_PROGRAM) -> bytes:
    """One remote procedure call without credentials; what follows the accepted reply's head."""
    reply = channel.call(struct.pack(">6I", 99, 0, 2, program, 1, procedure) + bytes(16) + arguments)
    assert struct.unpack_from(">5I", reply) == (99, 1, 0, 0, 0)
    return reply[20:]


def test_a_long_answer_is_read_in_pieces_and_its_end_is_marked(instrument: Instrument) -> None:
    channel = CoreChannel(lambda: instrument, Line(()))
    call(channel, CREATE_LINK, struct.pack(">4I", 1, 0, 0, 5) + b"inst0\0\0\0")
    write(channel, b"*IDN?\n")
    pieces = [read(channel, 8) for _ in range(4)]
    heads = [struct.unpack_from(">4I", piece) for piece in pieces[:3]]
    text = b"".join(piece[16 : 16 + head[3]] for piece, head in zip(pieces, heads, strict=False))
    assert text == b"MAKER,MODEL,1,2.0\n"
    assert [head[2] for head in heads] == [1, 1, 4]
    assert struct.unpack_from(">I", pieces[3], 4) == (15,)


def test_unknown_programs_and_procedures_are_refused(instrument: Instrument) -> None:
    channel = CoreChannel(lambda: instrument, Line(()))
    assert call(channel, 10, b"", program=100000) == struct.pack(">I", 1)
    assert call(channel, 77, b"") == struct.pack(">I", 3)
