"""A door: the opening lets warm outside air in by buoyancy, both ways at once.

>>> round(air_exchange(1.0, 10.0), 2)
0.31
"""

from math import sqrt


def air_exchange(opening: float, difference_k: float) -> float:
    """m3/s through a door 0.9 m wide and 2 m high, opened by 0-1, at this temperature difference."""
    if opening <= 0.0:
        return 0.0
    return float(0.2 * 0.9 * 2.0**1.5 * sqrt(9.81 * abs(difference_k) / 295.0) * opening + 0.02)


class Door:
    """Reed contact and lock. Knob for faults: `opening` (0-1)."""

    __slots__ = ("locked", "opening")

    def __init__(self) -> None:
        self.opening, self.locked = 0.0, True

    @property
    def state(self) -> str:
        return "open" if self.opening > 0.0 else "closed"
