"""What a world advances: a container or a laboratory, behind the few things that it needs of either.

plant = installed(load_preset("laboratory"), seed=0, time_ms=0)
plant.step(200)
"""

from collections.abc import Iterator, Sequence
from typing import Protocol

from simulators.plant.container import Container
from simulators.plant.environment import Environment
from simulators.plant.laboratory import Laboratory
from simulators.plant.node import Node
from simulators.plant.parameters import Parameters


class Installation(Protocol):
    """`moment` is another object after everything that may change a value; `environment` is the air around."""

    time_ms: int
    moment: object
    environment: Environment

    @property
    def nodes(self) -> Sequence[Node]: ...

    def parts(self) -> Iterator[object]:
        """Every object that holds state, in a fixed order."""

    def next_deadline_ms(self) -> int | None:
        """The earliest moment at which a state machine wants to be asked again."""

    def step(self, duration_ms: int) -> None:
        """Advance everything by some milliseconds, at most up to the next deadline."""

    def react(self) -> None:
        """Let the state machines act until nothing changes."""


def installed(p: Parameters, seed: int, time_ms: int) -> Installation:
    """A laboratory, if the preset is one of a test bench; else a container."""
    return Laboratory(p, time_ms) if "chamber" in p else Container(p, seed, time_ms)
