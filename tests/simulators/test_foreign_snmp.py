"""net-snmp reads every agent from end to end, in v2c and v3, and sees what the plant has."""

import re
import shutil
from pathlib import Path

import pytest

from fixtures.decoding import decode
from fixtures.device_map import DeviceMap
from profiles.quality import Quality
from simulators.site import Site
from tests.simulators.process import Container, run, started, within

pytestmark = pytest.mark.skipif(shutil.which("snmpwalk") is None, reason="net-snmp is not installed")

SYSTEM = "1.3.6.1.2.1.1."
V3_AGENTS = ["ats-1-card", "pdu-1-snmp", "pdu-2-snmp", "rack-1-monitor"]
LINE = re.compile(r"^\.(?P<oid>[\d.]+) = (?:(?P<type>[\w-]+): )?(?P<value>.*)$")


def walked(output: str) -> dict[str, str]:
    """OID to value as net-snmp prints it, without quotes."""
    found = {}
    for line in output.splitlines():
        # net-snmp says that the tree has ended, and breaks long octets into lines.
        if "No more variables left" in line or not line.startswith("."):
            continue
        match = LINE.match(line)
        assert match is not None, line
        assert match["oid"] not in found, f"{line} came twice"
        found[match["oid"]] = match["value"].strip('"')
    return found


def v2c(container: Container, device: str, program: str = "snmpwalk") -> tuple[str, ...]:
    host, port = container.host_port(device)
    community = container.secret(device, "community")
    return (program, "-v2c", "-c", community, "-On", "-Oe", "-OU", f"{host}:{port}", ".1")


def v3(container: Container, device: str, program: str = "snmpwalk", **given: str) -> tuple[str, ...]:
    host, port = container.host_port(device)
    user, auth, priv = (given.get(key) or container.secret(device, key) for key in ("user", "auth", "priv"))
    security = ("-l", "authPriv", "-u", user, "-a", "SHA-256", "-A", auth, "-x", "AES", "-X", priv)
    return (program, "-v3", *security, "-r", "1", "-t", "3", "-On", "-Oe", "-OU", f"{host}:{port}", ".1")


def check_points(container: Container, device: str, device_map: DeviceMap, found: dict[str, str]) -> int:
    """Every point that was walked is the plant's, within the accuracy of the device; how many there were."""
    seen = 0
    for name, point in device_map.points.items():
        shown = found.get(str(point.locator["oid"]))
        if shown is None or str(point.locator["oid"]).startswith(SYSTEM):
            continue
        # net-snmp writes an identifier with a dot before it.
        text = shown.removeprefix(".") if point.wire_type == "oid" else shown
        raw = text if point.wire_type in ("octets", "oid") else int(text)
        value, quality = decode(point, raw, [found.get(str(one.locator["oid"])) for one in point.beside])
        truth = container.truth(device, name)
        assert quality is Quality.GOOD, (name, shown)
        if isinstance(value, float):
            assert within(point, value, truth), (name, value, truth)
        else:
            assert value == truth, name
        seen += 1
    return seen


def test_a_v2c_walk_of_the_ups_ends_and_equals_the_plant(container: Container) -> None:
    done = run(*v2c(container, "ups-1-card"))
    assert (done.returncode, done.stderr) == (0, "")
    found = walked(done.stdout)
    points = container.map("ups-1-card")
    assert check_points(container, "ups-1-card", points, found) >= 45
    assert list(found) == sorted(found, key=lambda oid: [int(arc) for arc in oid.split(".")])


def test_bulk_requests_find_the_same_objects_as_single_steps(container: Container) -> None:
    steps, bulk = run(*v2c(container, "ups-1-card")), run(*v2c(container, "ups-1-card", "snmpbulkwalk"))
    assert list(walked(bulk.stdout)) == list(walked(steps.stdout))
    assert bulk.returncode == 0


@pytest.mark.parametrize("device", V3_AGENTS)
def test_a_v3_walk_of_every_agent_ends_and_equals_the_plant(container: Container, device: str) -> None:
    done = run(*v3(container, device))
    assert (done.returncode, done.stderr) == (0, "")
    assert check_points(container, device, container.map(device), walked(done.stdout)) >= 4


