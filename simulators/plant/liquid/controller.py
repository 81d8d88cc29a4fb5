"""A PI controller between 0 and 1 that does not wind up: it integrates only while it can still act.

controller.wanted(error=0.4, seconds=0.2)     # -> 0 … 1
"""

from simulators.plant.lag import clamp


class Controller:
    __slots__ = ("_gain", "_integral_gain", "integral")

    def __init__(self, gain: float, integral_gain: float, start: float) -> None:
        self._gain, self._integral_gain, self.integral = gain, integral_gain, start

    def wanted(self, error: float, seconds: float) -> float:
        wanted = self._gain * error + self.integral
        if (wanted < 1.0 or error < 0.0) and (wanted > 0.0 or error > 0.0):
            self.integral = clamp(self.integral + self._integral_gain * error * seconds, 0.0, 1.0)
        return clamp(wanted, 0.0, 1.0)
