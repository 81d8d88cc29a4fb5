"""The faults of one world: which are active now, and when the next one begins or ends.

All layers ask the same registry; it only keeps times and never acts.

>>> registry = Registry()
>>> registry.start(schedule(FaultRequest("mains.loss", {"onset": 5.0, "duration": 60.0}), now_ms=1000))
>>> registry.change_after_ms(1000), registry.active(5999), [fault.name for fault in registry.active(6000)]
(6000, [], ['mains.loss'])
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from profiles.refusal import Refusal
from simulators.faults.catalogue import FaultRequest, Value, find


@dataclass(frozen=True, slots=True)
class ActiveFault:
    """One fault with all its parameters, active from `start_ms` until `end_ms` (None: until cleared)."""

    name: str
    layer: str
    parameters: dict[str, Value]
    start_ms: int
    end_ms: int | None

    def number(self, key: str) -> float:
        return float(self.parameters[key])

    def text(self, key: str) -> str:
        return str(self.parameters[key])

    def holds(self, now_ms: int) -> bool:
        """Whether it is active at this time."""
        return self.start_ms <= now_ms and (self.end_ms is None or now_ms < self.end_ms)

    def concerns(self, target: str) -> bool:
        """Whether it is aimed at this device or equipment; a fault without an aim concerns all."""
        aims = [self.parameters[key] for key in ("device", "equipment") if key in self.parameters]
        return not aims or target in aims


def schedule(request: FaultRequest, now_ms: int) -> ActiveFault:
    """The fault with its times. Refusal for an unknown fault or a bad parameter."""
    parameters = request.complete()
    start = now_ms + round(float(parameters["onset"]) * 1000)
    duration = round(float(parameters["duration"]) * 1000)
    return ActiveFault(
        request.name, find(request.name).layer, parameters, start, start + duration if duration else None
    )


class Registry:
    """Scheduled and active faults, at most one per name and aim; starting it again replaces it."""

    __slots__ = ("_faults", "version")

    def __init__(self) -> None:
        self._faults: list[ActiveFault] = []
        self.version = 0

    def start(self, fault: ActiveFault) -> None:
        self._faults = [old for old in self._faults if _slot(old) != _slot(fault)] + [fault]
        self.version += 1

    def clear(self, name: str, aim: Mapping[str, Value] | None = None) -> None:
        """Remove every fault of this name whose parameters are those of `aim`.

        Refusal if there is none (but a finished one is no error).
        """
        find(name)
        cleared = [f for f in self._faults if f.name == name and f.parameters.items() >= dict(aim or {}).items()]
        if not cleared:
            running = ", ".join(sorted({fault.name for fault in self._faults})) or "none is active"
            raise Refusal("fault", f"'{name}' is not active", f"choose an active one: {running}")
        self._faults = [fault for fault in self._faults if fault not in cleared]
        self.version += 1

    def active(self, now_ms: int) -> list[ActiveFault]:
        return [fault for fault in self._faults if fault.holds(now_ms)]

    def known(self) -> list[ActiveFault]:
        """Those that are active, have been, or will be."""
        return self._faults

    def change_after_ms(self, now_ms: int) -> int | None:
        """The earliest begin or end strictly after now."""
        times = [f.start_ms for f in self._faults] + [f.end_ms for f in self._faults if f.end_ms is not None]
        return min((time for time in times if time > now_ms), default=None)

    def save(self) -> list[tuple[str, dict[str, Value], int, int | None]]:
        return [(f.name, f.parameters, f.start_ms, f.end_ms) for f in self._faults]

    def restore(self, saved: list[tuple[str, dict[str, Value], int, int | None]]) -> None:
        self._faults = [ActiveFault(n, find(n).layer, dict(p), start, end) for n, p, start, end in saved]
        self.version += 1


class Aim:
    """The faults that concern one of some targets, of one layer or of all; `now_ms` tells the time.

    Whoever shows values asks for every value; what is aimed at him changes only when a fault is started or
    cleared.
    """

    __slots__ = ("_faults", "_layer", "_now_ms", "_registry", "_targets", "_version")

    def __init__(self, registry: Registry, now_ms: Callable[[], int], targets: tuple[str, ...], layer: str) -> None:
        self._registry, self._now_ms, self._targets, self._layer = registry, now_ms, targets, layer
        self._version = -1
        self._faults: list[ActiveFault] = []

    def now(self) -> list[ActiveFault]:
        """Those that are active now."""
        return self.at(self._now_ms()) if self._known() else []

    def at(self, time_ms: int) -> list[ActiveFault]:
        """Those that are active at this time."""
        return [fault for fault in self._known() if fault.holds(time_ms)]

    def _known(self) -> list[ActiveFault]:
        """Those that have been, are or will be."""
        if self._version != self._registry.version:
            self._version = self._registry.version
            self._faults = [fault for fault in self._registry.known() if self._hits(fault)]
        return self._faults

    def _hits(self, fault: ActiveFault) -> bool:
        return self._layer in ("", fault.layer) and any(map(fault.concerns, self._targets))


def _slot(fault: ActiveFault) -> tuple[str, ...]:
    aims = ("device", "equipment", "instance", "phase", "point", "unit", "zone")
    return (fault.name, *(str(fault.parameters.get(key, "")) for key in aims))
