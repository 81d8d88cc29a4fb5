"""One feed of one rack behind its breaker: what hangs on it shares the load, and too much of that trips the breaker.

The breaker is a thermal one (IEC 60898-1, clause 9.10.1.2): 1.13 times its rating it bears for ever, 1.45 times
for minutes and 2.55 times for less than one. It stays open until somebody closes it.

    feed.step(1.0, 220.0); feed.tripped      # after a second at this voltage
"""

from collections.abc import Sequence
from math import exp

from simulators.plant.node import Node

BORNE = 1.13  # of its rating, for ever
WARMING_S = 240.0


class RackFeed:
    """`heat` is how warm the breaker is, with 1 where it trips. Knob for faults: `rating_a` (A in each phase)."""

    __slots__ = ("_feed", "_nodes", "heat", "rating_a", "tripped")

    def __init__(self, feed: str, nodes: Sequence[Node], rating_a: float) -> None:
        self._feed, self._nodes, self.rating_a = feed, tuple(nodes), rating_a
        self.heat, self.tripped = 0.0, False

    def current_a(self, voltage: float) -> float:
        """A in each of the three phases."""
        power = sum(node.power_w * node.supplies.share(self._feed) for node in self._nodes)
        return power / (3.0 * voltage) if voltage > 1.0 else 0.0

    def step(self, seconds: float, voltage: float) -> None:
        """Warm the breaker by its current at this phase voltage (V)."""
        load = self.current_a(voltage) / (BORNE * self.rating_a)
        self.heat += (load * load - self.heat) * (1.0 - exp(-seconds / WARMING_S))
        if self.heat >= 1.0 and not self.tripped:
            self._switch(tripped=True)

    def close(self) -> None:
        """Somebody closes the breaker again."""
        self.heat = min(self.heat, 0.9)
        self._switch(tripped=False)

    @property
    def state(self) -> str:
        """What its contact says, whoever has tripped it."""
        return "tripped" if all(node.supplies.dead(self._feed) for node in self._nodes) else "closed"

    def _switch(self, tripped: bool) -> None:
        self.tripped = tripped
        for node in self._nodes:
            node.supplies.break_feed(self._feed, tripped)
