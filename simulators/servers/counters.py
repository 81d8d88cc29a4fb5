"""Counters of a device: what adds up inside it, may fall at a restart, and wraps where its type ends.

>>> from fractions import Fraction
>>> energy = MapPoint("energy", "quantity", "kWh", {"type": "uint32"}, Fraction(1, 1000))
>>> is_counter(energy), wrapping(energy)(4_294_967.3)
(True, 0.004)
"""

from collections.abc import Callable
from fractions import Fraction

from fixtures.map_point import INTEGER_TYPES, MapPoint

UNITS = ("kWh", "kvarh", "kVAh", "h")
TYPES = ("counter32", "counter64")
# What says only that somebody lives: kept nowhere, it begins at zero with every restart.
BEATS = ("heartbeat",)


def is_counter(point: MapPoint) -> bool:
    """Whether the device itself adds this value up."""
    return point.kind == "quantity" and (point.unit in UNITS or point.wire_type in TYPES)


def wrapping(point: MapPoint) -> Callable[[float], float]:
    """What makes of a value the one after the counter has begun again at zero as often as its type made it."""
    if not point.whole:
        return lambda value: value
    counts, scale = INTEGER_TYPES[point.wire_type][1] + 1, point.scale
    end = float(counts * scale)

    def wrapped(value: float) -> float:
        return value if value < end else float(round(Fraction(str(value)) / scale) % counts * scale)

    return wrapped
