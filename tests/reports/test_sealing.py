"""Who signed and in what role: counter-signatures, policies and an auditor's own statement."""

import hashlib
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from profiles.refusal import Refusal
from reports.bundles.archive import read_archive, write_archive
from reports.sealing.amending import attest, countersign_bundle, pending
from reports.sealing.certificates import YEAR, Signer, authority, fingerprint, issue, role_of, self_signed, throwaway
from reports.sealing.envelope import OPERATOR, Envelope, countersign, read_envelope, sign
from reports.sealing.signing_policy import load_policy
from reports.sealing.trust import Trust
from reports.second_verifier import NotValid, examine
from reports.verifying.verification import Verification
from reports.verifying.verify import verify_trusting
from tests.reports.sealed import NOW, ROOT, SIGNER, sealed_pack

AT = NOW + timedelta(days=1)
WITNESS = issue(ROOT, "입회인", NOW, YEAR, "witness")
LAB = issue(ROOT, "서울 시험소", NOW, YEAR, "laboratory")
AUDITOR = issue(ROOT, "감사인", NOW, YEAR, "authority")
OTHER_ROOT = authority("다른 인증 기관", NOW, 10 * YEAR)


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return sealed_pack(tmp_path_factory.mktemp("bundle"))


@pytest.fixture
def bundle(tmp_path: Path, pack: bytes) -> Path:
    path = tmp_path / "smoke.zip"
    path.write_bytes(pack)
    return path


def judged(bundle: Path, *clauses: dict[str, Any], at: datetime = AT, **more: Any) -> Verification:
    policy = None
    if clauses:
        path = bundle.with_suffix(".yaml")
        document = {"schema": "signing-policy/1", "signatures": list(clauses), **more}
        path.write_text(yaml.safe_dump(document, allow_unicode=True))
        policy = load_policy(path)
    return verify_trusting(bundle.read_bytes(), Trust(ROOT.chain), at, policy=policy)


def fault(verification: Verification, step: str) -> str:
    found = next(s for s in verification.steps if s.name == step)
    assert verification.exit_code == 1 and found.outcome == "wrong", verification.text()
    return " ".join(sentence.en for sentence in found.says)


def add(bundle: Path, **files: bytes) -> None:
    names = {f"attestations/{name}.dsse.json": content for name, content in files.items()}
    bundle.write_bytes(write_archive({**read_archive(bundle.read_bytes()), **names}))


def countersigned(bundle: Path, *signers: Signer) -> None:
    """Append signatures without asking for a role."""
    envelope = read_envelope(read_archive(bundle.read_bytes())[OPERATOR], OPERATOR)
    for signer in signers:
        envelope = countersign(envelope, signer)
    add(bundle, operator=envelope.to_bytes())


def test_a_witness_signs_the_same_payload_and_nothing_else_changes(bundle: Path) -> None:
    before = read_archive(bundle.read_bytes())
    countersign_bundle(bundle, WITNESS, "witness")
    after = read_archive(bundle.read_bytes())
    assert {name for name in after if after[name] != before[name]} == {OPERATOR}
    assert read_envelope(after[OPERATOR], "x").payload == read_envelope(before[OPERATOR], "x").payload
    found = judged(bundle)
    assert [(s["name"], s["role"]) for s in found.signers] == [("시험소", None), ("입회인", "witness")]
    row = next(line for line in found.text().splitlines() if line.startswith("  입회인"))
    assert "witness" in row and "untimed" in row and row.endswith("시험 인증 기관")


def test_a_role_that_the_certificate_does_not_state_is_refused(bundle: Path) -> None:
    with pytest.raises(Refusal, match="states witness, not laboratory"):
        countersign_bundle(bundle, WITNESS, "laboratory")
    with pytest.raises(Refusal, match="states no role"):
        countersign_bundle(bundle, issue(ROOT, "x", NOW, YEAR), "laboratory")


def test_a_key_signs_once(bundle: Path) -> None:
    countersign_bundle(bundle, WITNESS, "witness")
    with pytest.raises(Refusal, match="signed it already"):
        countersign_bundle(bundle, WITNESS, "witness")


def test_a_damaged_bundle_is_not_countersigned(bundle: Path) -> None:
    envelope = read_envelope(read_archive(bundle.read_bytes())[OPERATOR], OPERATOR)
    broken = Envelope(envelope.payload_type, envelope.payload.replace(b"conf", b"CONF"), envelope.signatures)
    add(bundle, operator=broken.to_bytes())
    with pytest.raises(Refusal, match="verify the bundle first"):
        countersign_bundle(bundle, WITNESS, "witness")


