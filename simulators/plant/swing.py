"""A load that swings between two levels, as training does: each period begins with rest and ends with work.

Energy is counted from the mean over each step of the plant; only who samples power for less than that sees the levels.

>>> swing = Swing(5.0, low=0.4, high=1.0)
>>> round(swing.mean(10.0, 10.2), 6), round(Swing(0.2, 0.4, 1.0).mean(10.2, 10.4), 6)
(0.76, 0.4)
"""

from dataclasses import dataclass
from math import floor


@dataclass(frozen=True, slots=True)
class Swing:
    """`duty` of each period is work, the rest is not. A period began `lead_s` before time 0."""

    hertz: float
    low: float
    high: float
    duty: float = 0.6
    lead_s: float = 0.02767

    def mean(self, begin_s: float, end_s: float) -> float:
        """The mean level between two moments."""
        worked = self._worked(end_s) - self._worked(begin_s)
        return self.low + (self.high - self.low) * worked / ((end_s - begin_s) * self.hertz)

    def _worked(self, seconds: float) -> float:
        """Periods of work up to a moment; only differences mean something."""
        periods = (seconds + self.lead_s) * self.hertz
        whole = floor(periods)
        return whole * self.duty + max(0.0, periods - whole - (1.0 - self.duty))
