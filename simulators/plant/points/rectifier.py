"""True values of the rectifiers that feed a rack's DC bus bar, and of the controller above them.

The four power supplies of the rack's node stand as rectifiers in a shelf of their own: their share of the load, their
losses and their feeds are the node's. The bus bar has no battery; the UPS before it has.

shelf(container, seed, node, inlet, bus_v=50.0, rise_k=20.0)["output.voltage"]()       # V
"""

from collections.abc import Callable

from simulators.plant.container import Container
from simulators.plant.node import Node
from simulators.plant.points.electrical import output_voltage
from simulators.plant.points.table import Table, constant
from simulators.plant.supplies import COUNT, FEEDS


def shelf(c: Container, seed: int, node: Node, inlet: Callable[[], float], bus_v: float, rise_k: float) -> Table:
    """`bus_v` is the regulated voltage of the bus bar, `rise_k` how much warmer than the inlet a rectifier at full
    load gets."""
    supplies, output = node.supplies, output_voltage(c, seed)

    def works(k: int) -> bool:
        return c.ups.alive and supplies.works(k)

    def fed(k: int) -> float:
        return 0.0 if supplies.dead(FEEDS[k % len(FEEDS)]) else output(0)

    def power(k: int) -> float:
        return node.dc_w / sum(map(works, range(COUNT))) if works(k) else 0.0

    def load(k: int) -> float:
        return 100.0 * power(k) * COUNT / supplies.rated_w

    def delivered() -> float:
        return sum(map(power, range(COUNT)))

    def volts() -> float:
        return bus_v if any(map(works, range(COUNT))) else 0.0

    def highest() -> float:
        return inlet() + rise_k * max(map(load, range(COUNT))) / 100.0

    table: Table = {
        "input.voltage": lambda: max(map(fed, range(COUNT))),
        "output.voltage": volts,
        "output.load": lambda: 100.0 * delivered() / supplies.rated_w,
        "load.current": lambda: delivered() / bus_v,
        "load.power": delivered,
        "temperature": highest,
        "battery.current": constant(0.0),
        "battery.temperature": constant(None),
    }

    def module(k: int) -> Table:
        return {
            f"module.input.voltage@{k + 1}": lambda: fed(k),
            f"module.voltage@{k + 1}": lambda: bus_v if works(k) else 0.0,
            f"module.current@{k + 1}": lambda: power(k) / bus_v,
            f"module.load@{k + 1}": lambda: load(k),
            f"module.temperature@{k + 1}": lambda: inlet() + rise_k * load(k) / 100.0,
        }

    for k in range(COUNT):
        table |= module(k)
    return table
