"""The root of trust of a node: it signs what it has measured, and the nonce of whoever asks (DMTF DSP0274 1.1).

integrity = Integrity(tree)
integrity.measure({"Nonce": "4f…78"})["SignedMeasurements"]     # GET_MEASUREMENTS and MEASUREMENTS, signed, in base64

Key, certificate and nonces follow from the name of the service, so that the same container says the same again.
"""

import base64
import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from simulators.servers.redfish.errors import Document, Refused, message
from simulators.servers.redfish.tree import ROOT, Tree
from simulators.servers.tls import Authority

COMPONENT = f"{ROOT}/ComponentIntegrity/RoT"
ACTION = f"{COMPONENT}/Actions/ComponentIntegrity.SPDMGetSignedMeasurements"
CERTIFICATES = f"{ROOT}/Chassis/1/TrustedComponents/RoT/Certificates"
VERSION = 0x11
GET_MEASUREMENTS, MEASUREMENTS, SIGNED, ALL, DMTF = 0xE0, 0x60, 1, 0xFF, 1
# What is measured, each by its digest: immutable ROM, firmware, configuration of the hardware (DSP0274, DMTF types).
MEASURED = (0, 1, 2)


class Integrity:
    """Signs for one service; a service without a root of trust knows nothing of it."""

    def __init__(self, tree: Tree) -> None:
        self._tree, self._name = tree, tree.served.name
        self._last: bytes | None = None
        self._count = 0
        if self.known():
            maker = Authority.create(0, datetime.fromtimestamp(tree.served.world.epoch_ns / 1e9, UTC))
            chain, self._key = maker.identity(f"{self._name}: root of trust")
            certificate = {"Name": "Certificate", "CertificateType": "PEMchain", "CertificateString": chain}
            self._certificate = tree.add(CERTIFICATES, certificate)
            tree.served.world.keep(f"integrity/{self._name}", self)

    def save(self) -> list[Any]:
        """How often it has signed, and what last, as plain JSON: no nonce comes again after a restore."""
        return [self._count, None if self._last is None else self._last.hex()]

    def restore(self, saved: Sequence[Any]) -> None:
        self._count, last = saved
        self._last = None if last is None else bytes.fromhex(last)

    def known(self) -> bool:
        """Whether the service has a root of trust."""
        return self._tree.kind(COMPONENT) is not None

    def measure(self, body: Document) -> Document:
        """The answer to the action. Refused (400) for a nonce that is not 32 bytes."""
        nonce = body.get("Nonce", "00" * 32)
        if not isinstance(nonce, str) or not re.fullmatch("[0-9a-fA-F]{64}", nonce):
            raise Refused(400, message("PropertyValueFormatError", str(nonce), "Nonce", about="/Nonce"))
        if self._last is None or not self._tree.served.fault("bmc.attestation_replayed"):
            self._last = self._signed(bytes.fromhex(nonce))
            now = datetime.fromtimestamp(self._tree.served.utc(), UTC).isoformat(timespec="milliseconds")
            self._tree.change(COMPONENT, "/LastUpdated", now)
        return {
            "@odata.type": "#ComponentIntegrity.v1_0_0.SPDMGetSignedMeasurementsResponse",
            "Version": "1.1",
            "HashingAlgorithm": "TPM_ALG_SHA_256",
            "SigningAlgorithm": "TPM_ALG_ECDSA_ECC_NIST_P256",
            "SignedMeasurements": base64.b64encode(self._last).decode(),
            "Certificate": {"@odata.id": self._certificate},
        }

    def _signed(self, nonce: bytes) -> bytes:
        """Request and response, with the signature over both."""
        self._count += 1
        blocks = b"".join(self._block(n, kind) for n, kind in enumerate(MEASURED, 1))
        request = bytes([VERSION, GET_MEASUREMENTS, SIGNED, ALL]) + nonce + b"\0"
        head = bytes([VERSION, MEASUREMENTS, 0, 0, len(MEASURED)]) + len(blocks).to_bytes(3, "little")
        said = request + head + blocks + self._digest(f"nonce {self._count}") + b"\0\0"
        r, s = decode_dss_signature(self._key.sign(said, ec.ECDSA(hashes.SHA256(), deterministic_signing=True)))
        if self._tree.served.fault("bmc.attestation_forged"):
            r = r ^ 1
        return said + r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def _block(self, index: int, kind: int) -> bytes:
        digest = self._digest(f"measurement {index}")
        value = bytes([kind]) + len(digest).to_bytes(2, "little") + digest
        return bytes([index, DMTF]) + len(value).to_bytes(2, "little") + value

    def _digest(self, what: str) -> bytes:
        return hashlib.sha256(f"{self._name}: {what}".encode()).digest()
