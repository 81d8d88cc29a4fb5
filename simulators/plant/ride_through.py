"""How long the voltage at the power supplies has been too low for them: until their capacitors are empty they work on.

Behind an inverter it never is; on bypass the load feels what the source does.

    low_ms = ride.react(now, 0.7, nodes)        # 0 at first; a node goes off once this exceeds its hold-up
"""

from collections.abc import Iterable

from simulators.plant.node import Node

WORKS_DOWN_TO = 0.78  # pu; 180 of 230 V, indefinitely


class RideThrough:
    """`deadline`: when the next node has used up what it has stored (ms)."""

    __slots__ = ("_since_ms", "deadline")

    def __init__(self) -> None:
        self._since_ms: int | None = None
        self.deadline: int | None = None

    def react(self, now: int, voltage_pu: float, nodes: Iterable[Node]) -> float:
        """ms for which the voltage has been too low."""
        if voltage_pu >= WORKS_DOWN_TO:
            self._since_ms = self.deadline = None
            return 0.0
        if self._since_ms is None:
            self._since_ms = now
        ends = [self._since_ms + int(node.supplies.hold_up_ms(node.power_w)) + 1 for node in nodes if node.fed]
        self.deadline = min((end for end in ends if end > now), default=None)
        return float(now - self._since_ms)
