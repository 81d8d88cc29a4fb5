"""Trials: thousands of instruments judged by the real judge, and how often its intervals and verdicts were right.

outcomes = trials(case, 2000, seed=1, rule="guarded")
coverage(outcomes).share          # 95.6
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from reports.judging.verdict import Verdict, Word
from tests.reports.build import Run
from tests.uncertainty_proof.cases import DURATION_S, RESOLUTION, Case

TOGETHER = 100
# How far the truths lie from the limit, in U.
SPREAD = 2.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """One trial: the truth, the value, its U, and whether the verdict was pass or fail."""

    case: Case
    truth: float
    value: float
    expanded: float
    passed: bool
    failed: bool

    @property
    def covered(self) -> bool:
        return abs(self.value - self.truth) <= self.expanded

    @property
    def inside(self) -> bool:
        """Whether the truth keeps to the limit (an upper one)."""
        return self.truth <= self.case.limit

    def chance_to_pass(self, guarded: bool) -> float:
        """By the theory of the rule (JCGM 106 clause 8): that value + guard band is not above the limit."""
        return self.case.below(self.case.limit - (self.expanded if guarded else 0.0) - self.truth)

    def chance_to_fail(self, guarded: bool) -> float:
        return 1 - self.case.below(self.case.limit + (self.expanded if guarded else 0.0) - self.truth)


@dataclass(frozen=True, slots=True)
class Share:
    """How often something happened among so many, and how often theory says."""

    count: int
    among: int
    expected: float
    spread: float

    @property
    def percent(self) -> float:
        return 100 * self.count / self.among if self.among else 0.0

    @property
    def off(self) -> float:
        """How many standard deviations it is away from theory."""
        return (self.count - self.expected) / self.spread if self.spread else 0.0


def trials(case: Case, number: int, seed: int, rule: str = "guarded", distribution: str = "convolved") -> list[Outcome]:
    """So many judged instruments; the same seed gives the same ones whatever the rule."""
    together = 1 if case.alone else TOGETHER
    found: list[Outcome] = []
    for batch in range(0, number, together):
        found += _batch(case, range(batch, min(batch + together, number)), seed, rule, distribution)
    return found


def _batch(case: Case, numbers: range, seed: int, rule: str, distribution: str) -> list[Outcome]:
    run, truths = Run(duration=DURATION_S, rule=rule, distribution=distribution), {}
    for number in numbers:
        draw = Random(f"{case.title} {seed} {number}")
        truth = case.limit + case.half * draw.uniform(-SPREAD, SPREAD)
        case.place(run, number, truth, draw)
        truths["container-1" if case.alone else f"pdu-{number}"] = truth
    limit = {"op": "<=", "value": case.limit, "unit": case.unit}
    run.require(case.measurand, limit, subject=case.subject, resolution=RESOLUTION / 10)
    return [_outcome(case, truths[str(verdict.equipment)], verdict) for verdict in run.judgement().verdicts]


def _outcome(case: Case, truth: float, verdict: Verdict) -> Outcome:
    if verdict.value is None or verdict.uncertainty is None:
        raise AssertionError(f"{case.title}: {verdict.reason}")
    word = verdict.verdict
    return Outcome(case, truth, verdict.value, verdict.uncertainty, word is Word.PASS, word is Word.FAIL)


def coverage(outcomes: Sequence[Outcome], probability: float) -> Share:
    """How often U covered the truth."""
    number = len(outcomes)
    expected, spread = number * probability, math.sqrt(number * probability * (1 - probability))
    return Share(sum(one.covered for one in outcomes), number, expected, spread)


def false_accepts(outcomes: Sequence[Outcome], guarded: bool) -> Share:
    """Passed among those whose truth is outside the limit."""
    outside = [one for one in outcomes if not one.inside]
    return _share([one.passed for one in outside], [one.chance_to_pass(guarded) for one in outside])


def false_rejects(outcomes: Sequence[Outcome], guarded: bool) -> Share:
    """Failed among those whose truth is inside."""
    inside = [one for one in outcomes if one.inside]
    return _share([one.failed for one in inside], [one.chance_to_fail(guarded) for one in inside])


def _share(happened: Sequence[bool], chances: Sequence[float]) -> Share:
    return Share(sum(happened), len(happened), math.fsum(chances), math.sqrt(math.fsum(p * (1 - p) for p in chances)))
