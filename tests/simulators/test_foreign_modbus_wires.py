"""Strangers on every wire of Modbus: mbpoll, pymodbus, openssl and tshark."""

import asyncio
import os
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from pymodbus import FramerType
from pymodbus.client import AsyncModbusTcpClient, AsyncModbusTlsClient

from fixtures.wire.registers import cell_of
from tests.fixtures.test_wire_tshark import TSHARK, dissect, tcp
from tests.simulators.modbus_box import Bus, serving
from tests.simulators.process import Container, run

INPUT, HOLDING, COIL, DISCRETE = "3", "4", "0", "1"
PYMODBUS_WIRES = ("tcp", "tls", "rtu", "rtu-over-tcp")
needs_mbpoll = pytest.mark.skipif(shutil.which("mbpoll") is None, reason="mbpoll is not installed")
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


@pytest.fixture(scope="module")
def bus() -> Iterator[Bus]:
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as running:
        yield running


def port(bus: Bus, wire: str) -> int:
    return int(urlsplit(bus.addresses[wire](1)).port or 0)


def mbpoll(
    bus: Bus, wire: str, table: str, address: int, *values: str, unit: int = 1
) -> subprocess.CompletedProcess[str]:
    """Read one item, or write values there."""
    place = ("-a", str(unit), "-0", "-r", str(address), "-t", table, "-o", "0.5")
    once = () if values else ("-1",)
    if wire == "rtu":
        path = urlsplit(bus.addresses[wire](1)).path
        return run("mbpoll", "-m", "rtu", "-b", "19200", *place, *once, path, *values)
    return run("mbpoll", "-m", "tcp", "-p", str(port(bus, wire)), *place, *once, "127.0.0.1", *values)


def shown(result: subprocess.CompletedProcess[str]) -> int:
    (number,) = re.findall(r"^\[\d+\]:\s+(-?\d+)", result.stdout, re.MULTILINE)
    return int(number)


def bridge(path: str) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    """A serial device server: octets of a TCP connection to the terminal and back, none changed."""

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        file = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        asyncio.get_running_loop().add_reader(file, lambda: writer.write(os.read(file, 4096)))
        while octets := await reader.read(4096):
            os.write(file, octets)
        asyncio.get_running_loop().remove_reader(file)
        os.close(file)
        writer.close()

    return carry


@asynccontextmanager
async def pymodbus(bus: Bus, wire: str, role: str = "operator") -> Any:
    """pymodbus connected over a wire; to the serial line through a bridge, because it has no serial port of its own."""
    number, closing = port(bus, wire) if wire != "rtu" else 0, None
    if wire == "rtu":
        closing = await asyncio.start_server(bridge(urlsplit(bus.addresses[wire](1)).path), "127.0.0.1", 0)
        number = closing.sockets[0].getsockname()[1]
    if wire == "tls":
        context = client_context(bus, role)
        client: Any = AsyncModbusTlsClient("127.0.0.1", port=number, sslctx=context, timeout=2, retries=0)
    else:
        framer = FramerType.SOCKET if wire == "tcp" else FramerType.RTU
        client = AsyncModbusTcpClient("127.0.0.1", port=number, framer=framer, timeout=2, retries=0)
    assert await client.connect()
    try:
        yield client
    finally:
        client.close()
        if closing is not None:
            closing.close()
            await asyncio.sleep(0.05)


def client_context(bus: Bus, role: str) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(bus.folder / "ca.pem"))
    certificate, key = bus.certificate(role)
    context.load_cert_chain(certificate, key)
    return context


