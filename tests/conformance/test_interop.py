"""A campaign by imported profiles: sealed with their rules, red where a value is wrong, open where a tree has holes."""

import json
from pathlib import Path

import pytest

from conformance.cli import main
from profiles.interop.entries import recorded_profiles
from profiles.refusal import Refusal
from reports.bundles.archive import open_archive
from reports.judging.judge import judge_files
from reports.second_verifier import main as second
from tests.conformance.campaigns import Run, campaign

PROFILE = Path(__file__).parent / "interop" / "rack-power.yaml"
# One PDU shows a power that no rack takes; a controller that refuses a third of the questions leaves holes.
WRONG = "pdu.redfish_scale:device=pdu-1-redfish,point=power,factor=100"
HOLES = "comms.exception:device=bmc-1-redfish,probability=0.3"
READING = "Rack-Power/PowerDistributionMetrics/PowerWatts/Reading#value"


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Run:
    switches = ("--preset", "edge-40-compact", "--fault", WRONG, "--fault", HOLES)
    return campaign(tmp_path_factory.mktemp("run"), str(PROFILE), *switches)


def test_each_equipment_gets_the_verdict_that_its_tree_deserves(finished: Run) -> None:
    words: dict[str, dict[str, str]] = {}
    for verdict in finished.verdicts:
        words.setdefault(verdict["equipment"], {})[verdict["requirement"]] = verdict["verdict"]
    assert words["pdu-2"] == dict.fromkeys(words["pdu-2"], "pass") | {"Any-Service/ServiceRoot/Vendor#read": "fail"}
    assert {name for name in words["pdu-1"] if words["pdu-1"][name] != words["pdu-2"][name]} == {READING}
    assert words["pdu-1"][READING] == "fail"
    assert set(words["bmc-1"].values()) == {"inconclusive"}
    assert words["bmc-2"]["Any-Service/ServiceRoot/RedfishVersion#read"] == "pass"
    failed = next(v for v in finished.verdicts if (v["requirement"], v["equipment"]) == (READING, "pdu-1"))
    assert "/redfish/v1/PowerEquipment/RackPDUs/1/Metrics/PowerWatts/Reading" in failed["reason"]["ko"]


def test_the_bundle_holds_the_rules_that_it_was_judged_by(finished: Run) -> None:
    carried = json.loads(finished.read("data/profile.json"))["interop"]
    assert set(carried["RackPower.v1_0_0.json"]) == {"RackPower.v1_0_0.json", "AnyService.v1_0_0.json"}
    for texts in carried.values():
        for name, text in texts.items():
            assert text.encode() == (PROFILE.parent / name).read_bytes()
    assert set(recorded_profiles(carried, "there")) == set(carried)


def test_both_verifiers_find_the_bundle_valid_without_the_files(
    finished: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    trust = ["--trust", str(finished.bundle.with_suffix(".pem"))]
    assert main(["verify", str(finished.bundle), *trust]) == 0
    assert "were recomputed from the evidence and are the same" in capsys.readouterr().out
    assert second([str(finished.bundle), *trust]) == 0


def test_rules_that_were_softened_later_are_noticed(finished: Run) -> None:
    files = open_archive(finished.bundle)
    assert judge_files(files).counts["fail"] == 4
    files["data/profile.json"] = files["data/profile.json"].replace(b'\\"Range\\"', b'\\"NotEqual\\"')
    with pytest.raises(Refusal, match="it is not the profile that the run began with"):
        judge_files(files)
