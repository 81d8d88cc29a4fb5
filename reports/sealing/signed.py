"""One right signature of a bundle: who made it, over what, since when it exists and who vouches for that.

signed.time is None where no trusted authority stamped it: it is then `untimed`, and judged at the time of verification.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from cryptography import x509

from reports.sealing.certificates import fingerprint, keyid, role_of, subject_name
from reports.sealing.timestamp import Doubtful, Stamp, check, covers
from reports.sealing.trust import Trust, Vouching, vouch
from reports.verifying.messages import Sentence, message

UNKNOWN = Vouching(False, "trust.stranger", {})


@dataclass(frozen=True, slots=True)
class Signed:
    """`of` is `verdicts` or `verification`; `vouching` is decided last, at the time of the stamp."""

    file: str
    signature: bytes
    chain: tuple[x509.Certificate, ...]
    of: str = "verdicts"
    stamp: Stamp | None = None
    vouching: Vouching = UNKNOWN

    @property
    def role(self) -> str | None:
        """The role in the certificate; worth what whoever vouches for it is worth."""
        return role_of(self.chain[0])

    @property
    def time(self) -> datetime | None:
        """Since when the signature exists, if a trusted authority says so."""
        return self.stamp.time if self.stamp and self.stamp.trusted else None

    def judged(self, trust: Trust, now: datetime) -> "Signed":
        """The same with its chain judged: at the trusted time, else now."""
        return replace(self, vouching=vouch(self.chain, trust.roots or (), self.time or now, trust.crls, now))

    def facts(self) -> dict[str, Any]:
        """For machines and for the table: what is not vouched for is `null`."""
        path = self.vouching.path
        return {
            "name": subject_name(self.chain[0]),
            "fingerprint": fingerprint(self.chain[0]),
            "of": self.of,
            "vouched": self.vouching.trusted,
            "role": self.role if self.vouching.trusted else None,
            "time": f"{self.time:%Y-%m-%dT%H:%M:%SZ}" if self.time else "untimed",
            "stamped_by": self.stamp.authority if self.stamp and self.time else None,
            "vouched_by": subject_name(path[-1]) if path else None,
        }


def once(signatures: Iterable[Signed]) -> list[Signed]:
    """The signatures without those that a key repeats within one file."""
    return list({(s.file, keyid(s.chain[0])): s for s in reversed(list(signatures))}.values())[::-1]


def stamped(
    signatures: Sequence[Signed], tokens: Mapping[str, bytes], trust: Trust, now: datetime
) -> tuple[list[Signed], list[Sentence]]:
    """The signatures with their stamps, and every fault: a token over other bytes, forged, foreign, or a second one."""
    stamps: dict[bytes, Stamp] = {}
    faults = []
    for name, token in tokens.items():
        try:
            owners = [s.signature for s in signatures if covers(token, s.signature)]
            if not owners:
                raise Doubtful(message("timestamp.other"))
            if owners[0] in stamps:
                raise Doubtful(message("timestamp.twice"))
            stamps[owners[0]] = check(token, owners[0], trust, now)
        except Doubtful as doubt:
            faults.append(Sentence(f"{name}: {doubt.says.ko}", f"{name}: {doubt.says.en}"))
    return [replace(s, stamp=stamps.get(s.signature)) for s in signatures], faults
