"""Alignment: samples of several channels that belong together, because they were taken at about the same time.

base, columns = aligned(scope, [hot, cold])         base.t, [hot's values, cold's values]
"""

import math
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import fmean, median

from reports.judging.reasons import doubtful
from reports.measurands.scope import Scope, Track, one_unit

TAKES: Mapping[str, Callable[[Sequence[float]], float]] = {
    "sum": math.fsum,
    "mean": fmean,
    "lowest": min,
    "highest": max,
}


def interval(track: Track) -> float:
    """The usual time between two samples in ns; 0 for a single one."""
    return median([b - a for a, b in pairwise(track.t)] or [0])


def taken(scope: Scope, tracks: Sequence[Track], take: str) -> Track:
    """Several tracks as one: their `sum`, `mean`, `lowest` or `highest` at each time; NoEvidence if they are
    not in one unit."""
    one_unit(tracks)
    base, columns = aligned(scope, tracks)
    return replace(base, value=[TAKES[take](row) for row in zip(*columns, strict=True)])


def aligned(scope: Scope, tracks: Sequence[Track]) -> tuple[Track, list[list[float]]]:
    """The track with the fewest samples, and the values of all tracks at its times; each of its samples is
    paired with the nearest one of every other track.

    Samples without a partner within one sampling interval are left out; NoEvidence if those are more than the
    allowed gap.
    """
    base = min(tracks, key=lambda track: len(track.t))
    rows = list(zip(*(_partners(base, track) for track in tracks), strict=True))
    kept = [i for i, row in enumerate(rows) if None not in row]
    lost = 100 * (1 - len(kept) / len(base.t))
    if lost > scope.allowed_gap:
        raise doubtful("no-overlap", points=", ".join(track.channel.role for track in tracks))
    columns = [[track.value[rows[i][n] or 0] for i in kept] for n, track in enumerate(tracks)]
    cut = Track(base.channel, [base.t[i] for i in kept], [base.half[i] for i in kept], columns[0], [""] * len(kept))
    return cut, columns


def _partners(base: Track, other: Track) -> Sequence[int | None]:
    """For each sample of one track the nearest one of another, None if that is too far away."""
    if base.t == other.t:
        return range(len(base.t))
    reach = max(interval(base), interval(other))
    nearest = [closest(other.t, t) for t in base.t]
    return [near if abs(other.t[near] - t) <= reach else None for t, near in zip(base.t, nearest, strict=True)]


def closest(times: Sequence[int], t: int) -> int:
    """The index of the time nearest to `t`; of two that are equally near, the earlier one."""
    right = bisect_left(times, t)
    return min((i for i in (right - 1, right) if 0 <= i < len(times)), key=lambda i: abs(times[i] - t))
