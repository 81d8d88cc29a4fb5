"""Extremes: the lowest, the highest, the greatest magnitude, and the smallest distance of two points."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise, product
from statistics import median

from reports.judging.reasons import doubtful
from reports.measurands.means import means
from reports.measurands.registry import Value, measurand
from reports.measurands.scope import Pattern, Scope, Track, one_unit


@measurand("lowest")
def lowest(scope: Scope, *, of: Pattern, average: float | None = None) -> Value:
    """y = min x over all channels; x are the samples, or their means over `average` seconds."""
    tracks = scope.numbers(of)
    return Value(min(min(means(scope, track, average)) for track in tracks), one_unit(tracks))


@measurand("highest")
def highest(scope: Scope, *, of: Pattern, average: float | None = None) -> Value:
    """y = max x over all channels; x are the samples, or their means over `average` seconds."""
    tracks = scope.numbers(of)
    return Value(max(max(means(scope, track, average)) for track in tracks), one_unit(tracks))


@measurand("greatest-magnitude")
def greatest_magnitude(scope: Scope, *, of: Pattern) -> Value:
    """y = max |x| over all samples of all channels."""
    tracks = scope.numbers(of)
    return Value(max(abs(value) for track in tracks for value in track.value), one_unit(tracks))


@measurand("smallest-difference")
def smallest_difference(scope: Scope, *, of: Sequence[str]) -> Value:
    """y = min (a(t) - b(t)) over the channels of the two points [a, b].

    The unit is that of the points; for temperatures in °C it is K where the limit is in K. Each sample of a
    is paired with the sample of b nearest in time, if that is within one sampling interval.
    """
    first, second = (scope.numbers(pattern) for pattern in of)
    unit = one_unit([*first, *second])
    found = [difference for a, b in product(first, second) for difference in _differences(a, b)]
    if not found:
        raise doubtful("no-overlap", points=", ".join(of))
    kelvin = unit == "°C" and scope.limit.get("unit") == "K"
    return Value(min(found), "K" if kelvin else unit)


def _differences(a: Track, b: Track) -> list[float]:
    reach = max(_interval(a), _interval(b))
    found = []
    for t, value in zip(a.t, a.value, strict=True):
        right = bisect_left(b.t, t)
        near = min((i for i in (right - 1, right) if 0 <= i < len(b.t)), key=lambda i: abs(b.t[i] - t))
        if abs(b.t[near] - t) <= reach:
            found.append(value - b.value[near])
    return found


def _interval(track: Track) -> float:
    return median([b - a for a, b in pairwise(track.t)] or [0])