@needs_mbpoll
@pytest.mark.parametrize("wire", ["tcp", "rtu"])
def test_mbpoll_reads_every_table_and_writes(bus: Bus, wire: str) -> None:
    assert shown(mbpoll(bus, wire, INPUT, 1)) == pytest.approx(
        10 * bus.world.truth("crac-1", "supply.temperature"), abs=6
    )
    assert shown(mbpoll(bus, wire, DISCRETE, 10)) == 1
    assert mbpoll(bus, wire, HOLDING, 2, "235").returncode == 0
    bus.pass_on()
    assert bus.world.truth("crac-1", "setpoint.temperature") == 23.5
    assert shown(mbpoll(bus, wire, HOLDING, 2)) == 235
    assert mbpoll(bus, wire, COIL, 3, "0").returncode == 0
    assert shown(mbpoll(bus, wire, COIL, 3)) == 0
    assert mbpoll(bus, wire, COIL, 3, "1").returncode == 0


@needs_mbpoll
@pytest.mark.parametrize("wire", ["tcp", "rtu"])
def test_mbpoll_is_refused_as_the_standard_says(bus: Bus, wire: str) -> None:
    assert "Illegal data address" in mbpoll(bus, wire, HOLDING, 900).stderr
    assert "Illegal data value" in mbpoll(bus, wire, HOLDING, 2, "999").stderr


@needs_mbpoll
def test_the_bench_names_the_serial_line_of_a_whole_container(container: Container) -> None:
    parts = urlsplit(container.address("genset-1-serial"))
    assert parts.query == "unit=10"
    place = container.map("genset-1-serial").points["battery.voltage"]
    result = run(
        "mbpoll", "-m", "rtu", "-a", "10", "-0", "-r", str(cell_of(place).address), "-t", HOLDING, "-1", parts.path
    )
    assert container.agrees("genset-1-serial", "battery.voltage", shown(result) * float(place.scale))


@needs_mbpoll
def test_a_unit_that_is_not_on_the_line_is_silence(bus: Bus) -> None:
    assert "timed out" in mbpoll(bus, "rtu", HOLDING, 2, unit=9).stderr


@needs_mbpoll
def test_mbpoll_notices_a_wrong_checksum(bus: Bus) -> None:
    with bus.fault("comms.crc", device="crac-1-controller"):
        assert "Invalid CRC" in mbpoll(bus, "rtu", HOLDING, 2).stderr
        assert shown(mbpoll(bus, "rtu", HOLDING, 2, unit=2)) > 0
        assert shown(mbpoll(bus, "tcp", HOLDING, 2)) > 0


@pytest.mark.parametrize("wire", PYMODBUS_WIRES)
def test_pymodbus_gets_an_answer_to_every_function(bus: Bus, wire: str) -> None:
    async def talk() -> None:
        async with pymodbus(bus, wire) as client:
            one = {"device_id": 1}
            assert (await client.read_coils(3, count=1, **one)).bits[0] is True
            assert (await client.read_discrete_inputs(10, count=2, **one)).bits[:2] == [True, True]
            temperature = (await client.read_input_registers(1, count=1, **one)).registers[0]
            assert temperature == pytest.approx(10 * bus.world.truth("crac-1", "supply.temperature"), abs=6)
            for n, write in enumerate((client.write_register, client.write_registers)):
                value = 200 + n
                assert not (await write(2, value if n == 0 else [value], **one)).isError()
                assert (await client.read_holding_registers(2, count=1, **one)).registers == [value]
                bus.pass_on()
                assert bus.world.truth("crac-1", "setpoint.temperature") == value / 10
            both = await client.readwrite_registers(read_address=2, read_count=1, write_address=2, values=[222], **one)
            assert both.registers == [222]
            assert not (await client.write_coil(3, False, **one)).isError()
            assert (await client.read_coils(3, count=1, **one)).bits[0] is False
            assert not (await client.write_coils(3, [True], **one)).isError()
            assert (await client.read_coils(3, count=1, **one)).bits[0] is True
            information = (await client.read_device_information(read_code=1, object_id=0, **one)).information
            assert information[0].decode() == bus.world.description("crac-1")["maker"]
            assert (await client.read_holding_registers(900, count=1, **one)).exception_code == 2

    asyncio.run(talk())


