"""A door: the opening lets warm outside air in by buoyancy, both ways at once.

>>> round(air_exchange(1.0, 10.0), 2)
0.31
"""

from math import sqrt

HELD_S = 30.0  # a door open for longer was forgotten


def air_exchange(opening: float, difference_k: float) -> float:
    """m3/s through a door 0.9 m wide and 2 m high, opened by 0-1, at this temperature difference."""
    if opening <= 0.0:
        return 0.0
    return float(0.2 * 0.9 * 2.0**1.5 * sqrt(9.81 * abs(difference_k) / 295.0) * opening + 0.02)


class Door:
    """Reed contact and lock. Knobs for faults: `opening` (0-1), `forced` (opened without a badge)."""

    __slots__ = ("badges", "forced", "locked", "opened_s", "opening")

    def __init__(self) -> None:
        self.opening, self.opened_s = 0.0, 0.0
        self.locked, self.forced, self.badges = True, False, 0

    def step(self, seconds: float) -> None:
        if self.opening > 0.0 and self.opened_s <= 0.0 and not self.forced:
            self.badges += 1
        self.opened_s = self.opened_s + seconds if self.opening > 0.0 else 0.0

    @property
    def contact(self) -> str:
        return "open" if self.opening > 0.0 else "closed"

    @property
    def state(self) -> str:
        """What access control makes of it: an opening with a badge before it is simply open."""
        if self.opening <= 0.0:
            return "closed"
        if self.forced:
            return "forced"
        return "held" if self.opened_s > HELD_S else "open"
