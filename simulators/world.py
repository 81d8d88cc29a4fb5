"""A world: one container, or one laboratory, with its clock, its faults and everybody who looks at it.

The clock is an integer of milliseconds since the epoch of the run. The plant advances in whole grid steps
of 200 ms; only deadlines inside the plant, faults and commands may split a step, never an observer.

    world = World("edge-40", seed=1, epoch_ns=0)
    world.start_fault("mains.loss", {"duration": 600})
    world.advance_to(12_000); world.truth("ats-1", "position")      # 'emergency'
"""

import json
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, Protocol

from profiles.refusal import Refusal
from simulators.calendar import GRID_MS, Calendar
from simulators.faults.catalogue import FaultRequest, Value
from simulators.faults.effects import Effects
from simulators.faults.registry import ActiveFault, Aim, Registry, schedule
from simulators.faults.targets import Targets
from simulators.feeds import Feeds
from simulators.plant import state
from simulators.plant.clocks import Clocks
from simulators.plant.commands import command, writable
from simulators.plant.container import Container
from simulators.plant.installation import Installation, installed
from simulators.plant.parameters import load_preset
from simulators.plant.points.directory import Site, tables
from simulators.plant.points.table import Table, Truth
from simulators.scenario import Agenda, Entry
from simulators.sensor import Sensor
from simulators.underway import Underway

SETTLE_MS = 300_000
SETTLE_WITH_FAULTS_MS = 900_000
_SETTLED: dict[tuple[str, int], str] = {}  # by the content of the preset and the seed, as JSON


class Keeper(Protocol):
    """An observer with a state of its own. What `save` gives is plain JSON."""

    def save(self) -> Any: ...

    def restore(self, saved: Any) -> None: ...


