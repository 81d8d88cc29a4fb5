"""DMTF's validators judge our Redfish services: what they show, by the published schemas, and how they answer."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulators.process import ROOT, Container, started

SCHEMAS = ROOT / "../shared/data/schemas/redfish/csdl"
DEVICES = ("bmc-1-redfish", "pdu-1-redfish", "cdu-1-redfish")


# Discovery asks the whole network, four times for seconds, for services that are none of ours.
UNDISCOVERED = "from redfish_protocol_validator import utils; utils.discover_ssdp = lambda *_, **__: {}"


def judged(
    tool: str, container: Container, device: str, folder: Path, *options: str, before: str = "pass"
) -> tuple[int, str]:
    """Exit code (0: not one FAIL) and output of a validator with the credentials of the bench file."""
    if importlib.util.find_spec(tool) is None:
        pytest.skip(f"{tool} is not installed")
    account = ("-u", container.secret(device, "user"), "-p", container.secret(device, "password"))
    begin = f"{before}; import sys; from {tool}.console_scripts import main; sys.exit(main())"
    line = (sys.executable, "-c", begin, *account, "-r", container.address(device), *options)
    trust = os.environ | {"REQUESTS_CA_BUNDLE": str(container.folder / "ca.pem")}
    done = subprocess.run(line, cwd=folder, env=trust, capture_output=True, text=True, timeout=110)
    return done.returncode, done.stdout + done.stderr


def schema_judge(container: Container, device: str, folder: Path) -> tuple[int, str]:
    if not SCHEMAS.is_dir():
        pytest.skip(f"no schemas in {SCHEMAS}")
    options = ("--schema_directory", str(SCHEMAS.resolve()), "--skipschema", "--logdir", str(folder))
    return judged("redfish_service_validator", container, device, folder, *options)


def protocol_judge(container: Container, device: str, folder: Path) -> tuple[int, str]:
    options = ("--ca-bundle", str(container.folder / "ca.pem"), "--report-dir", str(folder), "--avoid-http-redirect")
    return judged("redfish_protocol_validator", container, device, folder, *options, before=UNDISCOVERED)


@pytest.mark.parametrize(
    "device", [pytest.param(one, marks=() if one.startswith("cdu") else pytest.mark.slow) for one in DEVICES]
)
def test_no_resource_offends_its_schema(container: Container, device: str, tmp_path: Path) -> None:
    code, said = schema_judge(container, device, tmp_path)
    assert code == 0, said[-4000:]
    assert "Validating /redfish/v1/SessionService" in said
    assert ("Validating /redfish/v1/ComponentIntegrity/RoT" in said) is device.startswith("bmc")


@pytest.mark.parametrize(
    "device", [pytest.param(one, marks=() if one.startswith("bmc") else pytest.mark.slow) for one in DEVICES]
)
def test_no_answer_offends_the_protocol(device: str, tmp_path: Path) -> None:
    with started(tmp_path / "container", "--clock", "lockstep") as own:
        code, said = protocol_judge(own, device, tmp_path)
    assert code == 0, said[-4000:]
    assert int(said.split("PASS: ")[1].split(",")[0]) > 300


@pytest.mark.slow
def test_both_judges_see_a_service_that_is_not_in_order(tmp_path: Path) -> None:
    with started(tmp_path / "container", "--clock", "lockstep") as own:
        assert own.ask("fault", name="bmc.open_reads", parameters={"device": "bmc-1-redfish"})["ok"]
        code, said = protocol_judge(own, "bmc-1-redfish", tmp_path)
        assert code == 1 and "FAIL: 0" not in said
        # Another firmware keeps its metrics where the standard allows none.
        moved = {"device": "pdu-1-redfish", "point": "power", "change": "place", "shift": 1.0, "boot": 1.0}
        assert own.ask("fault", name="device.firmware_change", parameters=moved)["ok"]
        assert own.ask("advance", to_ms=5000)["ok"]
        code, said = schema_judge(own, "pdu-1-redfish", tmp_path)
        assert code == 1 and "Metrics_1..." in said
