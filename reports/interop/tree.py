"""A Redfish tree as evidence: every resource that the service linked to, as it answered.

    tree = Tree.of([{"path": "/redfish/v1", "status": 200, "allow": ["GET", "HEAD"], "document": {…}}, …])
    tree["/redfish/v1/Chassis/1"].kind          "Chassis"

A service may send the members of a collection with it (expanded, DSP0266 §7.3.2). Each of them is a resource of its own
here, and the collection holds a link to it; what was read at its own path goes before.

Paths are without a trailing slash. Source: DMTF DSP0266 (resource types, Allow).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

ROOT = "/redfish/v1"
DEEPEST = 64
_TYPE = re.compile(r"#[^.]+\.(?:v(\d{1,9})_(\d{1,9})_(\d{1,9})\.)?(\w+)")


@dataclass(frozen=True, slots=True)
class Resource:
    """`allow` are the methods that the service named for it; None where it named none."""

    uri: str
    document: Mapping[str, Any]
    allow: frozenset[str] | None = None

    @property
    def kind(self) -> str:
        """The type without namespace and version; empty where it is not said."""
        match = _TYPE.fullmatch(str(self.document.get("@odata.type", "")))
        return match[4] if match else ""

    @property
    def version(self) -> tuple[int, ...] | None:
        """The version of its schema; None for collections, whose schemas have none."""
        match = _TYPE.fullmatch(str(self.document.get("@odata.type", "")))
        return tuple(map(int, match.groups()[:3])) if match and match[1] else None


@dataclass(frozen=True)
class Tree:
    """The resources by path, in the order in which they were found, and the paths that gave none."""

    resources: Mapping[str, Resource]
    silent: frozenset[str] = frozenset()

    @classmethod
    def of(cls, answers: Iterable[Mapping[str, Any]]) -> "Tree":
        """From the recorded contents of the answers to the question `redfish-tree`."""
        found: dict[str, Resource] = {}
        embedded: dict[str, Resource] = {}
        silent = set()
        for answer in answers:
            uri = trim(str(answer.get("path", "")))
            document, allow = answer.get("document"), answer.get("allow")
            if isinstance(document, Mapping) and answer.get("status") == 200:
                whole = {key: _apart(value, key == "Members", embedded) for key, value in document.items()}
                found[uri] = Resource(uri, whole, None if allow is None else frozenset(allow))
            else:
                silent.add(uri)
        found |= {uri: one for uri, one in embedded.items() if uri not in found}
        return cls(found, frozenset(silent - found.keys()))

    def __getitem__(self, uri: str) -> Resource:
        return self.resources[trim(uri)]

    def __iter__(self) -> Iterator[Resource]:
        return iter(self.resources.values())

    def get(self, uri: object) -> Resource | None:
        """The resource there; None if there is none, or if this is no path."""
        return self.resources.get(trim(uri)) if isinstance(uri, str) else None

    def above(self, uri: str) -> Iterator[Resource | None]:
        """What stands above a resource by its path, nearest first, up to the service root."""
        while (uri := uri.rpartition("/")[0]) and len(uri) >= len(ROOT):
            yield self.get(uri)

    @cached_property
    def whole(self) -> bool:
        """Whether it begins at a service root, so that what it does not hold is not there."""
        return ROOT in self.resources


def _apart(value: Any, member: bool, embedded: dict[str, Resource], depth: int = 1) -> Any:
    """The same with a link in place of each resource that is embedded in it, which go to `embedded`: members of a
    collection, and collections themselves. Below the deepest level nothing is looked for."""
    if depth == DEEPEST or not isinstance(value, Mapping | list):
        return value
    if isinstance(value, list):
        return [_apart(one, member, embedded, depth + 1) for one in value]
    rest = {key: _apart(inner, key == "Members", embedded, depth + 1) for key, inner in value.items()}
    uri = rest.get("@odata.id")
    whole = "@odata.type" in rest and (member or "Members" in rest)
    if not whole or not isinstance(uri, str) or not uri.startswith(f"{ROOT}/") or "#" in uri:
        return rest
    embedded.setdefault(trim(uri), Resource(trim(uri), rest))
    return {"@odata.id": uri}


def answered(answer: Mapping[str, Any]) -> bool:
    """Whether a service said what is there: a document, or that there is nothing (404, 410)."""
    return answer.get("status") in (404, 410) or (
        answer.get("status") == 200 and isinstance(answer["document"], Mapping)
    )


def trim(uri: str) -> str:
    """A path without a slash at its end."""
    return uri.rstrip("/")


def at(document: object, pointer: str) -> tuple[bool, Any]:
    """Whether a property is there, and its value; `pointer` is a name or an RFC 6901 pointer (RFC 6901 §4)."""
    for part in pointer.removeprefix("/").split("/"):
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(document, Mapping) and key in document:
            document = document[key]
        elif isinstance(document, list) and key.isdigit() and int(key) < len(document):
            document = document[int(key)]
        else:
            return False, None
    return True, document
