"""A power sensor that looks for a short window of each period and is blind in between.

Accelerators measure their power for 25 ms of every 100 ms. A load that swings in step with that sampler is
read wrong for as long as it does so; one that drifts past it is read right on average.

>>> swings = [Swing(hertz, low=0.55, high=1.3) for hertz in (1, 2.5, 10, 10.3)]
>>> [round(100 * sampled(swing, 0, 60, 0.025, 0.1), 1) - 100 for swing in swings]
[0.0, -7.5, -7.0, 0.0]
"""

from math import ceil, floor

from simulators.plant.swing import Swing


def sampled(swing: Swing, begin_s: float, end_s: float, window_s: float, every_s: float) -> float:
    """What the sensor takes for the mean between two moments, relative to the true mean then.

    Windows begin at whole multiples of `every_s`; 1 where there is none.
    """
    first, last = ceil(begin_s / every_s - 1e-9), floor((end_s - window_s) / every_s + 1e-9)
    true = swing.mean(begin_s, end_s)
    if last < first or true <= 0.0:
        return 1.0
    windows = [k * every_s for k in range(first, last + 1)]
    return sum(swing.mean(at, at + window_s) for at in windows) / len(windows) / true
