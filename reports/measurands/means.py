"""Statistics of means: consecutive windows of `average` seconds from the begin of the scope, whole ones only.

The mean of a window is fsum(x)/n over its good samples; windows in which no sample is due are left out.
Without `average` every sample stands for itself.
"""

import math
from decimal import Decimal

from reports.evidence.evidence import NS
from reports.judging.limit import Limit
from reports.judging.reasons import doubtful, nothing
from reports.measurands.registry import Value, measurand
from reports.measurands.scope import Pattern, Scope, Track, one_unit


def means(scope: Scope, track: Track, average: float | None) -> list[float]:
    """The means of a track in the order of time; NoEvidence if the scope holds no whole window."""
    if average is None:
        return list(track.value)
    length = round(average * NS)
    whole = (scope.end - scope.begin) // length
    groups: dict[int, list[float]] = {}
    for t, value in zip(track.t, track.value, strict=True):
        groups.setdefault((t - scope.begin) // length, []).append(value)
    found = [math.fsum(group) / len(group) for number, group in sorted(groups.items()) if number < whole]
    if not found:
        raise doubtful("short", window=f"{scope.seconds:g}", average=f"{average:g}")
    return found


def nearest(limit: Limit, numbers: list[float]) -> float:
    """The number nearest to the limit, or furthest beyond it; the first of equals."""
    return min(numbers, key=lambda number: limit.margin(Decimal(number)))


@measurand("worst-mean")
def worst_mean(scope: Scope, *, of: Pattern, average: float | None = None) -> Value:
    """y = the mean m over all channels and windows whose distance inside the limit is smallest."""
    tracks = scope.numbers(of)
    found = [mean for track in tracks for mean in means(scope, track, average)]
    return Value(nearest(Limit.parse(scope.limit), found), one_unit(tracks))


@measurand("share-within")
def share_within(scope: Scope, *, of: Pattern, lower: float, upper: float, average: float | None = None) -> Value:
    """y = 100 · |{m : lower ≤ m ≤ upper}| / |{m}| over the means m of all channels and windows, in %."""
    tracks = scope.numbers(of)
    one_unit(tracks)
    found = [mean for track in tracks for mean in means(scope, track, average)]
    return Value(100 * sum(lower <= mean <= upper for mean in found) / len(found), "%")


@measurand("worst-deviation")
def worst_deviation(scope: Scope, *, of: Pattern, rating: str, average: float | None = None) -> Value:
    """y = 100 · (m / r - 1) in %, of the mean m that is worst for the limit; r is the declared rating."""
    declared = (scope.declared.get("ratings") or {}).get(rating)
    if not declared or not declared.get("value"):
        raise nothing("no-rating", equipment=scope.equipment, rating=rating)
    tracks = scope.numbers(of)
    if one_unit(tracks) != declared.get("unit"):
        raise doubtful("no-unit", points=f"{rating}, {', '.join(track.channel.role for track in tracks)}")
    found = [mean for track in tracks for mean in means(scope, track, average)]
    deviations = [100 * (mean / declared["value"] - 1) for mean in found]
    return Value(nearest(Limit.parse(scope.limit), deviations), "%")