def test_a_role_in_the_envelope_is_not_believed(bundle: Path) -> None:
    envelope = json.loads(read_archive(bundle.read_bytes())[OPERATOR])
    envelope["signatures"][0]["role"] = "laboratory"
    add(bundle, operator=json.dumps(envelope).encode())
    assert judged(bundle).signers[0]["role"] is None
    assert "does not hold the role" in fault(judged(bundle, {"role": "laboratory"}), "policy")


def test_a_role_that_nobody_vouches_for_is_not_believed(bundle: Path) -> None:
    pretender = self_signed("사칭", NOW, YEAR, "laboratory")
    assert role_of(pretender.chain[0]) == "laboratory"
    countersigned(bundle, pretender)
    assert judged(bundle).signers[1]["role"] is None
    assert "nobody vouches" in fault(judged(bundle, {"role": "laboratory"}), "policy")


def test_a_policy_that_is_satisfied(bundle: Path) -> None:
    countersigned(bundle, WITNESS, LAB)
    clauses = [
        {"role": "operator", "fingerprints": [fingerprint(SIGNER.chain[0])]},
        {"role": "laboratory", "roots": [fingerprint(ROOT.chain[0])]},
        {"role": "witness", "subjects": ["입회인"]},
    ]
    found = judged(bundle, *clauses, maximum_age_days=30)
    assert found.exit_code == 0 and "All 3 clause(s)" in found.text()


@pytest.mark.parametrize(
    ("clause", "says"),
    [
        ({"role": "authority"}, "Clause 1 of the policy is not satisfied"),
        ({"role": "witness", "count": 2}, "asks for 2 signature(s)"),
        ({"role": "witness", "subjects": ["다른 사람"]}, "does not hold the role"),
        ({"role": "witness", "fingerprints": [fingerprint(LAB.chain[0])]}, "does not hold the role"),
        ({"role": "witness", "roots": [fingerprint(OTHER_ROOT.chain[0])]}, "another root vouches"),
        ({"role": "witness", "timestamp": True}, "no trusted time stamp"),
        ({"role": "witness", "within_days": 7}, "no trusted time stamp"),
        ({"role": "witness", "of": "verification"}, "signature(s) of verification"),
    ],
)
def test_a_clause_that_is_not_satisfied_is_named(bundle: Path, clause: dict[str, Any], says: str) -> None:
    countersigned(bundle, WITNESS)
    assert judged(bundle, {"role": "witness"}).exit_code == 0
    assert says in fault(judged(bundle, clause), "policy")


def test_signatures_repeated_by_one_key_count_once(bundle: Path) -> None:
    countersigned(bundle, WITNESS, WITNESS)
    found = judged(bundle, {"role": "witness", "count": 2})
    assert len(found.signers) == 2
    assert "and 1 count" in fault(found, "policy")


def test_a_chain_to_another_root_does_not_count(bundle: Path) -> None:
    countersigned(bundle, issue(OTHER_ROOT, "입회인", NOW, YEAR, "witness"))
    assert "nobody vouches" in fault(judged(bundle, {"role": "witness", "subjects": ["입회인"]}), "policy")


def test_a_run_older_than_the_policy_allows(bundle: Path) -> None:
    clause = {"role": "operator", "subjects": ["시험소"]}
    assert judged(bundle, clause, maximum_age_days=30).exit_code == 0
    late = judged(bundle, clause, at=NOW + timedelta(days=31), maximum_age_days=30)
    assert "longer ago than the 30 day(s)" in fault(late, "policy")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "schema: signing-policy/1\n",
        "schema: signing-policy/1\nsignatures: []\n",
        "schema: signing-policy/1\nsignatures:\n  - {}\n",
        "schema: signing-policy/1\nsignatures:\n  - {role: operator, count: 0}\n",
        "schema: signing-policy/1\nsignatures:\n  - {role: operator, fingerprints: []}\n",
        "schema: signing-policy/1\nsignatures:\n  - {role: operator, fingerprint: x}\n",
        "schema: signing-policy/1\nsignatures:\n  - {role: king}\n",
    ],
)
def test_a_policy_that_demands_nothing_or_the_unknown_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "policy.yaml").write_text(text)
    with pytest.raises(Refusal):
        load_policy(tmp_path / "policy.yaml")


