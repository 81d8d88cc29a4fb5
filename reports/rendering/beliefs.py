"""Why the evidence is believed: every plausibility rule of the profile and what became of it.

>>> rule = {"id": "PLZ-PWR-02", "title": {"ko": "상별 전력의 합", "en": "Phase sum"}}
>>> [belief.word for belief in beliefs({"plausibility": [rule]}, {})]
['open']
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

ORDER = ("violated", "held", "open")


@dataclass(frozen=True, slots=True)
class Belief:
    """One rule: in how many examinations it held, those that contradict it, and what the bench lacks for it."""

    id: str
    title: Mapping[str, str]
    held: int
    against: Sequence[Mapping[str, Any]]
    needs: Mapping[str, str] | None

    @property
    def word(self) -> str:
        """`violated`, `held`, or `open` where it was not examined."""
        return "violated" if self.against else "held" if self.held else "open"

    @property
    def count(self) -> int:
        """In how many examinations it came to that."""
        return len(self.against) or self.held


def beliefs(profile: Mapping[str, Any], verdicts: Mapping[str, Any]) -> list[Belief]:
    """The rules of a resolved profile, contradicted ones first; none for profiles without."""
    rows = verdicts.get("plausibility", [])
    found = []
    for rule in profile.get("plausibility", []):
        own = [row for row in rows if row["rule"] == rule["id"]]
        against = [row for row in own if row["outcome"] == "violated"]
        found.append(Belief(rule["id"], rule["title"], len(own) - len(against), against, rule.get("needs")))
    return sorted(found, key=lambda belief: ORDER.index(belief.word))
