"""Type A: how well a mean is known from the scatter of its samples, which hang together where they come fast.

n samples with the autocorrelations ρₖ count as m = n / (1 + 2 Σ (1 - k/n) ρₖ) independent ones, Σ over k up to the
first ρₖ ≤ 0, and never as more than n. With v = Σ (x - x̄)² / n, u² = v / (m - 1) with m - 1 degrees of freedom; for
m = n that is s²/n. Source: GUM (JCGM 100) clause 4.2.3, and Zięba, Metrol. Meas. Syst. 17 (2010).

>>> scatter([1.0, 2.0, 1.0, 2.0]) == Repeats((1 / 12) ** 0.5, 3.0)
True
"""

import math
from collections.abc import Sequence
from statistics import fmean

from reports.measurands.registry import Repeats

FEWEST = 2.0
"""Of fewer independent observations than these nothing can be said."""


def scatter(values: Sequence[float]) -> Repeats | None:
    """The standard uncertainty of the mean and its degrees of freedom; None if the samples count as too few."""
    n, mean = len(values), fmean(values)
    away = [value - mean for value in values]
    variance = math.fsum(a * a for a in away) / n
    if not variance:
        # What never moved did not show its scatter; its resolution is an input of its own.
        return Repeats(0.0, n - 1.0) if n >= FEWEST else None
    together = 0.0
    for k in range(1, n):
        rho = math.fsum(a * b for a, b in zip(away, away[k:], strict=False)) / (n * variance)
        if rho <= 0:
            break
        together += (1 - k / n) * rho
    independent = n / (1 + 2 * together)
    if independent < FEWEST:
        return None
    return Repeats(math.sqrt(variance / (independent - 1)), independent - 1)
