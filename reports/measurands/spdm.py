"""A signed SPDM transcript, as a Redfish service hands it out: what was asked, what was answered, and the signature.

    transcript = read_transcript(content["transcript"])     # base64 of one GET_MEASUREMENTS and its MEASUREMENTS
    transcript.asked, transcript.answered                   the nonces of both sides, 32 bytes each
    transcript.signed_by(certificate.public_key(), "SHA384")        True

Source: DMTF DSP0274 1.1 (GET_MEASUREMENTS, MEASUREMENTS, L1/L2), DSP0268 (SPDMGetSignedMeasurements).
"""

import base64
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

VERSION, GET_MEASUREMENTS, MEASUREMENTS, SIGNED = 0x11, 0xE0, 0x60, 1
NONCE = 32
# The hashes that DSP0274 names, without what not everybody writes before and in their names.
_HASHES = {"SHA256": hashes.SHA256(), "SHA384": hashes.SHA384(), "SHA512": hashes.SHA512()}


@dataclass(frozen=True, slots=True)
class Transcript:
    """`content` is what the `signature` is over; `asked` and `answered` are the nonces of requester and responder."""

    asked: bytes
    answered: bytes
    content: bytes
    signature: bytes

    def signed_by(self, key: object, hashing: str) -> bool:
        """Whether the holder of a key signed it, with a hash as DSP0274 names it (TPM_ALG_SHA_384, SHA384).

        ValueError for a hash or a key of another kind than ECDSA.
        """
        name = hashing.removeprefix("TPM_ALG_").replace("_", "")
        if name not in _HASHES or not isinstance(key, ec.EllipticCurvePublicKey):
            raise ValueError("its algorithms are not known here")
        half = len(self.signature) // 2
        if half != (key.key_size + 7) // 8:
            return False
        r, s = (int.from_bytes(part, "big") for part in (self.signature[:half], self.signature[half:]))
        try:
            key.verify(encode_dss_signature(r, s), self.content, ec.ECDSA(_HASHES[name]))
        except InvalidSignature:
            return False
        return True


def read_transcript(text: str) -> Transcript:
    """The transcript in base64; ValueError if it is not one request for signed measurements and its answer."""
    data = base64.b64decode(text, validate=True)
    request = 4 + NONCE + 1
    if data[:2] != bytes([VERSION, GET_MEASUREMENTS]) or not data[2:3] or not data[2] & SIGNED:
        raise ValueError("it does not begin with a request for signed measurements of version 1.1")
    if data[request : request + 2] != bytes([VERSION, MEASUREMENTS]):
        raise ValueError("no measurements follow the request")
    record = int.from_bytes(data[request + 5 : request + 8], "little")
    nonce = request + 8 + record
    opaque = int.from_bytes(data[nonce + NONCE : nonce + NONCE + 2], "little")
    end = nonce + NONCE + 2 + opaque
    if end >= len(data):
        raise ValueError("it ends before its signature")
    return Transcript(data[4 : 4 + NONCE], data[nonce : nonce + NONCE], data[:end], data[end:])
