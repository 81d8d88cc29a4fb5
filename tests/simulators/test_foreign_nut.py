"""Network UPS Tools accepts the simulated UPS and reports it as the plant has it."""

from pathlib import Path

import pytest

from tests.simulators.process import Container, run, started

DRIVER = next((path for path in map(Path, ("/lib/nut/snmp-ups", "/usr/lib/nut/snmp-ups")) if path.exists()), None)
pytestmark = pytest.mark.skipif(DRIVER is None, reason="NUT's snmp-ups driver is not installed")

# NUT's name and ours.
QUANTITIES = [
    ("battery.charge", "battery.charge"),
    ("battery.voltage", "battery.voltage"),
    ("battery.temperature", "battery.temperature"),
    ("output.frequency", "output.frequency"),
    *((f"input.L{n}-N.voltage", f"input.voltage.l{n}") for n in (1, 2, 3)),
    *((f"output.L{n}-N.voltage", f"output.voltage.l{n}") for n in (1, 2, 3)),
    *((f"output.L{n}.power.percent", f"output.load.l{n}") for n in (1, 2, 3)),
    *((f"output.L{n}.current", f"output.current.l{n}") for n in (1, 2, 3)),
    *((f"output.L{n}.realpower", f"output.power.l{n}") for n in (1, 2, 3)),
]


def dump(container: Container, folder: Path) -> dict[str, str]:
    """What the driver would tell its server, by NUT's names."""
    host, port = container.host_port("ups-1-card")
    community = container.secret("ups-1-card", "community")
    settings = {"port": f"{host}:{port}", "mibs": "ietf", "snmp_version": "v2c", "community": community}
    options = [part for key, value in settings.items() for part in ("-x", f"{key}={value}")]
    places = {"NUT_STATEPATH": str(folder), "NUT_ALTPIDPATH": str(folder)}
    done = run(str(DRIVER), "-s", "simulated", "-u", "root", *options, "-d", "1", env=places)
    assert done.returncode == 0, done.stderr
    return dict(line.split(": ", 1) for line in done.stdout.splitlines() if ": " in line)


def test_nut_reports_charge_load_and_voltages_of_the_plant(container: Container, tmp_path: Path) -> None:
    told = dump(container, tmp_path)
    for name, point in QUANTITIES:
        assert container.agrees("ups-1-card", point, float(told[name])), (name, told[name])
    minutes = float(told["battery.runtime"]) / 60
    assert container.agrees("ups-1-card", "battery.time.remaining", minutes)


def test_nut_names_the_product_and_says_that_it_is_on_line(container: Container, tmp_path: Path) -> None:
    told = dump(container, tmp_path)
    equipment = container.bench["equipment"]["ups-1"]
    assert (told["ups.mfr"], told["ups.model"]) == (equipment["maker"], equipment["model"])
    assert (told["ups.status"], told["output.phases"]) == ("OL", "3")


def test_nut_sees_the_ups_go_on_battery(tmp_path: Path) -> None:
    with started(tmp_path / "container", "--clock", "lockstep") as container:
        container.ask("fault", name="mains.loss")
        container.ask("advance", to_ms=7_000)
        told = dump(container, tmp_path)
        assert told["ups.status"].split()[0] == "OB"
        assert float(told["input.L1-N.voltage"]) == 0


def test_nut_sees_a_battery_test_and_its_result(tmp_path: Path) -> None:
    with started(tmp_path / "container", "--clock", "lockstep") as container:
        assert dump(container, tmp_path)["ups.test.result"] == "no test initiated"
        container.ask("command", equipment="ups-1", point="test.request", value="quick")
        container.ask("advance", to_ms=7_000)
        told = dump(container, tmp_path)
        assert (told["ups.test.result"], told["ups.status"].split()[0]) == ("in progress", "OB")
        container.ask("advance", to_ms=80_000)
        told = dump(container, tmp_path)
        assert (told["ups.test.result"], told["ups.status"].split()[0]) == ("done and passed", "OL")
