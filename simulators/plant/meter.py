"""What a three-phase meter would see of a load: currents, power factor, distortion. Never fed back.

A load's displacement and harmonics depend on how far it is loaded; the parts close S² = P² + Q² + D² in each
phase. Triplen harmonics add up in the neutral where the phases' fundamentals cancel.

>>> phase = Phase.of(10_000.0, 220.0, 0.5)
>>> round(phase.power_factor, 2), round(phase.current, 1)
(0.99, 45.8)
"""

from collections.abc import Callable, Sequence
from math import exp, hypot, sqrt
from typing import NamedTuple

TRIPLEN = 0.6  # share of a power supply's harmonics that does not cancel in the neutral
RECTIFIER_DISPLACEMENT, MOTOR_DISPLACEMENT = 0.99, 0.995  # cosine of the angle between voltage and fundamental
RECTIFIER_TANGENT, MOTOR_TANGENT = (sqrt(1 / d**2 - 1) for d in (RECTIFIER_DISPLACEMENT, MOTOR_DISPLACEMENT))

Phases = Callable[[], Sequence["Phase"]]  # the three of them now


class Phase(NamedTuple):
    """One phase: V, A, W, var, VA; `distortion` is the total harmonic distortion of the current (1)."""

    voltage: float
    current: float
    power: float
    reactive: float
    apparent: float
    distortion: float

    @classmethod
    def of(cls, power: float, voltage: float, load_ratio: float) -> "Phase":
        """Single-phase power supplies: true power (W), voltage (V) and how far they are loaded (0-1)."""
        distortion = min(0.45, 0.03 / max(load_ratio, 0.01) ** 0.8)
        return cls._of(power, voltage, _supply_displacement(load_ratio), distortion)

    @classmethod
    def rectifier(cls, power: float, voltage: float, load_ratio: float) -> "Phase":
        """The input of a UPS: power factor 0.99, and 3 % of harmonics at full load that rise as the load falls."""
        return cls._of(power, voltage, RECTIFIER_DISPLACEMENT, min(0.45, 0.03 / max(load_ratio, 0.01)))

    @classmethod
    def motor(cls, power: float, voltage: float) -> "Phase":
        """Compressors, fans and pumps behind variable-speed drives with chokes."""
        return cls._of(power, voltage, MOTOR_DISPLACEMENT, 0.05)

    @classmethod
    def resistor(cls, power: float, voltage: float) -> "Phase":
        """A load bank: current in phase with the voltage, and of its shape."""
        return cls._of(power, voltage, 1.0, 0.0)

    @classmethod
    def _of(cls, power: float, voltage: float, displacement: float, distortion: float) -> "Phase":
        if voltage < 1.0 or power <= 0.0:
            return cls(max(0.0, voltage), 0.0, 0.0, 0.0, 0.0, 0.0)
        fundamental = power / (voltage * displacement)
        current = fundamental * sqrt(1.0 + distortion * distortion)
        reactive = voltage * fundamental * sqrt(1.0 - displacement * displacement)
        return cls(voltage, current, power, reactive, voltage * current, distortion)

    def beside(self, other: "Phase") -> "Phase":
        """Both loads on one phase; their harmonics have no common angle."""
        power, reactive = self.power + other.power, self.reactive + other.reactive
        if power <= 0.0:
            return self
        fundamental = hypot(power, reactive) / self.voltage
        harmonic = hypot(self.harmonic, other.harmonic)
        current = hypot(fundamental, harmonic)
        return Phase(self.voltage, current, power, reactive, self.voltage * current, harmonic / fundamental)

    @property
    def fundamental(self) -> float:
        """A of the first harmonic."""
        return self.current / sqrt(1.0 + self.distortion**2)

    @property
    def harmonic(self) -> float:
        """A of all other harmonics together."""
        return self.fundamental * self.distortion

    @property
    def power_factor(self) -> float:
        """1 for an unloaded phase."""
        return self.power / self.apparent if self.apparent > 0.0 else 1.0

    @property
    def distortion_power(self) -> float:
        """VA that neither works nor swings at the mains frequency."""
        return self.voltage * self.harmonic


def _supply_displacement(load_ratio: float) -> float:
    """Cosine of the angle between voltage and fundamental of a power supply that is loaded so far (0-1)."""
    return 0.995 * (1.0 - 0.25 * exp(-max(load_ratio, 0.01) / 0.08))


def supply_tangent(load_ratio: float) -> float:
    """var per watt of such power supplies."""
    return sqrt(1.0 / _supply_displacement(load_ratio) ** 2 - 1.0)


def neutral_current(phases: Sequence[Phase]) -> float:
    """A in the neutral of three phases 120 degrees apart, in quadrature with what their triplen harmonics add.

    >>> split = [Phase.of(power, 230.0, 0.5) for power in (16_000.0, 13_300.0, 10_700.0)]
    >>> round(neutral_current(split), 1)
    20.8
    """
    a, b, c = (phase.fundamental for phase in phases)
    unbalanced = a * a + b * b + c * c - a * b - b * c - c * a
    triplen = TRIPLEN * sum(phase.harmonic for phase in phases)
    return sqrt(max(0.0, unbalanced) + triplen * triplen)


def unbalance(values: Sequence[float]) -> float:
    """Greatest deviation from the mean, in percent of the mean; 0 where there is nothing.

    >>> round(unbalance([70.0, 58.0, 47.0]), 1)
    20.0
    """
    mean = sum(values) / len(values)
    return 100.0 * max(abs(value - mean) for value in values) / mean if mean > 1e-6 else 0.0
