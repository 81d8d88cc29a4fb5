"""A quantity that wanders around its mean: an Ornstein-Uhlenbeck process, advanced once a second.

wander = Wander(derive(seed, "mains", "frequency"), sigma=0.015, lag_s=60.0)
wander.advance(second=12); wander.value          # in the unit of sigma
"""

from math import exp, sqrt

from simulators.plant.noise import normal


class Wander:
    """`value` has the standard deviation `sigma` and forgets with the time constant `lag_s`."""

    __slots__ = ("_keep", "_key", "_kick", "value")

    def __init__(self, key: int, sigma: float, lag_s: float) -> None:
        self._key = key
        self._keep = exp(-1.0 / lag_s)
        self._kick = sigma * sqrt(1.0 - self._keep**2)
        self.value = 0.0

    def advance(self, second: int) -> None:
        """To this whole second of the plant, from the one before."""
        self.value = self.value * self._keep + self._kick * normal(self._key, second)
