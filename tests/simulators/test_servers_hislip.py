"""HiSLIP by the book, by a VISA library and by a dissector: two connections, message numbers, status and clear."""

import asyncio
import shutil
import struct
import time
from pathlib import Path
from typing import Any

import pytest

from fixtures.device_map import load_map
from simulators.servers.hislip import HEADER, Channel, Server, message
from simulators.servers.line import Line
from simulators.servers.scpi import Instrument
from simulators.servers.served import Served
from simulators.world import World
from tests.fixtures.test_wire_tshark import tcp
from tests.simulators.process import Container
from tests.simulators.test_foreign_dissector import dissect
from tests.simulators.test_foreign_scpi import visa

QUESTION, ANSWER = 0xFFFFFF00, b"MAKER,MODEL,1,2.0\n"


class Wire(asyncio.Transport):
    """What a channel writes, and whether it has hung up."""

    def __init__(self) -> None:
        super().__init__()
        self.written, self.closed = b"", False

    def write(self, data: Any) -> None:
        self.written += data

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed


class Talk:
    """Both connections of one client; `packets` keeps what went over them."""

    def __init__(self) -> None:
        world = World("edge-40", 1, 0)
        served = Served(world, "analyser-1-scpi", "analyser-1-scpi", "analyser-1", load_map("wt300-analyser"), 1)
        self.server = Server(lambda: Instrument(served, ANSWER.decode().strip()), Line(()))
        self.wires = Wire(), Wire()
        self.channels = Channel(self.server), Channel(self.server)
        self.packets: list[bytes] = []
        self._at = [[1, 1], [1, 1]]
        for channel, wire in zip(self.channels, self.wires, strict=True):
            channel.connection_made(wire)

    def say(self, octets: bytes, side: int = 0) -> tuple[int, int, int, bytes]:
        """Kind, control code, parameter and payload of what comes back; kind -1 for nothing."""
        self.wires[side].written = b""
        self.channels[side].data_received(octets)
        back, (sent, received), port = self.wires[side].written, self._at[side], 40000 + side
        self.packets += [tcp(octets, port, 4880, sent)] + ([tcp(back, 4880, port, received)] if back else [])
        self._at[side] = [sent + len(octets), received + len(back)]
        if not back:
            return -1, 0, 0, b""
        _, kind, code, parameter, length = HEADER.unpack_from(back)
        assert len(back) == HEADER.size + length
        return kind, code, parameter, back[HEADER.size :]

    def open(self) -> None:
        kind, _, parameter, _ = self.say(message(0, 0, 0x0100_5858, b"hislip0"))
        assert (kind, parameter) == (1, 0x0100_0001)
        assert self.say(message(17, 0, 1), side=1)[0] == 18
        assert self.say(message(15, payload=struct.pack(">Q", 1 << 16)), side=1)[3] == struct.pack(">Q", 1 << 20)

    def status(self, delivered: bool = False) -> int:
        kind, code, _, _ = self.say(message(21, delivered, QUESTION), side=1)
        assert kind == 22
        return code


@pytest.fixture
def talk() -> Talk:
    one = Talk()
    one.open()
    return one


def test_an_answer_bears_the_number_of_its_question(talk: Talk) -> None:
    assert talk.say(message(6, 0, QUESTION, b"*I")) == (-1, 0, 0, b"")
    assert talk.say(message(7, 0, QUESTION + 2, b"DN?\n")) == (7, 0, QUESTION + 2, ANSWER)


def test_the_status_byte_says_that_an_answer_is_on_its_way(talk: Talk) -> None:
    assert talk.status() == 0
    talk.say(message(7, 0, QUESTION, b"*IDN?\n"))
    assert (talk.status(), talk.status(delivered=True), talk.status()) == (16, 0, 0)


def test_a_question_before_the_answer_was_delivered_interrupts(talk: Talk) -> None:
    talk.say(message(7, 0, QUESTION, b"*IDN?\n"))
    talk.say(message(7, 0, QUESTION + 2, b"*OPC?\n"))
    assert talk.say(message(7, 1, QUESTION + 4, b"SYST:ERR?;ERR?\n"))[3] == b'-410,"Query INTERRUPTED";0,"No error"\n'


def test_a_clear_forgets_what_was_half_said(talk: Talk) -> None:
    talk.say(message(6, 0, QUESTION, b"*RST;"))
    assert talk.say(message(19), side=1)[0] == 23
    assert talk.say(message(8))[0] == 9
    assert talk.say(message(7, 0, QUESTION, b"*IDN?\n"))[3] == ANSWER
    assert talk.status(delivered=True) == 0


def test_what_is_no_message_ends_the_connection(talk: Talk) -> None:
    assert talk.say(message(99))[:2] == (3, 1)
    assert not talk.wires[0].closed
    assert talk.say(b"GET / HTTP/1.1\r\n\r\n")[:2] == (2, 1)
    assert talk.wires[0].closed


def test_a_session_that_was_not_opened_is_refused() -> None:
    talk = Talk()
    assert talk.say(message(17, 0, 9), side=1)[:2] == (2, 3)
    assert talk.wires[1].closed


def test_a_client_that_has_gone_leaves_room(talk: Talk) -> None:
    assert (len(talk.server.sessions), talk.server.line.clients) == (1, 1)
    talk.channels[0].connection_lost(None)
    assert (len(talk.server.sessions), talk.server.line.clients) == (0, 0)


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
def test_a_dissector_finds_nothing_malformed(talk: Talk, tmp_path: Path) -> None:
    talk.say(message(7, 0, QUESTION, b"*IDN?\n"))
    talk.status()
    rows = dissect(tmp_path, talk.packets, ["hislip.messagetype", "hislip.payloadlength"])
    assert [int(row[0], 0) for row in rows] == [0, 1, 17, 18, 15, 16, 7, 7, 21, 22]
    assert int(rows[7][1], 0) == len(ANSWER)


def test_a_visa_library_reads_the_same_instrument(container: Container) -> None:
    session = visa(container.ready["more"]["analyser-1-scpi-hislip"])
    try:
        session.write("*OPC?")
        time.sleep(0.1)  # nothing orders what goes over two connections
        assert session.read_stb() == 16
        assert session.read() == "1"
        assert session.query("*IDN?") == container.truth("analyser-1-scpi", "identity.text")
        session.write("NO:SUCH:THING")
        time.sleep(0.1)
        assert session.read_stb() == 4
        session.clear()
        assert session.query("SYST:ERR?") == '-113,"Undefined header"'
    finally:
        session.close()