def test_the_ups_answers_v3_as_well(container: Container) -> None:
    user = Site({}, {}, seed=3).user("ups-1-card")
    given = {"user": user.name, "auth": user.authentication, "priv": user.privacy}
    found = walked(run(*v3(container, "ups-1-card", **given)).stdout)
    assert list(found) == list(walked(run(*v2c(container, "ups-1-card")).stdout))


def test_one_monitor_serves_all_racks_in_one_tree(container: Container) -> None:
    assert container.address("rack-1-monitor") == container.address("rack-4-monitor")
    found = walked(run(*v3(container, "rack-1-monitor", "snmpbulkwalk")).stdout)
    for rack in range(1, 5):
        device = f"rack-{rack}-monitor"
        assert check_points(container, device, container.map(device), found) == 5


def test_the_system_group_says_who_it_is(container: Container) -> None:
    found = walked(run(*v2c(container, "ups-1-card")).stdout)
    equipment = container.bench["equipment"]["ups-1"]
    assert found["1.3.6.1.2.1.1.1.0"] == f"{equipment['maker']} {equipment['model']} {equipment['firmware']}"
    assert found["1.3.6.1.2.1.1.5.0"] == "ups-1"


def test_a_wrong_password_reads_nothing(container: Container) -> None:
    done = run(*v3(container, "pdu-1-snmp", auth="not the password"))
    assert done.returncode != 0
    assert "Authentication failure" in done.stderr
    assert done.stdout == ""


def test_an_unknown_user_reads_nothing(container: Container) -> None:
    done = run(*v3(container, "pdu-1-snmp", user="stranger"))
    assert done.returncode != 0
    assert "Unknown user name" in done.stderr


@pytest.mark.parametrize("version", ["1", "2c"])
def test_a_rack_pdu_is_silent_to_communities(container: Container, version: str) -> None:
    host, port = container.host_port("pdu-1-snmp")
    done = run("snmpget", f"-v{version}", "-c", "public", "-r0", "-t", "0.5", f"{host}:{port}", ".1.3.6.1.2.1.1.1.0")
    assert done.returncode != 0
    assert "No Response" in done.stderr


def test_who_may_only_read_has_no_access_to_write(container: Container) -> None:
    host, port = container.host_port("ups-1-card")
    target = (f"{host}:{port}", ".1.3.6.1.2.1.1.5.0", "s", "mine")
    assert "noAccess" in run("snmpset", "-v2c", "-c", "public", *target).stderr
    assert "noSuchName" in run("snmpset", "-v1", "-c", "public", *target).stderr


def test_a_v1_walk_ends_as_v1_ends(container: Container) -> None:
    host, port = container.host_port("ups-1-card")
    done = run("snmpwalk", "-v1", "-c", "public", "-On", f"{host}:{port}", ".1.3.6.1.2.1.33.1.2")
    assert (done.returncode, len(done.stdout.splitlines())) == (0, 7)


def test_snmpset_begins_a_battery_test_and_switches_an_outlet(tmp_path: Path) -> None:
    with started(tmp_path, "--clock", "lockstep") as container:
        host, port = container.host_port("ups-1-card")
        community = container.secret("ups-1-card", "write-community")
        well_known = ".1.3.6.1.2.1.33.1.7.7.4"
        done = run("snmpset", "-v2c", "-c", community, f"{host}:{port}", ".1.3.6.1.2.1.33.1.7.1.0", "o", well_known)
        assert done.returncode == 0, done.stderr
        outlet = ".1.3.6.1.4.1.13742.6.4.1.2.1.2.1.2"
        done = run(*v3(container, "pdu-1-snmp", "snmpset")[:-1], outlet, "i", "0")
        assert done.returncode == 0, done.stderr
        container.ask("advance", to_ms=5_000)
        assert container.truth("ups-1-card", "mode") == "test"
        assert container.truth("pdu-1-snmp", "outlet.state@2") == "off"
        assert container.truth("pdu-1-snmp", "power") < 0.7 * container.truth("pdu-2-snmp", "power")
