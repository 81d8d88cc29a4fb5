"""Keys and certificates on disk: what `conformance keys` and `run --sign` read and write.

create_files(Path("lab"), "Seoul Test Laboratory", 730)      lab.key (mode 0600) and lab.pem
"""

import os
import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from getpass import getpass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from profiles.refusal import Refusal
from reports.sealing.certificates import (
    Signer,
    SigningKey,
    chain_pem,
    fingerprint,
    in_memory,
    key_pem,
    keyid,
    role_of,
    self_signed,
    subject_name,
)
from reports.sealing.key_protection import protected_pem
from reports.sealing.trust import Trust


def create_files(
    stem: Path,
    name: str,
    days: int,
    passphrase_variable: str | None = None,
    role: str | None = None,
    *,
    ask: bool = False,
) -> tuple[Path, Path]:
    """Write STEM.key and STEM.pem for a new signer called `name`; existing files are never replaced.

    The key is encrypted with the passphrase in the named environment variable, or with one that the terminal is asked.
    """
    if not name.strip() or len(name) > 64:
        raise Refusal("--name", "it must have 1 to 64 characters", "give the organisation that signs")
    if not 1 <= days <= 36_500:
        raise Refusal("--days", "a certificate is valid for 1 to 36500 days", "give a number in that range")
    signer = self_signed(name, datetime.now(UTC), timedelta(days=days), role)
    secret = _new_passphrase() if ask else _passphrase(passphrase_variable)
    key, certificate = stem.with_name(stem.name + ".key"), stem.with_name(stem.name + ".pem")
    _write_new(key, protected_pem(in_memory(signer), secret) if secret else key_pem(signer), 0o600)
    _write_new(certificate, chain_pem(signer.chain), 0o644)
    return key, certificate


def describe(path: Path) -> str:
    """Each certificate of a PEM file: subject, issuer, validity, fingerprint and key id."""
    blocks = []
    for certificate in load_certificates(path):
        begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        blocks.append(
            f"subject      {subject_name(certificate)}\n"
            f"role         {role_of(certificate) or '-'}\n"
            f"issuer       {certificate.issuer.rfc4514_string()}\n"
            f"valid        {begin:%Y-%m-%d} to {end:%Y-%m-%d}\n"
            f"fingerprint  {fingerprint(certificate)}\n"
            f"key id       {keyid(certificate)}"
        )
    return "\n\n".join(blocks)


def load_signer(key: str | Path, chain_path: Path, passphrase_variable: str | None = None) -> Signer:
    """Key and chain; the key is a PEM file (its passphrase in the named variable) or a `pkcs11:` address."""
    if str(key).startswith("pkcs11:"):
        try:
            from reports.sealing.hsm import open_key
        except ImportError as error:
            remedy = "install the optional extra `hsm`"
            raise Refusal("--sign", "keys in tokens need python-pkcs11", remedy) from error
        return _signer(open_key(str(key)), str(key).partition("?")[0], chain_path)
    return _signer(_load_key(Path(key), passphrase_variable), str(key), chain_path)


def _load_key(path: Path, passphrase_variable: str | None) -> ec.EllipticCurvePrivateKey:
    content = _read(path)
    secret = _passphrase(passphrase_variable)
    if secret is None and b"ENCRYPTED" in content and sys.stdin.isatty():
        secret = getpass(f"passphrase of {path}: ").encode()
    try:
        key = load_pem_private_key(content, secret)
    except TypeError as error:
        remedy = "name the environment variable that holds its passphrase, or drop it if the key has none"
        raise Refusal(str(path), "the passphrase and the key do not go together", remedy) from error
    except ValueError as error:
        what = "it is not a readable PEM private key, or the passphrase is wrong"
        raise Refusal(str(path), what, "give a PKCS#8 PEM key") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        remedy = "create one with `conformance keys create`"
        raise Refusal(str(path), "the key is not ECDSA P-256", remedy)
    return key


def _signer(key: SigningKey, where: str, chain_path: Path) -> Signer:
    chain = load_certificates(chain_path)
    if chain[0].public_key() != key.public_key():
        what, remedy = "its first certificate belongs to another key", "put the signer's certificate first"
        raise Refusal(str(chain_path), what, remedy)
    if chain[-1].issuer != chain[-1].subject:
        what, remedy = (
            "the chain does not end with a root",
            "append the certificates up to the root",
        )
        raise Refusal(str(chain_path), what, remedy)
    return Signer(key, chain)


def load_certificates(path: Path) -> tuple[x509.Certificate, ...]:
    """All certificates of a PEM file, at least one; Refusal otherwise."""
    try:
        return tuple(x509.load_pem_x509_certificates(_read(path)))
    except ValueError as error:
        raise Refusal(str(path), "it holds no PEM certificate", "give a PEM file") from error


def load_trust(
    roots: Path | None, timestamps: Path | None = None, crls: Sequence[Path] = (), log: Path | None = None
) -> Trust:
    """Everything the verifier brings, from PEM files."""
    keys = [certificate.public_key() for certificate in load_certificates(log)] if log else None
    return Trust(
        load_certificates(roots) if roots else None,
        load_certificates(timestamps) if timestamps else None,
        tuple(crl for path in crls for crl in _load_crls(path)),
        None if keys is None else [key for key in keys if isinstance(key, ec.EllipticCurvePublicKey)],
    )


def _load_crls(path: Path) -> tuple[x509.CertificateRevocationList, ...]:
    """All revocation lists of a PEM file, or the one of a DER file; at least one."""
    data = _read(path)
    blocks = re.findall(rb"-----BEGIN X509 CRL-----.+?-----END X509 CRL-----", data, re.DOTALL)
    try:
        if not blocks:
            return (x509.load_der_x509_crl(data),)
        return tuple(x509.load_pem_x509_crl(block) for block in blocks)
    except ValueError as error:
        raise Refusal(str(path), "it holds no revocation list", "give a CRL in PEM or DER") from error


def _passphrase(variable: str | None) -> bytes | None:
    if variable is None:
        return None
    value = os.environ.get(variable, "")
    if not value:
        raise Refusal(f"environment variable {variable}", "it is empty or not set", "put the passphrase into it")
    return value.encode()


def _new_passphrase() -> bytes:
    first = getpass("new passphrase: ")
    if not first or first != getpass("again: "):
        raise Refusal("passphrase", "it is empty, or the two differ", "type the same twice")
    return first.encode()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        what = f"it cannot be read ({error.strerror})"
        raise Refusal(str(path), what, "give the path of a PEM file") from error


def _write_new(path: Path, content: bytes, mode: int) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(content)
    except FileExistsError as error:
        raise Refusal(str(path), "the file exists", "choose another name or move it away") from error
    except OSError as error:
        what = f"it cannot be written ({error.strerror})"
        raise Refusal(str(path), what, "choose a folder you may write to") from error
