"""What an operator can tell a node and its accelerators: power and resets, limits of power, how hard to work.

WRITES["bmc", "reset"](container, entry, "bmc-1", "reset", "graceful-restart")
"""

from collections.abc import Callable, Mapping

from simulators.plant.container import Container
from simulators.plant.installation import Installation
from simulators.plant.node import Node
from simulators.plant.parameters import Parameters
from simulators.plant.resetting import RESETS
from simulators.plant.written import Value, choice, number

Write = Callable[[Container, Parameters, str, str, Value], None]


def _node(c: Installation, entry: Parameters) -> Node:
    return c.nodes[round(entry.number("node")) - 1]


def _power(c: Container, entry: Parameters, equipment: str, point: str, value: Value) -> None:
    _node(c, entry).switch(choice(equipment, point, value, {"off": False, "on": True}))


def _reset(c: Container, entry: Parameters, equipment: str, point: str, value: Value) -> None:
    word, node = choice(equipment, point, value, {word: word for word in ("on", *RESETS)}), _node(c, entry)
    if word == "on":
        node.switch(True)
    else:
        node.reset(RESETS[word], c.time_ms)


def _limit(c: Container, entry: Parameters, equipment: str, point: str, value: Value) -> None:
    node = _node(c, entry)
    node.limit(number(equipment, point, value, 0.1 * node.psu_rated_w, 0.5 * node.psu_rated_w))


def _chip_limit(c: Installation, entry: Parameters, equipment: str, point: str, value: Value) -> None:
    """All accelerators of a node are one averaged chip, so the cap of one is the cap of all."""
    node = _node(c, entry)
    node.limit_chips(number(equipment, point, value, *node.chip_limits_w))


def _utilisation(c: Installation, entry: Parameters, equipment: str, point: str, value: Value) -> None:
    _node(c, entry).utilisation = number(equipment, point, value, 0.0, 100.0) / 100.0


WRITES: Mapping[tuple[str, str], Write] = {
    ("bmc", "power-state"): _power,
    ("bmc", "reset"): _reset,
    ("bmc", "power.limit"): _limit,
    ("accelerator", "power.limit"): _chip_limit,
    ("accelerator", "utilisation"): _utilisation,
}
