"""The resources of one service: those of the device map with its values now, and what clients made or changed.

tree = Tree(served)
tree.document("/redfish/v1/Chassis/1/Sensors/InletTemp")["Reading"]      # 24.1
tree.change("/redfish/v1/Systems/1", "/AssetTag", "rack 3")
"""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from fixtures.decoding import Raw
from fixtures.drivers.pointer import resolve
from fixtures.map_point import MapPoint
from simulators.servers.http import place
from simulators.servers.redfish.errors import Document
from simulators.servers.redfish.etags import etag
from simulators.servers.redfish.kinds import Kind, always, beside, kind_of, sensor
from simulators.servers.served import Served

ROOT = "/redfish/v1"
SCHEMAS = f"{ROOT}/JsonSchemas"
PUBLISHED = "http://redfish.dmtf.org/schemas/v1"


class Tree:
    """`made` are the members that clients created, by collection and name.

    A document stays the same object until a client changes something or the device measures another value.
    """

    def __init__(self, served: Served) -> None:
        self.served = served
        self.made: dict[str, dict[str, Document]] = {}
        self._changes: dict[str, dict[str, Any]] = {}
        self._revisions: Counter[str] = Counter()
        self._kept: dict[str, tuple[str, Document]] = {}
        served.life.changed.append(self._follow_map)
        self._follow_map()

    def save(self) -> dict[str, Any]:
        """What clients made and changed, as plain JSON."""
        return {"made": self.made, "changes": self._changes, "revisions": dict(self._revisions)}

    def restore(self, saved: Mapping[str, Any]) -> None:
        self.made, self._changes = _copy(saved["made"]), _copy(saved["changes"])
        self._revisions = Counter(saved["revisions"])
        self._kept.clear()

    def kind(self, path: str) -> Kind | None:
        """What the resource at a path is; None if there is none."""
        parent, _, name = path.rpartition("/")
        return kind_of(path) if path in self._known or name in self._members(parent) else None

    def document(self, path: str) -> Document | None:
        """The resource at a path now, with its tag; None if there is none. Whoever changes it copies it before."""
        shown = self._shown(path)
        # As text, because numbers of different types can be equal.
        state = repr(list(shown.values()))
        kept = self._kept.get(path)
        if kept is not None and kept[0] == state:
            return kept[1]
        kind = self.kind(path)
        if kind is None:
            return None
        document = self._assembled(path, kind, shown)
        self._kept[path] = (state, document)
        return document

    def _assembled(self, path: str, kind: Kind, shown: Mapping[str, Raw]) -> Document:
        parent, _, name = path.rpartition("/")
        fixed = {"@odata.id": path, "@odata.type": kind.odata_type, "Name": name}
        if not kind.collection:
            fixed["Id"] = name
        document: Document = {**fixed, **_copy(kind.properties)}
        children = [*self._children.get(path, ()), *(f"{path}/{member}" for member in self._members(path))]
        if kind.collection:
            links = [{"@odata.id": child} for child in children]
            document |= {"Members": links, "Members@odata.count": len(links)}
        else:
            document |= {child.rsplit("/", 1)[-1]: {"@odata.id": child} for child in children}
        document |= _copy(self._members(parent).get(name, {}))
        if path == ROOT:
            document["UUID"] = str(uuid.uuid5(uuid.NAMESPACE_URL, self.served.name))
        self._fill(document, path, kind, shown)
        for pointer, value in self._changes.get(path, {}).items():
            place(document, pointer, value)
        document["@odata.etag"] = etag(document, self._revisions[path])
        return document

    def value(self, path: str, pointer: str) -> Any:
        """One property now; None if there is none."""
        return resolve(self.document(path), pointer)

    def change(self, path: str, pointer: str, value: object) -> None:
        """Let a property have another value from now on. Refusal if it belongs to the plant and that forbids it.

        What belongs to the plant is shown when the device next measures it.
        """
        parent, _, name = path.rpartition("/")
        point = next((one for one in self._points.get(path, []) if one.locator.get("property") == pointer), None)
        if point is not None:
            states = {str(raw): state for raw, state in (point.states or {}).items()}
            wanted = states[str(value)] if states else float(str(value)) * float(point.scale)
            self.served.write(point.name, wanted)
        elif name in self.made.get(parent, {}):
            place(self.made[parent][name], pointer, value)
        else:
            self._changes.setdefault(path, {})[pointer] = value
        self.touch(path)

    def touch(self, path: str) -> None:
        """Something has changed that cannot be read, such as a password."""
        self._revisions[path] += 1
        self._kept.clear()

    def add(self, collection: str, document: Document) -> str:
        """Make a member of a collection, under a number that none has had before; its path."""
        self.touch(collection)
        name = str(self._revisions[collection])
        self.made.setdefault(collection, {})[name] = document
        return f"{collection}/{name}"

    def remove(self, path: str) -> None:
        """Remove a member that was made."""
        parent, _, name = path.rpartition("/")
        self.made.get(parent, {}).pop(name, None)
        self.touch(parent)

    def paths(self) -> list[str]:
        """Every path of the map and of the envelope, without the members that come and go."""
        return sorted(self._known)

    def states(self) -> Sequence[tuple[str, MapPoint]]:
        """The points of the map that are states, each with the path of its resource."""
        return self._states

    def _follow_map(self) -> None:
        self._points: dict[str, list[MapPoint]] = {}
        for point in self.served.map.points.values():
            self._points.setdefault(str(point.locator["path"]).rstrip("/"), []).append(point)
        self._states = [
            (path, point) for path, points in self._points.items() for point in points if point.kind == "state"
        ]
        self._counted = {path: points for path, points in self._points.items() if any(map(_counts, points))}
        self._kept.clear()
        self._children = _children({*self._points, *always(), *beside(self._points)})
        self._known = {ROOT}.union(*self._children.values())
        schemas = {kind_of(path).type for path in self._known if not kind_of(path).collection}
        self._schemas = {name: _schema_file(name) for name in sorted(schemas)}

    def _shown(self, path: str) -> dict[str, Raw]:
        """What the device shows at this path, and how many members it counts there or one level up, by point."""
        points = self._points.get(path, [])
        if self._counted:
            points = [*points, *self._counted.get(path.rpartition("/")[0], ())]
        shown = {point.name: self.served.raw(point) for point in points}
        if points and (scaled := self.served.fault("pdu.redfish_scale")) is not None:
            raw = shown.get(name := scaled.text("point"))
            if isinstance(raw, int | float):
                shown[name] = raw * scaled.number("factor")
        return shown

    def _fill(self, document: Document, path: str, kind: Kind, shown: Mapping[str, Raw]) -> None:
        """Put in the values of the map's points at this path."""
        for point in self._points.get(path, []):
            if "property" not in point.locator:
                continue
            if kind.schema == "Sensor" and point.locator["property"] == "/Reading":
                scale = "" if point.scale == 1 else f"*{point.scale}"
                document.update(sensor(f"{point.unit}{scale}"))
            raw = shown[point.name]
            if raw is not None:
                place(document, str(point.locator["property"]), raw)

    def _members(self, path: str) -> Mapping[str, Document]:
        """What a collection holds beside the paths of the map: made by clients, or counted by the map."""
        if path == SCHEMAS:
            return self._schemas
        for point in self._points.get(path, []):
            wanted = point.locator.get("count-members")
            if isinstance(wanted, Mapping):
                raw = self.served.raw(point)
                count = int(raw) if isinstance(raw, int | float) else 0
                return {str(n): _member(wanted) for n in range(1, count + 1)}
        return self.made.get(path, {})


def _copy(value: Any) -> Any:
    """A copy of JSON, several times as fast as `deepcopy`."""
    if isinstance(value, Mapping):
        return {key: _copy(inner) for key, inner in value.items()}
    return [_copy(inner) for inner in value] if isinstance(value, list) else value


def _counts(point: MapPoint) -> bool:
    return isinstance(point.locator.get("count-members"), Mapping)


def _member(wanted: Mapping[str, object]) -> Document:
    document: Document = {}
    for pointer, value in wanted.items():
        place(document, str(pointer), value)
    return document


def _schema_file(name: str) -> Document:
    schema = name.partition(".")[0]
    where = {"Language": "en", "PublicationUri": f"{PUBLISHED}/{name}.json"}
    return {"Schema": f"#{name}.{schema}", "Languages": ["en"], "Location": [where]}


def _children(paths: set[str]) -> dict[str, list[str]]:
    """The children of every path on the way from the root."""
    found: dict[str, set[str]] = {}
    for path in paths:
        while path != ROOT:
            parent = path.rsplit("/", 1)[0]
            found.setdefault(parent, set()).add(path)
            path = parent
    return {parent: sorted(children) for parent, children in found.items()}
