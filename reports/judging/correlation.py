"""Devices that were calibrated against the same standard: an error of that standard is in all their readings.

Which share of a certificate's uncertainty comes from the standard is not stated, so any share between nothing and all
of it is allowed for. With tᵢ² as the shares, u² = Σ dᵢ² + 2 Σ tᵢ tⱼ dᵢ dⱼ is linear in each tᵢ: it is greatest where
every share is nothing or all, and there only contributions of one sign enlarge it. So a sum is as uncertain as if the
standard were everything, and a difference as if it were nothing. Source: GUM (JCGM 100) clauses 5.2.2 and F.1.2.

>>> added([3.0, 4.0]), added([3.0, -4.0])
(24.0, 0.0)
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from math import fsum


def added(contributions: Sequence[float]) -> float:
    """The most that shared standards can add to the sum of the squares of these signed contributions."""
    sides = [[d for d in contributions if d > 0], [d for d in contributions if d < 0]]
    return max(2 * fsum(a * b for a, b in combinations(side, 2)) for side in sides)


def sharing(standards: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """For every device that shares a standard with another, directly or through a third, the name of its group:
    the first of the group's standards."""
    groups: list[tuple[set[str], set[str]]] = []
    for device, named in sorted(standards.items()):
        devices, own = {device}, set(named)
        joined = [group for group in groups if group[1] & own]
        groups = [group for group in groups if group not in joined]
        groups.append((devices.union(*(g[0] for g in joined)), own.union(*(g[1] for g in joined))))
    return {device: min(own) for devices, own in groups if len(devices) > 1 for device in devices}
