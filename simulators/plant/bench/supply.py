"""A power supply under test, AC to DC: starts when its input is good, loses what supplies lose, warms its case.

supply.input_v = 220.0; supply.evaluate(delivered_w=240.0); supply.input_w        # W taken from the line
supply.step(0.2, room_c=23.0); supply.case_c
"""

from simulators.plant.parameters import Parameters
from simulators.plant.supplies import Supplies


class PowerSupply:
    """States: off, starting, on, tripped (by too much load, until its input has been away)."""

    __slots__ = (
        *("_case_j_per_k", "_case_w_per_k", "_least_v", "_most_v", "_nominal_v", "_ripple_v", "_start_ms"),
        *("case_c", "deadline", "droop_ohm", "input_v", "input_w", "loss_w", "output_w", "state", "supplies"),
    )

    def __init__(self, p: Parameters) -> None:
        self.supplies = Supplies(p.number("rated_w"))
        self._nominal_v, self.droop_ohm = p.number("output_v"), p.number("droop_ohm")
        self._ripple_v = p.number("ripple_at_rated_load_v")
        self._least_v, self._most_v = p.number("least_input_v"), p.number("most_input_v")
        self._case_j_per_k, self._case_w_per_k = p.number("case_j_per_k"), p.number("case_w_per_k")
        self._start_ms, self.case_c = p.milliseconds("start_s"), p.number("case_c")
        self.state, self.deadline = "off", None
        self.input_v = self.input_w = self.output_w = self.loss_w = 0.0

    deadline: int | None

    @property
    def open_v(self) -> float:
        """Of its output, without a load."""
        return self._nominal_v if self.state == "on" else 0.0

    @property
    def ripple_v(self) -> float:
        """From peak to peak, at twice the line's frequency."""
        return self._ripple_v * self.load_share

    @property
    def load_share(self) -> float:
        return self.output_w / self.supplies.rated_w

    def evaluate(self, delivered_w: float) -> None:
        """What it takes to deliver this power (W)."""
        on = self.state == "on"
        self.output_w = delivered_w if on else 0.0
        self.loss_w = self.supplies.loss(delivered_w) if on else 0.0
        self.input_w = self.output_w + self.loss_w

    def step(self, seconds: float, room_c: float) -> None:
        self.case_c += (self.loss_w - self._case_w_per_k * (self.case_c - room_c)) * seconds / self._case_j_per_k

    def react(self, now: int) -> bool:
        """Start, stop, trip; True if something changed."""
        before = (self.state, self.deadline)
        if not self._least_v <= self.input_v <= self._most_v:
            self.state, self.deadline = "off", None
        elif self.state == "off":
            self.state, self.deadline = "starting", now + self._start_ms
        elif self.state == "starting" and self.deadline is not None and now >= self.deadline:
            self.state, self.deadline = "on", None
        elif self.state == "on" and not self.supplies.carry(self.output_w, 0.0):
            self.state = "tripped"
        return before != (self.state, self.deadline)
