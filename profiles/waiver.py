"""A waiver: a requirement that may fail for a time, or is not judged at all, because somebody answers for it.

waiver = load_waiver(Path("ups-voltage.yaml"))
waiver.covers("PWR-UPS-001", "ups-1", at=datetime.now(UTC))

Tailoring is a waiver with `effect: deselect`: what it takes out of a profile stays in sight, with its reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from profiles.catalogue import load_catalogue
from profiles.refusal import Refusal
from profiles.suggest import suggest
from profiles.yaml_source import load_document

EFFECTS = ("may-fail", "deselect")


@dataclass(frozen=True, slots=True)
class Waiver:
    """`equipment` is empty where it covers all equipment of the subject; `expires` is UTC.

    `effect` is `may-fail` (judged, and a failure is excused) or `deselect` (not judged).
    """

    name: str
    requirement: str
    equipment: tuple[str, ...]
    owner: str
    reason: Mapping[str, str]
    expires: datetime
    effect: str = "may-fail"

    def covers(self, requirement: str, equipment: str | None, at: datetime) -> bool:
        """Whether it holds for this item at this instant (aware)."""
        return self.names(requirement, equipment) and at < self.expires

    def names(self, requirement: str, equipment: str | None) -> bool:
        """Whether this item lies in its scope, expired or not."""
        return requirement == self.requirement and (not self.equipment or equipment in self.equipment)

    def record(self) -> dict[str, Any]:
        """The waiver as a JSON object: what its owner signs."""
        scope = {"equipment": list(self.equipment)} if self.equipment else {}
        return {
            "schema": "waiver/1",
            "waiver": self.name,
            "requirement": self.requirement,
            **scope,
            "owner": self.owner,
            "reason": dict(self.reason),
            "expires": f"{self.expires:%Y-%m-%dT%H:%M:%SZ}",
            "effect": self.effect,
        }

    @classmethod
    def from_record(cls, data: Mapping[str, Any]) -> "Waiver":
        """The waiver of a JSON object; ValueError or KeyError if it is none."""
        expires = datetime.strptime(data["expires"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        texts = [data["waiver"], data["requirement"], data["owner"], *data.get("equipment", ())]
        reason, effect = dict(data["reason"]), data.get("effect", "may-fail")
        known = data["schema"] == "waiver/1" and effect in EFFECTS and {"ko", "en"} <= set(reason)
        if not known or not all(isinstance(text, str) and text for text in (*texts, *reason.values())):
            raise ValueError("it is no waiver")
        return cls(
            texts[0], texts[1], tuple(data.get("equipment", ())), texts[2], reason, expires=expires, effect=effect
        )


def load_waiver(path: Path) -> Waiver:
    """Read and check a waiver; Refusal for an unknown requirement or an impossible date."""
    document = load_document(path, "waiver")
    data = document.data
    if data["requirement"] not in load_catalogue():
        remedy = suggest(data["requirement"], load_catalogue())
        raise Refusal(document.where("requirement"), f"there is no requirement '{data['requirement']}'", remedy)
    try:
        return Waiver.from_record(data)
    except ValueError:
        what = f"'{data['expires']}' is no date"
        raise Refusal(document.where("expires"), what, "write 2027-01-31T00:00:00Z") from None
