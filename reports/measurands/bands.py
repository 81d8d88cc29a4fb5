"""Statistics of bands: how long, and how often, a signal is outside `lower` to `upper`.

A band has one end or both; the ends themselves are inside.
"""

import math
from collections.abc import Mapping, Sequence

from reports.judging.reasons import doubtful
from reports.measurands.registry import Edge, Value, measurand
from reports.measurands.runs import Run, interval, runs
from reports.measurands.scope import Scope, Track
from reports.measurands.signals import Signal, signals


@measurand("longest-outside")
def longest_outside(scope: Scope, *, of: Signal, lower: float | None = None, upper: float | None = None) -> Value:
    """y = max (end - begin) in s over the runs of samples outside the band, over all channels.

    A run that the scope cuts off is a lower bound. Where there is none y is 0, known to one sampling interval.
    """
    return max((_longest(scope, track, lower, upper, False) for track in signals(scope, of)), key=_length)


@measurand("longest-inside")
def longest_inside(scope: Scope, *, of: Signal, lower: float | None = None, upper: float | None = None) -> Value:
    """y = min over the channels of the longest run of samples inside the band, in s.

    A run that the scope cuts off is a lower bound. Where there is none y is 0, known to one sampling interval.
    """
    return min((_longest(scope, track, lower, upper, True) for track in signals(scope, of)), key=_length)


@measurand("total-outside")
def total_outside(scope: Scope, *, of: Signal, lower: float | None = None, upper: float | None = None) -> Value:
    """y = Σ (end - begin) in s over the runs of samples outside the band, the greatest over all channels.

    Where there is none y is 0, known to one sampling interval.
    """
    return max((_total(scope, track, lower, upper) for track in signals(scope, of)), key=_length)


@measurand("excursions")
def excursions(scope: Scope, *, of: Signal, bands: Sequence[Mapping[str, float]]) -> Value:
    """y = |{runs of samples outside a band for longer than its time}| over all channels and `bands`.

    A band is {lower, upper, longer}: the envelope of what equipment rides through is several of them.
    NoEvidence if sampling, or the end of the scope, leaves open whether a run was longer.
    """
    found = 0
    for track in signals(scope, of):
        for band in bands:
            for run in _runs(scope, track, band.get("lower"), band.get("upper"), False):
                slack = sum(edge.interval / 2 + edge.stamp for edge in run.edges)
                longest = run.seconds + slack if run.whole else math.inf
                if run.seconds - slack <= band["longer"] < longest:
                    raise doubtful("open-length", signal=track.channel.signal, seconds=f"{band['longer']:g}")
                found += run.seconds > band["longer"]
    return Value(float(found), "count")


def _longest(scope: Scope, track: Track, lower: float | None, upper: float | None, inside: bool) -> Value:
    found = _runs(scope, track, lower, upper, inside)
    longest = max(found, key=lambda run: (run.seconds, not run.whole), default=None)
    if longest is None:
        return _never(scope, track)
    return Value(longest.seconds, "s", None if longest.whole else "at-least", longest.edges)


def _total(scope: Scope, track: Track, lower: float | None, upper: float | None) -> Value:
    found = _runs(scope, track, lower, upper, False)
    if not found:
        return _never(scope, track)
    return Value(math.fsum(run.seconds for run in found), "s", edges=tuple(e for run in found for e in run.edges))


def _runs(scope: Scope, track: Track, lower: float | None, upper: float | None, inside: bool) -> list[Run]:
    """The runs of samples inside or outside a band."""
    low, high = -math.inf if lower is None else lower, math.inf if upper is None else upper
    labels = [(low <= x <= high) is inside for x in track.value]
    return [run for run in runs(scope, track, labels) if labels[run.first]]


def _never(scope: Scope, track: Track) -> Value:
    return Value(0.0, "s", edges=(Edge(interval(scope, track)),))


def _length(value: Value) -> tuple[float, str, int]:
    return value.number, value.bound or "", len(value.edges)
