"""Attestations made by hand, octet by octet as DSP0274 1.1 has them, with keys of our own.

answer = attested()                      what a service says of a component that signs as it should
answer = attested(asked=NONCE, key=other)
"""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

COMPONENT = "/redfish/v1/ComponentIntegrity/RoT"
MAKER, KEY = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP384R1())


def certificate(subject: ec.EllipticCurvePrivateKey, issuer: ec.EllipticCurvePrivateKey) -> str:
    """A certificate for a key, signed by another: its own if it is that of the maker."""
    names = {id(key): x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, str(id(key)))]) for key in (subject, issuer)}
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder().subject_name(names[id(subject)]).issuer_name(names[id(issuer)])
    builder = builder.public_key(subject.public_key()).serial_number(1)
    builder = builder.not_valid_before(begin).not_valid_after(begin + timedelta(days=3650))
    return builder.sign(issuer, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


def transcript(asked: bytes, answered: bytes, key: ec.EllipticCurvePrivateKey = KEY) -> str:
    """One request for all measurements, and two of them, signed with SHA-384."""
    request = b"\x11\xe0\x01\xff" + asked + b"\x00"
    block = b"\x01\x33\x00\x01\x30\x00" + bytes(48)
    measurements = b"\x11\x60\x00\x00\x02" + b"\x6e\x00\x00" + b"\x01" + block + b"\x02" + block
    content = request + measurements + answered + b"\x03\x00" + b"abc"
    half = (key.key_size + 7) // 8
    r, s = decode_dss_signature(key.sign(content, ec.ECDSA(hashes.SHA384())))
    return base64.b64encode(content + r.to_bytes(half, "big") + s.to_bytes(half, "big")).decode()


def attested(asked: int = 1, answered: int = 101, **more: Any) -> dict[str, Any]:
    """The answer of a component to the nonce `asked`; `more` replaces what it says."""
    nonces = asked.to_bytes(32, "big"), answered.to_bytes(32, "big")
    return {
        "component": COMPONENT,
        "status": 200,
        "nonce": nonces[0].hex(),
        "hashing": "TPM_ALG_SHA_384",
        "transcript": transcript(*nonces),
        "certificate": certificate(KEY, MAKER) + certificate(MAKER, MAKER),
        "updated": "2026-11-02T09:00:00Z",
        **more,
    }
