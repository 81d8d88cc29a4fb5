"""A circulating pump: run-up, coast-down, power, and the flow it makes against a loop.

pump.step(0.2, ordered=1.0)
flow_share(pump.speed, clog=0.5)       # of the rated flow
"""

from math import sqrt

from simulators.plant.lag import approach
from simulators.plant.parameters import Parameters

CURVE = 0.25  # slope of the pump's characteristic: a clogged loop costs less flow than its resistance suggests


class Pump:
    """`speed` is a share of the rated one; `run_s` and `energy_j` count up.

    Knobs for faults: `failed`, `slowness` (share of speed lost).
    """

    __slots__ = ("_coast_s", "_ramp_s", "energy_j", "failed", "power_w", "rated_w", "run_s", "slowness", "speed")

    def __init__(self, rated_w: float, ramp_s: float, coast_s: float, speed: float) -> None:
        self.rated_w, self._ramp_s, self._coast_s, self.speed = rated_w, ramp_s, coast_s, speed
        self.failed, self.slowness, self.power_w = False, 0.0, 0.0
        self.run_s = self.energy_j = 0.0

    @classmethod
    def of(cls, p: Parameters, prefix: str, speed: float) -> "Pump":
        """The pump that a section describes with `<prefix>_w`, `<prefix>_ramp_s` and `<prefix>_coast_s`."""
        rated_w, ramp_s, coast_s = (p.number(f"{prefix}_{key}") for key in ("w", "ramp_s", "coast_s"))
        return cls(rated_w, ramp_s, coast_s, speed)

    def evaluate(self, running: bool) -> None:
        self.power_w = self.rated_w * self.speed**3 if running and not self.failed else 0.0

    def step(self, seconds: float, ordered: float) -> None:
        """Towards the `ordered` share of the rated speed; 0 stops it."""
        if self.power_w > 0.0:
            self.run_s += seconds
            self.energy_j += self.power_w * seconds
        target = 0.0 if self.failed else ordered * (1.0 - self.slowness)
        if target > self.speed:
            self.speed = min(target, self.speed + seconds / self._ramp_s)
        else:
            self.speed = approach(self.speed, target, seconds, self._coast_s)


def flow_share(speed: float, clog: float = 0.0) -> float:
    """Flow of the rated flow at this speed, where the loop has 1 + `clog` times its resistance."""
    return speed * sqrt((1.0 + CURVE) / (1.0 + clog + CURVE))