class World:
    """One simulated container or laboratory.

    `faults` given here without onset and duration are settled: the plant has lived with them for 15 minutes
    when time 0 comes. `sensors` are those that observers have put in the plant, by their place. Refusal for an
    unknown preset, fault or parameter.
    """

    def __init__(self, preset: str, seed: int, epoch_ns: int, faults: Sequence[FaultRequest] = ()) -> None:
        parameters = load_preset(preset)
        self.preset, self.seed, self.epoch_ns = preset, seed, epoch_ns
        self.site = parameters.text("site")
        settled = [fault for fault in faults if not _timed(fault)]
        start = -(SETTLE_WITH_FAULTS_MS if settled else SETTLE_MS)
        self.plant = installed(parameters, seed, start)
        self._equipment = parameters.section("equipment")
        self._clocks = Clocks(_hosts(self._equipment.raw()), seed)
        self._site = site = Site(self.plant, self._clocks, seed, self.utc)
        self._tables: dict[str, Table] = tables(site, self._equipment)
        self._faults = Registry()
        self._disturbed = False
        self._effects = Effects(site, self._equipment)
        self._targets: Targets | None = None
        self._calendar = Calendar()
        self._watchers: list[Callable[[], None]] = []
        self._keepers: dict[str, Keeper] = {}
        self.sensors: dict[Hashable, Sensor] = {}
        self.feeds = Feeds(self.plant)
        self.keep("feeds", self.feeds)
        self.underway = Underway(seed)
        self.keep("underway", self.underway)
        self._agenda = Agenda()
        for fault in settled:
            self._start(fault, start)
        if settled:
            self.advance_to(0)
        else:
            self._settle(json.dumps(parameters.raw()))
        for fault in faults:
            if _timed(fault):
                self._start(fault, 0)

    def _settle(self, preset: str) -> None:
        """Let the plant live by itself until time 0. The same one always does so in the same way: once is enough."""
        key = preset, self.seed
        if key in _SETTLED:
            state.restore(self.plant.parts(), json.loads(_SETTLED[key]))
            self.plant.moment = object()
        else:
            self.advance_to(0)
            _SETTLED[key] = json.dumps(state.save(self.plant.parts()))

    @property
    def container(self) -> Container:
        """Refusal in a laboratory."""
        return self._site.container

    @property
    def time_ms(self) -> int:
        return self.plant.time_ms

    def utc(self) -> float:
        """Plant time as seconds since 1970."""
        return self.epoch_ns / 1e9 + self.plant.time_ms / 1000.0

    def advance_to(self, time_ms: int) -> None:
        """Advance to the last grid point not after this time; a time in the past changes nothing."""
        plant, calendar = self.plant, self._calendar
        goal = time_ms - time_ms % GRID_MS
        while plant.time_ms < goal:
            self._advance_one(plant)
            if plant.time_ms in calendar.due:
                calendar.publish(plant.time_ms)

    def undisturbed_until(self, time_ms: int) -> int | None:
        """Where `advance_to` will lead; None if a scenario does something on the way, which may be refused."""
        event = self._agenda.next_ms()
        return max(self.time_ms, time_ms - time_ms % GRID_MS) if event is None or event > time_ms else None

    def _advance_one(self, plant: Installation) -> None:
        """One step: to the next grid point, deadline or change of faults, whichever comes first."""
        if self._disturbed:
            self._disturbed = False
            plant.react()
        now = plant.time_ms
        end = now - now % GRID_MS + GRID_MS
        deadline = plant.next_deadline_ms()
        if deadline is not None and deadline < end:
            end = deadline
        change, event = self._faults.change_after_ms(now), self._agenda.next_ms()
        if event is not None and event < end and (change is None or event < change):
            change = event
        if change is not None and change <= end:
            plant.step(change - now)
            self._apply_faults()
        else:
            plant.step(end - now)
        self.feeds.look(plant.time_ms)
        if self.underway.due_ms <= plant.time_ms:
            self._carry_out()
        if event is not None and event <= plant.time_ms:
            self._perform_due()

    def subscribe(self, period_ms: int, phase_ms: int, call: Callable[[int], None]) -> None:
        """Call at every `phase_ms + k * period_ms` from now on, and once at once. Both snap to the grid."""
        self._calendar.subscribe(self.time_ms, period_ms, phase_ms, call)

    def watch_faults(self, call: Callable[[], None]) -> None:
        """Call at every moment at which faults begin or end."""
        self._watchers.append(call)

    def equipment(self) -> tuple[str, ...]:
        return tuple(self._tables)

    def description(self, equipment: str) -> Mapping[str, Any]:
        """The preset's entry: subject, maker, model, serial, firmware, ratings, features, host, instances …"""
        self._table(equipment)
        return self._equipment.section(equipment).raw()

    def points(self, equipment: str) -> tuple[str, ...]:
        """All points, those of many-subjects once per instance as `point@instance`."""
        return tuple(self._table(equipment))

    def writable(self, equipment: str) -> frozenset[str]:
        """The points that `command` can write."""
        return writable(self._equipment.section(equipment))

    def instances(self, equipment: str) -> tuple[str, ...]:
        """Instances in the order of the preset; empty where the subject has none."""
        found = dict.fromkeys(point.partition("@")[2] for point in self._table(equipment) if "@" in point)
        return tuple(found)

    def truth(self, equipment: str, point: str) -> Truth:
        """The true value now, in the unit of the vocabulary; None where there is no value."""
        return self.reader(equipment, point)()

    def reader(self, equipment: str, point: str) -> Callable[[], Truth]:
        """A function that reads the true value, for those who read often. Refusal for an unknown point."""
        table = self._table(equipment)
        if point not in table:
            raise Refusal(equipment, f"the plant has no point '{point}'", "choose one of `points`")
        return table[point]

    def command(self, equipment: str, point: str, value: float | str) -> None:
        """Write a point now. Refusal, and nothing changed, if it cannot be written or is out of range."""
        self._table(equipment)
        command(self.plant, self._equipment.section(equipment), equipment, point, value)
        self._disturbed, self.plant.moment = True, object()

    def accept(self, device: str, equipment: str, point: str, value: Value, within_ms: Sequence[float]) -> None:
        """A device acknowledges a write now, which takes effect at the first grid point after a latency `within_ms`.

        Refusal, and nothing changed, if it cannot be written now; without latency it takes effect at once.
        """
        if not any(within_ms):
            self.command(equipment, point, value)
            return
        self._table(equipment)
        self._try(equipment, point, value)
        self.underway.accept(device, equipment, point, value, self.time_ms, within_ms)

    def _carry_out(self) -> None:
        for write in self.underway.due(self.time_ms):
            # Acknowledged is not done: what the plant no longer allows has no effect.
            with suppress(Refusal):
                self.command(write.equipment, write.point, write.value)

    def aim_at(self, targets: Targets) -> None:
        """What faults can reach from now on. Refusal if one that was asked for before reaches nothing."""
        self._targets = targets
        for fault in self.known_faults():
            targets.check(fault)

    def start_fault(self, name: str, parameters: Mapping[str, Value] | None = None) -> None:
        """Start a fault now (or after its `onset`); one that runs already is replaced."""
        self._start(FaultRequest(name, dict(parameters or {})), self.time_ms)

    def clear_fault(self, name: str, aim: Mapping[str, Value] | None = None) -> None:
        """End those of this name with the parameters of `aim`, or let one that is still to come never begin.

        Refusal if there is none.
        """
        self._faults.clear(name, aim)
        self._apply_faults()

    def schedule(self, entries: Sequence[Entry]) -> None:
        """Let a scenario begin now. Refusal, and nothing scheduled, if one of its entries is impossible here."""
        coming = {entry.name for entry in entries if entry.kind == "fault"} | {f.name for f in self.known_faults()}
        for entry in entries:
            try:
                self._check(entry, coming)
            except Refusal as refusal:
                raise Refusal(entry.where, f"{refusal.where}: {refusal.what}", refusal.remedy) from None
        self._agenda.add([replace(entry, at_ms=entry.at_ms + self.time_ms) for entry in entries])
        self._perform_due()

    def _check(self, entry: Entry, coming: Collection[str]) -> None:
        if entry.kind == "fault":
            self._check_fault(schedule(entry.request, 0))
        elif entry.kind == "clear":
            if entry.name not in coming:
                raise Refusal("clear", f"'{entry.name}' is not active", "start it before")
        else:
            equipment, point = entry.target
            self._table(equipment)
            self._try(equipment, point, entry.value)

    def _try(self, equipment: str, point: str, value: Value) -> None:
        """Write and take back: whether it is allowed, only the plant knows."""
        parts = state.save(self.plant.parts())
        try:
            command(self.plant, self._equipment.section(equipment), equipment, point, value)
        finally:
            state.restore(self.plant.parts(), parts)

    def _perform_due(self) -> None:
        for entry in self._agenda.due(self.time_ms):
            if entry.kind == "fault":
                self._start(entry.request, self.time_ms)
            elif entry.kind == "command":
                self.command(*entry.target, entry.value)
            elif any(fault.name == entry.name for fault in self.known_faults()):
                self.clear_fault(entry.name)

    def known_faults(self) -> list[ActiveFault]:
        """Those that are active, have been, or are still to come."""
        return self._faults.known()

    def active_faults(self) -> list[ActiveFault]:
        return self._faults.active(self.time_ms)

    def aim(self, *targets: str, layer: str = "") -> Aim:
        """The faults that concern one of these devices or equipment, for those who ask often."""
        return Aim(self._faults, lambda: self.plant.time_ms, targets, layer)

    @property
    def fault_version(self) -> int:
        """Rises with every start and clear, so that observers may cache."""
        return self._faults.version

    def keep(self, name: str, keeper: Keeper) -> None:
        """Save and restore this observer's state together with the world's. Names are made unique in order."""
        unique = name if name not in self._keepers else f"{name} {len(self._keepers)}"
        self._keepers[unique] = keeper

    def save(self) -> bytes:
        """The whole state: plant, faults, what is scheduled, and all observers; JSON, every number exact."""
        return state.encode(
            {
                "schema": state.SCHEMA,
                "preset": self.preset,
                "seed": self.seed,
                "epoch_ns": self.epoch_ns,
                "time_ms": self.time_ms,
                "disturbed": self._disturbed,
                "plant": state.save(self.plant.parts()),
                "faults": self._faults.save(),
                "agenda": self._agenda.save(),
                "observers": {name: keeper.save() for name, keeper in self._keepers.items()},
            }
        )

    def restore(self, data: bytes) -> None:
        """Return to what `save` gave; the rest then repeats itself exactly.

        Refusal, and nothing changed, for another preset or seed or a damaged state. Observers that were not there go
        on as they are.
        """
        document = state.decode(data)
        before = state.decode(self.save())
        try:
            state.check(document, preset=self.preset, seed=self.seed, epoch_ns=self.epoch_ns)
            self._take(document)
        except (Refusal, AttributeError, LookupError, TypeError, ValueError, ArithmeticError) as error:
            self._take(before)
            if isinstance(error, Refusal):
                raise
            raise Refusal("saved state", "it is damaged", "pass what `save` gave") from None

    def _take(self, document: Mapping[str, Any]) -> None:
        self._faults.restore(document["faults"])
        self._agenda.restore(document["agenda"])
        self._effects.apply(self._faults.active(document["time_ms"]))
        self._disturbed, self.plant.moment = document["disturbed"], object()
        state.restore(self.plant.parts(), document["plant"])
        self._calendar.move(self.time_ms)
        for name, saved in document["observers"].items():
            if name in self._keepers:
                self._keepers[name].restore(saved)
        for call in self._watchers:
            call()

    def _start(self, request: FaultRequest, now_ms: int) -> None:
        fault = schedule(request, now_ms)
        self._check_fault(fault)
        self._faults.start(fault)
        self._apply_faults()

    def _check_fault(self, fault: ActiveFault) -> None:
        self._effects.check(fault)
        if self._targets is not None:
            self._targets.check(fault)

    def _apply_faults(self) -> None:
        """Set the knobs; the machines react when time moves on, so set-and-clear at once is nothing."""
        self._effects.apply(self._faults.active(self.time_ms))
        self._disturbed, self.plant.moment = True, object()
        for call in self._watchers:
            call()

    def _table(self, equipment: str) -> Table:
        if equipment not in self._tables:
            raise Refusal("equipment", f"there is no '{equipment}'", f"choose one of {', '.join(self._tables)}")
        return self._tables[equipment]


def _timed(fault: FaultRequest) -> bool:
    return bool(fault.parameters.get("onset") or fault.parameters.get("duration"))


def _hosts(equipment: Mapping[str, Any]) -> list[str]:
    """The nodes whose clocks somebody watches."""
    return [name for entry in equipment.values() if entry["subject"] == "time-service" for name in entry["instances"]]
