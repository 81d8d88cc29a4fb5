"""The weather around the container, which may change slowly.

environment.warmer_k, environment.ramp_k_per_h = 15.0, 3.0
environment.step(3600.0); environment.temperature_c      # 3 K warmer
"""

from simulators.plant.humidity import humidity_ratio, relative_humidity, saturated_ratio
from simulators.plant.lag import clamp
from simulators.plant.parameters import Parameters


class Environment:
    """Dry bulb (°C), relative humidity (%), and the solar offset that the envelope feels (K).

    Knobs for faults: `warmer_k`, `ramp_k_per_h` (0 = at once), `forced_humidity` (percent of what the air could hold
    without `warmer_k`, 0 = none).
    """

    __slots__ = ("_base_c", "_change_k", "_humidity", "_solar_k", "forced_humidity", "ramp_k_per_h", "warmer_k")

    def __init__(self, p: Parameters) -> None:
        self._base_c, self._humidity = p.number("ambient_c"), p.number("ambient_humidity_percent")
        self._solar_k = p.number("solar_k")
        self.warmer_k = self.ramp_k_per_h = self.forced_humidity = self._change_k = 0.0

    def step(self, seconds: float) -> None:
        """Let the weather follow."""
        if self.ramp_k_per_h > 0.0:
            reach = self.ramp_k_per_h * seconds / 3600.0
            self._change_k += clamp(self.warmer_k - self._change_k, -reach, reach)
        else:
            self._change_k = self.warmer_k

    @property
    def temperature_c(self) -> float:
        return self._base_c + self._change_k

    @property
    def sky_c(self) -> float:
        return self.temperature_c + self._solar_k

    @property
    def ratio(self) -> float:
        """kg of water per kg of air. Warming the air does not add water to it, cooling may take some away."""
        usual = humidity_ratio(self._base_c, self.forced_humidity or self._humidity)
        return min(usual, saturated_ratio(self.temperature_c))

    @property
    def humidity(self) -> float:
        """Percent of what the air could hold as warm as it is now: a sensor outside shows this."""
        return relative_humidity(self.ratio, self.temperature_c)
