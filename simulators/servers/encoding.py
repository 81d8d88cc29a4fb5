"""The raw value that stands on the wire, also of points that a driver may not write by themselves.

A device knows the whole register of which a map's point is only some bits, and whether there is a value at all.
"""

from dataclasses import replace

from fixtures import encoding
from fixtures.decoding import Raw
from fixtures.encoding import Encoder
from fixtures.map_point import MapPoint


def encoder(point: MapPoint) -> Encoder:
    """What a device sends that has a value; bits stand in their place of an otherwise empty register."""
    if not (point.bits or point.beside):
        return encoding.encoder(point)
    whole = encoding.encoder(replace(point, bits=None, beside=()))
    lowest = point.bits[0] if point.bits else 0

    def encoded(value: float | str | None) -> Raw:
        raw = whole(value)
        return raw << lowest if isinstance(raw, int) else raw

    return encoded
