"""The distribution of a result: the sum of independent rectangles and one normal part, convolved exactly.

A single rectangle of half-width a keeps 95.45 % within 0.9545 a, which is 1.65 of its standard deviations and not 2;
two equal ones need 1.93. What is added together decides the coverage factor, so it is computed, not assumed.
Source: GUM supplement 1 (JCGM 101) clause 5, and GUM (JCGM 100) annex G.2 on what the central limit theorem leaves.

>>> round(half_width([1.0], 0.0, 0.9545), 4), round(half_width([], 1.0, 0.9545), 4)
(0.9545, 2.0)
"""

import math
import operator
from collections.abc import Sequence
from itertools import product

# Rectangles beyond these, and narrow ones, are counted to the normal part with their variance. Its tails are longer
# than theirs, so this never understates.
_EXACT = 4
_NARROW = 0.05
_STEPS = 60


def half_width(rectangles: Sequence[float], normal: float, probability: float) -> float:
    """The x for which the sum lies within ± x with this probability (0 < p < 1).

    `rectangles` are half-widths and `normal` a standard deviation, all in one unit and none negative.
    """
    wide, sigma = _split(rectangles, normal)
    low, high = 0.0, math.fsum(wide) + 9 * sigma
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if within(wide, sigma, middle) < probability else (low, middle)
    return high


def within(rectangles: Sequence[float], normal: float, x: float) -> float:
    """P(|sum| ≤ x).

    The distribution function of n rectangles and a normal is the n-th integral of the normal's, differenced over
    the edges of the rectangles: F(x) = Σ ± Iₙ(x ± a₁ ± … ± aₙ) / Π 2aᵢ.
    """
    if not rectangles and not normal:
        return 1.0
    terms = [
        math.prod(signs) * _integrated(len(rectangles), x + math.fsum(map(operator.mul, signs, rectangles)), normal)
        for signs in product((-1, 1), repeat=len(rectangles))
    ]
    return 2 * math.fsum(terms) / math.prod(2 * a for a in rectangles) - 1


def _split(rectangles: Sequence[float], normal: float) -> tuple[list[float], float]:
    """The few wide rectangles, and the standard deviation of everything else."""
    ordered = sorted((a for a in rectangles if a > 0), reverse=True)
    least = _NARROW * max([*ordered[:1], normal])
    wide = [a for a in ordered[:_EXACT] if a >= least]
    return wide, math.sqrt(math.fsum([normal**2, *(a**2 / 3 for a in ordered[len(wide) :])]))


def _integrated(times: int, z: float, sigma: float) -> float:
    """Φ(z/σ), integrated so many times; n Iₙ = z Iₙ₋₁ + σ² Iₙ₋₂ with the density as I₋₁."""
    if not sigma:
        return max(z, 0.0) ** times / math.factorial(times) if times or z >= 0 else 0.0
    before = math.exp(-((z / sigma) ** 2) / 2) / (sigma * math.sqrt(2 * math.pi))
    now = math.erfc(-z / (sigma * math.sqrt(2))) / 2
    for n in range(1, times + 1):
        before, now = now, (z * now + sigma**2 * before) / n
    return now
