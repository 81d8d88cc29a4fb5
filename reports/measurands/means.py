"""Statistics of means: consecutive windows of `average` seconds from the begin of the scope, whole ones only.

The mean of a window is fsum(x)/n over its good samples; windows in which no sample is due are left out.
Without `average` every sample stands for itself; with `average: whole` the whole scope is one window.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from statistics import fmean

from reports.judging.limit import Limit
from reports.judging.reasons import doubtful, nothing
from reports.measurands.registry import Repeats, Value, measurand
from reports.measurands.repeatability import scatter
from reports.measurands.scope import Pattern, Scope, Track, one_unit
from reports.measurands.signals import Length, Signal, signals


def nearest(limit: Limit, numbers: Sequence[float]) -> float:
    """The number nearest to the limit, or furthest beyond it; the first of equals."""
    return min(numbers, key=lambda number: limit.margin(Decimal(number)))


@measurand("mean")
def mean(scope: Scope, *, of: Signal, repeatability: bool = False) -> Value:
    """y = (1/c) Σ x̄ over the c channels, x̄ = Σ x / n over the samples of each.

    With `repeatability` the samples are repeated observations of one steady quantity, and how they scatter is an
    input quantity: u = (1/c) Σ u(x̄), as if all channels scattered together.
    """
    tracks = signals(scope, of)
    found = Value(fmean(fmean(track.value) for track in tracks), one_unit(tracks))
    # The scatter is that of what was recorded; moving an input does not change it.
    return replace(found, repeats=_scatter(tracks)) if repeatability and scope.move is None else found


def _scatter(tracks: Sequence[Track]) -> Repeats:
    sizes, freedoms = [], []
    for track in tracks:
        shown = scatter(track.value)
        if shown is None:
            raise doubtful("hang-together", signal=track.channel.signal)
        sizes.append(shown.size)
        freedoms.append(shown.freedom)
    return Repeats(fmean(sizes), min(freedoms))


@measurand("root-mean-square")
def root_mean_square(scope: Scope, *, of: Signal, average: Length = None) -> Value:
    """y = max √(Σ m² / n) over the channels; m are the samples, or their means over `average` seconds."""
    tracks = signals(scope, of, average)
    return Value(max(math.sqrt(fmean(m * m for m in track.value)) for track in tracks), one_unit(tracks))


@measurand("worst-mean")
def worst_mean(scope: Scope, *, of: Signal, average: Length = None, step: float | None = None) -> Value:
    """y = the mean m over all channels and windows whose distance inside the limit is smallest."""
    tracks = signals(scope, of, average, step)
    found = [m for track in tracks for m in track.value]
    return Value(nearest(Limit.parse(scope.limit), found), one_unit(tracks))


@measurand("share-within")
def share_within(scope: Scope, *, of: Signal, lower: float, upper: float, average: Length = None) -> Value:
    """y = 100 · |{m : lower ≤ m ≤ upper}| / |{m}| over the means m of all channels and windows, in %."""
    tracks = signals(scope, of, average)
    one_unit(tracks)
    found = [m for track in tracks for m in track.value]
    return Value(100 * sum(lower <= m <= upper for m in found) / len(found), "%")


@measurand("worst-deviation")
def worst_deviation(scope: Scope, *, of: Pattern, rating: str, average: Length = None) -> Value:
    """y = 100 · (m / r - 1) in %, of the mean m that is worst for the limit; r is the declared rating."""
    declared = (scope.declared.get("ratings") or {}).get(rating)
    if not declared or not declared.get("value"):
        raise nothing("no-rating", equipment=scope.equipment, rating=rating)
    tracks = signals(scope, of, average)
    if one_unit(tracks) != declared.get("unit"):
        raise doubtful("no-unit", points=f"{rating}, {', '.join(track.channel.role for track in tracks)}")
    deviations = [100 * (m / declared["value"] - 1) for track in tracks for m in track.value]
    return Value(nearest(Limit.parse(scope.limit), deviations), "%")
