"""A battery test of the UPS: the rectifier stands back, the battery carries the load, and the UPS draws its conclusion.

A quick test lasts a set time, a deep one until the battery is low. What the string cannot carry goes back to the
rectifier at once, so that a test never costs the load.

    test.ask("quick"); ...; test.result        # none, running, passed, warning, failed or aborted
"""

from simulators.plant.battery import Battery

KINDS = ("quick", "deep")
WORN = 0.8  # of its capacity when new, below which a battery is to be replaced (project)
TELLING = 0.1  # share of a charge that has to be taken before the capacity can be told from it


class BatteryTest:
    """`request` is what was last asked for (none, quick, deep, abort), `pending` whether it still waits to begin."""

    __slots__ = ("_begun_at", "_length_ms", "_taken_from_new", "pending", "request", "result", "stopping")

    def __init__(self, length_ms: int) -> None:
        self._length_ms = length_ms
        self.request, self.result = "none", "none"
        self.pending = self.stopping = False
        self._begun_at = self._taken_from_new = 0.0

    @property
    def running(self) -> bool:
        return self.result == "running"

    def ask(self, request: str) -> None:
        """An operator's word; while a test runs only `abort` means anything."""
        if request == "abort":
            self.stopping, self.pending, self.request = self.running, False, request
        elif request in KINDS and not self.running:
            self.pending, self.request = True, request

    def begin(self, now: int, soc: float) -> int | None:
        """It runs from now on; when a quick one is over (ms)."""
        self.pending, self.stopping, self.result = False, False, "running"
        self._begun_at, self._taken_from_new = soc, 0.0
        return now + self._length_ms if self.request == "quick" else None

    def end(self, result: str) -> None:
        self.pending, self.stopping, self.result = False, False, result

    def follow(self, seconds: float, battery: Battery) -> None:
        """Count what the measured current would have taken from a battery with its rated capacity."""
        self._taken_from_new += battery.taken_from_new(seconds)

    def conclude(self, battery: Battery, low: bool) -> str:
        """What a test that nothing disturbed says of the battery."""
        if low and self.request == "quick":
            return "failed"
        taken = self._begun_at - battery.soc
        worn = taken > TELLING and battery.health_by(self._taken_from_new / taken) < WORN
        return "warning" if worn else "passed"
