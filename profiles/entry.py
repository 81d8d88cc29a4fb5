"""An entry of the catalogue: one requirement as people wrote it, and where it stands.

entry = load_catalogue()["PWR-UPS-001"]
entry.where("limit"), references(entry.data["limit"])     # 'power.yaml, line 62', {'lower', 'upper'}
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from profiles.yaml_source import Document


@dataclass(frozen=True, slots=True)
class Entry:
    """One requirement and the document it stands in."""

    id: str
    domain: str
    data: Mapping[str, Any]
    document: Document

    def where(self, *place: str | int) -> str:
        """File and line of a place in this entry."""
        return self.document.where("requirements", self.id, *place)


def references(value: Any) -> set[str]:
    """The names of all parameters that a part of an entry refers to by `{parameter: name}`."""
    match value:
        case {"parameter": str(name)} if len(value) == 1:
            return {name}
        case dict():
            return {name for inner in value.values() for name in references(inner)}
        case list():
            return {name for inner in value for name in references(inner)}
        case _:
            return set()


def filled(value: Any, numbers: Mapping[str, float]) -> Any:
    """A copy of a part of an entry in which every `{parameter: name}` is its number."""
    match value:
        case {"parameter": str(name)} if len(value) == 1:
            return numbers[name]
        case dict():
            return {key: filled(inner, numbers) for key, inner in value.items()}
        case list():
            return [filled(inner, numbers) for inner in value]
        case _:
            return value


def marks_of(measurand: Mapping[str, Any], procedure: str) -> dict[str, str]:
    """The marks of a window; they may differ by procedure: `from: {smoke: sweep-begin, mains-loss: undisturbed}`."""
    marks = {key: measurand[key] for key in ("from", "to")}
    return {key: mark if isinstance(mark, str) else mark[procedure] for key, mark in marks.items()}
