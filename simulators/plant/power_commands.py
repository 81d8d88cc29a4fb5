"""What an operator can tell the UPS and the rack PDUs: how it runs, to test its battery, which outlets are on, and to
close a breaker again.

WRITES["ups", "test.request"](container, entry, "ups-1", "test.request", "quick")
"""

from collections.abc import Callable, Mapping

from profiles.refusal import Refusal
from simulators.plant.container import Container
from simulators.plant.parameters import Parameters
from simulators.plant.supplies import COUNT, FEEDS
from simulators.plant.written import Value, choice

Write = Callable[[Container, Parameters, str, str, Value], None]

MODES, TESTS = ({word: word for word in words} for words in (("online", "eco", "bypass"), ("quick", "deep", "abort")))


def _mode(c: Container, entry: Parameters, equipment: str, point: str, value: Value) -> None:
    c.ups.select(choice(equipment, point, value, MODES))


def _test(c: Container, entry: Parameters, equipment: str, point: str, value: Value) -> None:
    c.ups.test.ask(choice(equipment, point, value, TESTS))


def _outlet(c: Container, entry: Parameters, equipment: str, point: str, value: Value) -> None:
    """`outlet.switch@3`: the outlets feed the power supplies on this feed, node after node."""
    fed = choice(equipment, point, value, {"on": True, "off": False})
    nodes = entry.raw()["nodes"] if "nodes" in entry else [entry.raw()["node"]]
    per_node = COUNT // len(FEEDS)
    name = point.partition("@")[2]
    number = int(name) - 1 if name.isdecimal() else -1
    if not 0 <= number < per_node * len(nodes):
        raise Refusal(equipment, f"it has no '{point}'", f"switch one of its outlets 1 to {per_node * len(nodes)}")
    supplies = c.nodes[nodes[number // per_node] - 1].supplies
    supplies.plug(FEEDS.index(entry.text("feed")) + len(FEEDS) * (number % per_node), fed)


def _breaker(c: Container, entry: Parameters, equipment: str, point: str, value: Value) -> None:
    """Nobody opens one; one that has tripped is closed again."""
    choice(equipment, point, value, {"closed": True})
    c.feeds[equipment].close()


WRITES: Mapping[tuple[str, str], Write] = {
    ("ups", "setpoint.mode"): _mode,
    ("ups", "test.request"): _test,
    ("pdu", "outlet.switch"): _outlet,
    ("pdu", "breaker.state"): _breaker,
}
