"""The dry cooler: a finned coil under four fans that give the heat of the facility water to the weather.

Every fan draws air through its own part of the coil. One that has failed coasts down; where all stand still, a
natural draught is left.

    cooler.evaluate(powered=True)
    cooler.reject(water_w_per_k=9450.0, return_c=44.0, ambient_c=25.0)      # -> W
    cooler.step(0.2, wanted=0.6, powered=True)
"""

from math import exp

from simulators.plant.lag import clamp
from simulators.plant.liquid.exchanger import cross_flow
from simulators.plant.parameters import Parameters

FANS = 4
AREA_EXPONENT = 0.55  # how the coil's conductance follows the air


class DryCooler:
    """`speeds` are shares of the rated one. Knob for faults: `fans_failed`, how many of the fans stand still."""

    __slots__ = ("_air_w_per_k", "_draught", "_fan_lag_s", "_fan_rated_w", "_ua", "fan_w", "fans_failed", "speeds")

    def __init__(self, p: Parameters, fan: float) -> None:
        self._ua, self._air_w_per_k = p.number("cooler_w_per_k"), p.number("air_w_per_k")
        self._draught = p.number("natural_draught_percent") / 100
        self._fan_rated_w, self._fan_lag_s = p.number("fan_w"), p.number("fan_lag_s")
        self.speeds, self.fans_failed, self.fan_w = [fan] * FANS, 0, 0.0

    @property
    def fan(self) -> float:
        """Mean speed of the fans (pu)."""
        return sum(self.speeds) / FANS

    def evaluate(self, powered: bool) -> None:
        """W of the fans that are driven."""
        driven = self.speeds[self.fans_failed :] if powered else ()
        self.fan_w = self._fan_rated_w / FANS * sum(speed**3 for speed in driven)

    def reject(self, water_w_per_k: float, return_c: float, ambient_c: float) -> float:
        """W that the water gives to the outside air."""
        draught = max(self.fan, self._draught)
        air = self._air_w_per_k * draught
        effectiveness = cross_flow(self._ua * draught**AREA_EXPONENT, water_w_per_k, air)
        return effectiveness * min(water_w_per_k, air) * (return_c - ambient_c)

    def step(self, seconds: float, wanted: float, powered: bool) -> None:
        """Towards the `wanted` speed (pu), each fan that can."""
        reach = 1.0 - exp(-seconds / self._fan_lag_s)
        target = clamp(wanted, 0.0, 1.0) if powered else 0.0
        for k, speed in enumerate(self.speeds):
            self.speeds[k] = speed + ((target if k >= self.fans_failed else 0.0) - speed) * reach
