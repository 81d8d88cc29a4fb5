"""Does somebody the verifier trusts vouch for the signer?

A signer is vouched for if its own certificate is among the given roots (pinned), or if its chain leads to one
of them, at the given time, and its certificate is meant for signing documents. No network, no system roots.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.x509.verification import (
    ClientVerifier,
    ExtensionPolicy,
    PolicyBuilder,
    Store,
    VerificationError,
)

from reports.certificates import DOCUMENT_SIGNING, keyid, subject_name


@dataclass(frozen=True, slots=True)
class Vouching:
    """`trusted`, and the reason as (message key, facts) for `reports.messages`."""

    trusted: bool
    reason: str
    facts: dict[str, str]


def vouch(chain: Sequence[x509.Certificate], roots: Sequence[x509.Certificate], at: datetime) -> Vouching:
    """Judge the chain (the signer's certificate first) against `roots` at the time `at` (UTC)."""
    leaf = chain[0]
    facts = {"signer": subject_name(leaf), "date": f"{at:%Y-%m-%d}"}
    if not leaf.not_valid_before_utc <= at <= leaf.not_valid_after_utc:
        period = f"{leaf.not_valid_before_utc:%Y-%m-%d} – {leaf.not_valid_after_utc:%Y-%m-%d}"
        return Vouching(False, "trust.period", facts | {"period": period})
    if not _signs_documents(leaf):
        return Vouching(False, "trust.purpose", facts)
    if leaf in roots:
        return Vouching(True, "trust.pinned", facts)
    anchors = [root for root in roots if _is_authority(root)]
    issuers = {keyid(certificate) for certificate in chain[1:]} | {c.issuer.rfc4514_string() for c in chain}
    known = any(keyid(root) in issuers or root.subject.rfc4514_string() in issuers for root in anchors)
    if not anchors or not known:
        return Vouching(False, "trust.stranger", facts)
    try:
        verified = _verifier(anchors, at).verify(leaf, list(chain[1:]))
    except VerificationError as error:
        return Vouching(False, "trust.chain", facts | {"why": str(error)})
    return Vouching(True, "trust.chained", facts | {"root": subject_name(verified.chain[-1])})


def _verifier(anchors: list[x509.Certificate], at: datetime) -> ClientVerifier:
    # The default policy demands a TLS purpose; what the leaf is for was checked before.
    policies = {"ca_policy": ExtensionPolicy.webpki_defaults_ca(), "ee_policy": ExtensionPolicy.permit_all()}
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
