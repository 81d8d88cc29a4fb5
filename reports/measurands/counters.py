"""Statistics of counters: how far they count, and how long they stand still.

A register of `bits` begins again at zero when it is full, and that is no loss. Any other decrease is: the
counter was set back, and what it had counted up to then is not known.
"""

import math
from itertools import pairwise

from profiles.units import unit
from reports.evidence.evidence import NS
from reports.judging.reasons import doubtful
from reports.measurands.registry import Value, measurand
from reports.measurands.results import in_limit, two_readings, unit_of_track
from reports.measurands.runs import Run, runs
from reports.measurands.scope import Pattern, Scope, Track, one_unit
from reports.measurands.signals import Signal, signals


@measurand("increment")
def increment(scope: Scope, *, of: Signal, bits: int | None = None) -> Value:
    """y = Σ d, d = x(n+1) - x(n), + 2^bits steps where a register overflowed; the greatest over all channels.

    A counter that was set back counts from zero again: d is its new value and y a lower bound.
    """
    tracks = signals(scope, of)
    found, bound, track = max(((*_counted(track, bits), track) for track in tracks), key=lambda one: one[:2])
    return Value(found, one_unit(tracks), bound or None, two_readings(track))


@measurand("rate")
def rate(scope: Scope, *, of: Signal, bits: int | None = None) -> Value:
    """y = increment / (t of the last sample - t of the first), the greatest over all channels.

    In the unit of the limit, such as 1/h; a lower bound where the counter was set back.
    """
    found = [(*_rate(track, bits), track) for track in signals(scope, of)]
    fastest, bound, track = max(found, key=lambda one: one[:2])
    return in_limit(scope, fastest, unit_of_track(track).times(unit("s"), -1), bound=bound or None)


@measurand("decreases", judges_records=True)
def decreases(scope: Scope, *, of: Signal, bits: int | None = None) -> Value:
    """y = |{n : x(n+1) < x(n), and no register of `bits` overflowed}|, summed over all channels."""
    tracks = signals(scope, of)
    steps = [step for track in tracks for step in _steps(track, bits)]
    return Value(float(sum(step < 0 for step in steps)), "count")


@measurand("longest-unchanged", judges_records=True)
def longest_unchanged(scope: Scope, *, of: Pattern) -> Value:
    """y = max (t of a change - t of the change before) in s, over all channels.

    The time before the first and after the last change was not seen whole. It counts as far as it was
    seen, and where it exceeds every whole one by more than its own sampling, y is a lower bound.
    """
    return max((_longest(scope, track) for track in scope.numbers(of)), key=lambda v: (v.number, v.bound or ""))


def _counted(track: Track, bits: int | None) -> tuple[float, str]:
    """What a counter counted, and "at-least" if it was set back."""
    if len(track.t) < 2:
        raise doubtful("single", signal=track.channel.signal)
    steps = _steps(track, bits)
    after = [x for x, step in zip(track.value[1:], steps, strict=True) if step < 0]
    return math.fsum([step for step in steps if step >= 0] + after), "at-least" if after else ""


def _rate(track: Track, bits: int | None) -> tuple[float, str]:
    """Base units per second."""
    counted, bound = _counted(track, bits)
    return counted * unit_of_track(track).scale * NS / (track.t[-1] - track.t[0]), bound


def _steps(track: Track, bits: int | None) -> list[float]:
    """The differences of successive values; one of an overflow is positive, one of a set-back negative."""
    full = None if bits is None else 2.0**bits * (track.channel.resolution or 1.0)
    found = []
    for a, b in pairwise(track.value):
        around = None if full is None else b - a + full
        # An overflow is a short way forward; what would be more than half a round was set back.
        found.append(around if b < a and full is not None and around is not None and around < full / 2 else b - a)
    return found


def _longest(scope: Scope, track: Track) -> Value:
    found = list(runs(scope, track, track.value))
    longest = max(found, key=lambda run: (run.seconds, run.whole))
    whole = max((run.seconds for run in found if run.whole), default=0.0)
    bound = None if longest.whole or _about(longest, whole) else "at-least"
    return Value(longest.seconds, "s", bound, longest.edges)


def _about(run: Run, seconds: float) -> bool:
    return run.seconds - seconds <= max((edge.interval for edge in run.edges), default=0.0)
