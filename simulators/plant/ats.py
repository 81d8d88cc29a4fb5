"""The automatic transfer switch: open transition, so the load is dark for the dead time.

It also starts and stops the genset. Its way through a mains loss (times are parameters):

    normal --3 s--> wait-start --> wait-emergency --ready + 2 s--> to-emergency --60 ms--> on-emergency
    on-emergency --mains back--> wait-return --300 s--> to-normal --60 ms--> cool-down --300 s--> normal
"""

from simulators.plant.parameters import Parameters

MOVING = ("to-emergency", "to-normal")


class Ats:
    """Knobs for faults: `stuck_normal`, `stuck_emergency`, `dead_time_ms`."""

    __slots__ = (
        "cool_down_ms",
        "dead_time_ms",
        "deadline",
        "last_transfer_ms",
        "position",
        "return_delay_ms",
        "start_delay_ms",
        "state",
        "stuck_emergency",
        "stuck_normal",
        "transfer_delay_ms",
        "transfers",
        "unloaded_cool_down_ms",
    )

    def __init__(self, p: Parameters) -> None:
        self.start_delay_ms = p.milliseconds("engine_start_delay_s")
        self.transfer_delay_ms = p.milliseconds("transfer_delay_s")
        self.dead_time_ms = round(p.number("dead_time_ms"))
        self.return_delay_ms = p.milliseconds("return_delay_s")
        self.cool_down_ms = p.milliseconds("cool_down_s")
        self.unloaded_cool_down_ms = p.milliseconds("unloaded_cool_down_s")
        self.state, self.position = "normal", "normal"
        self.deadline: int | None = None
        self.transfers, self.last_transfer_ms = 0, 0
        self.stuck_normal = self.stuck_emergency = False

    @property
    def requests_genset(self) -> bool:
        return self.state not in ("normal", "wait-start")

    @property
    def cooling_down(self) -> bool:
        return self.state == "cool-down"

    def react(self, now: int, mains_healthy: bool, genset_ready: bool) -> bool:
        """Take at most one transition; True if something changed. Never moves towards a dead source."""
        before = (self.state, self.deadline)
        due = self.deadline is not None and now >= self.deadline
        if self.state in ("normal", "wait-start", "wait-emergency", "cool-down"):
            self._on_normal_side(now, due, mains_healthy, genset_ready)
        elif self.state in MOVING:
            self._in_transit(now, due, mains_healthy, genset_ready)
        else:
            self._on_emergency_side(now, due, mains_healthy, genset_ready)
        return before != (self.state, self.deadline)

    def _on_normal_side(self, now: int, due: bool, mains_healthy: bool, genset_ready: bool) -> None:
        if self.state in ("normal", "wait-start") and mains_healthy:
            self._enter("normal", None)
        elif self.state == "normal":
            self._enter("wait-start", now + self.start_delay_ms)
        elif self.state == "wait-start":
            if due:
                self._enter("wait-emergency", None)
        elif self.state == "cool-down":
            if not mains_healthy:
                self._enter("wait-emergency", None)
            elif due:
                self._enter("normal", None)
        elif mains_healthy:
            self._enter("cool-down", now + self.unloaded_cool_down_ms)
        elif not genset_ready:
            self.deadline = None
        elif self.deadline is None:
            self.deadline = now + self.transfer_delay_ms
        elif due and not self.stuck_normal:
            self._leave("to-emergency", now)

    def _in_transit(self, now: int, due: bool, mains_healthy: bool, genset_ready: bool) -> None:
        if not due:
            return
        if self.state == "to-emergency" and genset_ready:
            self._arrive("on-emergency", "emergency", None)
        elif self.state == "to-normal" and mains_healthy:
            self._arrive("cool-down", "normal", now + self.cool_down_ms)
        elif mains_healthy:
            self.state = "to-normal"
        elif genset_ready:
            self.state = "to-emergency"

    def _on_emergency_side(self, now: int, due: bool, mains_healthy: bool, genset_ready: bool) -> None:
        if not mains_healthy:
            self._enter("on-emergency", None)
        elif self.state == "on-emergency":
            self._enter("wait-return", now + self.return_delay_ms)
        elif (due or not genset_ready) and not self.stuck_emergency:
            self._leave("to-normal", now)

    def _enter(self, state: str, deadline: int | None) -> None:
        self.state, self.deadline = state, deadline

    def _leave(self, state: str, now: int) -> None:
        self._enter(state, now + self.dead_time_ms)
        self.position, self.last_transfer_ms = "open", self.dead_time_ms

    def _arrive(self, state: str, position: str, deadline: int | None) -> None:
        self._enter(state, deadline)
        self.position = position
        self.transfers += 1
