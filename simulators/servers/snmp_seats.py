"""The rows of one concrete product: the map of a whole family, as far as the plant has something to show.

    product = seated(load_map("eaton-sc200"), ["module.current@1", "module.current@2"])
    product.points["module.current@2"].locator["oid"]      # '1.3.6.1.4.1.1918.2.13.10.60.30.1.100.2'

The plant's instance is the row's index; tables of which it knows no instance are empty, and of rows that a map names
one by one only those are there that it knows. A column that tells rows of
several kinds apart (`where`) says in each row what the map wants to read there.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from fixtures.device_map import DeviceMap
from fixtures.drivers.snmp_rows import STAR, filled
from fixtures.map_point import MapPoint, bare
from fixtures.wire import ber
from fixtures.wire.snmp import Varbind


def seated(device_map: DeviceMap, known: Collection[str]) -> DeviceMap:
    """The map with a point for each row among the `known` names, instead of one for each table."""
    points = {row.name: row for point in device_map.points.values() for row in _rows(point, known)}
    return replace(device_map, points=points)


def beside(point: MapPoint) -> Mapping[str, Varbind]:
    """The columns that tell which kind of row this is, by OID."""
    where = point.locator.get("where")
    return {oid: _said(oid, wanted) for oid, wanted in where.items()} if isinstance(where, Mapping) else {}


def _rows(point: MapPoint, known: Collection[str]) -> Iterator[MapPoint]:
    if STAR not in point.name:
        if "@" not in point.name or point.name in known or not any(bare(name) == bare(point.name) for name in known):
            yield point
        return
    pattern = re.compile(re.escape(point.name).replace(re.escape(STAR), r"(\d+(?:\.\d+)*)"))
    for name in known:
        if match := pattern.fullmatch(name):
            yield replace(point, name=name, locator=_place(point.locator, match[1].split(".")))


def _place(locator: Mapping[str, object], index: list[str]) -> dict[str, object]:
    place = {**locator, "oid": filled(str(locator["oid"]), tuple(index))}
    where = locator.get("where")
    if isinstance(where, Mapping):
        place["where"] = {filled(oid, tuple(index)): wanted for oid, wanted in where.items()}
    return place


def _said(oid: str, wanted: object) -> Varbind:
    """What stands in such a column: the first of several that would do."""
    first = wanted[0] if isinstance(wanted, list | tuple) else wanted
    return Varbind(oid, ber.INTEGER, first) if isinstance(first, int) else Varbind(oid, ber.OCTETS, str(first).encode())
