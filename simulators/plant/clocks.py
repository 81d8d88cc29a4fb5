"""The nodes' clocks against true time: a constant of a few milliseconds and a slow wander.

Clocks(["node-1"], seed=1).offset_ms("node-1", 5000)      # ms, positive: ahead
"""

from collections.abc import Sequence

from simulators.plant.noise import derive, normal


class Clocks:
    """Knobs for faults: `wrong_name`, `wrong_ms`."""

    __slots__ = ("_keys", "names", "wrong_ms", "wrong_name")

    def __init__(self, names: Sequence[str], seed: int) -> None:
        self.names = list(names)
        self._keys = {name: derive(seed, "clock", name) for name in names}
        self.wrong_name, self.wrong_ms = "", 0.0

    def offset_ms(self, name: str, time_ms: int) -> float:
        """A pure function of the time: chrony publishes a new offset every 16 s."""
        key = self._keys[name]
        own = 0.8 * max(-2.0, min(2.0, normal(key, 0))) + 0.2 * normal(key, 1 + time_ms // 16_000)
        return own + (self.wrong_ms if name == self.wrong_name else 0.0)
