"""How long an inverter bears an overload: mixed ones add up as shares of their allowed times.

>>> overload = Overload()
>>> overload.step(30_000, 30.0, 1.3), overload.deadline         # half of the minute that 130 % may last
(False, 60000)
>>> overload.step(330_000, 300.0, 1.2), overload.step(60_000 + 330_000, 60.0, 1.0)      # and half of ten at 120 %
(True, False)
"""

from math import ceil, exp, inf

# Up to this load (pu) it may last so long (s).
ALLOWED = ((1.05, inf), (1.10, 3600.0), (1.25, 600.0), (1.50, 60.0))
SHORTEST_S, FORGETTING_S = 0.2, 300.0


def allowed_s(load_pu: float) -> float:
    """How long the inverter bears this load.

    >>> allowed_s(1.05), allowed_s(1.2), allowed_s(1.4), allowed_s(1.6)
    (inf, 600.0, 60.0, 0.2)
    """
    return next((seconds for load, seconds in ALLOWED if load_pu <= load), SHORTEST_S)


class Overload:
    """`spent`: share of what it bears; `deadline`: when it will have borne all at this load (ms)."""

    __slots__ = ("deadline", "spent")

    def __init__(self) -> None:
        self.spent = 0.0
        self.deadline: int | None = None

    def step(self, now: int, seconds: float, load_pu: float) -> bool:
        """Count the seconds up to `now` (ms) at this load; True if the inverter can bear no more."""
        allowed = allowed_s(load_pu)
        self.deadline = None
        if allowed == inf:
            if self.spent > 0.0:
                self.spent *= exp(-seconds / FORGETTING_S)
            return False
        self.spent = min(1.0, self.spent + seconds / allowed)
        if self.spent >= 1.0 - 1e-9:
            return True
        self.deadline = now + ceil((1.0 - self.spent) * allowed * 1000.0 - 1e-6)
        return False
