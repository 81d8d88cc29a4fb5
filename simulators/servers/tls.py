"""Certificates of a simulated container: one authority and a certificate per server, all from the seed.

The same seed gives the same bytes, because certificates become evidence. Validity is in plant time: a year
before the epoch to ten years after it, unless a fault says otherwise.
"""

import hashlib
import ipaddress
import ssl
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AGE = timedelta(days=365)
LIFE = timedelta(days=3650)


@dataclass(frozen=True, slots=True)
class Authority:
    """The container's own certificate authority."""

    seed: int
    epoch: datetime
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @classmethod
    def create(cls, seed: int, epoch: datetime) -> "Authority":
        key = _key(f"{seed}:authority")
        name = _name("Simulated container authority")
        builder = (
            _builder(name, name, key, f"{seed}:authority", epoch - AGE, epoch + LIFE)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(authority=True), critical=True)
        )
        return cls(seed, epoch, key, builder.sign(key, hashes.SHA256(), ecdsa_deterministic=True))

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    def context(self, server: str, days: float | None = None, old: bool = False) -> ssl.SSLContext:
        """A server context. `days`: validity after the epoch; `old`: TLS 1.0 and 1.1 are let in."""
        key = _key(f"{self.seed}:{server}")
        end = self.epoch + (LIFE if days is None else timedelta(days=days))
        serial, begin = f"{self.seed}:{server}:{days}", self.epoch - AGE
        builder = (
            _builder(_name(server), self.certificate.subject, key, serial, begin, end)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(authority=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(
                x509.SubjectAlternativeName(
                    [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
                ),
                critical=False,
            )
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
        )
        certificate = builder.sign(self.key, hashes.SHA256(), ecdsa_deterministic=True)
        return _context(certificate, key, old)

    def client(self, name: str, extension: x509.ExtensionType | None = None) -> tuple[str, str]:
        """Certificate and private key of a client of the container's devices, as PEM."""
        key, authority = _key(f"{self.seed}:{name}"), self.certificate.subject
        begin, end = self.epoch - AGE, self.epoch + LIFE
        builder = (
            _builder(_name(name), authority, key, f"{self.seed}:{name}", begin, end)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(authority=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
        )
        if extension is not None:
            builder = builder.add_extension(extension, critical=False)
        certificate = builder.sign(self.key, hashes.SHA256(), ecdsa_deterministic=True)
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return certificate.public_bytes(Encoding.PEM).decode(), private.decode()

    def identity(self, name: str) -> tuple[str, ec.EllipticCurvePrivateKey]:
        """The certificate of a component and ours behind it, as PEM, and the component's key."""
        key, serial = _key(f"{self.seed}:{name}"), f"{self.seed}:{name}"
        builder = _builder(
            _name(name), self.certificate.subject, key, serial, self.epoch - AGE, self.epoch + LIFE
        ).add_extension(_usage(authority=False), critical=True)
        certificate = builder.sign(self.key, hashes.SHA256(), ecdsa_deterministic=True)
        return (certificate.public_bytes(Encoding.PEM) + self.pem).decode(), key


def _context(certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey, old: bool) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "server.pem"
        path.write_bytes(private + certificate.public_bytes(Encoding.PEM))
        context.load_cert_chain(path)
    permit_old(context, old)
    return context


def permit_old(context: ssl.SSLContext, old: bool) -> None:
    """Let TLS 1.0 and 1.1 in, or not; holds for the next handshake."""
    context.minimum_version = ssl.TLSVersion.TLSv1 if old else ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ALL:@SECLEVEL=0" if old else "DEFAULT")


def _key(text: str) -> ec.EllipticCurvePrivateKey:
    number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:31], "big") + 1
    return ec.derive_private_key(number, ec.SECP256R1())


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, serial: str, begin: datetime, end: datetime
) -> x509.CertificateBuilder:
    number = int.from_bytes(hashlib.sha256(serial.encode()).digest()[:15], "big") + 1
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(number)
        .not_valid_before(begin)
        .not_valid_after(end)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
