"""A key that never leaves its token: signing through PKCS#11, addressed as in RFC 7512.

    pkcs11:token=lab;object=signing?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=env:LAB_PIN

The PIN is read from an environment variable (`env:NAME`) or a file (`file:PATH`), never from the address itself.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pkcs11
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from pkcs11.util.ec import encode_ecdsa_signature

from profiles.refusal import Refusal

_FORM = "write pkcs11:token=NAME;object=LABEL?module-path=LIBRARY&pin-source=env:VARIABLE"
_PATH, _QUERY = {"token", "object"}, {"module-path", "pin-source"}


@dataclass(frozen=True, slots=True)
class TokenKey:
    """A private key in a token and the public half beside it; a session is open only while it signs."""

    where: str
    module: str
    token: str
    label: str
    pin: str = field(repr=False)

    def public_key(self) -> ec.EllipticCurvePublicKey:
        with self._session() as session:
            point = session.get_key(label=self.label, object_class=pkcs11.ObjectClass.PUBLIC_KEY)[
                pkcs11.Attribute.EC_POINT
            ]
        return _public(self.where, point)

    def sign(self, data: bytes, signature_algorithm: ec.EllipticCurveSignatureAlgorithm) -> bytes:
        """ECDSA over SHA-256 in DER; tokens that offer only raw ECDSA are enough, so the hash is made here."""
        if not isinstance(signature_algorithm.algorithm, hashes.SHA256):
            raise Refusal(self.where, "only SHA-256 is signed", "sign over SHA-256")
        with self._session() as session:
            key = session.get_key(label=self.label, object_class=pkcs11.ObjectClass.PRIVATE_KEY)
            raw = key.sign(hashlib.sha256(data).digest(), mechanism=pkcs11.Mechanism.ECDSA)
        return bytes(encode_ecdsa_signature(raw))

    @contextmanager
    def _session(self) -> Iterator[Any]:
        try:
            with pkcs11.lib(self.module).get_token(token_label=self.token).open(user_pin=self.pin) as session:
                yield session
        except (pkcs11.PKCS11Error, RuntimeError, OSError) as error:
            what = f"the token does not give the key ({type(error).__name__} {error}".rstrip() + ")"
            raise Refusal(self.where, what, "check library, token, label and PIN") from error


def open_key(address: str) -> TokenKey:
    """The P-256 key at the address; Refusal if address or PIN is not what it must be."""
    parts = parse(address)
    where = f"pkcs11:token={parts['token']};object={parts['object']}"
    return TokenKey(where, parts["module-path"], parts["token"], parts["object"], _pin(parts["pin-source"]))


def parse(address: str) -> dict[str, str]:
    """The four attributes of the address, decoded; Refusal if one is missing, unknown or repeated."""
    path, _, query = address.removeprefix("pkcs11:").partition("?")
    found: dict[str, str] = {}
    for text, separator, known in ((path, ";", _PATH), (query, "&", _QUERY)):
        for attribute in filter(None, text.split(separator)):
            name, _, value = attribute.partition("=")
            if name == "pin-value":
                raise Refusal("--sign", "a PIN stands on the command line", "name it with pin-source=env:VARIABLE")
            if name not in known or name in found:
                raise Refusal("--sign", f"'{name}' is unknown or repeated in the pkcs11 address", _FORM)
            found[name] = unquote(value)
    missing = sorted(n for n in _PATH | _QUERY if not found.get(n))
    if missing:
        raise Refusal("--sign", f"the pkcs11 address lacks {', '.join(missing)}", _FORM)
    return found


def _pin(source: str) -> str:
    kind, _, name = source.partition(":")
    if kind == "env":
        pin = os.environ.get(name, "")
    elif kind == "file":
        try:
            pin = Path(name).read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            raise Refusal(name, "the PIN cannot be read from it", "give a file you may read") from error
    else:
        raise Refusal("--sign", f"'{source}' is no source of a PIN", "write env:VARIABLE or file:PATH")
    if not pin:
        raise Refusal(source, "it is empty or not set", "put the PIN into it")
    return pin


def _public(where: str, point: bytes) -> ec.EllipticCurvePublicKey:
    # PKCS#11 wraps the uncompressed point (65 bytes) in an OCTET STRING.
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point[-65:])
    except ValueError as error:
        raise Refusal(where, "the key is not ECDSA P-256", "use a P-256 key") from error
