"""A waiver: a requirement that may fail for a time, because somebody answers for it.

waiver = load_waiver(Path("ups-voltage.yaml"))
waiver.covers("PWR-UPS-001", "ups-1", at=datetime.now(UTC))
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from profiles.catalogue import load_catalogue
from profiles.refusal import Refusal
from profiles.suggest import suggest
from profiles.yaml_source import load_document


@dataclass(frozen=True, slots=True)
class Waiver:
    """`equipment` is empty where it covers all equipment of the subject; `expires` is UTC."""

    name: str
    requirement: str
    equipment: tuple[str, ...]
    owner: str
    reason: Mapping[str, str]
    expires: datetime

    def covers(self, requirement: str, equipment: str, at: datetime) -> bool:
        """Whether it holds for this item at this instant (aware)."""
        scope = not self.equipment or equipment in self.equipment
        return requirement == self.requirement and scope and at < self.expires


def load_waiver(path: Path) -> Waiver:
    """Read and check a waiver; Refusal for an unknown requirement or an impossible date."""
    document = load_document(path, "waiver")
    data = document.data
    if data["requirement"] not in load_catalogue():
        remedy = suggest(data["requirement"], load_catalogue())
        raise Refusal(document.where("requirement"), f"there is no requirement '{data['requirement']}'", remedy)
    try:
        expires = datetime.strptime(data["expires"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise Refusal(
            document.where("expires"), f"'{data['expires']}' is no date", "write 2027-01-31T00:00:00Z"
        ) from None
    equipment = tuple(data.get("equipment", ()))
    return Waiver(data["waiver"], data["requirement"], equipment, data["owner"], data["reason"], expires)
