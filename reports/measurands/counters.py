"""Statistics of counters."""

from reports.measurands.registry import Value, measurand
from reports.measurands.runs import Run, runs
from reports.measurands.scope import Pattern, Scope, Track


@measurand("longest-unchanged", judges_records=True)
def longest_unchanged(scope: Scope, *, of: Pattern) -> Value:
    """y = max (t of a change - t of the change before) in s, over all channels.

    The time before the first and after the last change was not seen whole. It counts as far as it was
    seen, and where it exceeds every whole one by more than its own sampling, y is a lower bound.
    """
    return max((_longest(scope, track) for track in scope.numbers(of)), key=lambda v: (v.number, v.bound or ""))


def _longest(scope: Scope, track: Track) -> Value:
    found = list(runs(scope, track, track.value))
    longest = max(found, key=lambda run: (run.seconds, run.whole))
    whole = max((run.seconds for run in found if run.whole), default=0.0)
    bound = None if longest.whole or _about(longest, whole) else "at-least"
    return Value(longest.seconds, "s", bound, longest.edges)


def _about(run: Run, seconds: float) -> bool:
    return run.seconds - seconds <= max((edge.interval for edge in run.edges), default=0.0)
