"""One signal: the errors of its unit, and the truth as its sensor took it at the last refresh.

Lag and mean are taken while the plant runs; gain, offset, drift and noise when somebody asks, which changes
nothing. Each member of the chain has an error of its own, fixed when it was made, inside its part of the class.

    channel = Channel("battery.charge", point, read, key=derive(1, "ups-1-card", "battery.charge"), rule=rule)
    channel.refresh(now=5000, period_ms=5000); channel.measured()      # 99.8
"""

from collections.abc import Callable, Mapping, Sequence
from math import exp, inf
from typing import Any, Protocol

from simulators.measurement_rules import Rule
from simulators.plant.noise import derive, normal, uniform
from simulators.plant.points.table import Truth
from simulators.sampler import Swing, sampled

GRID_MS = 200
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


class Channel:
    """`held` is what the sensor took at `held_ms`, refresh `index`; `before` the same one refresh ago."""

    __slots__ = (
        "_class",
        "_least",
        "_most",
        "_noise",
        "_plain",
        "before",
        "drift",
        "gain",
        "held",
        "held_ms",
        "index",
        "lagged",
        "measures",
        "name",
        "noise_key",
        "offset",
        "point",
        "read",
        "rule",
        "samples",
        "sum",
        "swing",
        "window",
    )

    def __init__(
        self,
        name: str,
        point: Point,
        read: Callable[[], Truth],
        key: int,
        rule: Rule,
        swing: Callable[[], Swing] | None = None,
    ) -> None:
        self.name, self.point, self.read, self.rule, self.swing = name, point, read, rule, swing
        # Counts, times and texts are exact; what is counted up has no noise.
        self.measures = point.kind == "quantity" and point.unit not in EXACT_UNITS
        noisy = self.measures and point.unit not in NOISELESS_UNITS
        # How many samples of the plant's grid a refresh means.
        self.window = max(1, round(1000 * min(rule.average_s, point.refresh_s) / GRID_MS)) if noisy else 1
        # What is taken as it is: neither a mean, nor late, nor blind in between.
        self._plain = self.window == 1 and swing is None and not (rule.lag_s > 0.0 and self.measures)
        self._class = point.accuracy.relative, point.accuracy.absolute
        self._noise = rule.noise(*self._class, self.window) if noisy else (0.0, 0.0)
        # What begins within these bounds does not leave them.
        self._least = -inf if point.unit in SIGNED_UNITS else 0.0
        self._most = 100.0 if point.unit == "%" else inf
        errors = [part * (2 * uniform(key, 2 * k) - 1) for k, part in enumerate(rule.parts)]
        offsets = [part * (2 * uniform(key, 2 * k + 1) - 1) for k, part in enumerate(rule.parts)]
        self.gain = 1.0 + point.accuracy.relative * sum(errors)
        self.offset = point.accuracy.absolute * sum(offsets)
        self.drift = rule.drift_per_year * (2 * uniform(derive(key, "drift"), 0) - 1)
        self.noise_key = derive(key, "noise")
        self.held: Truth = None
        self.held_ms = self.index = self.samples = 0
        self.sum = 0.0
        self.before: tuple[Truth, int, int] = (None, 0, 0)
        self.lagged: float | None = None

    def save(self) -> list[Any]:
        """What changes from refresh to refresh, as plain JSON."""
        return [self.held, self.held_ms, self.index, self.before, self.lagged, self.samples, self.sum]

    def restore(self, saved: Sequence[Any]) -> None:
        self.held, self.held_ms, self.index, before, self.lagged, self.samples, self.sum = saved
        self.before = tuple(before)

    def refresh(self, now: int, period_ms: int) -> None:
        """Take the truth of this moment: through the sensor's own lag, or as a mean of the last samples."""
        value = self.read()
        if not self._plain:
            value = self._sensed(value, now, period_ms)
        self.before = (self.held, self.held_ms, self.index)
        self.held, self.held_ms, self.index = value, now, now // period_ms

    def _sensed(self, value: Truth, now: int, period_ms: int) -> Truth:
        total, count = self.sum, self.samples
        self.sum, self.samples = 0.0, 0
        if not isinstance(value, float):
            return value
        value = (total + value) / (count + 1)
        if self.rule.lag_s > 0.0 and self.measures:
            old = value if self.lagged is None else self.lagged
            value = self.lagged = old + (value - old) * (1.0 - exp(-period_ms / 1000.0 / self.rule.lag_s))
        if self.swing is not None:
            begin, end = (now - period_ms) / 1000.0, now / 1000.0
            value *= sampled(self.swing(), begin, end, self.rule.window_s, self.rule.every_s)
        return value

    def measured(self, noise_factor: float = 1.0) -> Truth:
        """What this unit makes of it, not yet quantised."""
        value = self.held
        if not self.measures or not isinstance(value, float):
            return value
        size = abs(value)
        width = self._class[0] * size + self._class[1]
        spread = self._noise[0] * size + self._noise[1]
        # What noise takes of the class is not left for the unit's own error.
        room = 1.0 - min(0.5, spread / width) if width > 0.0 else 1.0
        measured = value + room * ((self.gain - 1.0) * value + self.offset)
        measured += self.drift * width * self.held_ms / YEAR_MS
        if spread > 0.0:
            measured += spread * noise_factor * max(-LIMIT, min(LIMIT, normal(self.noise_key, self.index)))
        if measured < self._least <= value:
            return self._least
        if measured > self._most >= value:
            return self._most
        return measured


def quantise(value: float, resolution: float) -> float:
    """The nearest multiple of the resolution; unchanged where that is 0.

    >>> quantise(219.97, 0.1), quantise(3.14159, 0)
    (220.0, 3.14159)
    """
    return round(round(value / resolution) * resolution, 9) if resolution > 0.0 else value
