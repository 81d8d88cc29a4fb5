"""Exact first-order lag: stable for every step, independent of how the time is cut into steps.

>>> round(approach(0.0, 1.0, 1.0, 1.0), 3)
0.632
"""

from math import exp


def approach(value: float, target: float, seconds: float, tau: float) -> float:
    """`value` after moving towards a constant target for some seconds with time constant `tau` (s)."""
    return value + (target - value) * (1.0 - exp(-seconds / tau))


def clamp(value: float, low: float, high: float) -> float:
    return low if value < low else high if value > high else value
