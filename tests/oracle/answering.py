"""An agent in memory, read through a map as the driver reads one on the wire: which rows, which place, decoded.

Other units of a family answer otherwise than the one that was recorded: this is fast enough to try thousands of them.

    agent = Agent({varbind.oid: varbind for varbind in read_snmprec(content)})
    agent.readings(load_map("sentry4"))["outlet.state@*"][0].value
"""

import asyncio
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from fixtures.decoding import decode, raw_text
from fixtures.device_map import DeviceMap
from fixtures.drivers.snmp import oid_of, plain
from fixtures.drivers.snmp_fitting import Fitting
from fixtures.drivers.snmp_rows import STAR, captured
from fixtures.map_point import MapPoint
from fixtures.reading import Reading
from fixtures.wire.snmp import Varbind
from fixtures.wire.snmprec import sort_key


@dataclass(frozen=True)
class Agent:
    """The objects of one agent by name; what it has not, it answers with nothing."""

    objects: Mapping[str, Varbind]

    @cached_property
    def _order(self) -> list[tuple[tuple[int, ...], str]]:
        return sorted((sort_key(oid), oid) for oid in self.objects)

    def with_objects(self, changed: Mapping[str, Varbind | None]) -> "Agent":
        """The agent with other answers; None: it has this object no longer."""
        merged = {**self.objects, **changed}
        return Agent({oid: varbind for oid, varbind in merged.items() if varbind is not None})

    def readings(self, device_map: DeviceMap) -> dict[str, list[tuple[MapPoint, Reading]]]:
        """Every point of the map, by its name there, as the rows that this agent has, each with its reading."""
        return asyncio.run(self._readings(device_map))

    async def _readings(self, device_map: DeviceMap) -> dict[str, list[tuple[MapPoint, Reading]]]:
        fitting = Fitting(self._walk, self._read)
        found = {}
        for name, point in device_map.points.items():
            found[name] = [(row, self._reading(row)) for row in await fitting.points([point])]
        return found

    async def _walk(self, root: str) -> list[Varbind]:
        at = bisect_left(self._order, (sort_key(root), root))
        found = []
        for _, oid in self._order[at:]:
            if oid != root and not oid.startswith(f"{root}."):
                break
            if oid != root:
                found.append(self.objects[oid])
        return found

    async def _read(self, points: Sequence[MapPoint]) -> dict[str, Reading]:
        return {point.name: self._reading(point) for point in points}

    def _reading(self, point: MapPoint) -> Reading:
        raw, *beside = (self._raw(oid_of(place)) for place in (point, *point.beside))
        value, quality = decode(point, raw, beside)
        return Reading("agent", point.name, value, point.unit, quality, raw_text(raw), oid_of(point), 0, 0)

    def _raw(self, oid: str) -> int | float | bytes | str | None:
        return plain(self.objects[oid]) if oid in self.objects else None


def columns(point: MapPoint) -> set[str]:
    """All objects on which a point of a map depends, with its stars: values, labels, conditions, in every place."""
    found = set()
    for place in (point, *point.alternatives):
        found |= {str(place.locator["oid"]), *map(oid_of, place.beside)}
        where = place.locator.get("where")
        found |= set(map(str, where)) if isinstance(where, Mapping) else set()
        found |= {str(place.locator["instance"])} if "instance" in place.locator else set()
    return found


def touches(pattern: str, oid: str) -> bool:
    """Whether an object is the one, or in the column, that a pattern names."""
    return oid.startswith(pattern.partition(f".{STAR}")[0]) and captured(pattern, oid) is not None
