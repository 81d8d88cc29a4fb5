"""What an instrument makes of the truth: the measurement chain of one device.

true -> sensor lag -> gain and offset of this unit -> noise -> quantisation -> range -> hold, and then the
sensor faults. A channel takes the truth at its own refresh times, whether or not anybody reads; reading
changes nothing. Each unit keeps within half of its accuracy class.

    channels = Channels(world, "ups-1-card", "ups-1", load_map("rfc1628-ups"), seed=1)
    channels.published("battery.charge")      # 100.0, constant within a refresh
"""

from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from math import exp
from pathlib import Path
from typing import Protocol

import yaml

from profiles.refusal import Refusal
from simulators.faults.registry import ActiveFault
from simulators.plant.noise import derive, normal, uniform
from simulators.plant.points.table import Truth
from simulators.readings import apply_faults, frozen
from simulators.world import World

UNIT_SPREAD = 0.35  # of the accuracy class: fixed gain and offset of one unit
NOISE = 0.05  # of the accuracy class, standard deviation; cut at 2.5
EXACT_UNITS = ("count", "s", "min", "B")
NOISELESS_UNITS = ("kWh", "h")


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


class PointMap(Protocol):
    """What the chain needs of a device map."""

    @property
    def points(self) -> Mapping[str, Point]: ...


class Channel:
    """One signal: its unit's errors, and the truth at the last refresh."""

    __slots__ = ("gain", "held", "held_ms", "index", "lag_s", "lagged", "name", "noise_key", "offset", "point", "read")

    def __init__(self, name: str, point: Point, read: Callable[[], Truth], key: int, lag_s: float) -> None:
        self.name, self.point, self.read, self.lag_s = name, point, read, lag_s
        self.gain = 1.0 + UNIT_SPREAD * point.accuracy.relative * (2 * uniform(key, 0) - 1)
        self.offset = UNIT_SPREAD * point.accuracy.absolute * (2 * uniform(key, 1) - 1)
        self.noise_key = derive(key, "noise")
        self.held: Truth = None
        self.held_ms = self.index = 0
        self.lagged: float | None = None

    def refresh(self, now: int, period_ms: int) -> None:
        """Take the truth of this moment, through the sensor's own lag."""
        value = self.read()
        if self.lag_s > 0.0 and isinstance(value, float):
            old = value if self.lagged is None else self.lagged
            value = self.lagged = old + (value - old) * (1.0 - exp(-period_ms / 1000.0 / self.lag_s))
        self.held, self.held_ms, self.index = value, now, now // period_ms

    def measured(self, noise_factor: float = 1.0) -> Truth:
        """The held truth as this unit reports it, not yet quantised."""
        value, point = self.held, self.point
        if not isinstance(value, float) or point.kind != "quantity" or point.unit in EXACT_UNITS:
            return value
        measured = self.gain * value + self.offset
        if point.unit not in NOISELESS_UNITS:
            width = point.accuracy.relative * abs(value) + point.accuracy.absolute
            grain = max(-2.5, min(2.5, normal(self.noise_key, self.index)))
            measured += NOISE * width * grain * noise_factor
        if value >= 0.0 and point.unit != "°C":
            measured = max(0.0, measured)
        if point.unit == "%" and value <= 100.0:
            measured = min(100.0, measured)
        return measured


def quantise(value: float, resolution: float) -> float:
    """The nearest multiple of the resolution; unchanged where that is 0.

    >>> quantise(219.97, 0.1), quantise(3.14159, 0)
    (220.0, 3.14159)
    """
    return round(round(value / resolution) * resolution, 9) if resolution > 0.0 else value


