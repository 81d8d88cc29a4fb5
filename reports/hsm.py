"""A key that never leaves its token: signing through PKCS#11, addressed as in RFC 7512.

    pkcs11:token=lab;object=signing?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=env:LAB_PIN

The PIN is read from an environment variable (`env:NAME`) or a file (`file:PATH`), never from the address itself.
"""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pkcs11
from cryptography.hazmat.primitives.asymmetric import ec
from pkcs11.util.ec import encode_ecdsa_signature

from profiles.refusal import Refusal

_FORM = "write pkcs11:token=NAME;object=LABEL?module-path=LIBRARY&pin-source=env:VARIABLE"
_PATH, _QUERY = {"token", "object"}, {"module-path", "pin-source"}


@dataclass(frozen=True, slots=True)
class TokenKey:
    """A private key in a token and the public half beside it; the session stays open as long as the key."""

    private: Any
    public: ec.EllipticCurvePublicKey

    def public_key(self) -> ec.EllipticCurvePublicKey:
        return self.public

    def sign(self, data: bytes, signature_algorithm: ec.EllipticCurveSignatureAlgorithm) -> bytes:
        """ECDSA over SHA-256 in DER; tokens that offer only raw ECDSA are enough, so the hash is made here."""
        if signature_algorithm.algorithm.name != "sha256":  # type: ignore[union-attr]
            raise Refusal("pkcs11", "only SHA-256 is signed", "sign over SHA-256")
        raw = self.private.sign(hashlib.sha256(data).digest(), mechanism=pkcs11.Mechanism.ECDSA)
        return bytes(encode_ecdsa_signature(raw))


def open_key(address: str) -> TokenKey:
    """The P-256 key at the address; Refusal if address, library, PIN or key is not what it must be."""
    parts = parse(address)
    where = f"pkcs11:token={parts['token']};object={parts['object']}"
    pin = _pin(parts["pin-source"])
    try:
        token = pkcs11.lib(parts["module-path"]).get_token(token_label=parts["token"])
        session = token.open(user_pin=pin)
        private = session.get_key(label=parts["object"], object_class=pkcs11.ObjectClass.PRIVATE_KEY)
        public = session.get_key(label=parts["object"], object_class=pkcs11.ObjectClass.PUBLIC_KEY)
        point = public[pkcs11.Attribute.EC_POINT]
    except (pkcs11.PKCS11Error, RuntimeError, OSError) as error:
        what = f"the token does not give the key ({type(error).__name__} {error})".replace(" )", ")")
        raise Refusal(where, what, "check library, token, label and PIN") from error
    return TokenKey(private, _public(where, point))


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
