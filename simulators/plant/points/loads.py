"""What meters of three-phase loads have in common: how a load divides over the phases, and the totals.

phases = each(container, lambda k: Phase.of(power() * division[k], volts(k), 0.5))
three_phase(phases)["power"]()        # W
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

from simulators.plant.container import Container
from simulators.plant.meter import Phases
from simulators.plant.noise import derive, uniform
from simulators.plant.points.table import Table, between_lines, by_phase

Of = TypeVar("Of")
JOULES_PER_KWH = 3.6e6


def division(seed: int, name: str) -> list[float]:
    """The shares of the phases: within 2 % of a third each."""
    raw = [1.0 + 0.02 * (2 * uniform(derive(seed, name, "phase"), k) - 1) for k in range(3)]
    return [share / sum(raw) for share in raw]


def kept(c: Container, compute: Callable[[], Sequence[Of]]) -> Callable[[], Sequence[Of]]:
    """The same of all three phases, computed once per moment of the plant."""
    moment: object = None
    known: Sequence[Of] = ()

    def now() -> Sequence[Of]:
        nonlocal moment, known
        if moment is not c.moment:
            moment, known = c.moment, compute()
        return known

    return now


def each(c: Container, of: Callable[[int], Of]) -> Callable[[], Sequence[Of]]:
    """The same from what there is of one phase, by its number 0-2."""
    return kept(c, lambda: (of(0), of(1), of(2)))


def voltages(volts: Callable[[], Sequence[float]]) -> Table:
    """Each phase against the neutral, and between the lines."""
    return by_phase("voltage", lambda k: lambda: volts()[k]) | between_lines(volts)


def currents(prefix: str, phases: Phases) -> Table:
    return by_phase(f"{prefix}current", lambda k: lambda: phases()[k].current)


def loads(prefix: str, phases: Phases) -> Table:
    """Current and power per phase below a prefix such as `output.`."""
    return currents(prefix, phases) | by_phase(f"{prefix}power", lambda k: lambda: phases()[k].power)


def total(phases: Phases) -> float:
    """W of all three phases."""
    a, b, c = phases()
    return a.power + b.power + c.power


def totals(phases: Phases) -> Table:
    def reactive() -> float:
        a, b, c = phases()
        return a.reactive + b.reactive + c.reactive

    def apparent() -> float:
        a, b, c = phases()
        return a.apparent + b.apparent + c.apparent

    def factor() -> float:
        whole = apparent()
        return total(phases) / whole if whole > 0.0 else 1.0

    return {
        "power": lambda: total(phases),
        "reactive-power": reactive,
        "apparent-power": apparent,
        "power-factor": factor,
    }


def three_phase(phases: Phases) -> Table:
    """Currents, powers and totals."""
    return loads("", phases) | totals(phases)