class Channels:
    """All channels of one device. Refusal if the map has a point that the plant does not."""

    __slots__ = ("_cache", "_channels", "_device", "_version", "_world")

    def __init__(self, world: World, device_id: str, equipment: str, device_map: PointMap, seed: int) -> None:
        self._world, self._device = world, device_id
        self._channels: dict[str, Channel] = {}
        self._cache: dict[str, tuple[int, int, Truth]] = {}
        subject = str(world.description(equipment)["subject"])
        for name, point in device_map.points.items():
            for full in _names(world, equipment, name):
                key = derive(seed, device_id, full)
                channel = Channel(full, point, world.reader(equipment, full), key, _lag(subject, full))
                self._channels[full] = channel
        self._subscribe(derive(seed, device_id, "phase"))

    def _subscribe(self, key: int) -> None:
        periods: dict[int, list[Channel]] = {}
        for channel in self._channels.values():
            periods.setdefault(max(200, round(channel.point.refresh_s * 1000)), []).append(channel)
        for period, group in sorted(periods.items()):
            self._world.subscribe(period, int(uniform(key, period) * period), self._refresher(group, period))

    def _refresher(self, group: list[Channel], period: int) -> Callable[[int], None]:
        def refresh(now: int) -> None:
            faults = self._faults(now) if self._world.fault_version else []
            for channel in group:
                if not (faults and channel.held is not None and frozen(channel.name, faults)):
                    channel.refresh(now, period)

        return refresh

    def points(self) -> tuple[str, ...]:
        """All signals, those of many-subjects as `point@instance`."""
        return tuple(self._channels)

    def published(self, point: str) -> Truth:
        """The value that the device shows now, in the vocabulary's unit; None where it has none.

        Refusal for a point that the map does not have.
        """
        channel = self._channels.get(point)
        if channel is None:
            raise Refusal(self._device, f"it has no point '{point}'", f"choose one of {', '.join(self._channels)}")
        version = self._world.fault_version
        cached = self._cache.get(point)
        if cached is not None and cached[0] == channel.held_ms and cached[1] == version:
            return cached[2]
        value = self._publish(channel)
        self._cache[point] = (channel.held_ms, version, value)
        return value

    def _publish(self, channel: Channel) -> Truth:
        faults = (
            [f for f in self._faults(channel.held_ms) if _hits(f, channel.name)] if self._world.fault_version else []
        )
        factor = next((f.number("factor") for f in faults if f.name == "sensor.noisy"), 1.0)
        value = channel.measured(factor)
        point = channel.point
        if faults:
            value = apply_faults(value, faults, channel.index, channel.noise_key)
        if not isinstance(value, float) or point.kind != "quantity":
            return value
        coarse = next((f.number("factor") for f in faults if f.name == "sensor.coarse"), 1.0)
        value = quantise(value, point.resolution * coarse)
        if point.range is not None and not faults:
            value = max(point.range[0], min(point.range[1], value))
        return value

    def _faults(self, now: int) -> list[ActiveFault]:
        active = self._world.faults_at(now)
        return [f for f in active if f.layer == "sensor" and f.concerns(self._device)]


def _hits(fault: ActiveFault, name: str) -> bool:
    pattern = fault.text("point")
    return fnmatchcase(name, pattern) or fnmatchcase(name.partition("@")[0], pattern)


def _names(world: World, equipment: str, name: str) -> Iterator[str]:
    """The truth's names of a map's point: itself, or one per instance."""
    known = world.points(equipment)
    if name in known:
        yield name
        return
    found = [point for point in known if point.partition("@")[0] == name]
    if not found and not name.startswith("identity."):
        raise Refusal(equipment, f"the plant has no point '{name}'", "remove it from the device map")
    yield from found


def _lag(subject: str, name: str) -> float:
    """Seconds of the sensor's own lag, from measurement.yaml."""
    lags = _lags().get(subject, {})
    bare = name.partition("@")[0]
    return next((float(seconds) for pattern, seconds in lags.items() if fnmatchcase(bare, pattern)), 0.0)


@cache
def _lags() -> Mapping[str, Mapping[str, float]]:
    path = Path(__file__).with_suffix(".yaml")
    document: Mapping[str, Mapping[str, Mapping[str, float]]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return document["lag_s"]
