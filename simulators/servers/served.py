"""A served device: one product at one address, showing the world through its device map.

served = Served(world, "ups-1-card", "ups-1-card", "ups-1", load_map("rfc1628-ups"), seed=0)
served.raw(served.map.points["battery.charge"])      what stands on the wire: 100
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from zlib import crc32

from fixtures.decoding import Raw
from fixtures.device_map import DeviceMap
from fixtures.map_point import MapPoint, bare
from simulators.faults.registry import ActiveFault
from simulators.measurement import Channels
from simulators.plant.node import Node
from simulators.plant.noise import derive
from simulators.plant.points.table import Truth
from simulators.sensor import Sensor
from simulators.servers.alarms import AlarmList
from simulators.servers.counters import BEATS, is_counter, wrapping
from simulators.servers.device_clock import offset_s
from simulators.servers.encoding import encoder
from simulators.servers.firmware import changed
from simulators.servers.life import Life, behaviour
from simulators.servers.misreading import STALE, TORN, OldImage, aimed, misread
from simulators.world import World

ALARMS, FIRMWARE = "alarms", "identity.firmware"
UPTIME, OFFSET, CHECKSUM = "uptime", "clock.offset", "configuration.checksum"

Teller = Callable[[], Raw]


class Served:
    """Gives raw values as the product sends them, and tells servers how to misbehave.

    `sensor` names the measuring part: devices that share it show the same measurement; `clients` is how many the
    product lets in at once, `feed` the supply that it lives on (empty: the usual one of its subject). `map` follows
    the device's firmware; who keeps something made from it joins `life.changed`.
    """

    def __init__(
        self,
        world: World,
        sensor: str,
        name: str,
        equipment: str,
        device_map: DeviceMap,
        seed: int,
        clients: int | None = None,
        feed: str = "",
    ) -> None:
        self.clients = clients
        self.world, self.name, self.equipment, self.map = world, name, equipment, device_map
        self._original = device_map
        self._channels = Channels(world, sensor, equipment, device_map, seed)
        self._known = set(world.points(equipment))
        self._host = _host(world, equipment, device_map)
        self._aim = world.aim(name, equipment)
        # All active faults that are aimed at this device or its equipment.
        self.faults: Callable[[], Sequence[ActiveFault]] = self._aim.now
        self._tellers: dict[str, Teller] = {}
        self._shows: dict[str, Callable[[], Truth]] = {}
        self._key = derive(seed, sensor, "life")
        points = device_map.points
        counters = (full for full in self._channels.points() if is_counter(points[_entry(points, full)]))
        self._counters = dict.fromkeys([*counters, *(full for full in self._channels.points() if full in BEATS)])
        clocks = (full for full in self._channels.points() if points[_entry(points, full)].kind == "time")
        self._apart = {*self._counters, *clocks, ALARMS, FIRMWARE, UPTIME, OFFSET, CHECKSUM}
        self.life = Life(world, name, equipment, device_map, self._key, self._counted, feed)
        self.life.changed.append(self._follow_firmware)
        self._follow_firmware()
        self._old = OldImage(self._image)
        world.watch_faults(lambda: self._old.look(self.faults()))
        world.keep(f"image/{name}", self._old)
        alarms = device_map.reporting.alarms
        self.alarms = AlarmList(world, alarms, self.life, self.value, self._key) if alarms else None
        self._old.look(self.faults())

    def raw(self, point: MapPoint, instance: str = "") -> Raw:
        """The raw value of a point now; None where the plant has no such value."""
        own = self.map.points.get(point.name)
        if own is None:
            return self.teller(point, instance)()
        name = _full(point, instance)
        if name not in self._tellers:
            self._tellers[name] = self.teller(own, instance)
        return self._tellers[name]()

    def teller(self, point: MapPoint, instance: str = "") -> Teller:
        """What tells `raw` of a point of the present map, for those who ask often. Who keeps it joins `life.changed`.

        Refusal for a point of which the raw value is only a part.
        """
        name = _full(point, instance)
        if name not in self._known:
            return lambda: None
        faults, encode, show = self.faults, encoder(point), self._show(point, name)

        def tell() -> Raw:
            if (active := faults()) and (wrong := aimed(active, name)):
                return self._misread(point, name, wrong)
            return encode(show())

        return tell

    def before(self, point: MapPoint, instance: str = "") -> Raw:
        """What `raw` gave one refresh ago."""
        name = _full(point, instance)
        return encoder(point)(self._show(point, name, earlier=True)()) if name in self._known else None

    def value(self, name: str) -> Truth:
        """The value that the device shows for a point of its map, in the vocabulary's unit."""
        if name not in self._shows:
            self._shows[name] = self._show(self._point(name), name)
        return self._shows[name]()

    def write(self, name: str, value: float | str) -> None:
        """Acknowledge a write, which takes effect after the latency of the protocol. Refusal if it is not allowed."""
        within_ms = behaviour()["latency_ms"][self.map.protocol]
        self.world.accept(self.name, self.equipment, name, value, within_ms)

    def instances(self) -> tuple[str, ...]:
        return self.world.instances(self.equipment)

    def fault(self, name: str) -> ActiveFault | None:
        """The active fault of that name, if it is aimed at this device or its equipment."""
        faults = self.faults()
        return next((fault for fault in faults if fault.name == name), None) if faults else None

    def utc(self) -> float:
        """What the device's own clock says, in seconds since 1970."""
        return self.world.utc() + self._clock_offset()

    @property
    def boots(self) -> int:
        """How often the device has restarted."""
        return self.life.boots

    def booting(self) -> bool:
        """Whether it has power but no service yet."""
        return not self.life.up() and self.life.powered()

    def silent(self) -> bool:
        """Whether the device answers nobody."""
        return self.fault("comms.timeout") is not None or not self.reachable()

    def reachable(self) -> bool:
        """Whether the device is there: booted, on the same network as we, and not blocked by an alarm.

        An exporter of accelerators runs on their node, and is there when that has booted.
        """
        if not self.life.up() or (self._host is not None and self._host.state != "on"):
            return False
        return not self.blocked() and not any(
            fault.name == "device.network_partition" and self._belongs(fault.text("devices").split())
            for fault in self.faults()
        )

    def blocked(self) -> bool:
        """Whether it fails to answer because it has an alarm."""
        return self.fault("device.alarm_blocks_reads") is not None and self.in_alarm()

    def in_alarm(self) -> bool:
        """Whether the device shows an alarm: one of its list, by a count of alarms or by a state."""
        if self.alarms is not None:
            return bool(self.alarms.present())
        words = behaviour()["alarm_states"]
        for name in self._channels.points():
            value = self._channels.published(name)
            if value in words or (bare(name) == ALARMS and isinstance(value, float) and value > 0):
                return True
        return False

    def delay_s(self) -> float:
        """How much longer than usual an answer takes, in real seconds."""
        slow = self.fault("comms.slow_reply")
        return slow.number("delay") / 1000 if slow else 0.0

    def failing(self) -> int | None:
        """The Modbus exception with which every request is refused; other protocols have their own word for it."""
        failure = self.fault("comms.exception")
        return int(failure.number("code")) if failure else None

    def _misread(self, point: MapPoint, name: str, wrong: Mapping[str, ActiveFault]) -> Raw:
        if STALE in wrong:
            return misread(point, self._old.raw(point, name, wrong[STALE]), wrong)
        # Registers are torn inside a value, by their server; elsewhere an answer mixes the values of two refreshes.
        torn = TORN in wrong and self.map.protocol != "modbus" and list(self.map.points).index(point.name) % 2 == 1
        return misread(point, encoder(point)(self._show(point, name, torn)()), wrong)

    def _image(self) -> dict[str, Raw]:
        return {name: encoder(self._point(name))(self.value(name)) for name in self._channels.points()}

    def _point(self, name: str) -> MapPoint:
        return self.map.points[_entry(self.map.points, name)]

    def _show(self, point: MapPoint, name: str, earlier: bool = False) -> Callable[[], Truth]:
        """What gives the value that the device shows, or showed one refresh earlier."""
        # What can be written is a register and not a measurement: it reads back at once and exactly.
        if point.writable:
            read = self._written(name)
        else:
            display = self._channels.display(name)
            read = display.earlier if earlier else display.now
            if display.channel.sensor.window > 1 and not earlier:
                read = self._averaged(read, display.channel.sensor)
        return self._of_device(point, name, read) if name in self._apart else read

    def _written(self, name: str) -> Callable[[], Truth]:
        read, underway, device = self.world.reader(self.equipment, name), self.world.underway, self.name
        if self.map.protocol not in behaviour()["echoes"]:
            return read

        def echoed() -> Truth:
            told = underway.waiting(device, name)
            return read() if told is None else told

        return echoed

    def _averaged(self, read: Callable[[], Truth], sensor: Sensor) -> Callable[[], Truth]:
        """A mean, which is empty from a boot until the first refresh after it."""
        life = self.life
        return lambda: read() if sensor.held[1] >= life.booted_ms() else None

    def _of_device(self, point: MapPoint, name: str, read: Callable[[], Truth]) -> Callable[[], Truth]:
        """What the device knows by itself rather than by a sensor: its counters, clock, alarms and firmware."""
        if name == FIRMWARE:
            return lambda: read() if self.life.firmware is None else f"{read()}+1"
        if name == CHECKSUM:
            return lambda: read() if self.life.firmware is None else f"{crc32(str(read()).encode()):08x}"
        wrap = wrapping(point)

        def counted(value: float) -> float:
            return wrap(value - self.life.lost(name))

        if name in self._counters:
            own: Callable[[float], float] = counted
        elif point.kind == "time":
            own = self._by_clock
        else:
            own = {UPTIME: self._running_s, OFFSET: self._off_ms}.get(name, self._listed)

        def known() -> Truth:
            value = read()
            return own(value) if isinstance(value, float) else value

        return known

    def _by_clock(self, value: float) -> float:
        return value + self._clock_offset() - self._age_s()

    def _off_ms(self, value: float) -> float:
        return value + 1000.0 * self._clock_offset()

    def _running_s(self, value: float) -> float:
        """What the plant says, until the device restarts."""
        return value if self.life.powered() and not self.life.boots else self.life.uptime_s()

    def _listed(self, value: float) -> float:
        """How many alarms the device has, of which a sensor says `value`."""
        if self.alarms is not None:
            return float(len(self.alarms.present()))
        return value if self.life.alarms_known() else 0.0

    def _age_s(self) -> float:
        stale = self.fault("cdu.stale_readings")
        return stale.number("age") if stale else 0.0

    def _clock_offset(self) -> float:
        return offset_s(self.faults(), self.world.time_ms, self._key)

    def _belongs(self, patterns: Sequence[str]) -> bool:
        return any(fnmatchcase(name, pattern) for name in (self.name, self.equipment) for pattern in patterns)

    def _counted(self) -> dict[str, float]:
        values = {name: self._channels.published(name) for name in self._counters}
        return {name: value for name, value in values.items() if isinstance(value, float)}

    def _follow_firmware(self) -> None:
        fault = self.life.firmware
        self.map = self._original if fault is None else changed(self._original, fault)
        self._tellers.clear()
        self._shows.clear()


def _full(point: MapPoint, instance: str) -> str:
    """The signal's name: the point's own, or that of one of its instances."""
    return f"{bare(point.name)}@{instance}" if instance else point.name


def _entry(points: Iterable[str], full: str) -> str:
    """The map's name of a signal: itself, or the point that all instances share."""
    return full if full in points else bare(full)


def _host(world: World, equipment: str, device_map: DeviceMap) -> Node | None:
    """The node whose operating system runs this device; None if it has a processor of its own."""
    entry = world.description(equipment)
    hosted = device_map.protocol == "prometheus" and entry["subject"] == "accelerator" and "node" in entry
    return world.plant.nodes[int(entry["node"]) - 1] if hosted else None
