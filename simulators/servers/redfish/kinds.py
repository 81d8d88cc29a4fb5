"""What a resource is by its path: type, fixed properties, what may be written and by whom, as resources.yaml says.

>>> kind = kind_of("/redfish/v1/Systems/1")
>>> kind.type, kind.needs, sorted(kind.patch)
('ComputerSystem.v1_27_0', ('ConfigureComponents',), ['/AssetTag', '/LocationIndicatorActive'])
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from profiles.refusal import Refusal
from profiles.shipped_yaml import read_shipped


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of resource. `patch` gives a JSON Schema per JSON pointer; `creates` is one for a POST."""

    type: str
    properties: Mapping[str, Any] = field(default_factory=dict)
    patch: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    creates: Mapping[str, Any] | None = None
    needs: tuple[str, ...] = ()
    delete: bool = False

    @property
    def odata_type(self) -> str:
        """As in `@odata.type`: #Chassis.v1_28_0.Chassis."""
        return f"#{self.type}.{self.schema}"

    @property
    def schema(self) -> str:
        return self.type.partition(".")[0]

    @property
    def collection(self) -> bool:
        return self.type.endswith("Collection")

    @property
    def methods(self) -> tuple[str, ...]:
        """What may be asked of it, for the Allow header."""
        more = (("PATCH", bool(self.patch)), ("POST", self.creates is not None), ("DELETE", self.delete))
        return ("GET", "HEAD", *(method for method, allowed in more if allowed))


def always() -> frozenset[str]:
    """The paths that every service has."""
    return frozenset(_document()["always"])


def beside(paths: Iterable[str]) -> frozenset[str]:
    """The paths that a service has because it has these."""
    return frozenset(more for path in paths for more in _document()["beside"].get(path, ()))


def types() -> frozenset[str]:
    """Every type that a resource of a service can have, with its version."""
    return frozenset(kind.type for kind in _kinds().values())


def sensor(unit: str) -> Mapping[str, str]:
    """ReadingType and ReadingUnits of a sensor; empty if the standard has no word for the unit."""
    found: Mapping[str, str] = _document()["sensors"].get(unit, {})
    return found


@cache
def kind_of(path: str) -> Kind:
    """The kind of the resource at a path. Refusal if resources.yaml knows no such path."""
    # Another firmware may keep a resource at the same path with a number behind it.
    segments = re.sub(r"_\d+$", "", path).split("/")
    fitting = [known for known in _kinds() if _fits(known.split("/"), segments)]
    if not fitting:
        raise Refusal(f"Redfish path {path}", "its type is not known", "add it to resources.yaml")
    return _kinds()[min(fitting, key=lambda known: known.count("{}"))]


def _fits(known: list[str], segments: list[str]) -> bool:
    return len(known) == len(segments) and all(
        ours in ("{}", given) for ours, given in zip(known, segments, strict=True)
    )


@cache
def _kinds() -> Mapping[str, Kind]:
    return {
        path: Kind(**{**entry, "needs": tuple(entry.get("needs", ()))})
        for path, entry in _document()["resources"].items()
    }


@cache
def _document() -> Mapping[str, Any]:
    path = Path(__file__).with_name("resources.yaml")
    document: Mapping[str, Any] = read_shipped(path)
    return document
