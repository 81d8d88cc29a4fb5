"""Who must have signed: a policy file, clause by clause, against the signatures that were found right.

    schema: signing-policy/1
    signatures:
      - role: operator
        timestamp: true
      - {role: laboratory, count: 2, within_days: 7}

A role is held by whoever the clause lists by subject or fingerprint; without a list by a certificate whose issuer
wrote the role into it. What an envelope claims about itself is never asked. Only vouched signers count, each key once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from profiles.yaml_source import load_document
from reports.sealing.certificates import fingerprint, keyid, subject_name
from reports.sealing.signed import Signed
from reports.verifying.messages import Sentence, message

SCHEMA = Path(__file__).with_name("signing_policy.schema.json")


@dataclass(frozen=True, slots=True)
class Clause:
    """One demand; empty `subjects`, `fingerprints` or `roots` demand nothing."""

    number: int
    role: str
    of: str
    count: int
    timestamp: bool
    within: timedelta | None
    subjects: tuple[str, ...]
    fingerprints: tuple[str, ...]
    roots: tuple[str, ...]

    def refusal(self, signed: Signed, ended: datetime) -> Sentence | None:
        """Why this signature does not count; None if it does."""
        who = {"signer": subject_name(signed.chain[0])}
        if not signed.vouching.trusted:
            return message("policy.unvouched", **who)
        if not self._holds_role(signed):
            return message("policy.role", **who, role=signed.role or "-")
        if self.roots and fingerprint(signed.vouching.path[-1]) not in self.roots:
            return message("policy.root", **who)
        if (self.timestamp or self.within) and signed.time is None:
            return message("policy.untimed", **who)
        if self.within and signed.time and not ended <= signed.time <= ended + self.within:
            return message("policy.late", **who, time=f"{signed.time:%Y-%m-%d %H:%M} UTC", days=self.within.days)
        return None

    def _holds_role(self, signed: Signed) -> bool:
        if not self.subjects and not self.fingerprints:
            return signed.role == self.role
        leaf = signed.chain[0]
        return subject_name(leaf) in self.subjects or fingerprint(leaf) in self.fingerprints


@dataclass(frozen=True, slots=True)
class SigningPolicy:
    """All clauses; `maximum_age` counts from the end of the run to the verification."""

    clauses: tuple[Clause, ...]
    maximum_age: timedelta | None

    def faults(self, signatures: Sequence[Signed], ended: datetime, now: datetime) -> list[Sentence]:
        """Every clause that is not satisfied, with the reason for each signature that did not count."""
        found = [s for clause in self.clauses for s in _unsatisfied(clause, signatures, ended)]
        if self.maximum_age and not now - self.maximum_age <= ended:
            found.append(message("policy.age", ended=f"{ended:%Y-%m-%d}", days=self.maximum_age.days))
        return found


def load_policy(path: Path) -> SigningPolicy:
    """The policy of a file; Refusal with the line if it is not one, or demands nothing."""
    data = load_document(path, SCHEMA).data
    clauses = tuple(_clause(number, entry) for number, entry in enumerate(data["signatures"], 1))
    return SigningPolicy(clauses, _days(data.get("maximum_age_days")))


def _unsatisfied(clause: Clause, signatures: Sequence[Signed], ended: datetime) -> list[Sentence]:
    candidates = [signed for signed in signatures if signed.of == clause.of]
    refusals = [(signed, clause.refusal(signed, ended)) for signed in candidates]
    keys = {keyid(signed.chain[0]) for signed, refusal in refusals if refusal is None}
    if len(keys) >= clause.count:
        return []
    facts = {"number": clause.number, "role": clause.role, "of": clause.of, "count": clause.count, "found": len(keys)}
    return [message("policy.clause", **facts), *(refusal for _, refusal in refusals if refusal)]


def _clause(number: int, entry: dict[str, Any]) -> Clause:
    lists = {name: tuple(entry.get(name, ())) for name in ("subjects", "fingerprints", "roots")}
    return Clause(
        number,
        entry["role"],
        entry.get("of", "verdicts"),
        entry.get("count", 1),
        entry.get("timestamp", False),
        _days(entry.get("within_days")),
        **lists,
    )


def _days(number: float | None) -> timedelta | None:
    return None if number is None else timedelta(days=float(number))
