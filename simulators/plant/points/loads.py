"""What meters of three-phase loads have in common: how a load divides over the phases, and the totals.

phase = lambda k: Phase.of(power() * division[k], volts(k), 0.5)
three_phase(phase)["power"]()        # W
"""

from simulators.plant.container import Container
from simulators.plant.meter import Phase, Phases
from simulators.plant.noise import derive, uniform
from simulators.plant.points.table import Table, per_phase

JOULES_PER_KWH = 3.6e6


def division(seed: int, name: str) -> list[float]:
    """The shares of the phases: within 2 % of a third each."""
    raw = [1.0 + 0.02 * (2 * uniform(derive(seed, name, "phase"), k) - 1) for k in range(3)]
    return [share / sum(raw) for share in raw]


def kept(c: Container, phase: Phases) -> Phases:
    """The same phases, computed once per moment of the plant."""
    moment: object = None
    known: list[Phase] = []

    def at(k: int) -> Phase:
        nonlocal moment, known
        if moment is not c.moment:
            moment, known = c.moment, [phase(0), phase(1), phase(2)]
        return known[k]

    return at


def loads(prefix: str, phase: Phases) -> Table:
    """Current and power per phase below a prefix such as `output.`."""
    table = per_phase(f"{prefix}current", lambda k: phase(k).current)
    return table | per_phase(f"{prefix}power", lambda k: phase(k).power)


def total(phase: Phases) -> float:
    """W of all three phases."""
    return phase(0).power + phase(1).power + phase(2).power


def totals(phase: Phases) -> Table:
    def factor() -> float:
        apparent = phase(0).apparent + phase(1).apparent + phase(2).apparent
        return total(phase) / apparent if apparent > 0.0 else 1.0

    return {
        "power": lambda: total(phase),
        "reactive-power": lambda: phase(0).reactive + phase(1).reactive + phase(2).reactive,
        "apparent-power": lambda: phase(0).apparent + phase(1).apparent + phase(2).apparent,
        "power-factor": factor,
    }


def three_phase(phase: Phases) -> Table:
    """Currents, powers and totals."""
    return loads("", phase) | totals(phase)
