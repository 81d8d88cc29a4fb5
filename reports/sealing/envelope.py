"""A signed statement: a DSSE envelope (protocol and envelope v1.0.2) over opaque bytes.

Several parties sign the same payload; each signature carries its signer's certificate chain. The signed
bytes are the pre-authentication encoding, ECDSA P-256 over SHA-256, signature in DER.

>>> pae("text/plain", b"hello")
b'DSSEv1 10 text/plain 5 hello'
"""

import base64
import binascii
from dataclasses import dataclass, replace

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from profiles.refusal import Refusal
from reports.bundles.strict_json import compact, parse_object
from reports.sealing.certificates import Signer, keyid

PAYLOAD_TYPE = "application/vnd.in-toto+json"
# Where a bundle keeps the statement of whoever ran the campaign.
OPERATOR = "attestations/operator.dsse.json"
_REMEDY = "ask the issuer for the untouched bundle"


@dataclass(frozen=True, slots=True)
class Signature:
    """`keyid` is a hint; `signature` is DER; `chain` is PEM, the signer's own certificate first."""

    keyid: str
    signature: bytes
    chain: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Envelope:
    """The payload's bytes exactly as signed, and who signed them."""

    payload_type: str
    payload: bytes
    signatures: tuple[Signature, ...]

    def to_bytes(self) -> bytes:
        """The envelope as JSON on one line."""
        signatures = [
            {"cert": list(s.chain), "keyid": s.keyid, "sig": base64.b64encode(s.signature).decode()}
            for s in self.signatures
        ]
        payload = base64.b64encode(self.payload).decode()
        return compact({"payload": payload, "payloadType": self.payload_type, "signatures": signatures}) + b"\n"


def pae(payload_type: str, payload: bytes) -> bytes:
    """The bytes that are signed (DSSE protocol v1.0.2): type and payload, each with its length in bytes."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def sign(payload: bytes, signer: Signer, payload_type: str = PAYLOAD_TYPE) -> Envelope:
    """An envelope with one signature; the same key and payload give the same bytes (RFC 6979)."""
    return countersign(Envelope(payload_type, payload, ()), signer)


def countersign(envelope: Envelope, signer: Signer) -> Envelope:
    """The envelope with one more signature over the same payload."""
    algorithm = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
    made = signer.key.sign(pae(envelope.payload_type, envelope.payload), algorithm)
    chain = tuple(c.public_bytes(Encoding.PEM).decode() for c in signer.chain)
    signature = Signature(keyid(signer.chain[0]), made, chain)
    return replace(envelope, signatures=(*envelope.signatures, signature))


def read_envelope(data: bytes, where: str) -> Envelope:
    """The envelope; Refusal if it is not one. Unknown fields are ignored, both base64 alphabets accepted."""
    document = parse_object(data, where)
    try:
        signatures = tuple(
            Signature(str(s["keyid"]), _decode(s["sig"]), tuple(str(pem) for pem in s["cert"]))
            for s in document["signatures"]
        )
        envelope = Envelope(str(document["payloadType"]), _decode(document["payload"]), signatures)
    except (KeyError, TypeError, ValueError) as error:
        raise Refusal(where, f"it is not a signed envelope (field {error})", _REMEDY) from error
    if not signatures:
        raise Refusal(where, "it holds no signature", _REMEDY)
    return envelope


def check_signature(envelope: Envelope, signature: Signature) -> tuple[x509.Certificate, ...]:
    """The certificates of a signature that is right; ValueError with the reason if it is not.

    Right means: made by the first certificate's key, the key id is that key's, and every certificate is
    issued by the next, the last by itself. Whether anybody trusts that chain is decided in `reports.sealing.trust`.
    """
    try:
        return _checked(envelope, signature)
    except InvalidSignature as error:
        raise ValueError("the signature does not fit the signed bytes or its certificate") from error
    except (UnsupportedAlgorithm, x509.InvalidVersion, TypeError) as error:
        raise ValueError("the certificate is of a kind that is not accepted") from error


def _checked(envelope: Envelope, signature: Signature) -> tuple[x509.Certificate, ...]:
    chain = tuple(x509.load_pem_x509_certificate(pem.encode()) for pem in signature.chain)
    if not chain:
        raise ValueError("the signature carries no certificate")
    canonical = tuple(c.public_bytes(Encoding.PEM).decode() for c in chain)
    if canonical != signature.chain or keyid(chain[0]) != signature.keyid:
        raise ValueError("the certificate or the key id was changed")
    key = chain[0].public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("the signer's key is not ECDSA P-256")
    signed = pae(envelope.payload_type, envelope.payload)
    key.verify(signature.signature, signed, ec.ECDSA(hashes.SHA256()))
    for certificate, issuer in zip(chain, (*chain[1:], chain[-1]), strict=True):
        certificate.verify_directly_issued_by(issuer)
    return chain


def _decode(text: object) -> bytes:
    """Base64 in either alphabet, refused unless re-encoding gives the same text (so no bit is free)."""
    if not isinstance(text, str):
        raise ValueError("base64 text expected")
    standard = text.replace("-", "+").replace("_", "/")
    try:
        content = base64.b64decode(standard, validate=True)
    except binascii.Error as error:
        raise ValueError("base64") from error
    if base64.b64encode(content).decode() != standard:
        raise ValueError("base64 with loose ends")
    return content
