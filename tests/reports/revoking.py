"""Revocation lists and odd certificates for tests.

crl = revocation_list(ROOT, NOW, {LAB.chain[0]: NOW})
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from reports.sealing.certificates import Signer


def revocation_list(
    issuer: Signer,
    issued: datetime,
    revoked: Mapping[x509.Certificate, datetime] | None = None,
    days: int = 30,
    signer: Signer | None = None,
    critical: bool = False,
) -> x509.CertificateRevocationList:
    """The list of `issuer` made at `issued`; `signer` makes the signature instead in order to forge it."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.chain[0].subject)
        .last_update(issued)
        .next_update(issued + timedelta(days=days))
    )
    for certificate, since in (revoked or {}).items():
        entry = x509.RevokedCertificateBuilder().serial_number(certificate.serial_number).revocation_date(since)
        builder = builder.add_revoked_certificate(entry.build())
    if critical:
        builder = builder.add_extension(x509.DeltaCRLIndicator(1), critical=True)
    key = (signer or issuer).key
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return builder.sign(key, hashes.SHA256())
