"""Whether two sources may be connected: their voltages, frequencies and phases compared.

The angle between them turns with the difference of their frequencies. Nothing knows where it stands before somebody
looks, so that each time begins at an angle of its own.

    synchroniser.begin(0); synchroniser.step(0.2, slip_hz=0.05, difference_pu=0.01); synchroniser.agrees
"""

from math import ceil

from simulators.plant.noise import uniform
from simulators.plant.parameters import Parameters

LONG_MS = 1_000_000
FAR = 1e6  # before anything was measured


class Synchroniser:
    """`angle_deg` (-180 to 180) of the genset ahead of the utility, `slip_hz` by which it gains."""

    __slots__ = ("_key", "_most_deg", "_most_hz", "_most_pu", "angle_deg", "difference_pu", "slip_hz")

    def __init__(self, p: Parameters, key: int) -> None:
        self._key = key
        self._most_pu = p.number("most_voltage_difference_percent") / 100
        self._most_hz = p.number("most_frequency_difference_hz")
        self._most_deg = p.number("most_angle_difference_deg")
        self.angle_deg, self.slip_hz, self.difference_pu = 0.0, FAR, FAR

    def begin(self, count: int) -> None:
        """Look for the first time; `count` tells one time from another."""
        self.angle_deg = 360.0 * uniform(self._key, count) - 180.0
        self.slip_hz = self.difference_pu = FAR

    def step(self, seconds: float, slip_hz: float, difference_pu: float) -> None:
        self.slip_hz, self.difference_pu = slip_hz, difference_pu
        self.angle_deg = (self.angle_deg + 360.0 * slip_hz * seconds + 180.0) % 360.0 - 180.0

    @property
    def _alike(self) -> bool:
        return abs(self.slip_hz) < self._most_hz and abs(self.difference_pu) < self._most_pu

    @property
    def agrees(self) -> bool:
        return self._alike and abs(self.angle_deg) < self._most_deg

    def wait_ms(self) -> int:
        """Until the sources will be in phase, as things stand."""
        if not self._alike or self.slip_hz == 0.0:
            return LONG_MS
        left = -self.angle_deg % 360.0 if self.slip_hz > 0.0 else self.angle_deg % 360.0
        return max(1, ceil(1000.0 * left / (360.0 * abs(self.slip_hz))))
