"""Commands: what a protocol write may change in the plant.

    command(container, entry, "crac-1", "setpoint.temperature", 23.0)

Writing the same value twice is writing it once; a refused write leaves the state untouched.
"""

from collections.abc import Callable, Mapping
from typing import Any

from profiles.refusal import Refusal
from simulators.plant.bench_commands import WRITES as ON_THE_BENCH
from simulators.plant.container import Container
from simulators.plant.controller import MODES
from simulators.plant.cooling_commands import WRITES as COOLING
from simulators.plant.installation import Installation
from simulators.plant.node_commands import WRITES as NODES
from simulators.plant.parameters import Parameters
from simulators.plant.power_commands import WRITES as POWER
from simulators.plant.supply_commands import WRITES as SUPPLY
from simulators.plant.written import Value, choice, number

# The plant is a container or a laboratory, whichever has the subject.
Write = Callable[[Any, Parameters, str, str, Value], None]


def command(plant: Installation, entry: Parameters, equipment: str, point: str, value: Value) -> None:
    """Carry out one write. Refusal for a point that cannot be written or a value it does not allow."""
    write = WRITES.get((entry.text("subject"), point.partition("@")[0]))
    if write is None:
        raise Refusal(equipment, f"'{point}' cannot be written", "write a set-point or a switch")
    write(plant, entry, equipment, point, value)


def writable(entry: Parameters) -> frozenset[str]:
    """The points of this equipment that can be written."""
    return frozenset(point for subject, point in WRITES if subject == entry.text("subject"))


def _lock(c: Container, entry: Parameters, equipment: str, point: str, value: Value) -> None:
    c.security.doors[equipment].locked = choice(equipment, point, value, {"locked": True, "unlocked": False})


def _controller_mode(c: Container, entry: Parameters, equipment: str, point: str, value: Value) -> None:
    c.controller.mode = choice(equipment, point, value, {mode: mode for mode in MODES})


def _acknowledge(c: Container, entry: Parameters, equipment: str, point: str, value: Value) -> None:
    number(equipment, point, value, 0.0, 0.0)
    c.controller.acknowledge()


WRITES: Mapping[tuple[str, str], Write] = {
    **ON_THE_BENCH,
    **COOLING,
    **NODES,
    **POWER,
    **SUPPLY,
    ("controller", "mode"): _controller_mode,
    ("controller", "alarms.unacknowledged"): _acknowledge,
    ("door", "lock"): _lock,
}
