"""Writes that a device has acknowledged and that have not taken effect yet.

    underway = Underway(seed=1)
    underway.accept("bmc-1-redfish", "bmc-1", "power.limit", 6000.0, now_ms=1000, within_ms=(300, 2000))
    underway.due_ms                                        # a grid point between 1400 and 3000
    underway.waiting("bmc-1-redfish", "power.limit")       # 6000.0

How long one takes is a function of seed, device and its number; those of one device take effect in their order.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from simulators.calendar import GRID_MS
from simulators.plant.noise import derive, uniform
from simulators.plant.written import Value

NEVER = 1 << 62


@dataclass(frozen=True, slots=True)
class Write:
    """`value` for a point, which a device acknowledged at `at_ms` and which takes effect at `due_ms`."""

    device: str
    equipment: str
    point: str
    value: Value
    at_ms: int
    due_ms: int


class Underway:
    """`due_ms` is when the next one takes effect."""

    __slots__ = ("_alive", "_numbers", "_seed", "_writes", "due_ms")

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._writes: list[Write] = []
        self._numbers: dict[str, int] = {}
        self._alive: dict[str, Callable[[], bool]] = {}
        self.due_ms = NEVER

    def lives(self, device: str, alive: Callable[[], bool]) -> None:
        """Whoever is not alive when something of his is due does not do it: it has gone with his memory."""
        self._alive[device] = alive

    def accept(
        self, device: str, equipment: str, point: str, value: Value, now_ms: int, within_ms: Sequence[float]
    ) -> None:
        """Let a write take effect at the first grid point after its latency, which lies `within_ms`."""
        number = self._numbers.get(device, 0)
        self._numbers[device] = number + 1
        first, last = within_ms
        late = now_ms + int(first + (last - first) * uniform(derive(self._seed, device, "write"), number))
        before = max((write.due_ms for write in self._writes if write.device == device), default=0)
        due = max(late + -late % GRID_MS, before)
        self._writes = [*self._writes, Write(device, equipment, point, value, now_ms, due)]
        self._look()

    def waiting(self, device: str, point: str) -> Value | None:
        """What this device was told last for a point, until that takes effect."""
        if not self._writes:
            return None
        told = (write.value for write in reversed(self._writes) if (write.device, write.point) == (device, point))
        return next(told, None)

    def due(self, now_ms: int) -> list[Write]:
        """Take out what takes effect now, in the order in which it was acknowledged."""
        due = [write for write in self._writes if write.due_ms <= now_ms]
        self._writes = [write for write in self._writes if write.due_ms > now_ms]
        self._look()
        return [write for write in due if self._alive.get(write.device, _always)()]

    def save(self) -> dict[str, Any]:
        """All of it, as plain JSON."""
        return {"writes": [asdict(write) for write in self._writes], "numbers": self._numbers}

    def restore(self, saved: Mapping[str, Any]) -> None:
        self._writes = [Write(**write) for write in saved["writes"]]
        self._numbers = dict(saved["numbers"])
        self._look()

    def _look(self) -> None:
        self.due_ms = min((write.due_ms for write in self._writes), default=NEVER)


def _always() -> bool:
    return True
