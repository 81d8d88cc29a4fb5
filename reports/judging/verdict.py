"""A verdict: what was found for one requirement on one piece of equipment.

Status says how far the work got, verdict what the evidence says; the two never stand in for each other.

>>> Verdict.not_tested("PWR-UPS-001", "ups-1", "smoke", Status.ABORTED, Sentence("중단", "aborted")).verdict.value
'not-tested'
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from enum import Enum
from typing import Any

from profiles.refusal import Refusal
from reports.verifying.messages import Sentence


class Status(Enum):
    """How far the procedure of a verdict got."""

    COMPLETED = "completed"
    ABORTED = "aborted"
    ERROR = "error"
    NOT_RUN = "not-run"


class Word(Enum):
    """What a verdict says."""

    PASS = "pass"
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"
    NOT_APPLICABLE = "not-applicable"
    NOT_TESTED = "not-tested"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One line of the verdict table.

    `value`, `uncertainty` (expanded, coverage factor `k`) and `margin` (distance inside the nearest limit,
    negative outside) are in `unit` and None where nothing was evaluated; `bound` is "at-least" or
    "at-most" where the value is only known to be beyond what was seen. `limit` is the limit of the
    resolved profile and `basis` says how well it is backed. `channels` are the signals and questions that
    were used, `budget` the contributions to the uncertainty, `provenance` the least real of the devices, `waiver` the
    name of the waiver that excuses a failure or took the item out. `conditional` is "pass" or "fail" where a
    non-binary rule leaves the verdict inconclusive and the value lies on that side; else it is not recorded.
    """

    requirement: str
    equipment: str | None
    procedure: str
    status: Status
    verdict: Word
    level: str = "mandatory"
    value: float | None = None
    unit: str | None = None
    uncertainty: float | None = None
    k: float | None = None
    bound: str | None = None
    resolution: float | None = None
    limit: Mapping[str, Any] | None = None
    margin: float | None = None
    rule: str | None = None
    basis: str | None = None
    reason: Mapping[str, str] = field(default_factory=dict)
    channels: tuple[Mapping[str, Any], ...] = ()
    budget: tuple[Mapping[str, Any], ...] = ()
    provenance: str | None = None
    waiver: str | None = None
    conditional: str | None = None

    def __post_init__(self) -> None:
        decided = self.verdict in (Word.PASS, Word.FAIL)
        if decided and (self.status is not Status.COMPLETED or self.value is None or self.uncertainty is None):
            raise ValueError(f"{self.key}: {self.verdict.value} without a completed procedure and a value")
        if self.conditional and (self.conditional not in ("pass", "fail") or self.verdict is not Word.INCONCLUSIVE):
            raise ValueError(f"{self.key}: conditional {self.conditional} beside {self.verdict.value}")

    @classmethod
    def not_tested(
        cls,
        requirement: str,
        equipment: str | None,
        procedure: str,
        status: Status,
        reason: Sentence,
        **more: Any,
    ) -> "Verdict":
        """A verdict for which nothing was evaluated."""
        texts = {"ko": reason.ko, "en": reason.en}
        return cls(requirement, equipment, procedure, status, Word.NOT_TESTED, reason=texts, **more)

    @property
    def key(self) -> tuple[str, str | None]:
        """Requirement and equipment: unique within a judgement."""
        return self.requirement, self.equipment

    def result_text(self) -> str:
        """Value and uncertainty as people write them; "" where nothing was evaluated.

        The value has as many decimals as the resolution.
        """
        if self.value is None or self.uncertainty is None:
            return ""
        if self.resolution:
            exponent = Decimal(repr(self.resolution)).as_tuple().exponent
            shown = f"{self.value:.{max(0, -int(exponent))}f}"
        else:
            shown = f"{self.value:g}"
        sign = {"at-least": "≥ ", "at-most": "≤ "}.get(self.bound or "", "")
        spread = f" ± {self.uncertainty:g}" if self.uncertainty else ""
        unit = "" if self.unit in (None, "1", "count") else f" {self.unit}"
        return f"{sign}{shown}{spread}{unit}"

    def record(self) -> dict[str, Any]:
        """The verdict as a JSON object, every field by its name; `conditional` only where there is one."""
        found = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "conditional" or self.conditional}
        plain = {"status": self.status.value, "verdict": self.verdict.value, "reason": dict(self.reason)}
        lists = {"channels": [dict(c) for c in self.channels], "budget": [dict(b) for b in self.budget]}
        return {**found, **plain, **lists}

    @classmethod
    def from_record(cls, record: Mapping[str, Any], where: str = "verdicts.json") -> "Verdict":
        """The verdict of a JSON object; Refusal if a field is missing, unknown or contradicts another."""
        try:
            found = dict(record)
            found["status"], found["verdict"] = Status(found["status"]), Word(found["verdict"])
            found["channels"], found["budget"] = tuple(found["channels"]), tuple(found["budget"])
            return cls(**found)
        except (KeyError, TypeError, ValueError) as error:
            raise Refusal(where, f"a verdict is malformed ({error})", "judge the evidence again") from error
