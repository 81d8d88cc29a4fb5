"""How much a signal varies: around its mean, within any stretch of time, and along a line."""

import math
from bisect import bisect_left
from collections import deque
from collections.abc import Callable
from statistics import fmean

from profiles.units import unit
from reports.evidence.evidence import NS
from reports.judging.reasons import doubtful
from reports.measurands.registry import Value, measurand
from reports.measurands.results import difference_unit, in_limit, two_readings, unit_of_track
from reports.measurands.scope import Scope, Track, one_unit
from reports.measurands.signals import Length, Signal, signals


@measurand("standard-deviation")
def standard_deviation(scope: Scope, *, of: Signal, average: Length = None) -> Value:
    """y = max √(Σ (m - m̄)² / (n - 1)) over the channels; m are the samples, or their means over `average` s."""
    tracks = _several(signals(scope, of, average))
    return Value(max(_deviation(track) for track in tracks), difference_unit(one_unit(tracks)))


@measurand("greatest-range")
def greatest_range(scope: Scope, *, of: Signal, within: float | None = None, average: Length = None) -> Value:
    """y = max (x(t) - x(u)) with |t - u| ≤ `within` s, over all channels; anywhere in the scope without `within`.

    x are the samples, or their means over `average` seconds. A scope shorter than `within` gives a lower bound.
    """
    tracks = _several(signals(scope, of, average))
    reach = None if within is None else round(within * NS)
    found, track = max(((_range(track, reach), track) for track in tracks), key=lambda pair: pair[0])
    bound = "at-least" if within is not None and scope.seconds < within else None
    edges = two_readings(track) if average is None else ()
    return Value(found, difference_unit(one_unit(tracks)), bound, edges)


@measurand("slope")
def slope(scope: Scope, *, of: Signal, average: Length = None) -> Value:
    """y = Σ (t - t̄)(m - m̄) / Σ (t - t̄)², the least-squares slope of the channel where |y| is greatest.

    In the unit of the limit, such as K/h; m are the samples, or their means over `average` seconds.
    """
    tracks = _several(signals(scope, of, average))
    steepest, track = max(((_slope(track), track) for track in tracks), key=lambda pair: abs(pair[0]))
    own = unit_of_track(track) if track.channel.unit != "°C" else unit("K")
    return in_limit(scope, steepest * own.scale, own.times(unit("s"), -1))


def _several(tracks: list[Track]) -> list[Track]:
    """The tracks; NoEvidence if one of them has a single value, which cannot vary."""
    for track in tracks:
        if len(track.t) < 2:
            raise doubtful("single", signal=track.channel.signal)
    return tracks


def _deviation(track: Track) -> float:
    mean = fmean(track.value)
    return math.sqrt(math.fsum((x - mean) ** 2 for x in track.value) / (len(track.value) - 1))


def _range(track: Track, reach: int | None) -> float:
    if reach is None:
        return max(track.value) - min(track.value)
    lows, highs = _sliding(track, reach, lambda a, b: a <= b), _sliding(track, reach, lambda a, b: a >= b)
    return max(high - low for low, high in zip(lows, highs, strict=True))


def _sliding(track: Track, reach: int, better: Callable[[float, float], bool]) -> list[float]:
    """For each sample the best value of the `reach` ns that end with it."""
    found: list[float] = []
    kept: deque[int] = deque()
    for i, (t, x) in enumerate(zip(track.t, track.value, strict=True)):
        while kept and better(x, track.value[kept[-1]]):
            kept.pop()
        kept.append(i)
        first = bisect_left(track.t, t - reach)
        while kept[0] < first:
            kept.popleft()
        found.append(track.value[kept[0]])
    return found


def _slope(track: Track) -> float:
    """In the track's unit per second."""
    start = track.t[0]
    seconds = [(t - start) / NS for t in track.t]
    middle, mean = fmean(seconds), fmean(track.value)
    above = math.fsum((s - middle) * (x - mean) for s, x in zip(seconds, track.value, strict=True))
    return above / math.fsum((s - middle) ** 2 for s in seconds)
