"""The vocabulary: all subjects and their points, the only contract between profiles and device maps.

>>> load_vocabulary().subjects["ups"].point("output.voltage.l1").unit
'V'
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from profiles.refusal import Refusal
from profiles.suggest import suggest
from profiles.yaml_source import load_document, read_document

SOURCE = Path(__file__).with_name("vocabulary.yaml")
WILDCARDS = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class PointKind:
    """What a point holds. `kind` is quantity, state, text or time; a time is UTC seconds since 1970."""

    kind: str
    unit: str | None = None
    states: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """A kind of thing; `many` subjects have instances, read as `point@instance`. `ratings` are the units of what
    a nameplate states and no point shows."""

    name: str
    title: Mapping[str, str]
    many: bool
    points: Mapping[str, PointKind]
    ratings: Mapping[str, str] = field(default_factory=dict)

    def point(self, name: str) -> PointKind | None:
        """The point of that name, with or without an instance; None if the subject has no such point."""
        bare = name.partition("@")[0]
        if bare in self.points:
            return self.points[bare]
        return next((kind for pattern, kind in self.points.items() if _selects(pattern, bare)), None)

    def rating(self, name: str) -> str | None:
        """The unit in which a nameplate states this; None if it states no such thing. A nameplate rates a
        quantity, not each of its parallel points."""
        if name in self.ratings:
            return self.ratings[name]
        kind = self.point(name) or self.point(f"{name}.l1")
        return kind.unit if kind else None

    def matching(self, pattern: str) -> dict[str, PointKind]:
        """All points that a pattern such as `voltage.l?` may select; empty if there is none."""
        bare = pattern.partition("@")[0]
        return {name: kind for name, kind in self.points.items() if _selects(bare, name) or _selects(name, bare)}


def _selects(pattern: str, name: str) -> bool:
    # Most are no patterns, and comparing costs far less than making each of them into one.
    return name == pattern or (not WILDCARDS.isdisjoint(pattern) and fnmatchcase(name, pattern))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All units and subjects."""

    units: tuple[str, ...]
    subjects: Mapping[str, Subject]

    def subject(self, name: str, where: str = "vocabulary") -> Subject:
        """The subject of that name; Refusal with the nearest one."""
        if name not in self.subjects:
            raise Refusal(where, f"there is no subject '{name}'", suggest(name, self.subjects))
        return self.subjects[name]

    def point(self, subject: str, point: str, where: str = "vocabulary") -> PointKind:
        """The point of that subject; Refusal with the nearest one."""
        found = self.subject(subject, where)
        kind = found.point(point)
        if kind is None:
            raise Refusal(where, f"{subject} has no point '{point}'", suggest(point, found.points))
        return kind


def check_vocabulary() -> None:
    """Refusal for what the schema of the vocabulary does not allow; reading it each time takes that as checked."""
    load_document(SOURCE, "vocabulary")


@functools.cache
def load_vocabulary() -> Vocabulary:
    """The shipped vocabulary; Refusal for a unit that it does not have."""
    document = read_document(SOURCE)
    units = tuple(document.data["units"])
    subjects = {}
    for name, fields in document.data["subjects"].items():
        points = {point: _kind(entry) for point, entry in fields["points"].items()}
        ratings = {rating: str(entry["unit"]) for rating, entry in fields.get("ratings", {}).items()}
        stated = [(("points", point), kind.unit) for point, kind in points.items()]
        for place, unit in [*stated, *((("ratings", rating), unit) for rating, unit in ratings.items())]:
            if unit is not None and unit not in units:
                where = document.where("subjects", name, *place, "unit")
                raise Refusal(where, f"'{unit}' is not a unit of the vocabulary", suggest(unit, units))
        subjects[name] = Subject(name, fields["title"], fields.get("many", False), points, ratings)
    return Vocabulary(units, subjects)


def _kind(entry: Mapping[str, object]) -> PointKind:
    if "states" in entry:
        states = entry["states"]
        return PointKind("state", None, tuple(map(str, states)) if isinstance(states, list) else ())
    if entry.get("text"):
        return PointKind("text")
    if entry.get("time"):
        return PointKind("time", "s")
    return PointKind("quantity", str(entry["unit"]))
