"""The raw value that stands on the wire, also of points that a driver may not write by themselves.

A device knows the whole register of which a map's point is only some bits, and whether there is a value at all.
"""

from dataclasses import replace

from fixtures import decoding
from fixtures.decoding import Raw
from fixtures.map_point import MapPoint


def encode(point: MapPoint, value: float | str | None) -> Raw:
    """What a device that has `value` sends; bits stand in their place of an otherwise empty register."""
    if not (point.bits or point.beside):
        return decoding.encode(point, value)
    raw = decoding.encode(replace(point, bits=None, beside=()), value)
    return raw << point.bits[0] if point.bits and isinstance(raw, int) else raw
