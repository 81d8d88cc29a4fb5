"""A checkpoint: what a log says it holds, signed; and the proof that one entry is among it.

Both are short texts in the forms that other logs use: C2SP tlog-checkpoint as a signed-note with an ECDSA
P-256 signature (type 0x02: the key id is the beginning of SHA-256 over the public key), and C2SP tlog-proof.

    note = sign_checkpoint(Checkpoint("log.example.kr", 3, root), key)
    checkpoint = open_checkpoint(note, [key.public_key()])
"""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from reports.publication.merkle import includes, leaf_hash
from reports.sealing.certificates import SigningKey

PROOF_TYPE = "c2sp.org/tlog-proof@v1"
NOTE_MAX = 1 << 20
_SIGNATURE = "\N{EM DASH} "


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """`origin` names the log, `size` counts its entries, `root` is the Merkle root over them."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True)
class Proof:
    """That the entry at `index` is in the log: the siblings up to the root, and the log's checkpoint."""

    index: int
    siblings: tuple[bytes, ...]
    note: str

    def text(self) -> str:
        lines = [PROOF_TYPE, f"index {self.index}", *(base64.b64encode(s).decode() for s in self.siblings)]
        return "\n".join(lines) + "\n\n" + self.note

    def checkpoint(self) -> Checkpoint:
        """What the proof leads to, whoever may have signed it; ValueError if it is none."""
        return _parse(self.note)[0]

    def covers(self, entry: bytes) -> bool:
        """Whether the siblings lead from the entry to the checkpoint's root."""
        found = self.checkpoint()
        return includes(leaf_hash(entry), self.index, found.size, self.siblings, found.root)


def sign_checkpoint(checkpoint: Checkpoint, key: SigningKey) -> str:
    """The checkpoint as a signed note; the key's name is the log's origin."""
    made = key.sign(checkpoint.text().encode(), ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
    signature = base64.b64encode(key_id(key.public_key()) + made).decode()
    return f"{checkpoint.text()}\n{_SIGNATURE}{checkpoint.origin} {signature}\n"


def open_checkpoint(note: str, keys: Sequence[ec.EllipticCurvePublicKey]) -> Checkpoint:
    """The checkpoint that one of the keys signed; ValueError with the reason otherwise.

    Signatures of other keys are left alone, so that witnesses may cosign.
    """
    checkpoint, signatures = _parse(note)
    known = {key_id(key): key for key in keys}
    for name, signature in signatures:
        key = known.get(signature[:4])
        if key is None or name != checkpoint.origin:
            continue
        try:
            key.verify(signature[4:], checkpoint.text().encode(), ec.ECDSA(hashes.SHA256()))
        except InvalidSignature as error:
            raise ValueError("the log's signature does not fit its checkpoint") from error
        return checkpoint
    raise ValueError("none of the given keys signed the checkpoint")


def read_proof(data: bytes) -> Proof:
    """The proof; ValueError if it is none."""
    head, gap, note = _text(data).partition("\n\n")
    kind, _, rest = head.partition("\n")
    lines = rest.split("\n")
    if lines[0].startswith("extra "):
        lines.pop(0)
    if kind != PROOF_TYPE or not gap or not lines or not lines[0].startswith("index "):
        raise ValueError("it is no tlog-proof")
    proof = Proof(_number(lines[0].removeprefix("index ")), tuple(_hash(line) for line in lines[1:]), note)
    proof.checkpoint()
    return proof


def key_id(key: ec.EllipticCurvePublicKey) -> bytes:
    """The first four bytes of SHA-256 over the public key (SPKI, DER)."""
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()[:4]


def _parse(note: str) -> tuple[Checkpoint, list[tuple[str, bytes]]]:
    text, gap, tail = note.rpartition("\n\n")
    lines = text.split("\n")
    if not gap or len(lines) != 3 or not lines[0] or not tail.endswith("\n"):
        raise ValueError("it is no checkpoint of origin, size and root")
    signatures = []
    for line in tail[:-1].split("\n"):
        name, _, signature = line.removeprefix(_SIGNATURE).partition(" ")
        if not line.startswith(_SIGNATURE) or not name:
            raise ValueError("a signature line of the checkpoint is malformed")
        signatures.append((name, base64.b64decode(signature, validate=True)))
    return Checkpoint(lines[0], _number(lines[1]), _hash(lines[2])), signatures


def _text(data: bytes) -> str:
    text = data[:NOTE_MAX].decode("utf-8")
    if len(data) > NOTE_MAX or any(c < " " and c != "\n" for c in text):
        raise ValueError("it is too long or holds control characters")
    return text


def _number(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 16 or (text[0] == "0" and text != "0"):
        raise ValueError(f"'{text[:20]}' is no plain number")
    return int(text)


def _hash(text: str) -> bytes:
    found = base64.b64decode(text, validate=True)
    if len(found) != 32 or base64.b64encode(found).decode() != text:
        raise ValueError("a hash does not have 32 bytes")
    return found
