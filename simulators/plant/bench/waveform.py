"""A periodic voltage, as multimeters and oscilloscopes see it.

>>> line = Waveform.sine(220.0, 60.0)
>>> round(line.rms, 1), round(line.peak_to_peak, 1)
(220.0, 622.3)
>>> rail = Waveform.rippled(12.0, 0.06, 120.0)
>>> rail.mean, round(rail.rms, 3), round(rail.alternating, 4)
(12.0, 12.0, 0.0173)
"""

from math import hypot, sqrt
from typing import NamedTuple


class Waveform(NamedTuple):
    """V: mean, effective value of what alternates around it, from peak to peak; Hz, None where nothing alternates."""

    mean: float
    alternating: float
    peak_to_peak: float
    frequency: float | None

    @classmethod
    def sine(cls, effective_v: float, hertz: float) -> "Waveform":
        return cls(0.0, effective_v, 2.0 * sqrt(2.0) * effective_v, hertz if effective_v > 0.0 else None)

    @classmethod
    def rippled(cls, mean_v: float, peak_to_peak_v: float, hertz: float) -> "Waveform":
        """A direct voltage with a triangular ripple."""
        alternating = peak_to_peak_v / (2.0 * sqrt(3.0))
        return cls(mean_v, alternating, peak_to_peak_v, hertz if peak_to_peak_v > 0.0 else None)

    @property
    def rms(self) -> float:
        return hypot(self.mean, self.alternating)
