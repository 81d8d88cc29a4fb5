"""Heat exchangers by effectiveness and number of transfer units: how much heat for these two streams.

>>> round(counter_flow(20_400.0, 9_530.0, 7_650.0), 2)
0.78
"""

from math import exp


def counter_flow(ua: float, hot: float, cold: float) -> float:
    """Effectiveness of a plate exchanger; `ua` and both capacity flows in W/K."""
    least, most = min(hot, cold), max(hot, cold)
    if least <= 1e-9:
        return 0.0
    ratio, units = least / most, ua / least
    if ratio > 0.999:
        return units / (1.0 + units)
    rest = exp(-units * (1.0 - ratio))
    return (1.0 - rest) / (1.0 - ratio * rest)


def cross_flow(ua: float, one: float, other: float) -> float:
    """Effectiveness of a finned coil, both streams unmixed; `ua` and both capacity flows in W/K."""
    least, most = min(one, other), max(one, other)
    if least <= 1e-9 or ua <= 0.0:
        return 0.0
    ratio, units = least / most, ua / least
    return 1.0 - exp((exp(-ratio * units**0.78) - 1.0) * units**0.22 / ratio)
