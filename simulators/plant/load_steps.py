"""The record of the last disturbance of a UPS output: too short to be sampled, so the event writes it.

A step of the load moves the regulated voltage by 5 % per 100 % of the rating, and it is back within half a cycle.

>>> record = LoadSteps()
>>> record.follow(0.2, True); record.follow(1.0, True)
>>> record.steps, record.lowest_pu, record.highest_pu
(1, 0.96, 1.0)
>>> record.gap(); record.lowest_pu
0.0
"""

LEAST = 0.1  # pu of the rating; what changes less is no step
TRANSIENT = 0.05  # pu of the voltage, for a step of the whole rating


class LoadSteps:
    """`lowest_pu` and `highest_pu` of the output during the last one, and how many `steps` there have been."""

    __slots__ = ("_load_pu", "highest_pu", "lowest_pu", "steps")

    def __init__(self) -> None:
        self._load_pu = -1.0
        self.lowest_pu = self.highest_pu = 1.0
        self.steps = 0

    def follow(self, load_pu: float, regulated: bool) -> None:
        """The load is this now. `regulated`: the inverter carries it."""
        change, known = load_pu - self._load_pu, self._load_pu >= 0.0
        self._load_pu = load_pu
        if (change >= LEAST or change <= -LEAST) and known and regulated:
            swing = TRANSIENT * min(1.0, abs(change))
            self.lowest_pu, self.highest_pu = (1.0 - swing, 1.0) if change > 0.0 else (1.0, 1.0 + swing)
            self.steps += 1

    def gap(self) -> None:
        """The output was away for a moment."""
        self.lowest_pu, self.highest_pu = 0.0, 1.0
