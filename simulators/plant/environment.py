"""The weather around the container. Knobs for faults: `warmer_k`, `forced_humidity` (percent, 0 = none)."""

from simulators.plant.humidity import humidity_ratio
from simulators.plant.parameters import Parameters


class Environment:
    """Dry bulb (°C), relative humidity (%), and the solar offset that the envelope feels (K)."""

    __slots__ = ("_base_c", "_humidity", "_solar_k", "forced_humidity", "warmer_k")

    def __init__(self, p: Parameters) -> None:
        self._base_c, self._humidity = p.number("ambient_c"), p.number("ambient_humidity_percent")
        self._solar_k = p.number("solar_k")
        self.warmer_k = self.forced_humidity = 0.0

    @property
    def temperature_c(self) -> float:
        return self._base_c + self.warmer_k

    @property
    def sky_c(self) -> float:
        return self.temperature_c + self._solar_k

    @property
    def humidity(self) -> float:
        return self.forced_humidity or self._humidity

    @property
    def ratio(self) -> float:
        """kg of water per kg of air. Warming the air does not add water to it."""
        return humidity_ratio(self._base_c, self.humidity)
