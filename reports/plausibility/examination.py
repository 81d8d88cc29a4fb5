"""What became of one rule on one piece of equipment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from reports.evidence.evidence import NS


@dataclass(frozen=True, slots=True)
class Examination:
    """`signals` are those that the rule looked at, `begin` and `end` (ns UTC) the time in which `samples`
    instants contradict it, `says` the two sides of the worst of them; none if it holds. It is about one
    `requirement` alone where that is given."""

    rule: str
    equipment: str
    procedure: str
    signals: frozenset[str]
    begin: int = 0
    end: int = 0
    samples: int = 0
    says: str = ""
    requirement: str = ""

    @property
    def violated(self) -> bool:
        return self.samples > 0

    def record(self) -> Mapping[str, Any]:
        """As written into the document of verdicts."""
        found: dict[str, Any] = {
            "rule": self.rule,
            "equipment": self.equipment,
            "procedure": self.procedure,
            "outcome": "violated" if self.violated else "held",
            "signals": sorted(self.signals),
        }
        if self.requirement:
            found["requirement"] = self.requirement
        if self.violated:
            found |= {"begin": moment(self.begin), "end": moment(self.end), "samples": self.samples, "says": self.says}
        return found


def moment(t: int) -> str:
    """An instant in UTC to the millisecond, e.g. 2026-11-02T00:00:00.000Z."""
    return datetime.fromtimestamp(t // NS, UTC).strftime("%Y-%m-%dT%H:%M:%S") + f".{t % NS // 1_000_000:03d}Z"
