"""What an interoperability profile asks for, as values: use cases, properties, actions, registries, protocol.

Every rule knows its `place`, which with the kind of the question is the id of a requirement. It is built from
names only, so it survives another order, another edition of the file and another wording of its purpose:

    OCP-Service-Baseline/Chassis/Location/PartLocation#read
    OCP-Coolant-Distribution-Unit/Pump[coolant-pump]/SpeedControlPercent#write

Source: DMTF DSP0272 1.10 (structure and defaults).
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Level = Literal["mandatory", "recommended", "if-implemented"]

# Strictest first: what applies where several conditions are met.
READ = ("Excluded", "Mandatory", "IfPopulated", "Supported", "IfImplemented", "Recommended", "Conditional", "None")
WRITE = ("Mandatory", "Supported", "Recommended", "None")


def level(requirement: str) -> Level:
    """How much a read or write requirement weighs."""
    match requirement:
        case "Recommended":
            return "recommended"
        case "IfImplemented":
            return "if-implemented"
        case _:
            return "mandatory"


def form(uri: str) -> str:
    """The expression for the paths that an entry of URIs means: one itself if it begins with a caret, as in Product
    profiles, else a path in which a name in braces is any segment.

    >>> form("/redfish/v1/Chassis/{ChassisId}/")
    '/redfish/v1/Chassis/[^/]+'
    """
    if uri.startswith("^"):
        return uri
    return "[^/]+".join(map(re.escape, re.split(r"\{\w+\}", uri.rstrip("/"))))


@dataclass(frozen=True, slots=True)
class Check:
    """A comparison with values; AnyOf and AllOf look at all instances together."""

    op: str
    values: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class Condition:
    """Where `uris`, `below` (types of the resources above, topmost first) and `when` on `key` all hold, the
    rest applies."""

    read: str
    write: str
    check: Check | None
    uris: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    key: str | None = None
    when: Check | None = None


@dataclass(frozen=True, slots=True)
class PropertyRule:
    place: str
    name: str
    read: str
    write: str
    check: Check | None = None
    min_count: int | None = None
    supports: tuple[str, ...] = ()
    replaced_by: str | None = None
    replaces: str | None = None
    conditions: tuple[Condition, ...] = ()
    properties: tuple["PropertyRule", ...] = ()

    def kinds(self) -> Iterator[tuple[str, Level]]:
        """The requirements that this rule makes, without those on embedded properties."""
        reads = {self.read, *(condition.read for condition in self.conditions)}
        writes = {self.write, *(condition.write for condition in self.conditions)} - {"None"}
        if reads != {"None"}:
            yield "read", level(min(reads, key=READ.index))
        if writes:
            yield "write", level(min(writes, key=WRITE.index))
        if self.min_count is not None:
            yield "count", level(self.read)
        if self.supports:
            yield "supports", level(self.read)
        if self.check or any(condition.check for condition in self.conditions):
            yield "value", level(self.read)


@dataclass(frozen=True, slots=True)
class ParameterRule:
    place: str
    name: str
    read: str
    values: tuple[str, ...] = ()
    advised: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ActionRule:
    place: str
    name: str
    read: str
    info: str = "None"
    parameters: tuple[ParameterRule, ...] = ()


@dataclass(frozen=True, slots=True)
class UseCase:
    """What is asked of the resources of one type that the `key` selects; of all of them without `select`."""

    place: str
    resource: str
    title: str
    read: str
    min_version: tuple[int, ...] | None = None
    uris: tuple[str, ...] = ()
    kind: str = "Normal"
    key: str = ""
    select: Check | None = None
    create: bool = False
    delete: bool = False
    update: bool = False
    conditions: tuple[Condition, ...] = ()
    properties: tuple[PropertyRule, ...] = ()
    actions: tuple[ActionRule, ...] = ()


@dataclass(frozen=True, slots=True)
class RegistryRule:
    """`messages` and `features` by name, each with its own read requirement."""

    place: str
    name: str
    read: str
    min_version: tuple[int, ...] | None = None
    messages: tuple[tuple[str, str], ...] = ()
    features: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ProtocolRule:
    """One property of `Protocol`: a least version, or a feature and how much it is wanted."""

    place: str
    name: str
    requirement: str = "Mandatory"
    min_version: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A file that requirements came from: what it calls itself, and its text."""

    path: Path
    name: str
    version: str
    text: str

    @property
    def sha256(self) -> str:
        """The digest of its bytes."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class InteropProfile:
    """A profile together with all that it requires; its own file is the first of the `sources`."""

    name: str
    version: str
    sources: tuple[Source, ...]
    use_cases: tuple[UseCase, ...] = ()
    registries: tuple[RegistryRule, ...] = ()
    protocol: tuple[ProtocolRule, ...] = field(default=())
