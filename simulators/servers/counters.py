"""Counters of a device: what adds up inside it, may fall at a restart, and wraps where its type ends.

>>> from fractions import Fraction
>>> energy = MapPoint("energy", "quantity", "kWh", {"type": "uint32"}, Fraction(1, 1000))
>>> is_counter(energy), wrapped(energy, 4_294_967.3)
(True, 0.004)
"""

from fractions import Fraction

from fixtures.map_point import INTEGER_TYPES, MapPoint

UNITS = ("kWh", "kvarh", "kVAh", "h")
TYPES = ("counter32", "counter64")


def is_counter(point: MapPoint) -> bool:
    """Whether the device itself adds this value up."""
    return point.kind == "quantity" and (point.unit in UNITS or point.wire_type in TYPES)


def wrapped(point: MapPoint, value: float) -> float:
    """The value after the counter has begun again at zero as often as its type made it."""
    if not point.whole:
        return value
    counts = INTEGER_TYPES[point.wire_type][1] + 1
    if value < counts * point.scale:
        return value
    return float(round(Fraction(str(value)) / point.scale) % counts * point.scale)
