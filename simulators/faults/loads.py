"""What the faults and the loads of the distribution and of the servers change.

LOADS["it.psu_fail"](plant, fault)       # [(supplies, "failed", 1)]
"""

from collections.abc import Mapping

from profiles.refusal import Refusal
from simulators.faults.plant import Effect, Plant, Setting
from simulators.faults.registry import ActiveFault
from simulators.plant.node import Node


def _node(attribute: str, parameter: str, factor: float = 1.0) -> Effect:
    return lambda p, f: [(p.node(f), attribute, factor * f.number(parameter))]


def _chips(attribute: str) -> Effect:
    return lambda p, f: [(p.node(f), attribute, round(f.number("count")))]


def _breaker(p: Plant, f: ActiveFault) -> list[Setting]:
    """The feed that the rack PDU named by the fault hangs on is dead for all nodes of its rack."""
    entry = p.entry(f)
    if "feed" not in entry:
        raise Refusal(f"fault {f.name}", f"'{f.text('equipment')}' is no rack PDU", "name one, such as pdu-1")
    attribute = f"feed_{entry.text('feed').lower()}_dead"
    return [(node.supplies, attribute, True) for node in p.site.nodes(entry)]


def _swing(node: Node, f: ActiveFault) -> list[Setting]:
    return [(node, "swing_hz", f.number("frequency")), (node, "swing_depth", f.number("depth") / 100)]


def _weak_breaker(p: Plant, f: ActiveFault) -> list[Setting]:
    """Enough for half of the rack, as long as the other feed carries the other half."""
    feeds, name = p.site.container.feeds, f.text("equipment")
    if name not in feeds:
        raise Refusal(f"fault {f.name}", f"'{name}' is no rack PDU", f"name one of {', '.join(feeds)}")
    return [(feeds[name], "rating_a", f.number("rating"))]


LOADS: Mapping[str, Effect] = {
    "dist.breaker_trip": _breaker,
    "dist.breaker_weak": _weak_breaker,
    "dist.neutral_loose": lambda p, f: [(p.site.container.bus, "neutral_shift", f.number("amplification"))],
    "dist.load_bank": lambda p, f: [(p.site.container, "load_bank_w", f.number("power"))],
    "it.workload": lambda p, f: [(node, "utilisation", f.number("share") / 100) for node in p.site.container.nodes],
    "it.chip_failed": _chips("failed"),
    "it.accelerator_removed": _chips("missing"),
    "it.fan_fail": lambda p, f: [(p.node(f), "fan_factor", 1.0 - f.number("loss") / 100)],
    "it.chip_hot": _node("sink_factor", "factor"),
    "it.swing": lambda p, f: _swing(p.node(f), f),
    "it.training": lambda p, f: [setting for node in p.site.plant.nodes for setting in _swing(node, f)],
    "it.psu_fail": lambda p, f: [(p.node(f).supplies, "failed", round(f.number("count")))],
    "it.cap_ignored": lambda p, f: [(p.node(f), "cap_followed", 0.0)],
    "it.cap_partial": _node("cap_followed", "share", 0.01),
    "it.hang": lambda p, f: [(p.node(f), "hung", True)],
    "it.reboot_loop": lambda p, f: [(p.node(f), "reboot_ms", round(f.number("period") * 1000))],
}
