"""Redfish services in a campaign: judged by imported profiles and heard; the bundle holds the rules and the events."""

import json
from pathlib import Path
from typing import Any

import pytest

from conformance.cli import main
from profiles.interop.entries import recorded_profiles
from profiles.refusal import Refusal
from reports.bundles.archive import open_archive
from reports.evidence.evidence import Evidence
from reports.interop.imported import ImportedProfiles
from reports.judging.assessment import assess
from reports.judging.coverage_factor import Coverage
from reports.judging.items import Item
from reports.judging.judge import judge_files
from reports.judging.verdict import Verdict, Word
from reports.second_verifier import main as second
from tests.conformance.campaigns import Run, campaign
from tests.conformance.containers import standing

PROFILE = Path(__file__).parent / "interop" / "rack-power.yaml"
READING = "Rack-Power/PowerDistributionMetrics/PowerWatts/Reading#value"
# One PDU shows a power that no rack takes; a controller that refuses a third of the questions leaves holes.
WRONG = "pdu.redfish_scale:device=pdu-1-redfish,point=power,factor=100"
HOLES = "comms.exception:device=bmc-1-redfish,probability=0.3"

LEAK_EVENT = Path(__file__).with_name("leak-event.yaml")
DETECTOR = "/redfish/v1/ThermalEquipment/CDUs/1/LeakDetection/LeakDetectors/Moisture"
DEVICE = "  cdu-1-redfish:\n    equipment: cdu-1\n    map: redfish-cdu-sensors\n"
LEAK = "sensor.wrong_state:device=cdu-1-redfish,point=leak,state=leak"


def run(folder: Path, profile: Path, *faults: str, listening: bool = True) -> Run:
    """A campaign that listens to the cooling unit's service."""
    switches = [word for fault in faults for word in ("--fault", fault)]
    with standing(folder / "bench", *switches) as bench:
        before, device, after = bench.read_text().partition(DEVICE)
        assert device
        if listening:
            bench.write_text(before + device + after.replace("options:\n", "options:\n      events: stream\n", 1))
        return campaign(folder / "out", str(profile), "--bench", str(bench))


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run(tmp_path_factory.mktemp("run"), PROFILE, WRONG, HOLES, f"{LEAK},onset=2")


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


def heard(finished: Run, question: str) -> list[dict[str, Any]]:
    events = map(json.loads, finished.read("data/events.ndjson").splitlines())
    return [one for one in events if one["kind"] == "answer" and one["question"] == question]


def delay(finished: Run, seconds: float) -> Verdict:
    """A requirement on the delay from when the readings show a leak to when the service says so."""
    evidence = Evidence.from_files(open_archive(finished.bundle))
    (procedure,) = {one["name"] for one in evidence.events if one["kind"] == "procedure"}
    event = {"question": "notification", "where": {"kind": "ResourceStateChanged", "origin": DETECTOR}}
    requirement = {
        "id": "X-1",
        "subjects": ["cdu"],
        "procedure": procedure,
        "measurand": {"statistic": "delay-between", "start": {"of": "leak", "state": "leak"}, "end": event},
        "limit": {"op": "<=", "value": seconds, "unit": "s", "basis": "project"},
        "resolution": 0.1,
    }
    return assess(Item(requirement, "cdu-1", procedure), evidence, "guarded", Coverage(2.0), (), ImportedProfiles())


def test_an_event_is_heard_sealed_and_can_be_judged(finished: Run) -> None:
    assert [one["content"]["outcome"] for one in heard(finished, "event-stream")] == ["open"]
    (told,) = heard(finished, "notification")
    assert told["device"] == "cdu-1-redfish" and told["content"]["origin"] == DETECTOR
    assert told["content"]["authentic"] and told["content"]["objects"]["2"] == "Warning"
    assert delay(finished, 20).verdict is Word.PASS


# Between two readings nobody reaches the service, so it tells nobody: what is heard is that it is over, too late.
UNREACHED = "comms.timeout:device=cdu-1-redfish,onset=11,duration=3"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("faults", "listening", "word"),
    [
        pytest.param((f"{LEAK},onset=12,duration=30", UNREACHED), True, Word.FAIL, id="lost"),
        pytest.param((f"{LEAK},onset=10",), False, Word.NOT_TESTED, id="deaf"),
        pytest.param((), True, Word.NOT_TESTED, id="silent"),
    ],
)
def test_what_was_not_heard_is_never_a_pass(
    tmp_path: Path, faults: tuple[str, ...], listening: bool, word: Word
) -> None:
    assert delay(run(tmp_path, LEAK_EVENT, *faults, listening=listening), 10).verdict is word


@pytest.mark.slow
def test_a_service_that_restarts_is_followed_and_its_absence_is_evidence(tmp_path: Path) -> None:
    restarted = run(tmp_path, LEAK_EVENT, "device.reboot:device=cdu-1-redfish,onset=5,boot=10")
    assert [one["content"]["outcome"] for one in heard(restarted, "event-stream")][:2] == ["open", "broken"]
