"""Events that are ordered of a Redfish service arrive in time, or turn the requirement on that red."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.campaigns import Run, campaign
from tests.conformance.containers import SITE, standing

pytestmark = pytest.mark.slow
PROFILE = Path(__file__).with_name("short-redfish-events.yaml")


def run(folder: Path, *faults: str, profile: str = str(PROFILE)) -> Run:
    return campaign(
        folder, profile, "--preset", SITE, "--arm", SITE, *(word for one in faults for word in ("--fault", one))
    )


def judged(finished: Run) -> dict[str, dict[str, Any]]:
    return {one["equipment"]: one for one in finished.verdicts}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run(tmp_path_factory.mktemp("run"), "bmc.events_late")


def test_events_that_arrive_at_once_pass_and_late_ones_fail(finished: Run) -> None:
    late, good = judged(finished)["bmc-1"], judged(finished)["bmc-2"]
    assert (late["verdict"], late["bound"], late["value"] >= 7) == ("fail", None, True)
    assert (good["verdict"], good["value"] <= 1) == ("pass", True)


def test_every_order_and_what_was_heard_of_it_is_evidence(finished: Run) -> None:
    events = [json.loads(line) for line in finished.read("data/events.ndjson").splitlines()]
    said = [(one["question"], one["content"]) for one in events if one["kind"] == "answer"]
    assert [content for question, content in said if question == "test-event"] == 6 * [{"offered": True, "status": 204}]
    assert sum(question == "notification" and content["kind"] == "TestMessage" for question, content in said) == 6
    assert [one["hazard"] for one in json.loads(finished.read("data/plan.json"))["procedures"]] == [1]


def test_events_that_a_service_keeps_to_itself_fail(tmp_path: Path) -> None:
    kept = judged(run(tmp_path, "bmc.events_kept"))["bmc-1"]
    assert (kept["verdict"], kept["bound"], kept["value"]) == ("fail", "at-least", 10)


def test_a_bench_that_does_not_listen_does_not_judge(tmp_path: Path) -> None:
    with standing(tmp_path / "bench") as bench:
        bench.write_text(bench.read_text().replace("events: stream", "server-name: localhost"))
        deaf = campaign(tmp_path / "out", str(PROFILE), "--bench", str(bench), "--arm", SITE)
    assert {one["verdict"] for one in deaf.verdicts} == {"not-tested"}


def test_the_shipped_profile_passes_on_the_reference_container(tmp_path: Path) -> None:
    assert run(tmp_path, profile="redfish-events").judged("pass") == {"IOP-RF-007"}
