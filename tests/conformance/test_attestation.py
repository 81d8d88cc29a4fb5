"""Components that prove what they are, in whole campaigns of the shipped profile."""

from pathlib import Path

import pytest

from tests.conformance.campaigns import Run, campaign
from tests.conformance.containers import SITE

pytestmark = pytest.mark.slow


def run(folder: Path, *faults: str) -> Run:
    return campaign(folder, "redfish", "--preset", SITE, *(word for one in faults for word in ("--fault", one)))


def test_the_reference_container_passes_and_its_services_do_not_contradict_themselves(tmp_path: Path) -> None:
    finished = run(tmp_path)
    assert (
        "SEC-ATT-001" in finished.judged("pass") and finished.judged("fail") == finished.judged("inconclusive") == set()
    )
    assert ("PLZ-SEC-03", "held") in {(one["rule"], one["outcome"]) for one in finished.plausibility}


@pytest.mark.parametrize(
    ("fault", "word"), [("bmc.attestation_forged", "fail"), ("bmc.attestation_replayed", "inconclusive")]
)
def test_a_defect_is_seen_at_its_controller_alone(fault: str, word: str, tmp_path: Path) -> None:
    verdicts = {one["equipment"]: one for one in run(tmp_path, fault).verdicts if one["requirement"] == "SEC-ATT-001"}
    assert {name: one["verdict"] for name, one in verdicts.items()} == {"bmc-1": word, "bmc-2": "pass"}
    assert ("PLZ-SEC-03" in verdicts["bmc-1"]["reason"]["ko"]) is (word == "inconclusive")
