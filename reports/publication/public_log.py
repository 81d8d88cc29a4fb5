"""A public log of issued bundles: a list of digests that only grows, so that no certificate can be unissued.

An entry is the SHA-256 of the payload that a bundle's signers signed; it tells nobody what the bundle says.

    LOG/entries       one hexadecimal digest a line, in the order of issue; only ever appended to
    LOG/checkpoint    how many there are and their Merkle root, signed by the log
    LOG/log.pem       the certificate of the key that signs, for whoever verifies
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from profiles.refusal import Refusal
from reports.bundles.whole_file import write_whole
from reports.publication.checkpoint import Checkpoint, Proof, open_checkpoint, sign_checkpoint
from reports.publication.merkle import consistency_proof, inclusion_proof, leaf_hash, root
from reports.sealing.certificates import Signer, chain_pem
from reports.sealing.keys import load_certificates

_UNTOUCHED = "restore the untouched log; nothing may be removed from it"


class Broken(Refusal):
    """A log that is not what its key signed."""


@dataclass(frozen=True, slots=True)
class PublicLog:
    """The log in a folder. Entries beyond the checkpoint are those of an addition that was cut short."""

    folder: Path

    @classmethod
    def create(cls, folder: Path, origin: str, signer: Signer) -> "PublicLog":
        """An empty log called `origin` (a URL without scheme); Refusal if there is one already."""
        if not origin or any(c.isspace() or c == "+" or not c.isprintable() for c in origin):
            raise Refusal("--origin", "it is empty or holds spaces or a plus sign", "write for example log.example.kr")
        if folder.exists() and any(folder.iterdir()):
            raise Refusal(str(folder), "the folder is not empty", "choose a new one")
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / "log.pem", chain_pem(signer.chain))
        write_whole(folder / "entries", b"")
        empty = Checkpoint(origin, 0, root([]))
        write_whole(folder / "checkpoint", sign_checkpoint(empty, signer.key).encode())
        return cls(folder)

    def entries(self) -> list[bytes]:
        """Every whole entry; Broken if a line is no digest."""
        lines = self._read("entries").split(b"\n")[:-1]
        try:
            found = [bytes.fromhex(line.decode("ascii")) for line in lines]
        except ValueError as error:
            raise Broken(str(self.folder / "entries"), "a line is no digest", _UNTOUCHED) from error
        if any(len(entry) != 32 for entry in found):
            raise Broken(str(self.folder / "entries"), "a line is no SHA-256", _UNTOUCHED)
        return found

    def note(self) -> str:
        """The signed checkpoint as it stands on disk."""
        return self._read("checkpoint").decode("utf-8", "replace")

    def check(self, earlier: str | None = None) -> Checkpoint:
        """The checkpoint, after comparing it with the entries and with an `earlier` signed one.

        Broken if the log's own key did not sign them, or if an entry was changed, removed or exchanged since.
        """
        entries = self.entries()
        notes = [(self.folder / "checkpoint", self.note())]
        if earlier is not None:
            notes.append((self.folder / "an earlier checkpoint", earlier))
        found = [self.opened(note, str(where)) for where, note in notes]
        for checkpoint in found:
            if checkpoint.origin != found[0].origin:
                raise Refusal(
                    checkpoint.origin, f"this is the log of {found[0].origin}", "give a checkpoint of this log"
                )
            if len(entries) < checkpoint.size or _root(entries[: checkpoint.size]) != checkpoint.root:
                what = f"the first {checkpoint.size} entries are not those that the log signed for"
                raise Broken(str(self.folder / "entries"), what, _UNTOUCHED)
        return found[0]

    def opened(self, note: str, where: str = "checkpoint") -> Checkpoint:
        """A checkpoint that this log signed; Broken if it did not."""
        try:
            return open_checkpoint(note, self.keys())
        except ValueError as error:
            raise Broken(where, str(error), _UNTOUCHED) from error

    def growth(self, earlier: Checkpoint) -> list[bytes]:
        """The proof, for whoever does not hold the entries, that the log begins with what it was earlier."""
        leaves = [leaf_hash(entry) for entry in self.entries()[: self.check().size]]
        return consistency_proof(leaves, earlier.size) if earlier.size else []

    def add(self, entry: bytes, signer: Signer) -> Proof:
        """Append an entry unless it is there, sign the new checkpoint, and prove the entry's place."""
        with self._locked():
            origin = self.check().origin
            if signer.key.public_key() not in self.keys():
                raise Refusal("--sign", "it is not the key of this log", f"give the key of {self.folder / 'log.pem'}")
            entries = self.entries()
            if entry not in entries:
                self._append(entry, len(entries))
                entries.append(entry)
            note = sign_checkpoint(Checkpoint(origin, len(entries), _root(entries)), signer.key)
            write_whole(self.folder / "checkpoint", note.encode())
        return self.prove(entry)

    def prove(self, entry: bytes) -> Proof:
        """The proof that an entry is among those of the current checkpoint; Refusal if it is not."""
        size = self.check().size
        entries = self.entries()[:size]
        if entry not in entries:
            raise Refusal(str(self.folder), "the log does not hold this bundle", "add it with `conformance log add`")
        index = entries.index(entry)
        return Proof(index, tuple(inclusion_proof([leaf_hash(e) for e in entries], index)), self.note())

    def keys(self) -> list[ec.EllipticCurvePublicKey]:
        """The key of the log's certificate."""
        key = load_certificates(self.folder / "log.pem")[0].public_key()
        return [key] if isinstance(key, ec.EllipticCurvePublicKey) else []

    def _append(self, entry: bytes, count: int) -> None:
        with (self.folder / "entries").open("r+b") as file:
            # A line that a crash cut short was never signed for.
            file.truncate(65 * count)
            file.seek(0, os.SEEK_END)
            file.write(entry.hex().encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One addition at a time, also of two processes."""
        with (self.folder / "entries").open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _read(self, name: str) -> bytes:
        try:
            return (self.folder / name).read_bytes()
        except OSError as error:
            what = f"'{name}' cannot be read ({error.strerror})"
            raise Refusal(str(self.folder), what, "give the folder of a log, or create one") from error


def _root(entries: list[bytes]) -> bytes:
    return root([leaf_hash(entry) for entry in entries])