def test_an_auditor_attests_and_the_statement_is_checked(bundle: Path) -> None:
    name = attest(bundle, judged(bundle), AUDITOR, AT, None)
    document = json.loads(read_envelope(read_archive(bundle.read_bytes())[name], name).payload)
    assert document["predicateType"] == "https://in-toto.io/attestation/svr/v0.1"
    assert "MICRODC_CONFORMANCE_VERDICTS_GOOD" in document["predicate"]["properties"]
    found = judged(bundle, {"role": "authority", "of": "verification"})
    assert found.exit_code == 0
    assert [s["of"] for s in found.signers] == ["verdicts", "verification"]
    assert "does not" in fault(judged(bundle, {"role": "witness", "of": "verification"}), "policy")


def test_it_survives_signatures_that_come_later(bundle: Path) -> None:
    attest(bundle, judged(bundle), AUDITOR, AT, None)
    countersign_bundle(bundle, WITNESS, "witness")
    assert judged(bundle).exit_code == 0


def test_what_is_not_valid_is_not_attested(bundle: Path) -> None:
    for roots in (None, OTHER_ROOT.chain):
        verification = verify_trusting(bundle.read_bytes(), Trust(roots), AT)
        with pytest.raises(Refusal, match="knows no failure"):
            attest(bundle, verification, AUDITOR, AT, None)
    attest(bundle, judged(bundle), AUDITOR, AT, None)
    with pytest.raises(Refusal, match="attested it already"):
        attest(bundle, judged(bundle), AUDITOR, AT, None)


def test_an_auditor_does_not_answer_for_the_verdicts(bundle: Path) -> None:
    attest(bundle, judged(bundle), issue(OTHER_ROOT, "감사인", NOW, YEAR), AT, None)
    found = verify_trusting(bundle.read_bytes(), Trust(OTHER_ROOT.chain), AT)
    assert "None of the given trust roots" in fault(found, "trust")


def test_the_attestation_of_another_bundle(bundle: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.zip"
    (tmp_path / "other").mkdir()
    other.write_bytes(sealed_pack(tmp_path / "other", supply=23.0))
    name = attest(other, judged(other), AUDITOR, AT, None)
    add(bundle, moved=read_archive(other.read_bytes())[name])
    assert "about another bundle" in fault(judged(bundle), "statement")


@pytest.mark.parametrize(
    ("statement", "step", "says"),
    [
        ({"predicateType": "https://example.com/other/v1"}, "statement", "another type"),
        ({"predicateType": "https://in-toto.io/attestation/svr/v0.1"}, "statement", "cannot be read"),
        ({"_type": "https://in-toto.io/Statement/v0.1"}, "statement", "another type"),
    ],
)
def test_unknown_and_malformed_statements(bundle: Path, statement: dict[str, Any], step: str, says: str) -> None:
    document = {"_type": "https://in-toto.io/Statement/v1", "subject": [], "predicate": {}, **statement}
    add(bundle, extra=sign(json.dumps(document).encode(), SIGNER).to_bytes())
    assert says in fault(judged(bundle), step)


def test_a_payload_of_another_type(bundle: Path) -> None:
    add(bundle, extra=sign(b"{}", SIGNER, "text/plain").to_bytes())
    assert "another kind of content" in fault(judged(bundle), "signature")


def test_the_operator_cannot_only_attest(bundle: Path) -> None:
    name = attest(bundle, judged(bundle), AUDITOR, AT, None)
    files = read_archive(bundle.read_bytes())
    bundle.write_bytes(write_archive({**{n: c for n, c in files.items() if n != name}, OPERATOR: files[name]}))
    assert "no statement of verdicts" in fault(judged(bundle), "statement")


def test_a_key_with_the_certificate_of_another(bundle: Path) -> None:
    countersigned(bundle, Signer(throwaway("x", NOW).key, WITNESS.chain))
    assert "does not fit" in fault(judged(bundle), "signature")


def test_the_second_verifier_agrees(bundle: Path) -> None:
    attest(bundle, judged(bundle), issue(OTHER_ROOT, "감사인", NOW, YEAR), AT, None)
    countersign_bundle(bundle, WITNESS, "witness")
    assert examine(bundle.read_bytes(), ROOT.chain, AT) is None
    with pytest.raises(NotValid, match="none of the trusted certificates"):
        examine(bundle.read_bytes(), OTHER_ROOT.chain, AT)
    (signature, *_) = pending(bundle).values()
    files = read_archive(bundle.read_bytes())
    digest = hashlib.sha256(signature).digest()
    assert examine(write_archive({**files, "attestations/a.tsr": b"..." + digest}), ROOT.chain, AT) is None
    with pytest.raises(NotValid, match="stamps no signature"):
        examine(write_archive({**files, "attestations/a.tsr": b"..."}), ROOT.chain, AT)
