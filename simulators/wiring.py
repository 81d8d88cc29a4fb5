"""How a meter is wired: current transformers with a wrong ratio, turned round or on another phase, and its counters.

Every current comes with its phase angle, so powers, power factors and energies follow from the wrong wiring.
The plant is not touched; what the meter has counted wrongly stays in its counters when the wiring is put right.

    wiring = Wiring(world, "meter-main-modbus", "meter-main")
    wiring.reader("power.l1")()      # W; negative while meter.ct_reversed is active on l1
"""

from collections.abc import Callable, Mapping, Sequence
from math import cos, pi, sin
from typing import Any

from simulators.faults.registry import ActiveFault
from simulators.plant.meter import unbalance
from simulators.plant.points.table import PHASES, Truth
from simulators.world import World

THIRD = 2.0 * pi / 3.0
NEEDED = ("voltage.l1", "current.l1", "power.l1", "reactive-power")
# What a counter counts, and from which true counter that is known. Export is what comes back as import.
COUNTERS = {
    "energy": ("P", "energy"),
    "energy.import": ("P", "energy.import"),
    "energy.export": ("-P", "energy.import"),
    "energy.reactive": ("Q", "energy.reactive"),
}
MISWIRED = ("meter.ct_ratio", "meter.ct_reversed", "meter.phase_swap")
DEMANDS = ("demand", "demand.highest")


class Wiring:
    """The readers of one device's points, as its wiring lets it see them. Other devices see the truth."""

    def __init__(self, world: World, device: str, equipment: str) -> None:
        points = world.points(equipment)
        self._three_phase = all(point in points for point in NEEDED)
        self._true = {point: world.reader(equipment, point) for point in points} if self._three_phase else {}
        self._counted = {p: [self._number(base), 0.0] for p, (_, base) in COUNTERS.items() if p in self._true}
        self._marks: dict[str, float] = {}
        self._aim = world.aim(device, layer="sensor")

    def reader(self, point: str) -> Callable[[], Truth] | None:
        """How the device reads a point while no fault begins or ends; None if no wiring can change it."""
        if point in self._counted:
            return lambda: self._counter(point)
        if self._three_phase and _of_currents(point):
            return (lambda: self._seen(point)) if self._connections() else self._true[point]
        return None

    def save(self) -> dict[str, Any]:
        return {"counted": self._counted, "marks": self._marks}

    def restore(self, saved: Mapping[str, Any]) -> None:
        self._counted = {point: list(pair) for point, pair in saved["counted"].items()}
        self._marks = dict(saved["marks"])

    def _number(self, point: str) -> float:
        value = self._true[point]()
        return value if isinstance(value, float) else 0.0

    def _faults(self) -> list[ActiveFault]:
        return [fault for fault in self._aim.now() if fault.name.startswith("meter.")]

    def _connections(self) -> list[ActiveFault]:
        """The faults that change what the meter sees, and not only what it has counted."""
        return [fault for fault in self._faults() if fault.name in MISWIRED]

    def _seen(self, point: str) -> Truth:
        faults = self._connections()
        if not faults:
            return self._true[point]()
        view = View(self._number, faults)
        if point in DEMANDS:
            return self._number(point) * max(0.0, view.ratio("P"))
        return view.shown(point)

    def _counter(self, point: str) -> Truth:
        """The counter at this refresh, with all that it has counted wrongly."""
        faults, (kind, base) = self._faults(), COUNTERS[point]
        now, (last, error) = self._number(base), self._counted[point]
        if faults:
            error += _wrongly(kind, View(self._number, faults)) * (now - last)
        self._counted[point] = [now, error]
        return self._begun_anew(point, self._number(point) + error, faults)

    def _begun_anew(self, point: str, value: float, faults: Sequence[ActiveFault]) -> float:
        for fault in faults:
            if fault.name in ("meter.counter_reset", "meter.wrap"):
                left = fault.number("left") if fault.name == "meter.wrap" else 0.0
                begun = self._marks.setdefault(f"{point} {fault.name} {fault.start_ms}", value)
                if value - begun >= left:
                    return value - begun - left
        return value


class View:
    """The powers that a wrongly wired meter computes. `number` gives the true values."""

    def __init__(self, number: Callable[[str], float], faults: Sequence[ActiveFault]) -> None:
        source, factor = _connections(faults)
        volts = [number(f"voltage.{phase}") for phase in PHASES]
        amperes = [number(f"current.{phase}") for phase in PHASES]
        powers = [number(f"power.{phase}") for phase in PHASES]
        self._true_p, self._true_q = sum(powers), number("reactive-power")
        tangent = self._true_q / self._true_p if self._true_p else 0.0
        self.current, self.power, self.reactive, self.apparent = [0.0] * 3, [0.0] * 3, [0.0] * 3, [0.0] * 3
        for k in range(3):
            s, f = source[k], factor[k]
            real, imaginary = powers[s], powers[s] * tangent
            turned = THIRD * (s - k)
            scale = f * volts[k] / volts[s] if volts[s] > 0.0 else 0.0
            self.current[k] = abs(f) * amperes[s]
            self.power[k] = scale * (real * cos(turned) - imaginary * sin(turned))
            self.reactive[k] = scale * (real * sin(turned) + imaginary * cos(turned))
            self.apparent[k] = volts[k] * self.current[k]

    def ratio(self, kind: str) -> float:
        """What the meter counts of every joule; 0 where nothing flows."""
        seen, true = (sum(self.reactive), self._true_q) if kind == "Q" else (sum(self.power), self._true_p)
        return seen / true if true else 0.0

    def shown(self, point: str) -> float:
        name, _, phase = point.rpartition(".")
        if phase in PHASES:
            k = PHASES.index(phase)
            if name == "power-factor":
                return self.power[k] / self.apparent[k] if self.apparent[k] else 1.0
            return (self.current if name == "current" else self.power)[k]
        if point == "power-factor":
            apparent = sum(self.apparent)
            return sum(self.power) / apparent if apparent else 1.0
        if point == "unbalance.current":
            return unbalance(self.current)
        return sum({"power": self.power, "reactive-power": self.reactive, "apparent-power": self.apparent}[point])


def _of_currents(point: str) -> bool:
    name, _, phase = point.rpartition(".")
    whole = ("power", "reactive-power", "apparent-power", "power-factor", "unbalance.current", *DEMANDS)
    return point in whole or (phase in PHASES and name in ("current", "power", "power-factor"))


def _connections(faults: Sequence[ActiveFault]) -> tuple[list[int], list[float]]:
    """For each input of the meter: whose current it sees, and times what."""
    source, factor = [0, 1, 2], [1.0, 1.0, 1.0]
    for fault in faults:
        if fault.name == "meter.phase_swap":
            a, b = (PHASES.index(phase) for phase in fault.text("phases").split("-"))
            source[a], source[b] = source[b], source[a]
        elif fault.name in ("meter.ct_ratio", "meter.ct_reversed"):
            by = fault.number("factor") if fault.name == "meter.ct_ratio" else -1.0
            for k, phase in enumerate(PHASES):
                if fault.text("phase") in (phase, "all"):
                    factor[k] *= by
    return source, factor


def _wrongly(kind: str, view: View) -> float:
    """What a counter counts too much of every unit that really flows."""
    ratio = view.ratio("Q" if kind == "Q" else "P")
    return max(0.0, -ratio) if kind == "-P" else max(0.0, ratio) - 1.0
