"""From device maps to the objects of an agent: one object per point, typed as the map says."""

from collections.abc import Callable, Sequence

from fixtures.map_point import MapPoint
from fixtures.wire import ber
from fixtures.wire.snmp import TAGS, Varbind
from simulators.servers.served import Served
from simulators.servers.snmp import Table, system_group

Object = Callable[[], Varbind | None]


def table(devices: Sequence[Served], description: str, object_id: str, uptime: Callable[[], float]) -> Table:
    """The objects of all devices behind one agent, and its system group."""
    objects: dict[str, Object] = dict(system_group(description, object_id, devices[0].equipment, uptime))
    for served in devices:
        for point in served.map.points.values():
            oid = str(point.locator["oid"])
            if oid not in objects:
                objects[oid] = _object(served, point, oid)
    return Table(objects)


def _object(served: Served, point: MapPoint, oid: str) -> Object:
    tag = TAGS[point.wire_type or "integer"]

    def read() -> Varbind | None:
        missing = served.fault("ups.objects_missing")
        if missing is not None and missing.text("point") == point.name:
            return None
        raw = served.raw(point)
        if raw is None:
            return None
        if tag == ber.OCTETS:
            return Varbind(oid, tag, raw if isinstance(raw, bytes) else str(raw).encode())
        if tag == ber.OID:
            return Varbind(oid, tag, str(raw))
        return Varbind(oid, tag, int(raw))

    return read
