"""Who signs: a P-256 key, and the certificate chain that says whose it is.

>>> signer = throwaway("lab", datetime(2026, 1, 1, tzinfo=UTC))
>>> len(fingerprint(signer.chain[0]))
95
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import NameOID, ObjectIdentifier

from profiles.refusal import Refusal

DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")
"""Extended key usage id-kp-documentSigning (RFC 9336)."""

YEAR = timedelta(days=365)

ROLES = ("operator", "laboratory", "witness", "authority")
_ROLE_PREFIX = "conformance-role:"


class SigningKey(Protocol):
    """A P-256 key that signs: one in memory, or one that never leaves its token (`reports.sealing.hsm`)."""

    def public_key(self) -> ec.EllipticCurvePublicKey: ...

    def sign(self, data: bytes, signature_algorithm: ec.EllipticCurveSignatureAlgorithm) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key and its chain, the key's own certificate first."""

    key: SigningKey
    chain: tuple[x509.Certificate, ...]


def keyid(certificate: x509.Certificate) -> str:
    """SHA-256 of the public key (SPKI, DER), hexadecimal."""
    spki = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    digest = hashes.Hash(hashes.SHA256())
    digest.update(spki)
    return digest.finalize().hex()


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the certificate as `openssl x509 -fingerprint -sha256` prints it."""
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


def subject_name(certificate: x509.Certificate) -> str:
    """The common name, else the whole subject."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()


def role_of(certificate: x509.Certificate) -> str | None:
    """The role that the certificate's issuer gave its holder: organisational unit `conformance-role:ROLE`.

    None if there is none, or several. It is worth what the issuer is worth: believe it of vouched signers only.
    """
    units = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME)
    found = [r for r in ROLES if any(str(unit.value) == _ROLE_PREFIX + r for unit in units)]
    return found[0] if len(found) == 1 else None


def throwaway(name: str, now: datetime) -> Signer:
    """A fresh key with a self-signed certificate that says it vouches for nothing, valid ten years."""
    return self_signed(f"{name[:40]} (throw-away key)", now, 10 * YEAR)


def self_signed(name: str, now: datetime, validity: timedelta, role: str | None = None) -> Signer:
    """A fresh key and a certificate it signed itself, with one of `ROLES` or none."""
    key = ec.generate_private_key(ec.SECP256R1())
    own = _name(name, role)
    builder = _leaf(_certificate(own, own, key.public_key(), now, validity))
    return Signer(key, (builder.sign(key, hashes.SHA256()),))


def authority(name: str, now: datetime, validity: timedelta) -> Signer:
    """A fresh root that can issue signers' certificates."""
    key = ec.generate_private_key(ec.SECP256R1())
    own = _name(name)
    public = key.public_key()
    usage = _usage(digital_signature=False, authority=True)
    builder = (
        _certificate(own, own, public, now, validity)
        .add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(public), critical=False)
    )
    return Signer(key, (builder.sign(key, hashes.SHA256()),))


def issue(root: Signer, name: str, now: datetime, validity: timedelta, role: str | None = None) -> Signer:
    """A fresh key whose certificate `root` signed, for signing documents in one of `ROLES` or none."""
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = root.chain[0]
    authority_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(root.key.public_key())
    builder = _leaf(_certificate(_name(name, role), issuer.subject, key.public_key(), now, validity))
    certificate = builder.add_extension(authority_key, critical=False).sign(in_memory(root), hashes.SHA256())
    return Signer(key, (certificate, *root.chain))


def key_pem(signer: Signer) -> bytes:
    """The private key as PKCS#8 PEM, not encrypted (see `reports.sealing.key_protection`)."""
    return in_memory(signer).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def in_memory(signer: Signer) -> ec.EllipticCurvePrivateKey:
    """The private key itself; Refusal if it lives in a token."""
    if not isinstance(signer.key, ec.EllipticCurvePrivateKey):
        raise Refusal("private key", "it never leaves its token", "use a key file for this")
    return signer.key


def chain_pem(chain: Sequence[x509.Certificate]) -> bytes:
    """The certificates as PEM, one after the other."""
    return b"".join(certificate.public_bytes(Encoding.PEM) for certificate in chain)


def _name(common: str, role: str | None = None) -> x509.Name:
    names = [x509.NameAttribute(NameOID.COMMON_NAME, common)]
    if role:
        names.append(x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, _ROLE_PREFIX + role))
    return x509.Name(names)


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, validity: timedelta
) -> x509.CertificateBuilder:
    # A clock that runs five minutes fast at the verifier must not make a fresh certificate "not yet valid".
    begin = now.astimezone(UTC) - timedelta(minutes=5)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + validity)
    )


def _leaf(builder: x509.CertificateBuilder) -> x509.CertificateBuilder:
    return builder.add_extension(_usage(digital_signature=True, authority=False), critical=True).add_extension(
        x509.ExtendedKeyUsage([DOCUMENT_SIGNING]), critical=False
    )


def _usage(*, digital_signature: bool, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=digital_signature,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
