"""Percentiles by order statistics: no distribution is assumed.

>>> rank(100, 0.95), upper_rank(100, 0.95, 0.99), lower_rank(100, 0.95, 0.99)
(95, 100, 89)

Of n values in ascending order the p-quantile is the one of rank ⌈n p⌉. How many of n values lie below the
true quantile is binomial, which gives a rank that is above it with a wanted confidence.
Source: David and Nagaraja, Order Statistics, 7.1.
"""

import math

from reports.judging.reasons import doubtful
from reports.measurands.registry import Value, measurand
from reports.measurands.scope import Scope, one_unit
from reports.measurands.signals import Length, Signal, signals

ROUNDING = 1e-12
"""Two values of which a tenth lies above are sure to 99 %, even where the sum of doubles is a little less."""


@measurand("percentile")
def percentile(
    scope: Scope,
    *,
    of: Signal,
    percent: float,
    confidence: float | None = None,
    side: str = "upper",
    average: Length = None,
    step: float | None = None,
) -> Value:
    """y = x₍ₖ₎, k = ⌈n p⌉: the least value that `percent` % of n values do not exceed, the greatest of all channels.

    With `confidence` in % k is the least rank with P(B < k) ≥ c, B ~ binomial(n, p), so that x₍ₖ₎ is an upper
    bound of the true percentile; on the `lower` side the greatest with P(B ≥ k) ≥ c, and the least over the
    channels. NoEvidence if there are too few values for that confidence.
    """
    tracks = signals(scope, of, average, step)
    found = [_ranked(sorted(track.value), percent / 100, confidence, side) for track in tracks]
    return Value(max(found) if side == "upper" else min(found), one_unit(tracks))


def _ranked(values: list[float], share: float, confidence: float | None, side: str) -> float:
    count = len(values)
    if confidence is None:
        return values[rank(count, share) - 1]
    k = (upper_rank if side == "upper" else lower_rank)(count, share, confidence / 100)
    if k is None:
        raise doubtful("too-few", count=count, percent=f"{100 * share:g}", confidence=f"{confidence:g}")
    return values[k - 1]


def rank(count: int, share: float) -> int:
    """⌈n p⌉, from 1 to n; a product that only rounding lifts above a whole number is that number."""
    return min(count, max(1, math.ceil(count * share - 1e-9)))


def upper_rank(count: int, share: float, confidence: float) -> int | None:
    """The least k with P(B < k) ≥ confidence; None if even the greatest value is not surely above."""
    below = 0.0
    for k in range(1, count + 1):
        below += _binomial(k - 1, count, share)
        if below >= confidence - ROUNDING:
            return k
    return None


def lower_rank(count: int, share: float, confidence: float) -> int | None:
    """The greatest k with P(B ≥ k) ≥ confidence; None if even the least value is not surely below."""
    above = 0.0
    for k in range(count, 0, -1):
        above += _binomial(k, count, share)
        if above >= confidence - ROUNDING:
            return k
    return None


def _binomial(k: int, n: int, p: float) -> float:
    """P(B = k), by logarithms so that great n do not overflow."""
    if p in (0.0, 1.0):
        return float(k == n * p)
    ways = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    return math.exp(ways + k * math.log(p) + (n - k) * math.log1p(-p))
