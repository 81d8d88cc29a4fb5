"""What components prove of themselves: by a signature, a nonce and a chain; and never twice by the same."""

import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from profiles.plausibility import load_rules
from reports.judging.judge import Judgement
from reports.judging.verdict import Word
from reports.measurands.spdm import read_transcript
from tests.reports.attesting import COMPONENT, KEY, MAKER, attested, certificate, transcript
from tests.reports.build import Run

OTHER = ec.generate_private_key(ec.SECP384R1())
LATER = "2026-11-02T09:00:05+00:00"


def judgement(*answers: dict[str, Any]) -> Judgement:
    rules = [{"id": "PLZ-SEC-03", **load_rules()["PLZ-SEC-03"]}]
    run = Run(plausibility=rules).equip("bmc-1", "bmc").device("b", "bmc-1", {}, protocol="redfish")
    run.answer("b", "attestation", *answers)
    run.require({"statistic": "share-attested"}, {"op": "==", "value": 100, "unit": "%"}, subject="bmc", resolution=0.1)
    return run.judgement()


def test_an_attestation_with_all_its_proofs_passes() -> None:
    (verdict,) = judgement(attested(), attested(2, 102, updated=LATER)).verdicts
    assert (verdict.verdict, verdict.value) == (Word.PASS, 100)


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"nonce": (7).to_bytes(32, "big").hex()}, id="another nonce than was asked"),
        pytest.param({"transcript": transcript(bytes(31) + b"\x02", bytes(32), OTHER)}, id="another key"),
        pytest.param({"certificate": certificate(KEY, OTHER) + certificate(MAKER, MAKER)}, id="another issuer"),
        pytest.param({"hashing": "TPM_ALG_SHA_256"}, id="another hash"),
        pytest.param({"transcript": None}, id="nothing signed"),
        pytest.param({"status": 400}, id="refused"),
    ],
)
def test_what_lacks_one_of_its_proofs_fails(wrong: dict[str, Any]) -> None:
    (verdict,) = judgement(attested(), attested(2, 102) | wrong).verdicts
    assert (verdict.verdict, verdict.value) == (Word.FAIL, 50)
    assert COMPONENT in verdict.reason["ko"]


@pytest.mark.parametrize(
    ("answer", "word", "why"),
    [
        ({"component": None, "status": 404}, Word.NOT_APPLICABLE, "No component of bmc-1 can attest"),
        ({"component": None, "status": None}, Word.NOT_TESTED, "could not be reached"),
        ({"component": COMPONENT, "status": 503}, Word.INCONCLUSIVE, "cannot be read"),
        (attested(transcript="ESAB"), Word.INCONCLUSIVE, "cannot be read"),
        (attested(hashing="TPM_ALG_SM3_256"), Word.INCONCLUSIVE, "cannot be read"),
        (attested(certificate="none"), Word.INCONCLUSIVE, "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_no_verdict(answer: dict[str, Any], word: Word, why: str) -> None:
    (verdict,) = judgement(answer).verdicts
    assert verdict.verdict is word and why in verdict.reason["en"]


@pytest.mark.parametrize("cut", range(0, 260, 7))
def test_no_transcript_that_breaks_off_is_read(cut: int) -> None:
    whole = base64.b64decode(transcript(bytes(32), bytes(32)))
    end = len(whole) - 96
    if cut <= end:
        with pytest.raises(ValueError, match=r"it does not begin|no measurements|it ends before"):
            read_transcript(base64.b64encode(whole[:cut]).decode())


@pytest.mark.parametrize(
    "replayed",
    [
        pytest.param(attested(1, 101), id="the same again"),
        pytest.param(attested(2, 101), id="the nonce of the responder"),
        pytest.param(attested(1, 102), id="the nonce of the requester"),
        pytest.param(attested(2, 102, updated="2026-11-02T08:59:59"), id="time goes back"),
    ],
)
def test_an_attestation_that_is_not_of_now_supports_no_verdict(replayed: dict[str, Any]) -> None:
    found = judgement(attested(), replayed)
    assert found.verdicts[0].verdict is Word.INCONCLUSIVE and "PLZ-SEC-03" in found.verdicts[0].reason["ko"]
    assert [one["outcome"] for one in found.document()["plausibility"]] == ["violated"]