@pytest.mark.parametrize("wire", ["rtu", "rtu-over-tcp"])
def test_a_broadcast_is_carried_out_by_all_and_answered_by_nobody(bus: Bus, wire: str) -> None:
    async def talk() -> None:
        async with pymodbus(bus, wire) as client:
            await client.write_register(2, 199, device_id=0, no_response_expected=True)
            answers = [(await client.read_holding_registers(2, count=1, device_id=n)).registers for n in (1, 2)]
            assert answers == [[199], [199]]

    asyncio.run(talk())
    bus.pass_on()
    assert [bus.world.truth(f"crac-{n}", "setpoint.temperature") for n in (1, 2)] == [19.9, 19.9]


@pytest.mark.parametrize(("role", "code"), [("operator", None), ("viewer", 1), ("", 1)])
def test_the_role_in_the_certificate_decides_who_may_write(bus: Bus, role: str, code: int | None) -> None:
    async def talk() -> None:
        async with pymodbus(bus, "tls", role) as client:
            assert len((await client.read_holding_registers(2, count=1, device_id=1)).registers) == 1
            answer = await client.write_register(2, 240, device_id=1)
            assert answer.isError() is (code is not None)
            assert code is None or answer.exception_code == code

    asyncio.run(talk())


@needs_openssl
@pytest.mark.parametrize(
    ("given", "accepted"), [("with", True), ("without", False), ("foreign", False), ("old", False)]
)
def test_openssl_gets_in_only_with_a_certificate_of_the_authority(bus: Bus, given: str, accepted: bool) -> None:
    certificate, key = bus.certificate("operator")
    offered = ["-cert", str(certificate), "-key", str(key)] if given in ("with", "old") else []
    if given == "foreign":
        foreign = bus.folder / "foreign.pem"
        made = (
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-subj",
            "/CN=x",
            "-keyout",
            str(foreign) + ".key",
            "-out",
            str(foreign),
        )
        assert run("openssl", "req", "-x509", *made).returncode == 0
        offered = ["-cert", str(foreign), "-key", str(foreign) + ".key"]
    version = "-tls1_1" if given == "old" else "-tls1_2"
    line = [
        "openssl",
        "s_client",
        "-connect",
        f"127.0.0.1:{port(bus, 'tls')}",
        version,
        "-CAfile",
        str(bus.folder / "ca.pem"),
    ]
    result = subprocess.run([*line, *offered], input=b"", capture_output=True, timeout=30)
    output = (result.stdout + result.stderr).decode()
    assert ("alert" not in output and "Verify return code: 0" in output and result.returncode == 0) is accepted, output


@pytest.mark.skipif(TSHARK is None, reason="tshark is not installed")
def test_tshark_finds_nothing_malformed_in_a_session(bus: Bus, tmp_path: Path) -> None:
    requests = ["010003 0001", "02000a 0002", "030002 0001", "040001 0001", "050003 ff00", "060002 00dc"]
    requests += ["0f0003 0001 01 01", "100002 0001 02 00dc", "170002 0001 0002 0001 02 00dd", "2b0e0100", "030384 0001"]
    packets, at, back = [], 1, 1
    with socket.create_connection(("127.0.0.1", port(bus, "tcp")), timeout=5) as connection:
        for number, text in enumerate(requests, 1):
            pdu = bytes.fromhex(text)
            asked = number.to_bytes(2) + b"\0\0" + (len(pdu) + 1).to_bytes(2) + b"\x01" + pdu
            connection.sendall(asked)
            answered = connection.recv(300)
            packets += [tcp(asked, 40000, 502, at), tcp(answered, 502, 40000, back)]
            at, back = at + len(asked), back + len(answered)
    rows = dissect(tmp_path, packets, ["mbtcp.trans_id", "modbus.func_code", "modbus.exception_code"])
    functions = ["1", "2", "3", "4", "5", "6", "15", "16", "23", "43", "3"]
    assert [row[:2] for row in rows] == [[str(n), code] for n, code in enumerate(functions, 1) for _ in range(2)]
    assert [row[2] for row in rows] == [""] * 21 + ["2"]
