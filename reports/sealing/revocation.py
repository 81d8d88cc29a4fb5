"""Was a certificate withdrawn? Certificate revocation lists (RFC 5280, section 5), given as files, read offline.

A list speaks about a time if its issuer signed it, it had been issued by now, and its next update lies after that time.
Once any list is given, every certificate of a chain below its root needs one that speaks: silence is a refusal.

    fault = revocation(chain, crls, at, now)      None, or the message key and its facts
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from reports.sealing.certificates import subject_name

Reason = tuple[str, dict[str, str]]


def revocation(
    chain: Sequence[x509.Certificate], crls: Sequence[x509.CertificateRevocationList], at: datetime, now: datetime
) -> Reason | None:
    """Why some certificate of the `chain` (leaf first, root last) was not good at the time `at`; None if all were.

    `now` is the time of verification: a list from its future is not believed.
    """
    for certificate, issuer in pairwise(chain):
        fault = _fault(certificate, issuer, crls, at, now)
        if fault:
            return fault
    return None


def _fault(
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    crls: Sequence[x509.CertificateRevocationList],
    at: datetime,
    now: datetime,
) -> Reason | None:
    facts = {"holder": subject_name(certificate), "issuer": subject_name(issuer), "date": f"{at:%Y-%m-%d %H:%M} UTC"}
    named = [crl for crl in crls if crl.issuer == issuer.subject]
    genuine = [crl for crl in named if _signed_by(crl, issuer)]
    if len(genuine) < len(named):
        return "revocation.forged", facts
    if not genuine:
        return "revocation.absent", facts
    if any(extension.critical for crl in genuine for extension in crl.extensions):
        # A critical extension narrows what the list covers (a delta, one distribution point, other issuers).
        return "revocation.partial", facts
    for crl in genuine:
        withdrawn = _withdrawn(crl, certificate)
        if withdrawn and withdrawn <= at:
            return "revocation.revoked", facts | {"since": f"{withdrawn:%Y-%m-%d %H:%M} UTC"}
    if not any(_speaks(crl, certificate, at, now) for crl in genuine):
        return "revocation.stale", facts
    return None


def _signed_by(crl: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    try:
        usage = issuer.extensions.get_extension_for_class(x509.KeyUsage).value
        return usage.crl_sign and crl.is_signature_valid(issuer.public_key())  # type: ignore[arg-type]
    except (x509.ExtensionNotFound, TypeError, ValueError, UnsupportedAlgorithm):
        return False


def _withdrawn(crl: x509.CertificateRevocationList, certificate: x509.Certificate) -> datetime | None:
    """Since when the list says that the certificate is not to be relied on."""
    entry = crl.get_revoked_certificate_by_serial_number(certificate.serial_number)
    if entry is None:
        return None
    try:
        invalid = entry.extensions.get_extension_for_class(x509.InvalidityDate).value.invalidity_date_utc
    except x509.ExtensionNotFound:
        return entry.revocation_date_utc
    return min(invalid, entry.revocation_date_utc)


def _speaks(crl: x509.CertificateRevocationList, certificate: x509.Certificate, at: datetime, now: datetime) -> bool:
    # Issuers drop expired certificates from later lists, so a list made after expiry says nothing.
    begin, end = crl.last_update_utc, crl.next_update_utc
    return begin <= min(now, certificate.not_valid_after_utc) and end is not None and at < end
