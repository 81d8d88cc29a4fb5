"""The life of one device: when it booted, whether it is up, and what its counters have lost on the way.

A restart begins with a fault that asks for one, or when the supply comes back that the device lives on. The device
is then gone for the boot time of its class, and counts on from its last save, or from zero. Everything is plant time.

    life = Life(world, "pdu-1-snmp", "pdu-1", device_map, key=7, shown=read_counters, feed="ups")
    world.start_fault("device.reboot", {"device": "pdu-1-snmp"})
    life.up(), life.boots      # False, 1
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from fixtures.device_map import DeviceMap
from profiles.shipped_yaml import read_shipped
from simulators.faults.registry import ActiveFault
from simulators.plant.noise import uniform
from simulators.servers.counters import BEATS
from simulators.world import World

DAY_MS = 86_400_000
REBOOT, FIRMWARE = "device.reboot", "device.firmware_change"

Counters = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Restart:
    """One restart from `start_ms` to `end_ms`, and by how much each counter fell."""

    start_ms: int
    end_ms: int
    lost: Counters = field(default_factory=dict)


class Life:
    """Restarts of one device. `shown` gives its counters as they stand before any loss, `key` its phases, and `feed`
    is the supply that it lives on (one of `feeds.FEEDS`; empty: the usual one of its subject).

    `changed` calls are made when the firmware changes, after `firmware` is set.
    """

    def __init__(
        self,
        world: World,
        name: str,
        equipment: str,
        device_map: DeviceMap,
        key: int,
        shown: Callable[[], Counters],
        feed: str = "",
    ) -> None:
        self.name = name
        self._world, self._aims, self._counters = world, (name, equipment), shown
        data = behaviour()
        first, last = data["running_d"]
        self._born_ms = world.time_ms - int((first + (last - first) * uniform(key, 0)) * DAY_MS)
        subject, boots = str(world.description(equipment)["subject"]), data["boot_s"]
        self._boot_ms = round(1000 * boots["subject"].get(subject, boots["protocol"][device_map.protocol]))
        self._forgets = device_map.protocol in data["forget_counters"]
        usual, self._hold_up_ms = data["fed_by"], int(data["hold_up_ms"])
        self.feed = feed or str(usual["subject"].get(subject, usual["default"]))
        self._alarms_ms = round(1000 * data["alarms_after_s"])
        self._restarts: list[Restart] = []
        self._causes: dict[tuple[str, int], ActiveFault] = {}
        self._saved: Counters = {}
        self.changed: list[Callable[[], None]] = []
        self.firmware: ActiveFault | None = None
        alive = world.feeds.watch(self.feed, self._supplied)
        # Since when it has had no supply (ms).
        self._dark_ms = None if alive else self._born_ms
        period = round(1000 * data["save_s"])
        if shown():
            world.subscribe(period, int(uniform(key, 1) * period), self._save)
        world.underway.lives(name, self.up)
        world.watch_faults(self._look)
        world.keep(f"life/{name}", self)
        self._look()

    @property
    def boots(self) -> int:
        """How often the device has restarted since the container started."""
        return len(self._restarts)

    def powered(self) -> bool:
        """Whether it has a supply, or still lives on what its own power supply holds."""
        return self._dark_ms is None or self._world.time_ms - self._dark_ms <= self._hold_up_ms

    def up(self) -> bool:
        """Whether the device has booted."""
        if self._dark_ms is not None and not self.powered():
            return False
        return not self._restarts or self._world.time_ms >= self._restarts[-1].end_ms

    def booted_ms(self) -> int:
        """When it last booted, or will have."""
        return self._restarts[-1].end_ms if self._restarts else self._born_ms

    def uptime_s(self) -> float:
        """Seconds since it last booted; 0 while it boots or is without supply."""
        if not self.powered():
            return 0.0
        return max(0, self._world.time_ms - self.booted_ms()) / 1000.0

    def alarms_known(self) -> bool:
        """Whether it has looked at its alarms since the last boot."""
        return not self._restarts or self._world.time_ms >= self._restarts[-1].end_ms + self._alarms_ms

    def lost(self, counter: str) -> float:
        """How far a counter is behind, in its unit."""
        return sum(restart.lost.get(counter, 0.0) for restart in self._restarts) if self._restarts else 0.0

    def save(self) -> dict[str, Any]:
        """Everything that has happened to the device, as plain JSON."""
        return {
            "born_ms": self._born_ms,
            "restarts": [asdict(restart) for restart in self._restarts],
            "causes": [asdict(fault) for fault in self._causes.values()],
            "saved": dict(self._saved),
            "dark_ms": self._dark_ms,
        }

    def restore(self, saved: Mapping[str, Any]) -> None:
        self._born_ms = saved["born_ms"]
        self._restarts = [Restart(**restart) for restart in saved["restarts"]]
        faults = [ActiveFault(**fault) for fault in saved["causes"]]
        self._causes = {(fault.name, fault.start_ms): fault for fault in faults}
        self._saved, self._dark_ms = saved["saved"], saved["dark_ms"]
        self._take_firmware()

    def _take_firmware(self) -> None:
        self.firmware = next((fault for fault in self._causes.values() if fault.name == FIRMWARE), None)
        for call in self.changed:
            call()

    def _now_shown(self) -> dict[str, float]:
        return {name: value - self.lost(name) for name, value in self._counters().items()}

    def _save(self, now: int) -> None:
        if self.up():
            self._saved = self._now_shown()

    def _supplied(self, alive: bool, now: int) -> None:
        """Its supply has gone or come back; what is shorter than its own power supply holds is nothing."""
        if not alive:
            self._dark_ms = now if self._dark_ms is None else self._dark_ms
        elif self._dark_ms is not None:
            dark, powered, self._dark_ms = self._dark_ms, self.powered(), None
            if not powered:
                self._restarts.append(Restart(dark, now + self._boot_ms, self._fallen("product")))

    def _fallen(self, counters: str) -> dict[str, float]:
        """By how much each counter falls at a restart now: to its last save, to zero, or as the product does."""
        kept = {} if counters == "zero" or (counters == "product" and self._forgets) else self._saved
        shown = self._now_shown().items()
        return {name: value - min(value, 0.0 if name in BEATS else kept.get(name, 0.0)) for name, value in shown}

    def _look(self) -> None:
        """Take up faults that have begun or ended at this moment; what came and went at once never was."""
        now = self._world.time_ms
        # Time may have been set back to a snapshot.
        self._restarts = [restart for restart in self._restarts if restart.start_ms <= now]
        self._causes = {key: fault for key, fault in self._causes.items() if key[1] <= now}
        causes = {(f.name, f.start_ms): f for f in self._world.active_faults() if self._restarts_by(f)}
        begun, ended = causes.keys() - self._causes.keys(), self._causes.keys() - causes.keys()
        if not begun and not ended:
            return
        for _, start in sorted(ended):
            self._restarts = [restart for restart in self._restarts if start < now or restart.start_ms != start]
        for cause in sorted(begun):
            self._restart(causes[cause])
        if any(name == FIRMWARE and start < now for name, start in ended):
            self._restarts.append(Restart(now, now + self._boot_ms))
        self._causes = causes
        self._take_firmware()

    def _restarts_by(self, fault: ActiveFault) -> bool:
        return fault.name in (REBOOT, FIRMWARE) and any(fault.concerns(aim) for aim in self._aims)

    def _restart(self, fault: ActiveFault) -> None:
        boot = round(1000 * fault.number("boot")) or self._boot_ms
        lost = self._fallen(fault.text("counters")) if fault.name == REBOOT else {}
        self._restarts.append(Restart(fault.start_ms, fault.start_ms + boot, lost))


@cache
def behaviour() -> Mapping[str, Any]:
    """The numbers of behaviour.yaml."""
    document: Mapping[str, Any] = read_shipped(Path(__file__).with_name("behaviour.yaml"))
    return document
