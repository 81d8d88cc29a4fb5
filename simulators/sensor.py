"""What a sensor takes of the truth at each refresh: as it is, late, as a mean of the last samples, or half blind.

It does so while the plant runs, whether or not anybody reads; all interfaces of one product show the same sensor.

    sensor = Sensor(world.reader("ups-1", "battery.charge"), Rule(), measures=True, window=1)
    refresh([sensor], now=5000, period_ms=5000); sensor.held      # (100.0, 5000, 1)
"""

from collections.abc import Callable, Iterable, Sequence
from math import exp
from typing import Any

from simulators.calendar import GRID_MS
from simulators.measurement_rules import Rule
from simulators.plant.points.table import Truth
from simulators.plant.swing import Swing
from simulators.sampler import sampled

# What a sensor took, at which moment (ms), and the index of that refresh.
Taken = tuple[Truth, int, int]


class Sensor:
    """`held` is what it took last, `before` one refresh ago.

    `measures` says whether it shows a quantity rather than a count, a time or a word; `window` is how many samples of
    the plant's grid a refresh means.
    """

    __slots__ = (
        "before",
        "held",
        "lagged",
        "measures",
        "plain",
        "read",
        "rule",
        "samples",
        "sum",
        "swing",
        "window",
    )

    def __init__(
        self,
        read: Callable[[], Truth],
        rule: Rule,
        measures: bool,
        window: int,
        swing: Callable[[], Swing | None] | None = None,
    ) -> None:
        self.read, self.rule, self.measures, self.window, self.swing = read, rule, measures, window, swing
        # What is taken as it is: neither a mean, nor late, nor blind in between.
        self.plain = window == 1 and swing is None and not (rule.lag_s > 0.0 and measures)
        self.held: Taken = (None, 0, 0)
        self.before: Taken = self.held
        self.samples, self.sum = 0, 0.0
        self.lagged: float | None = None

    def save(self) -> list[Any]:
        """What changes from refresh to refresh, as plain JSON."""
        return [self.held, self.before, self.lagged, self.samples, self.sum]

    def restore(self, saved: Sequence[Any]) -> None:
        held, before, self.lagged, self.samples, self.sum = saved
        self.held, self.before = tuple(held), tuple(before)

    def sensed(self, value: Truth, now: int, period_ms: int) -> Truth:
        """What it makes of the last value of a refresh: through its own lag, or as a mean with the samples before."""
        total, count = self.sum, self.samples
        self.sum, self.samples = 0.0, 0
        if type(value) is not float:
            return value
        value = (total + value) / (count + 1)
        if self.rule.lag_s > 0.0 and self.measures:
            old = value if self.lagged is None else self.lagged
            value = self.lagged = old + (value - old) * (1.0 - exp(-period_ms / 1000.0 / self.rule.lag_s))
        swing = self.swing() if self.swing is not None else None
        if swing is not None:
            begin, end = (now - (count + 1) * GRID_MS) / 1000.0, now / 1000.0
            value *= sampled(swing, begin, end, self.rule.window_s, self.rule.every_s)
        return value


def sample(sensors: Iterable[Sensor]) -> None:
    """Let sensors take one of the samples that their next refresh means."""
    for sensor in sensors:
        if sensor.swing is not None and sensor.swing() is None:
            # A load that does not swing has no other mean than its value.
            continue
        value = sensor.read()
        if type(value) is float:
            sensor.sum += value
            sensor.samples += 1


def refresh(sensors: Iterable[Sensor], now: int, period_ms: int) -> None:
    """Let sensors take the truth of this moment."""
    index = now // period_ms
    for sensor in sensors:
        value = sensor.read()
        if not sensor.plain:
            value = sensor.sensed(value, now, period_ms)
        sensor.before, sensor.held = sensor.held, (value, now, index)
