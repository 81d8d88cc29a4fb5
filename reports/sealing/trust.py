"""Does somebody the verifier trusts vouch for the signer?

A signer is vouched for if its own certificate is among the given roots (pinned), or if its chain leads to one
of them, at the given time, no given revocation list withdraws a link, and its certificate is meant for signing
documents. No network, no system roots.

    vouching = vouch(chain, trust.roots, stamped or now, trust.crls, now)
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.verification import (
    ClientVerifier,
    Criticality,
    ExtensionPolicy,
    PolicyBuilder,
    Store,
    VerificationError,
)

from reports.sealing.certificates import DOCUMENT_SIGNING, fingerprint, keyid, subject_name
from reports.sealing.revocation import revocation


@dataclass(frozen=True, slots=True)
class Trust:
    """What the verifier brings along: roots for signers, roots for time-stamping authorities, revocation lists.

    `roots` and `timestamp_roots` are None where nothing was given.
    """

    roots: tuple[x509.Certificate, ...] | None = None
    timestamp_roots: tuple[x509.Certificate, ...] | None = None
    crls: tuple[x509.CertificateRevocationList, ...] = ()
    logs: Sequence[ec.EllipticCurvePublicKey] | None = None
    """The keys of the public logs in which a bundle must be published."""


@dataclass(frozen=True, slots=True)
class Vouching:
    """`trusted`, and the reason as (message key, facts) for `reports.verifying.messages`."""

    trusted: bool
    reason: str
    facts: dict[str, str]
    path: tuple[x509.Certificate, ...] = field(default=())
    """The chain that was accepted, from the signer up to the given root."""


def vouch(
    chain: Sequence[x509.Certificate],
    roots: Sequence[x509.Certificate],
    at: datetime,
    crls: Sequence[x509.CertificateRevocationList] = (),
    now: datetime | None = None,
) -> Vouching:
    """Judge the chain (the signer's certificate first) against `roots` at the time `at` (UTC).

    `at` is the trusted time of the signature, or the time of verification `now`, which it is by default.
    """
    leaf = chain[0]
    facts = {"signer": subject_name(leaf), "date": f"{at:%Y-%m-%d}"}
    if not leaf.not_valid_before_utc <= at <= leaf.not_valid_after_utc:
        period = f"{leaf.not_valid_before_utc:%Y-%m-%d} – {leaf.not_valid_after_utc:%Y-%m-%d}"
        return Vouching(False, "trust.period", facts | {"period": period})
    if not _signs_documents(leaf):
        return Vouching(False, "trust.purpose", facts)
    if leaf in roots:
        return Vouching(True, "trust.pinned", facts, (leaf,))
    anchors = [root for root in roots if _is_authority(root)]
    issuers = {keyid(certificate) for certificate in chain[1:]} | {c.issuer.rfc4514_string() for c in chain}
    known = any(keyid(root) in issuers or root.subject.rfc4514_string() in issuers for root in anchors)
    if not anchors or not known:
        return Vouching(False, "trust.stranger", facts)
    try:
        path = tuple(_verifier(anchors, at).verify(leaf, list(chain[1:])).chain)
    except VerificationError as error:
        key, why = _diagnosis(chain[1:], at) or ("trust.chain", {"why": str(error)})
        return Vouching(False, key, facts | why)
    fault = revocation(path, crls, at, now or at) if crls else None
    if fault:
        return Vouching(False, fault[0], facts | fault[1])
    key = "trust.chained" if crls else "trust.chained-unrevoked"
    return Vouching(True, key, facts | {"root": subject_name(path[-1])}, path)


def _diagnosis(issuers: Sequence[x509.Certificate], at: datetime) -> tuple[str, dict[str, str]] | None:
    """The reason in words for the faults of an issuing certificate that occur in practice."""
    for below, issuer in enumerate(issuers):
        facts = {"issuer": subject_name(issuer), "fingerprint": fingerprint(issuer)[:23]}
        if not issuer.not_valid_before_utc <= at <= issuer.not_valid_after_utc:
            return "trust.issuer-period", facts
        if not _is_authority(issuer):
            return "trust.issuer-authority", facts
        limit = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value.path_length
        if limit is not None and below > limit:
            return "trust.issuer-length", facts | {"limit": str(limit)}
    return None


def _verifier(anchors: list[x509.Certificate], at: datetime) -> ClientVerifier:
    # The default policy demands a TLS purpose; what the leaf is for was checked before.
    # National authorities mark certificate policies as critical; no policy is asked for, so any is accepted.
    issuing = ExtensionPolicy.webpki_defaults_ca().may_be_present(x509.CertificatePolicies, Criticality.AGNOSTIC, None)
    policies = {"ca_policy": issuing, "ee_policy": ExtensionPolicy.permit_all()}
    return PolicyBuilder().store(Store(anchors)).time(at).extension_policies(**policies).build_client_verifier()


def _signs_documents(leaf: x509.Certificate) -> bool:
    try:
        usage = leaf.extensions.get_extension_for_class(x509.KeyUsage).value
        purposes = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return False
    return usage.digital_signature and DOCUMENT_SIGNING in purposes


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False
