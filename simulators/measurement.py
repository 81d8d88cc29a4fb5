"""What an instrument makes of the truth: the measurement chain of one device.

true -> lag -> gain and offset of this unit -> drift -> noise -> mean of a window -> quantisation -> range ->
hold, and then the sensor faults. A channel takes the truth at its own refresh times, whether or not anybody
reads; reading changes nothing.

    channels = Channels(world, "ups-1-card", "ups-1", load_map("rfc1628-ups"), seed=1)
    channels.published("battery.charge")      # 100.0, constant within a refresh
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from profiles.refusal import Refusal
from simulators.calendar import GRID_MS
from simulators.channel import Channel, Point, sensor_of
from simulators.display import Display
from simulators.measurement_rules import rule_of
from simulators.plant.node import Node
from simulators.plant.noise import derive, uniform
from simulators.plant.points.table import Truth
from simulators.plant.swing import Swing
from simulators.readings import frozen
from simulators.sensor import Sensor, refresh, sample
from simulators.wiring import Wiring
from simulators.world import World


class PointMap(Protocol):
    """What the chain needs of a device map."""

    @property
    def points(self) -> Mapping[str, Point]: ...


class Channels:
    """All channels of one device. Refusal if the map has a point that the plant does not.

    What another interface of the same product has of a sensor, this one shows too.
    """

    __slots__ = ("_aim", "_device", "_displays", "_own", "_wiring", "_world")

    def __init__(self, world: World, device_id: str, equipment: str, device_map: PointMap, seed: int) -> None:
        self._world, self._device = world, device_id
        self._aim = world.aim(device_id, layer="sensor")
        self._displays: dict[str, Display] = {}
        self._wiring = Wiring(world, device_id, equipment)
        self._own: dict[str, Sensor] = {}
        subject = str(world.description(equipment)["subject"])
        for name, point in device_map.points.items():
            for full in _names(world, equipment, name):
                place = device_id, equipment, seed, full, _period_ms(point)
                if place not in world.sensors:
                    rule = rule_of(subject, full)
                    swing = _swing(world, equipment) if rule.window_s else None
                    read = self._wiring.reader(full) or world.reader(equipment, full)
                    self._own[full] = world.sensors[place] = sensor_of(point, read, rule, swing)
                channel = Channel(full, point, world.sensors[place], derive(seed, device_id, full))
                self._displays[full] = Display(channel, self._aim)
        world.watch_faults(self._rewire)
        self._subscribe(derive(seed, device_id, "phase"))
        world.keep(f"channels/{device_id}", self)

    def save(self) -> dict[str, Any]:
        """The state of the whole chain, as plain JSON."""
        sensors = {name: display.channel.sensor.save() for name, display in self._displays.items()}
        return {"channels": sensors, "wiring": self._wiring.save()}

    def restore(self, saved: Mapping[str, Any]) -> None:
        for name, display in self._displays.items():
            display.channel.sensor.restore(saved["channels"][name])
        self._wiring.restore(saved["wiring"])
        self._forget()

    def _subscribe(self, key: int) -> None:
        periods: dict[int, dict[str, Sensor]] = {}
        for name, sensor in self._own.items():
            periods.setdefault(_period_ms(self._displays[name].channel.point), {})[name] = sensor
        for period, group in sorted(periods.items()):
            phase = int(uniform(key, period) * period)
            self._subscribe_samples(list(group.values()), period, phase)
            self._world.subscribe(period, phase, self._refresher(group, period))

    def _subscribe_samples(self, group: list[Sensor], period: int, phase: int) -> None:
        """The grid points before each refresh at which those sample that mean a window."""
        for k in range(1, max(sensor.window for sensor in group)):
            meaning = [sensor for sensor in group if sensor.window > k]

            def take(now: int, meaning: list[Sensor] = meaning) -> None:
                sample(meaning)

            self._world.subscribe(period, phase - k * GRID_MS, take)

    def _refresher(self, group: Mapping[str, Sensor], period: int) -> Callable[[int], None]:
        sensors = list(group.values())

        def take(now: int) -> None:
            faults = self._aim.at(now)
            if faults:
                free = [one for name, one in group.items() if one.held[0] is None or not frozen(name, faults)]
                refresh(free, now, period)
            else:
                refresh(sensors, now, period)

        return take

    def points(self) -> tuple[str, ...]:
        """All signals, those of many-subjects as `point@instance`."""
        return tuple(self._displays)

    def display(self, point: str) -> Display:
        """What shows a point, for those who read often. Refusal for a point that the map does not have."""
        if point not in self._displays:
            raise Refusal(self._device, f"it has no point '{point}'", f"choose one of {', '.join(self._displays)}")
        return self._displays[point]

    def published(self, point: str) -> Truth:
        """The value that the device shows now, in the vocabulary's unit; None where it has none."""
        return self.display(point).now()

    def _forget(self) -> None:
        for display in self._displays.values():
            display.forget()

    def _rewire(self) -> None:
        """Read as the wiring now lets the device see, and show what sensors now make of it."""
        self._forget()
        for name, sensor in self._own.items():
            sensor.read = self._wiring.reader(name) or sensor.read


def _period_ms(point: Point) -> int:
    return max(GRID_MS, round(point.refresh_s * 1000))


def _swing(world: World, equipment: str) -> Callable[[], Swing | None]:
    """How the power of the chips of the equipment's node swings now; None where it does not."""
    node: Node = world.plant.nodes[round(world.description(equipment)["node"]) - 1]
    return node.chip_swing


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
