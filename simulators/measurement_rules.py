"""How sensors behave beyond what a device map says: lag, parts of the class, noise, averaging, drift.

>>> rule_of("rack", "inlet.temperature.top").lag_s
20.0
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from math import sqrt
from pathlib import Path
from typing import Any

from profiles.refusal import Refusal
from profiles.shipped_yaml import read_shipped

SOURCE = Path(__file__).with_name("measurement.yaml")
KEYS = {"subjects", "points", "lag", "parts", "noise", "average", "drift", "window", "every"}


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of measurement.yaml. `parts` add up to 1; noise is relative (1), absolute, or a share of the class."""

    lag_s: float = 0.0
    parts: tuple[float, ...] = (1.0,)
    noise_relative: float = 0.0
    noise_absolute: float = 0.0
    noise_share: float = 0.0
    average_s: float = 0.0
    drift_per_year: float = 0.0
    window_s: float = 0.0
    every_s: float = 0.0

    def noise(self, relative: float, absolute: float, samples: int) -> tuple[float, float]:
        """Standard deviation of a mean of samples in this accuracy class: the part of the value, and the rest."""
        root = sqrt(samples)
        part = self.noise_relative + self.noise_share * relative
        return part / root, (self.noise_absolute + self.noise_share * absolute) / root


def rule_of(subject: str, point: str) -> Rule:
    """The first rule that fits the point, whatever its instance."""
    return _rule_of(subject, point.partition("@")[0])


@cache
def _rule_of(subject: str, bare: str) -> Rule:
    for subjects, points, rule in _rules():
        fits = not points or any(fnmatchcase(bare, pattern) for pattern in points)
        if fits and (not subjects or subject in subjects):
            return rule
    return Rule()


@cache
def _rules() -> Sequence[tuple[Sequence[str], Sequence[str], Rule]]:
    document = read_shipped(SOURCE)
    return [(entry.get("subjects", ()), entry.get("points", ()), _rule(entry)) for entry in document["rules"]]


def _rule(entry: Mapping[str, Any]) -> Rule:
    if unknown := sorted(entry.keys() - KEYS):
        raise Refusal(SOURCE.name, f"'{unknown[0]}' is no part of a rule", f"write {', '.join(sorted(KEYS))}")
    noise, parts = entry.get("noise", {}), entry.get("parts", [1])
    return Rule(
        float(entry.get("lag", 0)),
        tuple(part / sum(parts) for part in parts),
        float(str(noise.get("relative", "0 %")).split()[0]) / 100,
        float(noise.get("absolute", 0)),
        float(noise.get("share", 0)),
        float(entry.get("average", 0)),
        float(entry.get("drift", 0)),
        float(entry.get("window", 0)),
        float(entry.get("every", 0)),
    )
