"""The controller: once a second it looks at what is wrong, keeps it until somebody has seen it, and reports it.

    controller.scan(now, [mains_lost, smoke])
    controller.alarms, controller.unacknowledged, controller.queue      # present, not yet seen, not yet sent
    controller.acknowledge()

In maintenance nothing is reported. A program that stands still is noticed by its watchdog.
"""

from collections.abc import Sequence

SCAN_MS = 1000
SENT_PER_SCAN = 1  # messages that the line to the operator takes a second
WATCHDOG_MS = 5000
MODES = ("automatic", "manual", "maintenance")


class Controller:
    """`beats` counts its scans since the container was made. Knob for faults: `hung`."""

    __slots__ = ("_present", "_scanned_ms", "_unseen", "beats", "hung", "mode", "queue")

    def __init__(self, time_ms: int) -> None:
        self._present: list[bool] = []
        self._unseen: list[bool] = []
        self._scanned_ms = time_ms
        self.beats = self.queue = 0
        self.hung, self.mode = False, "automatic"

    @property
    def alarms(self) -> int:
        """How many hold."""
        return sum(self._present)

    @property
    def unacknowledged(self) -> int:
        """How many have come since somebody last acknowledged; one that has gone stays until it is seen."""
        return sum(self._unseen)

    def acknowledge(self) -> None:
        """Somebody has seen them all."""
        self._unseen = [False] * len(self._unseen)

    def watchdog(self, now: int) -> str:
        return "expired" if now - self._scanned_ms > WATCHDOG_MS else "ok"

    def scan(self, now: int, wrong: Sequence[bool]) -> None:
        """Look at everything; what comes and what goes is a message each."""
        if self.hung:
            return
        self._scanned_ms = now
        self.beats += 1
        if self.queue:
            self.queue = max(0, self.queue - SENT_PER_SCAN)
        present = list(wrong)
        if present == self._present:
            return
        before = self._present or [False] * len(present)
        unseen = self._unseen or before
        self._unseen = [old or (is_so and not was) for old, is_so, was in zip(unseen, present, before, strict=True)]
        if self.mode != "maintenance":
            self.queue += sum(is_so != was for is_so, was in zip(present, before, strict=True))
        self._present = present
