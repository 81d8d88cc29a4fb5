"""Verification: what it says about good, unvouched, altered and foreign bundles."""

import json
import string
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from profiles.refusal import Refusal
from reports.bundles.archive import read_archive, write_archive
from reports.bundles.bundle import seal_files
from reports.bundles.manifest import MANIFEST, manifest_bytes
from reports.sealing.certificates import YEAR, chain_pem, throwaway
from reports.sealing.envelope import OPERATOR, countersign, read_envelope, sign
from reports.verifying.messages import catalogue
from reports.verifying.verification import Verification
from reports.verifying.verify import verify, verify_file
from tests.reports.sealed import NOW, ROOT, SIGNER, sealed_pack

AT = NOW + timedelta(days=1)
Files = dict[str, bytes]


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return sealed_pack(tmp_path_factory.mktemp("bundle"))


@pytest.fixture
def files(pack: bytes) -> Files:
    return read_archive(pack)


def judged(files: Files, trusted: bool = True) -> Verification:
    return verify(write_archive(files), ROOT.chain if trusted else None, AT)


def wrong(verification: Verification) -> tuple[str, str]:
    """The step that failed and what it said."""
    step = next(step for step in verification.steps if step.outcome == "wrong")
    return step.name, " ".join(sentence.en for sentence in step.says)


def payload(files: Files) -> Files:
    return {name: content for name, content in files.items() if name.startswith("data/")}


def edited(content: bytes, old: str, new: str) -> bytes:
    assert old.encode() in content
    return content.replace(old.encode(), new.encode(), 1)


def test_an_untouched_bundle_is_valid(pack: bytes) -> None:
    verification = verify(pack, ROOT.chain, AT)
    assert {step.name: step.outcome for step in verification.steps if step.outcome != "good"} == {
        "waivers": "note",
        "log": "note",
    }
    assert (verification.result, verification.exit_code) == ("valid", 0)


def test_without_a_trust_root_nobody_vouches(pack: bytes) -> None:
    verification = verify(pack, None, AT)
    assert verification.exit_code == 3
    assert "nobody vouches" in verification.text("en") and "보증" in verification.text("ko")


def test_a_foreign_trust_root_is_a_failure_and_the_rest_is_still_checked(pack: bytes) -> None:
    verification = verify(pack, throwaway("other", NOW).chain, AT)
    assert verification.exit_code == 1
    assert wrong(verification)[0] == "trust"
    assert verification.steps[-1].outcome == "good"


def test_an_expired_certificate_is_a_failure(pack: bytes) -> None:
    assert "not valid on" in wrong(verify(pack, ROOT.chain, NOW + 2 * YEAR))[1]


def test_resigned_by_a_stranger(files: Files) -> None:
    forged = seal_files(payload(files), "smoke-20261102-000000", throwaway("stranger", NOW))
    assert judged(forged, trusted=False).exit_code == 3
    assert (judged(forged).exit_code, wrong(judged(forged))[0]) == (1, "trust")


def test_a_witness_may_sign_too(files: Files) -> None:
    envelope = countersign(read_envelope(files[OPERATOR], OPERATOR), throwaway("witness", NOW))
    verification = judged({**files, OPERATOR: envelope.to_bytes()})
    assert verification.exit_code == 0
    assert [signer["vouched"] for signer in verification.signers] == [True, False]


def test_swapped_signatures(files: Files) -> None:
    envelope = countersign(read_envelope(files[OPERATOR], OPERATOR), throwaway("witness", NOW))
    document = json.loads(envelope.to_bytes())
    first, second = document["signatures"]
    first["sig"], second["sig"] = second["sig"], first["sig"]
    verification = judged({**files, OPERATOR: json.dumps(document).encode()})
    assert (verification.exit_code, wrong(verification)[0]) == (1, "signature")


def test_the_signature_of_another_bundle(files: Files, tmp_path: Path) -> None:
    other = read_archive(sealed_pack(tmp_path, supply=23.0))
    verification = judged({**files, OPERATOR: other[OPERATOR]})
    assert (verification.exit_code, wrong(verification)[0]) == (1, "statement")
    assert "manifest-sha256.txt was changed" in wrong(verification)[1]


def test_a_changed_limit_with_a_mended_manifest(files: Files) -> None:
    files["data/profile.json"] = edited(files["data/profile.json"], '"value": 27\n', '"value": 30\n')
    files[MANIFEST] = manifest_bytes(payload(files))
    verification = judged(files)
    assert (verification.exit_code, wrong(verification)[0]) == (1, "statement")


def test_a_changed_limit_sealed_again_is_not_the_profile_of_the_journal(files: Files) -> None:
    data = payload(files)
    data["data/profile.json"] = edited(data["data/profile.json"], '"value": 27\n', '"value": 30\n')
    step, says = wrong(judged(seal_files(data, "forged", SIGNER)))
    assert step == "verdicts" and "not the profile that the run began with" in says


