"""A stranger's dissector reads whole sessions with an agent and an instrument, and finds nothing malformed."""

import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from fixtures.device_map import load_map
from fixtures.wire import snmp
from fixtures.wire.snmp import Message, Pdu, Varbind, encode_message
from fixtures.wire.usm_keys import User
from fixtures.wire.usm_manager import RemoteEngine
from simulators.servers.line import Line
from simulators.servers.scpi import Instrument
from simulators.servers.served import Served
from simulators.servers.snmp import Access, Agent, engine_of
from simulators.servers.snmp_notify import Notifier, Target
from simulators.servers.snmp_table import table
from simulators.servers.vxi11 import CORE_PROGRAM, CREATE_LINK, DESTROY_LINK, READ, READ_STATUS, WRITE, CoreChannel
from simulators.world import World
from tests.fixtures.test_wire_tshark import capture, tcp, udp

TSHARK = shutil.which("tshark")
pytestmark = pytest.mark.skipif(TSHARK is None, reason="tshark is not installed")

USER = User("conformance", "authentication", "private phrase")
UPS = "1.3.6.1.2.1.33.1"
MANAGER, AGENT, RECEIVER = 40000, 161, 162


def dissect(folder: Path, packets: list[bytes], fields: list[str], *options: str) -> list[list[str]]:
    """The values of the fields in each packet; fails if anything is malformed or in error."""
    file = folder / "session.pcap"
    file.write_bytes(capture(packets))
    columns = [part for name in [*fields, "_ws.malformed", "_ws.expert.message"] for part in ("-e", name)]
    command = [str(TSHARK), "-n", "-r", str(file), *options, "-T", "fields", "-E", "separator=;", *columns]
    lines = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout.splitlines()
    rows = [line.split(";") for line in lines]
    assert len(rows) == len(packets)
    assert all(row[-2] == "" and "alformed" not in row[-1] for row in rows), rows
    return [row[:-2] for row in rows]


class Session:
    """An agent whose requests, answers and notifications are kept as packets."""

    def __init__(self, *targets: Target) -> None:
        self.world = World("edge-40", 1, 0)
        served = Served(self.world, "ups-1-card", "ups-1-card", "ups-1", load_map("rfc1628-ups-monitor"), 1)
        self.engine = engine_of("ups-1-card", [USER])
        tree = table([served], "a UPS", UPS, self.engine)
        notifier = Notifier([served], tree, b"public", USER, self.engine)
        access = Access(lambda given: given == b"public", lambda given: given == b"secret")
        self.agent = Agent(tree, access, Line([served]), self.engine, notifier)
        self.packets: list[bytes] = []
        notifier.connect(lambda data, where: self.packets.append(udp(data, AGENT, where[1])))
        for target in targets:
            notifier.add(target)

    def ask(self, datagram: bytes) -> bytes:
        answer = self.agent.answer(datagram)
        assert answer is not None
        self.packets += [udp(datagram, MANAGER, AGENT), udp(answer, AGENT, MANAGER)]
        return answer


def test_a_v2c_session_with_reading_writing_errors_and_traps(tmp_path: Path) -> None:
    session = Session(Target("127.0.0.1", RECEIVER), Target("127.0.0.1", RECEIVER, "1"))
    for community, pdu in (
        (b"public", Pdu(snmp.GET, 1, varbinds=(Varbind(f"{UPS}.2.4.0"), Varbind(f"{UPS}.2.99.0")))),
        (b"public", Pdu(snmp.GETNEXT, 2, varbinds=(Varbind("1.3"),))),
        (b"public", Pdu(snmp.GETBULK, 3, 0, 60, (Varbind("1.3"),))),
        (b"secret", Pdu(snmp.SET, 4, varbinds=(Varbind(f"{UPS}.9.7.0", snmp.INTEGER, 7),))),
        (b"public", Pdu(snmp.SET, 5, varbinds=(Varbind(f"{UPS}.9.7.0", snmp.INTEGER, 8),))),
    ):
        session.ask(encode_message(Message(snmp.V2C, community, pdu)))
    session.world.start_fault("ups.to_bypass")
    session.world.advance_to(5000)
    rows = dissect(tmp_path, session.packets, ["snmp.data", "snmp.error_status", "snmp.name", "snmp.value.oid"])
    assert [row[0] for row in rows] == ["0", "2", "1", "2", "5", "2", "3", "2", "3", "2", "7", "4"]
    assert [row[1] for row in rows[1:10:2]] == ["0", "0", "0", "0", "6"]
    assert rows[-2][2].split(",")[1] == "1.3.6.1.6.3.1.1.4.1.0"
    assert rows[-2][3] == f"1.3.6.1.2.1.33.2.3,{UPS}.6.3.9"
    assert rows[-1][3] == f"{UPS}.6.3.9"


