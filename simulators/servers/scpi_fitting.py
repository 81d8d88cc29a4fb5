"""The map of one instrument as it stands on the bench: its channels, and the levels that its panel sets.

    fitted(load_map("keysight-34970a-logger"), world.points("logger-1"), ()).points["temperature@103"]

A table has a point for each channel that the plant knows. What the instrument can be told to be is a register, also
where the map leaves it to the instrument's own panel: it reads back at once and exactly.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace

from fixtures.device_map import DeviceMap
from fixtures.drivers.visa_rows import is_table
from fixtures.map_point import MapPoint, Writable, bare


def fitted(device_map: DeviceMap, known: Collection[str], writable: Collection[str]) -> DeviceMap:
    """`known` are the plant's points of this equipment, `writable` those that it can be told."""
    rows = [row for point in device_map.points.values() for row in _rows(point, known)]
    points = (
        replace(row, writable=Writable()) if bare(row.name) in writable and not row.writable else row for row in rows
    )
    return replace(device_map, points={point.name: point for point in points})


def _rows(point: MapPoint, known: Collection[str]) -> Iterator[MapPoint]:
    if not is_table(point):
        yield point
        return
    for name in known:
        if bare(name) == bare(point.name):
            # Values come in the order of the channels.
            yield replace(point, name=name, locator={**point.locator, "index": int(name.partition("@")[2])})
