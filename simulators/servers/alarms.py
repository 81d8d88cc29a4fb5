"""The list of alarms that a device keeps by itself, as its map says, from what it shows and not from the truth.

The list is empty after a boot; ten seconds later what still holds is raised again.

    served.alarms.listeners.append(lambda event: print(event.kind, event.alarm))
    world.start_fault("mains.loss"); world.advance_to(10_000)      # begin on-battery, begin input-bad
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fixtures.map_alarms import Alarm
from simulators.plant.noise import uniform
from simulators.plant.points.table import Truth
from simulators.servers.life import Life
from simulators.world import World

SCAN_MS = 1000


@dataclass(frozen=True, slots=True)
class Present:
    """One alarm of the list: its number in the list and the device's up time when it began, in seconds."""

    index: int
    alarm: Alarm
    since_s: float


@dataclass(frozen=True, slots=True)
class Event:
    """What the device reports: `boot` (without alarm), or an alarm's `begin`, `repeat` or `end`."""

    kind: str
    present: Present | None = None

    @property
    def alarm(self) -> str:
        return self.present.alarm.name if self.present else ""


class AlarmList:
    """The alarms present now. `show` gives the value of a point as the device shows it; `key` the scan's phase."""

    def __init__(
        self, world: World, alarms: tuple[Alarm, ...], life: Life, show: Callable[[str], Truth], key: int
    ) -> None:
        self._alarms, self._life, self._show = alarms, life, show
        self._present: dict[str, Present] = {}
        self._boots, self._booting = life.boots, not life.up()
        self.listeners: list[Callable[[Event], None]] = []
        world.subscribe(SCAN_MS, int(uniform(key, 2) * SCAN_MS), self._scan)
        world.keep(f"alarms/{life.name}", self)

    def save(self) -> dict[str, Any]:
        """The list and what was seen of the device's boots, as plain JSON."""
        present = {name: [entry.index, entry.since_s] for name, entry in self._present.items()}
        return {"present": present, "boots": self._boots, "booting": self._booting}

    def restore(self, saved: Mapping[str, Any]) -> None:
        alarms = {alarm.name: alarm for alarm in self._alarms}
        listed = saved["present"].items()
        self._present = {name: Present(index, alarms[name], since) for name, (index, since) in listed}
        self._boots, self._booting = saved["boots"], saved["booting"]

    def present(self) -> Mapping[str, Present]:
        """Alarms by name; none while the device has not looked since its boot."""
        return self._present if self._life.alarms_known() else {}

    def _scan(self, now: int) -> None:
        if self._life.boots != self._boots:
            self._boots, self._booting = self._life.boots, True
            self._present = {}
        if not self._life.up():
            return
        if self._booting:
            self._booting = False
            self._tell(Event("boot"))
        if self._life.alarms_known():
            for number, alarm in enumerate(self._alarms, 1):
                self._judge(number, alarm)

    def _judge(self, number: int, alarm: Alarm) -> None:
        before, holds = self._present.get(alarm.name), alarm.holds(self._show(alarm.point))
        if before is None:
            if holds:
                self._present[alarm.name] = Present(number, alarm, self._life.uptime_s())
                self._tell(Event("begin", self._present[alarm.name]))
        elif not holds:
            del self._present[alarm.name]
            self._tell(Event("end", before))
        elif alarm.repeat_s and round(self._life.uptime_s() - before.since_s) % alarm.repeat_s == 0:
            self._tell(Event("repeat", before))

    def _tell(self, event: Event) -> None:
        for listener in self.listeners:
            listener(event)
