"""What a three-phase meter would see of a load: currents, power factor, distortion. Never fed back.

Displacement and harmonics of the power supplies depend on their load ratio; the parts close
S^2 = P^2 + Q^2 + D^2 in each phase.

>>> phase = Phase.of(10_000.0, 220.0, 0.5)
>>> round(phase.power_factor, 2), round(phase.current, 1)
(0.99, 45.8)
"""

from math import exp, sqrt
from typing import NamedTuple


class Phase(NamedTuple):
    """One phase: V, A, W, var, VA."""

    voltage: float
    current: float
    power: float
    reactive: float
    apparent: float

    @classmethod
    def of(cls, power: float, voltage: float, load_ratio: float) -> "Phase":
        """From true power (W), voltage (V) and how far the power supplies are loaded (0-1)."""
        if voltage < 1.0 or power <= 0.0:
            return cls(max(0.0, voltage), 0.0, 0.0, 0.0, 0.0)
        ratio = max(load_ratio, 0.01)
        distortion = min(0.45, 0.03 / ratio**0.8)
        displacement = 0.995 * (1.0 - 0.25 * exp(-ratio / 0.08))
        fundamental = power / (voltage * displacement)
        current = fundamental * sqrt(1.0 + distortion * distortion)
        reactive = voltage * fundamental * sqrt(1.0 - displacement * displacement)
        return cls(voltage, current, power, reactive, voltage * current)

    @property
    def power_factor(self) -> float:
        """1 for an unloaded phase."""
        return self.power / self.apparent if self.apparent > 0.0 else 1.0
