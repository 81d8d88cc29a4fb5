"""A recording of a real device, served as an SNMP agent, is walked as it was recorded."""

import json
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fixtures.wire import snmp
from fixtures.wire.snmp import Message, Pdu, Varbind, decode_message, encode_message
from tests.simulators.process import ROOT, command, run

REAL = ROOT / "../shared/data/snmp-gpl3-librenms/ups"
LINES = [
    "1.3.6.1.2.1.1.1.0|4|A recorded UPS",
    "1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.318.1.3.27",
    "1.3.6.1.2.1.1.3.0|67|123456",
    "1.3.6.1.2.1.33.1.2.4.0|2|97",
    "1.3.6.1.2.1.33.1.2.7.0|2|-3",
    "1.3.6.1.2.1.33.1.2.10.0|66|4000000000",
    "1.3.6.1.4.1.318.1.1.1.2.1.1.0|4x|00ff41",
]


@contextmanager
def replayed(file: Path, *arguments: str) -> Iterator[tuple[str, int]]:
    """Host and port of the agent."""
    line = command("--replay", str(file), "--with-parent", *arguments)
    process = subprocess.Popen(line, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None and process.stdout is not None
    try:
        ready = json.loads(process.stdout.readline())
        assert ready["community"] == "public"
        host, _, port = ready["address"].removeprefix("snmp://").partition(":")
        yield host, int(port)
    finally:
        process.stdin.close()
        assert process.wait(10) == 0
        process.stdout.close()


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    file = tmp_path / "ups.snmprec"
    file.write_text("\n".join(LINES) + "\n")
    return file


def walk(host: str, port: int, program: str = "snmpwalk") -> list[str]:
    done = run(program, "-v2c", "-c", "public", "-On", "-OQ", "-Oe", "-OU", "-Ot", "-Ox", f"{host}:{port}", ".1")
    assert (done.returncode, done.stderr) == (0, "")
    return [line for line in done.stdout.splitlines() if line.startswith(".1") and "No more variables" not in line]


@pytest.mark.skipif(shutil.which("snmpwalk") is None, reason="net-snmp is not installed")
def test_a_walk_shows_every_line_of_the_recording(recording: Path) -> None:
    with replayed(recording) as (host, port):
        shown = walk(host, port)
    assert [line.split(" = ")[0].lstrip(".") for line in shown] == [line.split("|")[0] for line in LINES]
    values = [line.split(" = ")[1].strip('" ') for line in shown]
    assert values[3:6] == ["97", "-3", "4000000000"]
    assert values[6] == "00 FF 41"


@pytest.mark.skipif(shutil.which("snmpwalk") is None, reason="net-snmp is not installed")
@pytest.mark.skipif(not REAL.is_dir(), reason="the recordings of real devices are not on this computer")
@pytest.mark.parametrize("name", ["generex-ups_cs141", "netmanplus_204", "liebert_apm"])
def test_a_real_recording_is_walked_completely(name: str) -> None:
    file = REAL / f"{name}.snmprec"
    recorded = {line.split("|")[0] for line in file.read_text(encoding="utf-8", errors="replace").splitlines()}
    with replayed(file) as (host, port):
        done = run("snmpbulkwalk", "-v2c", "-c", "public", "-On", f"{host}:{port}", ".1")
    assert (done.returncode, done.stderr) == (0, "")
    shown = {line.split(" = ")[0].lstrip(".") for line in done.stdout.splitlines() if line.startswith(".1")}
    assert shown == {oid for oid in recorded if oid.startswith("1.")}


def test_it_listens_where_it_is_told_to(recording: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        wanted = free.getsockname()[1]
    with replayed(recording, "--port", str(wanted)) as (host, port):
        assert port == wanted
        request = Message(snmp.V2C, b"public", Pdu(snmp.GET, 1, varbinds=(Varbind("1.3.6.1.2.1.33.1.2.4.0"),)))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as plain:
            plain.settimeout(5)
            plain.sendto(encode_message(request), (host, port))
            answer = decode_message(plain.recv(2000)).pdu
    assert answer.varbinds == (Varbind("1.3.6.1.2.1.33.1.2.4.0", snmp.INTEGER, 97),)


def refusal(file: Path, *arguments: str) -> str:
    done = run(*command("--replay", str(file), *arguments), cwd=ROOT)
    assert (done.returncode, done.stdout) == (2, "")
    return done.stderr


def test_a_port_in_use_is_refused(recording: Path) -> None:
    with replayed(recording) as (_, port):
        assert f"port {port}" in refusal(recording, "--port", str(port))


def test_what_is_no_recording_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "text.snmprec"
    file.write_text("not a recording\n")
    assert "text.snmprec" in refusal(file)
    file.write_text("")
    assert "no objects" in refusal(file)
