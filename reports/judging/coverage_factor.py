"""Coverage factors: how many standard uncertainties make an interval, where u itself is known only so well.

A declared k is read as the probability that a normal distribution keeps within ± k, 95.45 % for k = 2. With
finite effective degrees of freedom the t distribution needs a larger factor for the same probability. What is
dominated by bounds needs a smaller one: `CONVOLVED` computes it from the inputs' own distributions, `NORMAL` takes
the result for normal. Source: GUM (JCGM 100) annexes G.3, G.4 and table G.2.

>>> round(student(2.0, 5), 3), student(2.0, math.inf)
(2.649, 2.0)
>>> round(Coverage(2.0, CONVOLVED).factor([Contribution("accuracy", "m", 0.1, rectangles=(0.1 * 3**0.5,))]), 3)
1.653
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from reports.judging.contribution import Contribution
from reports.judging.convolution import half_width

NORMAL, CONVOLVED = "normal", "convolved"
DISTRIBUTIONS = (NORMAL, CONVOLVED)


@dataclass(frozen=True, slots=True)
class Coverage:
    """The declared coverage: the probability that a normal distribution keeps within ± `k`, and how the result is
    taken to be distributed."""

    k: float
    distribution: str = NORMAL

    @property
    def probability(self) -> float:
        return math.erf(self.k / math.sqrt(2))

    def record(self) -> dict[str, Any]:
        """As it stands in a bundle, where a result is normal unless it is said."""
        return {"k": self.k} if self.distribution == NORMAL else {"k": self.k, "distribution": self.distribution}

    def factor(self, budget: Sequence[Contribution]) -> float:
        """U over u_c for a result with this budget."""
        if self.distribution == NORMAL:
            return student(self.k, effective((part.contribution, part.freedom) for part in budget))
        normal = [(part.contribution, part.freedom) for part in budget if not part.rectangles]
        widened = student(self.k, effective(normal)) / self.k
        sigma = widened * math.hypot(*(size for size, _ in normal))
        combined = math.hypot(*(part.contribution for part in budget))
        rectangles = [half for part in budget for half in part.rectangles]
        return half_width(rectangles, sigma, self.probability) / combined if combined else self.k


# Summing more terms would change the factor for k = 2 by less than 0.0003. Counting fewer degrees of freedom than
# there are never understates it.
_MANY = 10_000


def effective(parts: Iterable[tuple[float, float]]) -> float:
    """The effective degrees of freedom of pairs (contribution, its degrees of freedom), after Welch and
    Satterthwaite; infinite where no contribution has finite ones. Source: GUM equation G.2b."""
    found = list(parts)
    largest = max((abs(u) for u, _ in found), default=0.0)
    if not largest:
        return math.inf
    # In units of the largest, so that no fourth power overflows or vanishes.
    scaled = [((u / largest) ** 2, freedom) for u, freedom in found]
    spread = math.fsum(square**2 / freedom for square, freedom in scaled)
    return math.fsum(square for square, _ in scaled) ** 2 / spread if spread else math.inf


def student(k: float, freedom: float) -> float:
    """The factor by which t with `freedom` (≥ 1, truncated to an integer) keeps the probability of a normal k."""
    if math.isinf(freedom):
        return k
    whole, wanted = min(_MANY, max(1, math.floor(freedom))), math.erf(k / math.sqrt(2))
    low, high = k, 2 * k
    while _within(high, whole) < wanted:
        low, high = high, 2 * high
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _within(middle, whole) < wanted else (low, middle)
    return high


def _within(t: float, freedom: int) -> float:
    """P(|T| ≤ t) for whole degrees of freedom. Source: Abramowitz and Stegun 26.7.3 and 26.7.4."""
    angle = math.atan(t / math.sqrt(freedom))
    cosine, odd = math.cos(angle), freedom % 2
    term, terms = (cosine if odd else 1.0), []
    for n in range(2 + odd, freedom + 1, 2):
        terms.append(term)
        term *= cosine * cosine * (n - 1) / n
    total = math.sin(angle) * math.fsum(terms)
    return 2 / math.pi * (angle + total) if odd else total
