"""Who is called at which grid points of the plant, before anybody can read: sensors, scans, counters that are saved.

calendar = Calendar()
calendar.subscribe(0, period_ms=1000, phase_ms=200, call=print)      # at once for -800, then at 200, 1200 ...
if 1200 in calendar.due: calendar.publish(1200)
"""

from collections.abc import Callable
from operator import attrgetter

GRID_MS = 200


class Subscription:
    """Somebody who wants to be called at `phase + k * period`."""

    __slots__ = ("call", "due_ms", "number", "period_ms")

    def __init__(self, number: int, period_ms: int, due_ms: int, call: Callable[[int], None]) -> None:
        self.number, self.period_ms, self.due_ms, self.call = number, period_ms, due_ms, call


class Calendar:
    """`due` are the moments (ms) at which somebody is called next, and who."""

    __slots__ = ("_subscriptions", "due")

    def __init__(self) -> None:
        self._subscriptions: list[Subscription] = []
        self.due: dict[int, list[Subscription]] = {}

    def subscribe(self, now: int, period_ms: int, phase_ms: int, call: Callable[[int], None]) -> None:
        """Call at every `phase_ms + k * period_ms` from now on, and once at once. Both snap to the grid."""
        period = max(GRID_MS, period_ms - period_ms % GRID_MS)
        phase = phase_ms - phase_ms % GRID_MS
        due = now + period - (now - phase) % period
        subscription = Subscription(len(self._subscriptions), period, due, call)
        self._subscriptions.append(subscription)
        self._expect(subscription, due)
        call(due - period)

    def publish(self, now: int) -> None:
        """Call those who are due now, in the order in which they subscribed."""
        for subscription in sorted(self.due.pop(now), key=attrgetter("number")):
            self._expect(subscription, now + subscription.period_ms)
            subscription.call(now)

    def move(self, now: int) -> None:
        """Go on from another moment: everybody is due at the next of his own after it."""
        self.due.clear()
        for subscription in self._subscriptions:
            behind = now - subscription.due_ms
            whole = (behind // subscription.period_ms + 1) * subscription.period_ms
            self._expect(subscription, subscription.due_ms + whole)

    def _expect(self, subscription: Subscription, due_ms: int) -> None:
        subscription.due_ms = due_ms
        self.due.setdefault(due_ms, []).append(subscription)
