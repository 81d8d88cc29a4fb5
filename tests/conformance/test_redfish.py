"""Redfish services in a campaign: judged by imported profiles and heard; the bundle holds the rules and the events."""

import asyncio
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.cli import main
from fixtures.bench import load_bench
from fixtures.credentials import fetch_all
from fixtures.drivers.pointer import resolve
from fixtures.drivers.redfish_session import redfish_link
from fixtures.drivers.redfish_subscription import SERVICE
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
from tests.conformance.containers import SITE, conformance, standing
from tests.fixtures.test_redfish_mailbox import address
from tests.fixtures.web import certificate

PROFILE = Path(__file__).parent / "interop" / "rack-power.yaml"
READING = "Rack-Power/PowerDistributionMetrics/PowerWatts/Reading#value"
# One PDU shows a power that no rack takes; a controller that refuses a third of the questions leaves holes.
WRONG = "pdu.redfish_scale:device=pdu-1-redfish,point=power,factor=100"
HOLES = "comms.exception:device=bmc-1-redfish,probability=0.3"

LEAK_EVENT = Path(__file__).with_name("leak-event.yaml")
DETECTOR = "/redfish/v1/ThermalEquipment/CDUs/1/LeakDetection/LeakDetectors/Moisture"
DEVICE = "  cdu-1-redfish:\n    equipment: cdu-1\n    map: redfish-cdu-sensors\n"
LEAK = "sensor.wrong_state:device=cdu-1-redfish,point=leak,state=leak"


def run(folder: Path, profile: Path, *faults: str, events: str | None = "stream") -> Run:
    """A campaign that hears the cooling unit's service in this way."""
    with standing(folder / "bench", *(word for fault in faults for word in ("--fault", fault))) as bench:
        if events is not None:
            hear(bench, events)
        return campaign(folder / "out", str(profile), "--bench", str(bench))


def hear(bench: Path, events: str) -> None:
    before, device, after = bench.read_text().partition(DEVICE)
    assert device
    bench.write_text(before + device + after.replace("options:\n", f"options:\n      events: {events}\n", 1))


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
    """What was heard of the cooling unit's service."""
    events = map(json.loads, finished.read("data/events.ndjson").splitlines())
    asked = [one for one in events if one["kind"] == "answer" and one["question"] == question]
    return [one for one in asked if one["device"] == "cdu-1-redfish"]


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
    assert told["content"]["origin"] == DETECTOR
    assert told["content"]["authentic"] and told["content"]["objects"]["2"] == "Warning"
    assert delay(finished, 20).verdict is Word.PASS


# Between two readings nobody reaches the service, so it tells nobody: what is heard is that it is over, too late.
UNREACHED = "comms.timeout:device=cdu-1-redfish,onset=11,duration=3"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("faults", "events", "word"),
    [
        pytest.param((f"{LEAK},onset=12,duration=30", UNREACHED), "stream", Word.FAIL, id="lost"),
        pytest.param((f"{LEAK},onset=10",), None, Word.NOT_TESTED, id="deaf"),
        pytest.param((), "stream", Word.NOT_TESTED, id="silent"),
    ],
)
def test_what_was_not_heard_is_never_a_pass(
    tmp_path: Path, faults: tuple[str, ...], events: str | None, word: Word
) -> None:
    assert delay(run(tmp_path, LEAK_EVENT, *faults, events=events), 10).verdict is word


@pytest.mark.slow
def test_a_service_that_restarts_is_followed_and_its_absence_is_evidence(tmp_path: Path) -> None:
    restarted = run(tmp_path, LEAK_EVENT, "device.reboot:device=cdu-1-redfish,onset=5,boot=10")
    assert [one["content"]["outcome"] for one in heard(restarted, "event-stream")][:2] == ["open", "broken"]


@pytest.fixture
def receiving(tmp_path: Path) -> Iterator[Path]:
    """A bench to which the cooling unit's service pushes its events, once it is subscribed to."""
    with standing(tmp_path / "bench", "--fault", f"{LEAK},onset=12") as bench:
        hear(bench, "push")
        certificate(bench.parent)
        place = f"receive: {{address: {address()}, certificate: device.pem, key: device.key}}\n"
        bench.write_text(bench.read_text() + place)
        yield bench


def subscriptions(bench: Path) -> list[str]:
    """Those of the cooling unit's service now."""
    device = load_bench(bench).device("cdu-1-redfish")

    async def ask() -> list[str]:
        link, _ = redfish_link(device.address, fetch_all(device.credentials), device.options)
        reply = await link.get(f"{SERVICE}/Subscriptions")
        await link.close()
        return [str(one) for one in resolve(reply.json(), "/Members") or ()]  # type: ignore[attr-defined]

    return asyncio.run(ask())


@pytest.mark.slow
def test_what_is_pushed_is_heard_and_the_subscription_ends_with_the_run(receiving: Path, tmp_path: Path) -> None:
    finished = campaign(tmp_path / "out", str(LEAK_EVENT), "--bench", str(receiving), "--arm", SITE)
    (told,) = heard(finished, "notification")
    assert told["content"]["origin"] == DETECTOR
    assert not told["content"]["authentic"]
    actuated = [json.loads(line) for line in finished.read("data/events.ndjson").splitlines()]
    assert [one["action"] for one in actuated if one["kind"] == "actuation"] == ["forward", "reverse"]
    assert subscriptions(receiving) == []


@pytest.mark.slow
def test_a_bench_that_is_not_armed_does_not_subscribe(
    receiving: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = [str(LEAK_EVENT), "--bench", str(receiving)]
    assert main(["plan", *line]) == 0
    assert "subscribe to the events of cdu-1-redfish" in capsys.readouterr().out
    assert main(["run", *line, "--output", str(tmp_path / "out")]) == 2
    assert f"it is not armed; run with --arm {SITE}" in capsys.readouterr().err
    assert subscriptions(receiving) == [] and not (tmp_path / "out").exists()


@pytest.mark.slow
def test_a_subscription_that_outlived_its_run_is_ended_by_restore(receiving: Path, tmp_path: Path) -> None:
    line = ["run", LEAK_EVENT, "--bench", receiving, "--arm", SITE, "--output", tmp_path / "out"]
    process = subprocess.Popen(conformance(*line), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not subscriptions(receiving):
        assert process.poll() is None
    process.kill()
    process.wait()
    (folder,) = (tmp_path / "out").iterdir()
    done = subprocess.run(conformance("restore", folder), capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and "events of cdu-1-redfish" in done.stdout, done.stdout + done.stderr
    assert subscriptions(receiving) == []
