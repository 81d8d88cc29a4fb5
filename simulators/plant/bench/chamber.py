"""A temperature forcing system: a head that blows air of a set temperature over the device under test.

It regulates its air, or with its sensor the device; then the air goes as far beyond the set-point as is needed, but
never further from the device than `difference_k`, nor beyond the limits of the air.

    chamber.step(0.2, device_c=61.0); chamber.air_c
"""

from simulators.plant.bench.ranges import ranges
from simulators.plant.lag import approach, clamp
from simulators.plant.parameters import Parameters

SETTINGS = (
    *("setpoint_c", "window_k", "soak_s", "lowest_c", "highest_c", "difference_k", "test_s", "cycles_limit"),
    *("head", "control"),
)


class ThermalChamber:
    """`head` is up or down, `control` regulates air or device; `sensor_c` is what the device's thermocouple feels."""

    __slots__ = (
        *SETTINGS,
        *("_air_lag_s", "_gain_per_s", "_sensor_lag_s", "_steepest_k_per_s", "_trim_k", "air_c", "cycles"),
        *("flow_l_per_min", "ranges", "sensor_c"),
    )

    setpoint_c: float
    window_k: float
    soak_s: float
    lowest_c: float
    highest_c: float
    difference_k: float
    test_s: float
    cycles_limit: float
    head: str
    control: str

    def __init__(self, p: Parameters, room_c: float) -> None:
        self.ranges = ranges(p)
        for name in SETTINGS:
            setattr(self, name, p.text(name) if name in ("head", "control") else p.number(name))
        self._air_lag_s, self._steepest_k_per_s = p.number("air_lag_s"), p.number("steepest_k_per_s")
        self._sensor_lag_s, self._gain_per_s = p.number("sensor_lag_s"), p.number("gain_per_s")
        self.flow_l_per_min = p.number("flow_l_per_min")
        self.air_c = self.sensor_c = room_c
        self._trim_k = self.cycles = 0.0

    @property
    def regulated_c(self) -> float:
        """The temperature that it brings to the set-point."""
        return self.sensor_c if self.control == "device" else self.air_c

    def over_device_c(self, room_c: float) -> float:
        """Of the air that cools the device: the chamber's with the head down, the room's with the head up."""
        return self.air_c if self.head == "down" else room_c

    def step(self, seconds: float, device_c: float) -> None:
        self.sensor_c = approach(self.sensor_c, device_c, seconds, self._sensor_lag_s)
        reach = self._steepest_k_per_s * seconds
        self.air_c += clamp(
            approach(self.air_c, self._wanted_c(seconds), seconds, self._air_lag_s) - self.air_c, -reach, reach
        )

    def _wanted_c(self, seconds: float) -> float:
        low, high = self.lowest_c, self.highest_c
        if self.control == "air":
            self._trim_k = 0.0
            return clamp(self.setpoint_c, low, high)
        low, high = max(low, self.sensor_c - self.difference_k), min(high, self.sensor_c + self.difference_k)
        trim = self._trim_k + self._gain_per_s * seconds * (self.setpoint_c - self.sensor_c)
        wanted = self.setpoint_c + trim
        if low <= wanted <= high:
            self._trim_k = trim
        return clamp(wanted, low, high)