@pytest.mark.parametrize("field", ["value", "uncertainty", "margin", "verdict"])
def test_an_invented_verdict_is_found_field_by_field(files: Files, field: str) -> None:
    data = payload(files)
    document = json.loads(data["data/verdicts.json"])
    row = document["verdicts"][0]
    row[field] = "inconclusive" if field == "verdict" else row[field] * 1.001
    data["data/verdicts.json"] = json.dumps(document).encode()
    step, says = wrong(judged(seal_files(data, "forged", SIGNER)))
    assert step == "verdicts" and f"{row['requirement']} ({row['equipment']}) {field}" in says


def test_changed_accuracies_sealed_again_contradict_the_verdicts(files: Files) -> None:
    data = payload(files)
    assert b'"relative": 0.005' in data["data/bench.json"]
    data["data/bench.json"] = data["data/bench.json"].replace(b'"relative": 0.005', b'"relative": 0.0005')
    step, says = wrong(judged(seal_files(data, "forged", SIGNER)))
    assert step == "verdicts" and "PWR-GRD-001 (meter-2) uncertainty: recorded" in says


def test_an_omitted_verdict_is_missed(files: Files) -> None:
    data = payload(files)
    document = json.loads(data["data/verdicts.json"])
    del document["verdicts"][0]
    data["data/verdicts.json"] = json.dumps(document).encode()
    step, says = wrong(judged(seal_files(data, "forged", SIGNER)))
    assert step == "plan" and "PWR-GRD-001" in says


def test_an_attempt_cannot_be_hidden(files: Files) -> None:
    data = payload(files)
    document = json.loads(data["data/attempts.json"])
    document["attempts"][0]["procedures"] = []
    data["data/attempts.json"] = json.dumps(document).encode()
    assert wrong(judged(seal_files(data, "forged", SIGNER)))[0] == "verdicts"


def test_a_statement_that_promises_more_than_the_records(files: Files) -> None:
    statement = read_envelope(files[OPERATOR], OPERATOR).payload
    inflated = edited(statement, '"certificate":false', '"certificate":true')
    step, says = wrong(judged({**files, OPERATOR: sign(inflated, SIGNER).to_bytes()}))
    assert step == "statement" and "certificate" in says


def test_a_statement_of_another_kind(files: Files) -> None:
    statement = read_envelope(files[OPERATOR], OPERATOR).payload
    assert wrong(judged({**files, OPERATOR: sign(statement, SIGNER, "text/plain").to_bytes()}))[0] == "signature"
    assert wrong(judged({**files, OPERATOR: sign(b"{}", SIGNER).to_bytes()}))[0] == "statement"


def test_what_is_no_bundle_is_a_wrong_request(tmp_path: Path) -> None:
    other = tmp_path / "x.zip"
    for content in (b"", b"not a zip", write_archive({"readme.txt": b"hello"})):
        other.write_bytes(content)
        with pytest.raises(Refusal):
            verify_file(other)
    with pytest.raises(Refusal, match="cannot be read"):
        verify_file(tmp_path / "absent.zip")


def test_a_damaged_archive_is_not_valid(pack: bytes) -> None:
    for changed in (pack[:-10], pack + b"x", pack[: len(pack) // 2] + b"\x00" + pack[len(pack) // 2 + 1 :]):
        verification = verify(changed, ROOT.chain, AT)
        assert (verification.exit_code, wrong(verification)[0]) == (1, "archive")


def test_the_answer_for_machines(pack: bytes, tmp_path: Path) -> None:
    bundle, trust = tmp_path / "b.zip", tmp_path / "root.pem"
    bundle.write_bytes(pack)
    trust.write_bytes(chain_pem(ROOT.chain))
    document = json.loads(verify_file(bundle, trust, AT).json())
    assert (document["result"], document["exit_code"]) == ("valid", 0)
    assert document["conclusion"]["certificate"] is False
    assert [step["step"] for step in document["steps"]][:3] == ["archive", "format", "manifest"]
    assert document["signers"][0]["name"] == "시험소"


def test_a_verification_without_steps_is_not_valid() -> None:
    assert Verification("x", ()).exit_code == 1


def test_every_message_has_both_languages_and_the_same_facts() -> None:
    for key, entry in catalogue().items():
        facts = [{name for _, name, _, _ in string.Formatter().parse(entry[code]) if name} for code in ("ko", "en")]
        assert set(entry) == {"ko", "en"} and facts[0] == facts[1], key


def test_the_default_time_is_now(pack: bytes, tmp_path: Path) -> None:
    bundle, trust = tmp_path / "b.zip", tmp_path / "root.pem"
    bundle.write_bytes(pack)
    trust.write_bytes(chain_pem(ROOT.chain))
    within = SIGNER.chain[0].not_valid_before_utc <= datetime.now(UTC) <= SIGNER.chain[0].not_valid_after_utc
    assert verify_file(bundle, trust).exit_code == (0 if within else 1)
