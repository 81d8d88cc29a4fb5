"""The essential bus behind the ATS: contactors with memory, and the losses of the distribution.

Contactors drop out after 40 ms below half voltage and close again when the bus is back. A bus that is
alive is not the same as a contactor that is closed: each consumer restarts by its own rules.

    bus.react(now, 0.0); bus.closed      # still True until 40 ms have passed
"""

from simulators.plant.parameters import Parameters


class Bus:
    """`closed`: contactors closed; `power_since`: when they last closed (ms).

    Knob for faults: `neutral_shift`, by how much a loose neutral behind the UPS amplifies the phases' imbalance.
    """

    __slots__ = ("_drop_out_ms", "closed", "deadline", "loss_share", "neutral_shift", "power_since", "voltage_pu")

    def __init__(self, p: Parameters) -> None:
        self._drop_out_ms = round(p.number("contactor_drop_out_ms"))
        self.loss_share = p.number("loss_percent_of_it") / 100
        self.closed, self.voltage_pu, self.neutral_shift = True, 1.0, 0.0
        self.power_since = -1_000_000
        self.deadline: int | None = None

    def react(self, now: int, voltage_pu: float) -> bool:
        before = (self.closed, self.deadline)
        self.voltage_pu = voltage_pu
        if voltage_pu >= 0.5:
            self.deadline = None
            if not self.closed and voltage_pu >= 0.85:
                self.closed, self.power_since = True, now
        elif self.closed and self.deadline is None:
            self.deadline = now + self._drop_out_ms
        elif self.deadline is not None and now >= self.deadline:
            self.closed, self.deadline = False, None
        return before != (self.closed, self.deadline)
