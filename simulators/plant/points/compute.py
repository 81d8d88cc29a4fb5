"""True values of what computes: management controller, accelerators, cluster, endpoint, clocks.

bmc(container.nodes[0], inlet, utc)["power"]()       # W
"""

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from simulators.plant.clocks import Clocks
from simulators.plant.container import Container
from simulators.plant.node import AIR_CP, Node
from simulators.plant.noise import derive, normal, uniform
from simulators.plant.points.table import Table, Truth, constant
from simulators.plant.service import SPREAD

GIGABYTE = 1e9
THERMAL_LIMIT_C = 87.0
POWER_SUPPLIES = 4  # of which half carry the load alone


BOOT_STATES = {"on": "running", "booting": "starting", "stopping": "running", "tripped": "none", "off": "none"}


def bmc(node: Node, inlet: Callable[[], float], utc: Callable[[], float], key: int) -> Table:
    def exhaust() -> float:
        flow = AIR_CP * node.air_flow
        return inlet() + node.heat_w / flow if flow > 1.0 else inlet()

    def health() -> str:
        """Worn where something works that should not be alone, or does not work that should."""
        if node.state == "tripped":
            return "critical"
        worn = not node.supplies.intact or node.failed > 0 or node.fan_factor < 1.0
        return "warning" if worn else "ok"

    shares = [1.0 + 0.02 * (2 * uniform(key, k) - 1) for k in range(POWER_SUPPLIES)]
    whole = sum(shares)

    def supplied(k: int) -> Callable[[], Truth]:
        """Those that work share the load, each a little differently."""

        def power() -> float:
            works = node.supplies.works
            total = whole if node.supplies.intact else sum(share for j, share in enumerate(shares) if works(j))
            return node.power_w * shares[k] / total if works(k) else 0.0

        return power

    return {f"power-supply.{k + 1}.power": supplied(k) for k in range(POWER_SUPPLIES)} | {
        "power": lambda: node.power_w,
        "inlet.temperature": inlet,
        "exhaust.temperature": exhaust,
        "fan.speed": lambda: 100.0 * node.fan,
        "power.limit": lambda: node.limit_w,
        "boot.state": lambda: BOOT_STATES[node.state],
        "power-state": lambda: "off" if node.state == "off" else "on",
        "health": health,
        "accelerator.count": lambda: float(node.present),
        "clock": utc,
    }


def accelerator(
    node: Node, seed: int, equipment: str, instances: Sequence[str], texts: Mapping[str, str], cold: Callable[[], float]
) -> Table:
    """All accelerators of a node; the last `missing` ones have no values, the first `failed` ones idle."""
    table: Table = {}
    for k, instance in enumerate(instances):
        for point, read in _chip(node, derive(seed, equipment), k, texts, cold).items():
            table[f"{point}@{instance}"] = _while_present(node, k, read)
    return table


def _while_present(node: Node, k: int, read: Callable[[], Truth]) -> Callable[[], Truth]:
    return lambda: read() if k < node.present else None


def _chip(node: Node, key: int, k: int, texts: Mapping[str, str], cold: Callable[[], float]) -> Table:
    """One chip: the node's average with its own silicon and its own place in the air."""
    share = 1.0 + 0.01 * (normal(key, 2 * k) - sum(normal(key, 2 * j) for j in range(node.chips)) / node.chips)
    place = 1.0 + 0.02 * max(-2.0, min(2.0, normal(key, 2 * k + 1)))
    memory = float(texts.get("memory-gb", "48")) * GIGABYTE

    def works() -> bool:
        return k >= node.failed and node.state == "on"

    def temperature() -> float:
        return cold() + (node.die_c - cold()) * place * (0.3 if k < node.failed else 1.0)

    def power() -> float:
        """One that has failed takes no more than what never rests in it."""
        if not node.powered:
            return 0.0
        return node.base_w if k < node.failed else node.chip_w * share

    def throttle() -> str:
        """Why the clock is not at its highest."""
        if not works() or node.load() <= 0.0:
            return "idle"
        if node.die_c > THERMAL_LIMIT_C:
            return "thermal"
        return "power" if node.clock < 0.995 else "none"

    return {
        "power": power,
        "temperature": temperature,
        "temperature.ambient": lambda: cold() + 0.35 * (node.sink_c - cold()),
        "power.limit": lambda: node.chip_limit_w,
        "utilisation": lambda: 100.0 * node.load() if works() else 0.0,
        "memory.used": lambda: memory * (0.05 + 0.8 * node.load()) if works() else 0.0,
        "memory.total": constant(memory),
        "clock": lambda: 1000.0 * node.clock if works() else 0.0,
        "throttle": throttle,
        "energy": lambda: 210.0 + 3.0 * k + node.chip_j * share / 3.6e6,
        "health": lambda: "failed" if k < node.failed else "healthy",
        "identity.uuid": constant(str(UUID(int=(key << 64) | derive(key, str(k)), version=4))),
        "identity.model": constant(texts.get("model", "")),
        "identity.firmware": constant(texts.get("firmware", "")),
        "identity.driver": constant(texts.get("driver", "")),
        "identity.pci-address": constant(f"0000:{0x17 + 0x11 * k:02x}:00.0"),
    }


def cluster(nodes: Mapping[str, Node]) -> Table:
    """The control plane's view: accelerators of each node, and whether the node is ready."""
    table: Table = {}
    for name, node in nodes.items():
        table[f"accelerator.allocatable@{name}"] = _count(node)
        table[f"accelerator.capacity@{name}"] = _count(node)
        table[f"node.state@{name}"] = _ready(node)
    return table


def _count(node: Node) -> Callable[[], Truth]:
    return lambda: float(node.present)


def _ready(node: Node) -> Callable[[], Truth]:
    return lambda: "ready" if node.state == "on" else "not-ready"


def endpoint(c: Container) -> Table:
    """What the inference server shows of itself."""
    service = c.service

    def latency(share: float) -> Callable[[], Truth]:
        return lambda: 1000.0 * service.latency_s(c.time_ms, share)

    return {
        "requests.running": lambda: service.running(c.time_ms),
        "requests.waiting": lambda: service.waiting(c.time_ms),
        "tokens.generated": service.tokens,
        "requests.succeeded": service.succeeded,
        "requests.refused": lambda: float(service.clients.refused),
        "latency.total": lambda: service.spent_s,
        "first-token.total": lambda: service.first_s,
        **{f"latency.p{round(100 * share)}": latency(share) for share in SPREAD},
    }


def clocks(c: Clocks, time_ms: Callable[[], int]) -> Table:
    table: Table = {}
    for name in c.names:
        table[f"offset@{name}"] = _offset(c, name, time_ms)
        table[f"stratum@{name}"] = constant(2.0)
    return table


def _offset(c: Clocks, name: str, time_ms: Callable[[], int]) -> Callable[[], Truth]:
    return lambda: c.offset_ms(name, time_ms())
