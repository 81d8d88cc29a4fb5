"""net-snmp hears the traps and informs of every version, writes what may be written, and sees a restart."""

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from simulators.site import Site
from tests.simulators.process import Container, run, started

pytestmark = pytest.mark.skipif(shutil.which("snmpset") is None, reason="net-snmp is not installed")
with_trapd = pytest.mark.skipif(shutil.which("snmptrapd") is None, reason="snmptrapd is not installed")

CARD = "ups-1-card"
ON_BATTERY = ".1.3.6.1.2.1.33.2.1"
LOW_BATTERY_TIME = ".1.3.6.1.2.1.33.1.9.7.0"


@pytest.fixture(scope="module")
def container(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Container]:
    with started(tmp_path_factory.mktemp("notifying"), "--clock", "lockstep") as running:
        yield running


def ahead(container: Container, seconds: float) -> None:
    assert container.ask("advance", to_ms=container.ask("time")["time_ms"] + round(1000 * seconds))["ok"]


@contextmanager
def receiver(folder: Path, *lines: str) -> Iterator[tuple[int, Path]]:
    """snmptrapd on a port of its own; the port and what it writes."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as plain:
        plain.bind(("127.0.0.1", 0))
        port = plain.getsockname()[1]
    settings, heard = folder / "snmptrapd.conf", folder / "heard"
    settings.write_text("\n".join(["disableAuthorization yes", *lines, ""]))
    where = {"SNMP_PERSISTENT_DIR": str(folder / "kept"), "MIBS": "", "PATH": "/usr/sbin:/usr/bin:/bin"}
    program = str(shutil.which("snmptrapd"))
    command = [program, "-f", "-C", "-c", str(settings), "-Lf", str(heard), "-On", "-n", f"127.0.0.1:{port}"]
    process = subprocess.Popen(command, env=where)
    try:
        wait_for(heard, "NET-SNMP version")
        yield port, heard
    finally:
        process.terminate()
        process.wait(10)


def wait_for(file: Path, *patterns: str) -> str:
    """The content of a file once all patterns are in it, or after five seconds."""
    until = time.monotonic() + 5
    while time.monotonic() < until:
        content = file.read_text() if file.exists() else ""
        if all(re.search(pattern, content) for pattern in patterns):
            return content
        time.sleep(0.05)
    raise AssertionError(f"{patterns} not in {file.read_text() if file.exists() else 'nothing'}")


def user_lines(container: Container, engine: str) -> tuple[str, str]:
    """The user of the card for traps (whose engine signs) and for informs (where the receiver's does)."""
    user = Site({}, {}, 0).user(CARD)
    keys = f"{user.name} SHA-256 {user.authentication} AES {user.privacy}"
    return f"createUser -e 0x{engine} {keys}", f"createUser {keys}"


@with_trapd
@pytest.mark.parametrize("way", ["1", "2c", "3", "2c/inform", "3/inform"])
def test_a_stranger_hears_that_the_ups_is_on_battery(way: str, tmp_path: Path) -> None:
    with started(tmp_path / "container", "--clock", "lockstep") as container:
        engine = "8000a2b304" + CARD.encode().hex()
        with receiver(tmp_path, *user_lines(container, engine)) as (port, heard):
            told = container.ask("notify", device=CARD, target=f"127.0.0.1:{port}/{way}")
            assert told["engines"] == {CARD: engine}
            container.ask("fault", name="ups.rectifier_fail")
            ahead(container, 5)
            content = wait_for(heard, r"33\.1\.2\.3\.0 = INTEGER")
        if way == "1":
            assert ".1.3.6.1.2.1.33.2 Enterprise Specific Trap (1)" in content
        else:
            assert f".1.3.6.1.6.3.1.1.4.1.0 = OID: {ON_BATTERY}" in content
        time.sleep(0 if "inform" not in way else 1.2)
        assert heard.read_text().count("33.1.2.3.0") == 1, "an acknowledged inform came again"


@with_trapd
def test_targets_may_be_given_when_the_container_starts(tmp_path: Path) -> None:
    with (
        receiver(tmp_path) as (port, heard),
        started(tmp_path / "container", "--clock", "lockstep", "--traps", f"127.0.0.1:{port}") as container,
    ):
        container.ask("fault", name="sensor.offset", parameters={"device": "rack-2-monitor", "offset": 40})
        ahead(container, 5)
        content = wait_for(heard, "99999.2.0.1")
        assert re.search(r"\.1\.3\.6\.1\.2\.1\.99\.1\.1\.1\.4\.203 = INTEGER: 6\d\d", content)
        container.ask("clear", name="sensor.offset")
        ahead(container, 5)
        wait_for(heard, "99999.2.0.2")


def test_who_holds_the_community_for_it_may_write(container: Container) -> None:
    host, port = container.host_port(CARD)
    write = ("snmpset", "-v2c", "-On", "-c", container.secret(CARD, "write-community"), f"{host}:{port}")
    assert run(*write, LOW_BATTERY_TIME, "i", "5").stdout.strip() == f"{LOW_BATTERY_TIME} = INTEGER: 5"
    assert run(*write, ".1.3.6.1.2.1.1.4.0", "s", "operations").returncode == 0
    refusals = {
        (LOW_BATTERY_TIME, "i", "99"): "wrongValue",
        (LOW_BATTERY_TIME, "s", "five"): "wrongType",
        (".1.3.6.1.2.1.1.4.0", "s", "x" * 300): "wrongLength",
        (".1.3.6.1.2.1.33.1.2.4.0", "i", "50"): "notWritable",
        (".1.3.6.1.2.1.33.1.9.99.0", "i", "1"): "notWritable",
    }
    for wanted, word in refusals.items():
        assert word in run(*write, *wanted).stderr, wanted
    read = ("snmpget", "-v2c", "-Oqv", "-c", "public", f"{host}:{port}")
    assert run(*read, LOW_BATTERY_TIME, ".1.3.6.1.2.1.1.4.0").stdout.split() == ["5", '"operations"']


def test_a_user_of_version_3_may_write(container: Container) -> None:
    host, port = container.host_port("ats-1-card")
    user, auth, priv = (container.secret("ats-1-card", key) for key in ("user", "auth", "priv"))
    security = ("-v3", "-l", "authPriv", "-u", user, "-a", "SHA-256", "-A", auth, "-x", "AES", "-X", priv)
    done = run("snmpset", *security, "-Oqv", f"{host}:{port}", ".1.3.6.1.2.1.1.6.0", "s", "bay 2")
    assert (done.returncode, done.stdout.strip()) == (0, '"bay 2"')
    assert "notWritable" in run("snmpset", *security, f"{host}:{port}", ".1.3.6.1.2.1.1.1.0", "s", "x").stderr


def test_after_a_restart_the_clock_of_the_engine_begins_again(container: Container) -> None:
    host, port = container.host_port("pdu-1-snmp")
    user, auth, priv = (container.secret("pdu-1-snmp", key) for key in ("user", "auth", "priv"))
    security = ("-v3", "-l", "authPriv", "-u", user, "-a", "SHA-256", "-A", auth, "-x", "AES", "-X", priv)
    read = ("snmpget", *security, "-r", "0", "-t", "1", "-OqvUt", f"{host}:{port}")
    wanted = (".1.3.6.1.6.3.10.2.1.2.0", ".1.3.6.1.6.3.10.2.1.3.0", ".1.3.6.1.2.1.1.3.0")
    boots, _, uptime = map(int, run(*read, *wanted).stdout.split())
    container.ask("fault", name="device.reboot", parameters={"device": "pdu-1-snmp"})
    ahead(container, 40)
    assert "Timeout" in run(*read, *wanted).stderr
    ahead(container, 10)
    again, seconds, fresh = map(int, run(*read, *wanted).stdout.split())
    container.ask("clear", name="device.reboot")
    assert (again, fresh) == (boots + 1, pytest.approx(500, abs=20))
    assert seconds <= 5 and uptime > 8_640_000


def test_a_device_that_expired_its_users_knows_nobody(container: Container) -> None:
    host, port = container.host_port("pdu-2-snmp")
    user, auth, priv = (container.secret("pdu-2-snmp", key) for key in ("user", "auth", "priv"))
    security = ("-v3", "-l", "authPriv", "-u", user, "-a", "SHA-256", "-A", auth, "-x", "AES", "-X", priv)
    read = ("snmpget", *security, "-r", "0", "-t", "1", f"{host}:{port}", ".1.3.6.1.2.1.1.3.0")
    container.ask("fault", name="device.auth_expired", parameters={"device": "pdu-2-snmp"})
    assert "Unknown user name" in run(*read).stderr
    container.ask("clear", name="device.auth_expired")
    assert run(*read).returncode == 0
