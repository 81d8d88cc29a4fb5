"""The automatic transfer switch, which also starts and stops the genset.

Its way through a mains loss (times are parameters), in open transition: the load is dark for the dead time.

    normal --3 s--> wait-start --> wait-emergency --ready + 2 s--> to-emergency --60 ms--> on-emergency
    on-emergency --mains back--> wait-return --300 s--> to-normal --60 ms--> cool-down --300 s--> normal

In closed transition both sources carry the load for a moment, if both are good and agree; otherwise it opens:

    wait-return --300 s--> synchronising --in phase--> overlap --100 ms--> cool-down
"""

from simulators.plant.noise import derive
from simulators.plant.parameters import Parameters
from simulators.plant.synchroniser import Synchroniser

MOVING = ("to-emergency", "to-normal")
BEFORE_TRANSFER = ("normal", "wait-start", "wait-emergency", "cool-down")
OTHER = {"normal": "emergency", "emergency": "normal"}


class Ats:
    """`position`: normal, emergency, open, or both in an overlap. `mode`: automatic or blocked. `test`: none or load.

    A test under load starts the genset, transfers and returns when it ends: by command, after its time, or because
    a source fails. Knobs for faults: `stuck_normal`, `stuck_emergency`, `dead_time_ms`.
    """

    __slots__ = (
        "_for_test",
        "_give_up_ms",
        "_toward",
        "closed",
        "cool_down_ms",
        "dead_time_ms",
        "deadline",
        "last_transfer_ms",
        "mode",
        "overlap_ms",
        "position",
        "return_delay_ms",
        "start_delay_ms",
        "state",
        "stuck_emergency",
        "stuck_normal",
        "synchroniser",
        "synchronising_ms",
        "test",
        "test_ms",
        "transfer_delay_ms",
        "transfers",
        "unloaded_cool_down_ms",
    )

    def __init__(self, p: Parameters, seed: int) -> None:
        self.start_delay_ms = p.milliseconds("engine_start_delay_s")
        self.transfer_delay_ms = p.milliseconds("transfer_delay_s")
        self.dead_time_ms = round(p.number("dead_time_ms"))
        self.return_delay_ms = p.milliseconds("return_delay_s")
        self.cool_down_ms = p.milliseconds("cool_down_s")
        self.unloaded_cool_down_ms = p.milliseconds("unloaded_cool_down_s")
        self.test_ms = p.milliseconds("test_s")
        self.closed = p.choice("transition", ("open", "closed")) == "closed"
        self.overlap_ms, self.synchronising_ms = round(p.number("overlap_ms")), p.milliseconds("synchronising_s")
        self.synchroniser = Synchroniser(p, derive(seed, "ats", "angle"))
        self.state, self.position = "normal", "normal"
        self.deadline: int | None = None
        self.transfers, self.last_transfer_ms = 0, 0
        self.stuck_normal = self.stuck_emergency = False
        self.mode, self.test = "automatic", "none"
        self._for_test, self._give_up_ms, self._toward = False, 0, "emergency"

    @property
    def on_mains(self) -> bool:
        """Whether the utility carries the load; in an overlap it does, for it is the stiffer source."""
        return self.position in ("normal", "both")

    @property
    def requests_genset(self) -> bool:
        return self.state not in ("normal", "wait-start")

    @property
    def cooling_down(self) -> bool:
        return self.state == "cool-down"

    @property
    def can_be_tested(self) -> bool:
        return self.test == "load" or (self.mode == "automatic" and self.state in ("normal", "cool-down"))

    def react(self, now: int, mains_healthy: bool, genset_good: bool) -> bool:
        """Take at most one transition; True if something changed. Never moves towards a dead source.

        `genset_good`: accepted as a source, or, if the load is on it, still carrying it.
        """
        before = (self.state, self.deadline)
        due = self.deadline is not None and now >= self.deadline
        if not mains_healthy:
            self.test, self._for_test = "none", False
        if self.state in BEFORE_TRANSFER:
            self._on_normal_side(now, due, mains_healthy, genset_good)
        elif self.state in MOVING:
            self._in_transit(now, due, mains_healthy, genset_good)
        elif self.state == "synchronising":
            self._synchronise(now, mains_healthy, genset_good)
        elif self.state == "overlap":
            self._overlap(now, due, mains_healthy, genset_good)
        else:
            self._on_emergency_side(now, due, mains_healthy, genset_good)
        return before != (self.state, self.deadline)

    def _on_normal_side(self, now: int, due: bool, mains_healthy: bool, genset_good: bool) -> None:
        wanted = not mains_healthy or self.test == "load"
        if self.state in ("normal", "wait-start") and mains_healthy:
            self._enter("wait-emergency" if wanted else "normal", None)
        elif self.state == "normal":
            self._enter("wait-start", now + self.start_delay_ms)
        elif self.state == "wait-start":
            if due:
                self._enter("wait-emergency", None)
        elif self.state == "cool-down":
            if wanted:
                self._enter("wait-emergency", None)
            elif due:
                self._enter("normal", None)
        elif not wanted:
            self._enter("cool-down", now + self.unloaded_cool_down_ms)
        elif not genset_good:
            self.deadline = None
        elif self.deadline is None:
            self.deadline = now + self.transfer_delay_ms
        elif due and self._free(self.stuck_normal):
            self._for_test = self.test == "load"
            self._depart("emergency", now, both_good=mains_healthy)

    def _on_emergency_side(self, now: int, due: bool, mains_healthy: bool, genset_good: bool) -> None:
        if not mains_healthy:
            self._enter("on-emergency", None)
        elif self._for_test:
            if due or not genset_good:
                self.test = "none"
            if self.test == "none" and self._free(self.stuck_emergency):
                self._depart("normal", now, both_good=genset_good)
        elif self.state == "on-emergency":
            self._enter("wait-return", now + self.return_delay_ms)
        elif (due or not genset_good) and self._free(self.stuck_emergency):
            self._depart("normal", now, both_good=genset_good)

    def _in_transit(self, now: int, due: bool, mains_healthy: bool, genset_good: bool) -> None:
        if not due:
            return
        if self.state == "to-emergency" and genset_good:
            self._arrive("emergency", now)
        elif self.state == "to-normal" and mains_healthy:
            self._arrive("normal", now)
        elif mains_healthy:
            self.state = "to-normal"
        elif genset_good:
            self.state = "to-emergency"

    def _synchronise(self, now: int, mains_healthy: bool, genset_good: bool) -> None:
        """Wait until both sources agree; with the one that carries the load failing, or in vain, open instead."""
        good = {"normal": mains_healthy, "emergency": genset_good}
        if not good[self._toward]:
            self._enter("on-emergency" if self.position == "emergency" else "wait-emergency", None)
        elif self._toward == "emergency" and mains_healthy and self.test == "none":
            self._enter("cool-down", now + self.unloaded_cool_down_ms)
        elif not good[OTHER[self._toward]] or now >= self._give_up_ms:
            self._leave(now)
        elif self.synchroniser.agrees:
            self._enter("overlap", now + self.overlap_ms)
            self.position, self.last_transfer_ms = "both", 0
        else:
            self.deadline = min(self._give_up_ms, now + self.synchroniser.wait_ms())

    def _overlap(self, now: int, due: bool, mains_healthy: bool, genset_good: bool) -> None:
        """Part from one of the sources: from the old one in time, from a failing one at once."""
        good = {"normal": mains_healthy, "emergency": genset_good}
        if due or not all(good.values()):
            self._arrive(self._toward if good[self._toward] else OTHER[self._toward], now)

    def _free(self, stuck: bool) -> bool:
        return not stuck and self.mode == "automatic"

    def _enter(self, state: str, deadline: int | None) -> None:
        self.state, self.deadline = state, deadline

    def _depart(self, toward: str, now: int, both_good: bool) -> None:
        self._toward = toward
        if not (self.closed and both_good):
            self._leave(now)
            return
        self.synchroniser.begin(self.transfers)
        self._give_up_ms = now + self.synchronising_ms
        self._enter("synchronising", self._give_up_ms)

    def _leave(self, now: int) -> None:
        self._enter(f"to-{self._toward}", now + self.dead_time_ms)
        self.position, self.last_transfer_ms = "open", self.dead_time_ms

    def _arrive(self, position: str, now: int) -> None:
        self.position = position
        self.transfers += 1
        if position == "emergency":
            self._enter("on-emergency", now + self.test_ms if self._for_test else None)
        else:
            self.test, self._for_test = "none", False
            self._enter("cool-down", now + self.cool_down_ms)
