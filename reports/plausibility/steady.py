"""Whether it was steady where a verdict claims to be of the steady state.

{check: steady, points: [supply.temperature, return.temperature], absolute: 0.2, over: 600}
{check: steady, points: [loop.flow], percent: 1, over: 600}
"""

import math
import statistics
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from reports.evidence.evidence import NS
from reports.judging.channels import channels
from reports.plausibility.examination import Examination
from reports.plausibility.recording import Calm, Recording, Said

# A line through fewer readings says nothing about a drift.
FEWEST = 10


def examine_steady(rule: str, case: Mapping[str, Any], unit: str, recording: Recording) -> Iterator[Examination]:
    """For each verdict on the unit whose measurand is one of the steady state: the drift of every point in `over`
    seconds stays below `absolute` or `percent` of its mean, from `over` seconds before the window ends to its end.
    A short record scatters too much to show a drift."""
    for calm in recording.calm:
        if calm.equipment != unit:
            continue
        for point in case["points"]:
            for channel in channels(recording.evidence, unit, point):
                over = round(case["over"] * NS)
                said = recording.of(channel).between(min(calm.begin, calm.end - over), calm.end)
                if len(said) >= FEWEST:
                    blank = Examination(rule, unit, recording.execution.procedure, frozenset({channel.signal}))
                    yield _judged(replace(blank, requirement=calm.requirement), said, calm, case)


def _judged(blank: Examination, said: Said, calm: Calm, case: Mapping[str, Any]) -> Examination:
    drift = _slope(said) * case["over"]
    allowed = case.get("absolute", 0.0) + case.get("percent", 0.0) / 100 * abs(statistics.fmean(said.value))
    # One digit may be all that has changed.
    if drift <= allowed + said.channel.resolution:
        return blank
    says = f"≥ {drift:.3g} {said.channel.unit} / {case['over']:g} s > {allowed:.3g} {said.channel.unit}"
    return replace(blank, begin=said.t[0], end=calm.end, samples=len(said), says=says)


def _slope(said: Said) -> float:
    """Of the line with the least squares, per second, without its sign: the least that the scatter around the line
    leaves of it, |b| - 2 u(b) with u(b)² = Σ(y - a - b t)² / (n - 2) / Σ(t - t̄)²."""
    seconds = [(t - said.t[0]) / NS for t in said.t]
    middle = statistics.fmean(seconds)
    width = math.fsum((t - middle) ** 2 for t in seconds)
    if not width:
        return 0.0
    line = statistics.linear_regression(seconds, said.value)
    left = (y - line.intercept - line.slope * t for t, y in zip(seconds, said.value, strict=True))
    scatter = math.sqrt(math.fsum(each**2 for each in left) / (len(said) - 2) / width)
    return max(0.0, abs(line.slope) - 2 * scatter)
