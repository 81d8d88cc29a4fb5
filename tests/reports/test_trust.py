"""Who is vouched for: every way in which a chain or a revocation list can be wrong is refused and named."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from reports.sealing.certificates import YEAR, Signer, authority, issue
from reports.sealing.trust import Vouching, vouch
from reports.verifying.messages import message
from tests.reports.revoking import revocation_list
from tests.reports.sealed import NOW

DAY = timedelta(days=1)
ROOT = authority("인증 기관", NOW - YEAR, 10 * YEAR)
LAB = issue(ROOT, "시험소", NOW - YEAR, 3 * YEAR)


def judged(chain: tuple[x509.Certificate, ...], *crls: Any, at: datetime = NOW, now: datetime = NOW) -> Vouching:
    vouching = vouch(chain, ROOT.chain, at, crls, now)
    sentence = message(vouching.reason, **vouching.facts)
    assert sentence.en and sentence.ko and "{" not in sentence.en
    return vouching


def subordinate(
    name: str, parent: Signer = ROOT, *, ca: bool = True, length: int | None = 0, until: datetime = NOW + YEAR
) -> Signer:
    """An issuing authority under `parent`, with the given constraints."""
    key = ec.generate_private_key(ec.SECP256R1())
    parent_key = parent.key
    assert isinstance(parent_key, ec.EllipticCurvePrivateKey)
    unused = ["content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only"]
    usage = dict.fromkeys(unused, False)
    flags = x509.KeyUsage(**usage, digital_signature=not ca, key_cert_sign=ca, crl_sign=ca, decipher_only=False)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]))
        .issuer_name(parent.chain[0].subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - YEAR)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=length if ca else None), critical=True)
        .add_extension(flags, critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(parent_key.public_key()), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier("1.2.410.200004.2.1"), None)]),
            critical=True,
        )
        .sign(parent_key, hashes.SHA256())
    )
    return Signer(key, (certificate, *parent.chain))


def test_three_levels_with_a_critical_policy_are_vouched_for_by_the_root() -> None:
    lab = issue(subordinate("발급 기관"), "시험소", NOW, YEAR)
    found = judged(lab.chain)
    assert (found.trusted, len(found.path), found.facts["root"]) == (True, 3, "인증 기관")


def test_an_issuer_that_has_expired_is_named() -> None:
    lab = issue(subordinate("발급 기관", until=NOW - DAY), "시험소", NOW - 2 * DAY, YEAR)
    found = judged(lab.chain)
    assert (found.trusted, found.reason, found.facts["issuer"]) == (False, "trust.issuer-period", "발급 기관")
    assert judged(lab.chain, at=NOW - DAY - timedelta(seconds=1)).trusted


def test_an_issuer_that_may_not_certify_is_named() -> None:
    assert judged(issue(subordinate("x", ca=False), "시험소", NOW, YEAR).chain).reason == "trust.issuer-authority"


def test_a_chain_longer_than_allowed_is_named() -> None:
    deep = subordinate("아래", subordinate("위", length=0))
    assert judged(issue(deep, "시험소", NOW, YEAR).chain).reason == "trust.issuer-length"


def test_without_a_list_it_is_said_that_revocation_was_not_checked() -> None:
    found = judged(LAB.chain)
    assert found.trusted and "revocation was not checked" in message(found.reason, **found.facts).en


def test_a_fresh_list_that_does_not_name_the_signer_lets_it_pass() -> None:
    assert judged(LAB.chain, revocation_list(ROOT, NOW)).reason == "trust.chained"


def test_a_revoked_signer_is_refused() -> None:
    found = judged(LAB.chain, revocation_list(ROOT, NOW, {LAB.chain[0]: NOW - DAY}))
    assert (found.trusted, found.reason) == (False, "revocation.revoked")


def test_what_was_signed_before_the_revocation_stays_good() -> None:
    crl = revocation_list(ROOT, NOW, {LAB.chain[0]: NOW - DAY})
    assert judged(LAB.chain, crl, at=NOW - 2 * DAY).trusted
    assert not judged(LAB.chain, crl, at=NOW - DAY).trusted


def test_a_revoked_issuer_takes_its_signers_along() -> None:
    issuer = subordinate("발급 기관")
    lab = issue(issuer, "시험소", NOW, YEAR)
    lists = (revocation_list(issuer, NOW), revocation_list(ROOT, NOW, {issuer.chain[0]: NOW - DAY}))
    assert judged(lab.chain, *lists).reason == "revocation.revoked"
    assert judged(lab.chain, lists[0]).reason == "revocation.absent"


@pytest.mark.parametrize(
    ("crl", "reason"),
    [
        (revocation_list(ROOT, NOW - 31 * DAY), "revocation.stale"),
        (revocation_list(ROOT, NOW + DAY), "revocation.stale"),
        (revocation_list(ROOT, NOW, signer=authority("인증 기관", NOW, YEAR)), "revocation.forged"),
        (revocation_list(authority("다른 기관", NOW, YEAR), NOW), "revocation.absent"),
        (revocation_list(ROOT, NOW, critical=True), "revocation.partial"),
    ],
)
def test_a_list_that_settles_nothing_is_a_refusal(crl: x509.CertificateRevocationList, reason: str) -> None:
    found = judged(LAB.chain, crl)
    assert (found.trusted, found.reason) == (False, reason)


def test_a_list_made_after_the_certificate_expired_says_nothing() -> None:
    late = NOW + 4 * YEAR
    assert judged(LAB.chain, revocation_list(ROOT, late), at=NOW, now=late).reason == "revocation.stale"
    assert judged(LAB.chain, revocation_list(ROOT, NOW), at=NOW, now=late).trusted