def test_a_v3_session_opens_with_the_users_phrases(tmp_path: Path) -> None:
    session = Session(Target("127.0.0.1", RECEIVER, "3"))
    manager = RemoteEngine(USER)
    manager.receive(session.ask(manager.discovery(1)))
    manager.receive(session.ask(manager.request(2, Pdu(snmp.GET, 2, varbinds=(Varbind(f"{UPS}.2.4.0"),)))))
    session.ask(manager.request(3, Pdu(snmp.GETBULK, 3, 0, 20, (Varbind(UPS),))))
    session.world.start_fault("ups.to_bypass")
    session.world.advance_to(5000)
    engine = session.engine.engine_id.hex()
    keys = f'{engine},"{USER.name}","SHA2-256","{USER.authentication}","AES","{USER.privacy}"'
    options = ("-o", f"uat:snmp_users:{keys}")
    rows = dissect(tmp_path, session.packets, ["snmp.data", "snmp.name", "snmp.value.int"], *options)
    assert [row[0] for row in rows] == ["0", "8", "0", "2", "5", "2", "7"]
    assert rows[3][1:] == [f"{UPS}.2.4.0", "100"]
    assert len(rows[5][1].split(",")) == 20


def test_a_vxi_11_session_with_an_error_and_the_status_byte(tmp_path: Path) -> None:
    world = World("edge-40", 1, 0)
    served = Served(world, "analyser-1-scpi", "analyser-1-scpi", "analyser-1", load_map("wt300-analyser"), 1)
    channel = CoreChannel(lambda: Instrument(served, "MAKER,MODEL,1,2.0"), Line(()))
    packets: list[bytes] = []
    sent = received = 1

    def call(procedure: int, arguments: bytes) -> None:
        nonlocal sent, received
        message = struct.pack(">6I", len(packets) + 1, 0, 2, CORE_PROGRAM, 1, procedure) + bytes(16) + arguments
        answer = channel.call(message)
        question, reply = (struct.pack(">I", 0x80000000 | len(one)) + one for one in (message, answer))
        packets.append(tcp(question, MANAGER, 1024, sent))
        packets.append(tcp(reply, 1024, MANAGER, received))
        sent, received = sent + len(question), received + len(reply)

    def text(content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + content + b"\0" * (-len(content) % 4)

    call(CREATE_LINK, struct.pack(">3I", 1, 0, 0) + text(b"inst0"))
    call(WRITE, struct.pack(">4I", 1, 1000, 0, 8) + text(b"*IDN?\n"))
    call(READ, struct.pack(">6I", 1, 1000, 1000, 0, 0, 0))
    call(READ, struct.pack(">6I", 1, 1000, 1000, 0, 0, 0))
    call(READ_STATUS, struct.pack(">4I", 1, 0, 0, 0))
    call(DESTROY_LINK, struct.pack(">I", 1))
    call(READ_STATUS, struct.pack(">4I", 1, 0, 0, 0))
    fields = ["rpc.procedure", "vxi11_core.error", "vxi11_core.reason", "vxi11_core.stb"]
    rows = dissect(tmp_path, packets, fields)
    replies = rows[1::2]
    assert [row[0] for row in rows[::2]] == ["10", "11", "12", "12", "13", "23", "13"]
    assert [row[1] for row in replies] == ["0", "0", "0", "15", "0", "0", "4"]
    assert (int(replies[2][2], 0), int(replies[4][3], 0)) == (4, 4)
