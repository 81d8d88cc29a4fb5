"""The catalogue: every requirement of every domain, as people wrote it.

entry = load_catalogue()["PWR-UPS-001"]
entry.data["limit"], entry.document.line("requirements", entry.id)
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from profiles.refusal import Refusal
from profiles.vocabulary import load_vocabulary
from profiles.yaml_source import Document, load_document

FOLDER = Path(__file__).parent / "catalogue"
DOMAINS = ("chips", "power", "cooling", "security", "interop")


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


@functools.cache
def load_catalogue() -> Mapping[str, Entry]:
    """All shipped requirements by id; Refusal for the first mistake."""
    entries: dict[str, Entry] = {}
    for domain in DOMAINS:
        for entry in read_catalogue(FOLDER / f"{domain}.yaml"):
            if entry.id in entries:
                raise Refusal(entry.where(), f"{entry.id} stands in two catalogues", "ids are never reused")
            entries[entry.id] = entry
    return entries


def read_catalogue(path: Path) -> list[Entry]:
    """The requirements of one file, checked against the schema and the vocabulary."""
    document = load_document(path, "catalogue")
    entries = [
        Entry(name, document.data["domain"], data, document) for name, data in document.data["requirements"].items()
    ]
    for entry in entries:
        _check(entry)
    return entries


def _check(entry: Entry) -> None:
    vocabulary = load_vocabulary()
    for n, subject in enumerate(entry.data["subjects"]):
        vocabulary.subject(subject, entry.where("subjects", n))
        for point in _points(entry.data["measurand"]):
            if "*" not in point and "?" not in point:
                vocabulary.point(subject, point, entry.where("measurand", "of"))
    _check_unit(entry)


def _points(measurand: Mapping[str, Any]) -> list[str]:
    """The points of the requirement's own subject that a measurand names."""
    of = measurand.get("of", [])
    return [point for point in ([of] if isinstance(of, str) else of) if isinstance(point, str)]


def _check_unit(entry: Entry) -> None:
    """A limit and the parameter it refers to must be in one unit."""
    limit, parameters = entry.data["limit"], entry.data["parameters"]
    for key in ("value", "min", "max"):
        name = (limit.get(key) or {}).get("parameter") if isinstance(limit.get(key), dict) else None
        if name is None:
            continue
        if name not in parameters:
            raise Refusal(
                entry.where("limit", key), f"there is no parameter '{name}'", f"add it under {entry.id}.parameters"
            )
        if parameters[name]["unit"] != limit["unit"]:
            what = f"the limit is in {limit['unit']} and its parameter in {parameters[name]['unit']}"
            raise Refusal(entry.where("limit"), what, "use one unit")
