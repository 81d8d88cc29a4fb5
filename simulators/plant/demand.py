"""Power demand as utilities bill it: the mean of each quarter of an hour, and the highest so far.

demand.step(time_ms, 200, 53_000.0); demand.present_w      # of the last whole block; of the running one before
"""

BLOCK_MS = 900_000


class Demand:
    """W. Blocks begin at whole quarters of the plant's time."""

    __slots__ = ("_block", "_elapsed_ms", "_energy", "highest_w", "present_w")

    def __init__(self) -> None:
        self._block, self._elapsed_ms, self._energy = -(1 << 40), 0, 0.0
        self.present_w = self.highest_w = 0.0

    def step(self, now: int, duration_ms: int, power: float) -> None:
        """Count `power` W from `now` on."""
        if now // BLOCK_MS != self._block:
            if self._elapsed_ms >= BLOCK_MS:
                self.present_w = self._energy / self._elapsed_ms
                self.highest_w = max(self.highest_w, self.present_w)
            self._block, self._elapsed_ms, self._energy = now // BLOCK_MS, 0, 0.0
        self._elapsed_ms += duration_ms
        self._energy += power * duration_ms
        if not self.highest_w:
            self.present_w = self._energy / self._elapsed_ms
