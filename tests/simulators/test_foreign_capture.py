"""tshark dissects what really went over the loopback interface: a session of every protocol, nothing malformed."""

import asyncio
import shutil
import socket
import ssl
import tempfile
from collections.abc import Iterator
from http.client import HTTPSConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from fixtures.wire import snmp
from fixtures.wire.snmp import Message, Pdu, Varbind, encode_message
from tests.simulators.capture import TSHARK, capture, dissect, may_capture
from tests.simulators.modbus_box import Bus, serving
from tests.simulators.process import Container, run, started
from tests.simulators.test_foreign_modbus_wires import port, pymodbus
from tests.simulators.test_foreign_notifications import CARD, ahead, receiver, user_lines, wait_for
from tests.simulators.test_foreign_scpi import visa
from tests.simulators.test_foreign_snmp import v2c, v3

pytestmark = [
    pytest.mark.skipif(TSHARK is None, reason="tshark is not installed"),
    pytest.mark.skipif(not may_capture(), reason="capturing needs root or CAP_NET_RAW"),
]
needs_snmp = pytest.mark.skipif(shutil.which("snmpbulkwalk") is None, reason="net-snmp is not installed")
needs_trapd = pytest.mark.skipif(shutil.which("snmptrapd") is None, reason="snmptrapd is not installed")


@pytest.fixture(scope="module")
def bus() -> Iterator[Bus]:
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as running:
        yield running


@pytest.mark.parametrize(("wire", "protocol"), [("tcp", "mbtcp"), ("rtu-over-tcp", "mbrtu"), ("tls", "tls")])
def test_modbus_on_every_wire(bus: Bus, wire: str, protocol: str, tmp_path: Path) -> None:
    """Reading and writing all four tables, and a refusal; over TLS with both certificates in the handshake."""

    async def talk() -> None:
        async with pymodbus(bus, wire) as client:
            await client.read_holding_registers(2, count=1, device_id=1)
            await client.read_input_registers(1, count=1, device_id=2)
            await client.read_coils(3, count=1, device_id=1)
            await client.read_discrete_inputs(10, count=1, device_id=1)
            await client.write_register(2, 230, device_id=1)
            await client.write_coil(3, True, device_id=1)
            assert (await client.read_holding_registers(900, count=1, device_id=1)).isError()

    with capture(tmp_path / "modbus.pcap", {port(bus, wire)}) as file:
        asyncio.run(talk())
    seen = dissect(file, {protocol: [port(bus, wire)]})
    assert seen[protocol] >= (6 if wire == "tls" else 14)
    assert wire == "tls" or seen["modbus"] >= 14


@needs_snmp
def test_snmp_v2c_walks_the_whole_agent(container: Container, tmp_path: Path) -> None:
    number = container.port(CARD)
    with capture(tmp_path / "v2c.pcap", {number}) as file:
        assert run(*v2c(container, CARD)).returncode == 0
        assert run(*v2c(container, CARD, "snmpbulkwalk")).returncode == 0
    assert dissect(file, {"snmp": [number]})["snmp"] > 150


@needs_snmp
def test_snmp_v3_walks_the_whole_agent_and_opens_with_its_phrases(container: Container, tmp_path: Path) -> None:
    number = container.port("pdu-1-snmp")
    user, auth, priv = (container.secret("pdu-1-snmp", key) for key in ("user", "auth", "priv"))
    with capture(tmp_path / "v3.pcap", {number}) as file:
        assert run(*v3(container, "pdu-1-snmp", "snmpbulkwalk")).returncode == 0
    keys = f'uat:snmp_users:"","{user}","SHA2-256","{auth}","AES","{priv}"'
    assert dissect(file, {"snmp": [number]}, "-o", keys)["snmp"] > 6


@needs_trapd
def test_traps_and_informs_of_both_versions(tmp_path: Path) -> None:
    with started(tmp_path / "container", "--clock", "lockstep") as container:
        engine = "8000a2b304" + CARD.encode().hex()
        with receiver(tmp_path, *user_lines(container, engine)) as (number, heard):
            with capture(tmp_path / "traps.pcap", {number}) as file:
                for way in ("2c", "3", "2c/inform", "3/inform"):
                    container.ask("notify", device=CARD, target=f"127.0.0.1:{number}/{way}")
                container.ask("fault", name="ups.rectifier_fail")
                ahead(container, 5)
                wait_for(heard, r"(?s)(33\.1\.2\.3\.0 = INTEGER.*){4}")
            assert dissect(file, {"snmp": [number]})["snmp"] >= 6


def test_scpi_over_a_raw_socket(container: Container, tmp_path: Path) -> None:
    address = container.address("analyser-1-scpi")
    number = int(address.split("::")[2])
    with capture(tmp_path / "scpi.pcap", {number}) as file:
        session = visa(address)
        try:
            assert session.query("*IDN?")
            session.write("NO:SUCH:THING")
            assert session.query("SYST:ERR?").startswith("-113")
        finally:
            session.close()
    seen = dissect(file, {"data-text-lines": []})
    assert seen["data"] >= 4 and seen["tcp"] > seen["data"]


@pytest.mark.parametrize(
    ("session", "protocol"), [("analyser-1-scpi", "vxi11_core"), ("analyser-1-scpi-hislip", "hislip")]
)
def test_vxi_11_and_hislip(container: Container, session: str, protocol: str, tmp_path: Path) -> None:
    address = container.ready["more"][session]
    number = int(address.split(",")[1].split("::")[0])
    with capture(tmp_path / "visa.pcap", {number}) as file:
        instrument = visa(address)
        try:
            assert instrument.query("*IDN?")
            assert instrument.query(":NUM:NORM:VAL?").count(",") == 11
            instrument.read_stb()
        finally:
            instrument.close()
    seen = dissect(file, {"rpc" if protocol == "vxi11_core" else protocol: [number]})
    assert seen[protocol if protocol == "hislip" else "rpc"] >= 8
    assert seen[protocol] >= 8


def test_redfish_over_tls_is_http_inside(container: Container, tmp_path: Path) -> None:
    parts = urlsplit(container.address("bmc-1-redfish"))
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.keylog_filename = str(tmp_path / "keys")
    with capture(tmp_path / "redfish.pcap", {int(parts.port or 0)}) as file:
        connection = HTTPSConnection("127.0.0.1", parts.port, context=context, timeout=10)
        for path, status in (("/redfish/v1/", 200), ("/redfish/v1/Systems/1", 401)):
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            assert answer.status == status
        connection.close()
    seen = dissect(file, {"tls": [int(parts.port or 0)]}, "-o", f"tls.keylog_file:{tmp_path / 'keys'}")
    assert seen["tls"] >= 6 and seen["http"] >= 4 and seen["json"] >= 1


def test_what_is_malformed_is_found(tmp_path: Path) -> None:
    """The net itself: an object identifier that claims more octets than there are."""
    whole = encode_message(Message(snmp.V2C, b"public", Pdu(snmp.GET, 1, varbinds=(Varbind("1.3.6.1"),))))
    broken = whole[:-2] + b"\x06\x7f"
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other,
    ):
        other.bind(("127.0.0.1", 0))
        number = other.getsockname()[1]
        with capture(tmp_path / "bad.pcap", {number}) as file:
            one.sendto(broken, ("127.0.0.1", number))
        with pytest.raises(AssertionError):
            dissect(file, {"snmp": [number]})
