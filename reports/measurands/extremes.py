"""Extremes: the lowest, the highest, the greatest magnitude, and the smallest distance of two points."""

from collections.abc import Sequence
from itertools import product

from reports.judging.reasons import doubtful
from reports.measurands.alignment import closest, interval
from reports.measurands.registry import Value, measurand
from reports.measurands.scope import Scope, Track, one_unit
from reports.measurands.signals import Length, Signal, signals


@measurand("lowest")
def lowest(scope: Scope, *, of: Signal, average: Length = None, step: float | None = None) -> Value:
    """y = min x over all channels; x are the samples, or their means over `average` seconds, one every `step`."""
    tracks = signals(scope, of, average, step)
    return Value(min(min(track.value) for track in tracks), one_unit(tracks))


@measurand("highest")
def highest(scope: Scope, *, of: Signal, average: Length = None, step: float | None = None) -> Value:
    """y = max x over all channels; x are the samples, or their means over `average` seconds, one every `step`."""
    tracks = signals(scope, of, average, step)
    return Value(max(max(track.value) for track in tracks), one_unit(tracks))


@measurand("greatest-magnitude")
def greatest_magnitude(scope: Scope, *, of: Signal, average: Length = None) -> Value:
    """y = max |x| over all channels; x are the samples, or their means over `average` seconds."""
    tracks = signals(scope, of, average)
    return Value(max(abs(x) for track in tracks for x in track.value), one_unit(tracks))


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
    reach = max(interval(a), interval(b))
    found = []
    for t, value in zip(a.t, a.value, strict=True):
        near = closest(b.t, t)
        if abs(b.t[near] - t) <= reach:
            found.append(value - b.value[near])
    return found
