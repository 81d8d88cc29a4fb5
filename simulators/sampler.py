"""A power sensor that looks for a short window of each period and is blind in between.

Accelerators measure their power for 25 ms of every 100 ms. A load that swings in step with that sampler is
read wrong for as long as it does so; one that drifts past it is read right on average.

>>> [round(100 * sampled(Swing(hertz, 0.75), 0, 60, 0.025, 0.1), 1) - 100 for hertz in (1, 2.5, 10, 10.3)]
[0.0, -7.5, -7.0, 0.0]
"""

from dataclasses import dataclass
from math import ceil, floor


@dataclass(frozen=True, slots=True)
class Swing:
    """A load that alternates between two levels around its mean of 1.

    Each period begins with rest, which leaves `duty` of it for work; `depth` is the difference of the levels.
    A period began `lead_s` before time 0.
    """

    hertz: float
    depth: float
    duty: float = 0.6
    lead_s: float = 0.02767

    def energy(self, seconds: float) -> float:
        """The integral up to a moment; only differences mean something."""
        periods = (seconds + self.lead_s) * self.hertz
        whole = floor(periods)
        worked = whole * self.duty + max(0.0, periods - whole - (1.0 - self.duty))
        return (1.0 - self.depth * self.duty) * seconds + self.depth * worked / self.hertz


def sampled(swing: Swing, begin_s: float, end_s: float, window_s: float, every_s: float) -> float:
    """What the sensor takes for the mean between two moments, relative to the true mean of the load.

    Windows begin at whole multiples of `every_s`; 1 where there is none, or no swing.
    """
    first, last = ceil(begin_s / every_s - 1e-9), floor((end_s - window_s) / every_s + 1e-9)
    if swing.depth <= 0.0 or swing.hertz <= 0.0 or last < first:
        return 1.0
    seen = 0.0
    for k in range(first, last + 1):
        seen += swing.energy(k * every_s + window_s) - swing.energy(k * every_s)
    return seen / ((last + 1 - first) * window_s)
