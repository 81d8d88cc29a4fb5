"""One signal: what its sensor took at the last refresh, and the errors of this unit.

Lag and mean are taken while the plant runs; gain, offset, drift and noise when somebody asks, which changes
nothing. Each member of the chain has an error of its own, fixed when it was made, inside its part of the class.

    sensor = sensor_of(point, read, rule)
    channel = Channel("battery.charge", point, sensor, key=derive(1, "ups-1-card", "battery.charge"))
    refresh([sensor], now=5000, period_ms=5000); channel.measured()      # 99.8
"""

from collections.abc import Callable, Mapping
from copy import copy
from math import inf
from typing import Protocol

from simulators.calendar import GRID_MS
from simulators.measurement_rules import Rule
from simulators.plant.noise import derive, normal, uniform
from simulators.plant.points.table import Truth
from simulators.plant.swing import Swing
from simulators.sensor import Sensor

LIMIT = 2.5  # standard deviations at which noise is cut
EXACT_UNITS = ("count", "s", "min", "B")
NOISELESS_UNITS = ("kWh", "kvarh", "h")
SIGNED_UNITS = ("°C", "K", "Pa", "ms")  # below zero is nothing special
YEAR_MS = 365 * 86_400_000


class Accuracy(Protocol):
    @property
    def relative(self) -> float: ...

    @property
    def absolute(self) -> float: ...


class Point(Protocol):
    """What the chain needs of a device map's point."""

    @property
    def unit(self) -> str | None: ...

    @property
    def kind(self) -> str: ...

    @property
    def accuracy(self) -> Accuracy: ...

    @property
    def resolution(self) -> float: ...

    @property
    def refresh_s(self) -> float: ...

    @property
    def range(self) -> tuple[float, float] | None: ...

    @property
    def states(self) -> Mapping[str, str] | None: ...


def sensor_of(
    point: Point, read: Callable[[], Truth], rule: Rule, swing: Callable[[], Swing | None] | None = None
) -> Sensor:
    """The sensor that a point of a device map shows; points of other maps may show it too."""
    # How many samples of the plant's grid a refresh means.
    mean_s = point.refresh_s if swing is not None else min(rule.average_s, point.refresh_s)
    window = max(1, round(1000 * mean_s / GRID_MS)) if _noisy(point) else 1
    return Sensor(read, rule, _measures(point), window, swing)


def _measures(point: Point) -> bool:
    """Counts, times and texts are exact."""
    return point.kind == "quantity" and point.unit not in EXACT_UNITS


def _noisy(point: Point) -> bool:
    """What is counted up has no noise."""
    return _measures(point) and point.unit not in NOISELESS_UNITS


class Channel:
    """A point of one device: its sensor, and what this unit makes of that."""

    __slots__ = (
        "_class",
        "_least",
        "_most",
        "_noise",
        "drift",
        "gain",
        "name",
        "noise_key",
        "offset",
        "point",
        "sensor",
    )

    def __init__(self, name: str, point: Point, sensor: Sensor, key: int) -> None:
        self.name, self.point, self.sensor = name, point, sensor
        rule = sensor.rule
        self._class = point.accuracy.relative, point.accuracy.absolute
        # A sampler's noise is that of its reading, however many looks that means.
        samples = sensor.window if sensor.swing is None else 1
        self._noise = rule.noise(*self._class, samples) if _noisy(point) else (0.0, 0.0)
        # What begins within these bounds does not leave them.
        self._least = -inf if point.unit in SIGNED_UNITS else 0.0
        self._most = 100.0 if point.unit == "%" else inf
        errors = [part * (2 * uniform(key, 2 * k) - 1) for k, part in enumerate(rule.parts)]
        offsets = [part * (2 * uniform(key, 2 * k + 1) - 1) for k, part in enumerate(rule.parts)]
        self.gain = 1.0 + point.accuracy.relative * sum(errors)
        self.offset = point.accuracy.absolute * sum(offsets)
        self.drift = rule.drift_per_year * (2 * uniform(derive(key, "drift"), 0) - 1)
        self.noise_key = derive(key, "noise")

    def earlier(self) -> "Channel":
        """The same as it was one refresh ago."""
        past = copy(self)
        past.sensor = copy(self.sensor)
        past.sensor.held = self.sensor.before
        return past

    def measured(self, noise_factor: float = 1.0) -> Truth:
        """What this unit makes of it, not yet quantised."""
        sensor = self.sensor
        value, held_ms, index = sensor.held
        if not sensor.measures or not isinstance(value, float):
            return value
        size = abs(value)
        width = self._class[0] * size + self._class[1]
        spread = self._noise[0] * size + self._noise[1]
        # What noise takes of the class is not left for the unit's own error.
        room = 1.0 - min(0.5, spread / width) if width > 0.0 else 1.0
        measured = value + room * ((self.gain - 1.0) * value + self.offset)
        measured += self.drift * width * held_ms / YEAR_MS
        if spread > 0.0:
            measured += spread * noise_factor * max(-LIMIT, min(LIMIT, normal(self.noise_key, index)))
        if measured < self._least <= value:
            return self._least
        if measured > self._most >= value:
            return self._most
        return measured


def quantiser(resolution: float) -> Callable[[float], float]:
    """What gives the nearest multiple of the resolution, to nine decimals; the value unchanged where that is 0.

    >>> quantiser(0.1)(219.97), quantiser(0.3)(1.0), quantiser(0)(3.14159)
    (220.0, 0.9, 3.14159)
    """
    if resolution <= 0.0:
        return lambda value: value
    # Of a decimal fraction of the unit, a division gives the decimal number at once.
    per_unit = round(1.0 / resolution)
    if per_unit * resolution == 1.0 and round(resolution, 9) == resolution:
        return lambda value: round(value / resolution) / per_unit
    return lambda value: round(round(value / resolution) * resolution, 9)
