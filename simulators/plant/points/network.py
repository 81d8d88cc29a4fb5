"""True values of the network: a switch whose ports follow the nodes, and the line to the outside world.

Both live on the UPS. What the line carries is what the nodes answer; near its limit answers queue and get lost.

    network.switch(container, {"node-1": container.nodes[0]}, 25e9)["port.state@node-1"]()      # 'up'
"""

from collections.abc import Callable, Mapping

from simulators.plant.container import Container
from simulators.plant.node import Node
from simulators.plant.points.table import Table, Truth

STANDBY = 1e9  # bit/s to which a node's interface falls back while only its standby supply is alive
PACKET = 12_000.0  # bits that queue together
KEEP_ALIVE = 0.1e6  # bit/s of monitoring, which never stops
PAYLOAD = 0.949  # of a full packet with its headers and the gap before the next one
BUSIEST = 0.98  # share of the line at which queues end growing and packets are dropped


def switch(c: Container, ports: Mapping[str, Node], bits_per_s: float) -> Table:
    """A port per node, and the uplink."""

    def speed(node: Node | None) -> float:
        if not c.ups.alive or (node is not None and not node.fed):
            return 0.0
        return bits_per_s if node is None or node.state in ("on", "booting", "stopping") else STANDBY

    def reading(node: Node | None) -> tuple[Callable[[], Truth], Callable[[], Truth]]:
        return (lambda: "up" if speed(node) else "down"), (lambda: speed(node))

    table: Table = {}
    for name, node in (*ports.items(), ("uplink", None)):
        table[f"port.state@{name}"], table[f"port.speed@{name}"] = reading(node)
    return table


def site_link(c: Container, capacity: float, round_trip_ms: float, bits_per_token: float) -> Table:
    """`capacity` in bit/s; `round_trip_ms` of the empty line."""

    def wanted() -> float:
        return KEEP_ALIVE + bits_per_token * sum(node.tokens_per_s() for node in c.nodes)

    def latency() -> Truth:
        if not c.ups.alive:
            return None
        busy = min(BUSIEST, wanted() / capacity)
        return round_trip_ms + 1000.0 * PACKET / capacity * busy / (1.0 - busy)

    def loss() -> float:
        if not c.ups.alive:
            return 100.0
        return 100.0 * max(0.0, 1.0 - BUSIEST * capacity / wanted())

    return {
        "state": lambda: "up" if c.ups.alive else "down",
        "latency": latency,
        "loss": loss,
        "rate": lambda: min(wanted(), BUSIEST * capacity) if c.ups.alive else 0.0,
        # A transfer gets what the others leave.
        "goodput": lambda: PAYLOAD * max(0.0, capacity - wanted()) if c.ups.alive else 0.0,
    }
