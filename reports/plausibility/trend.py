"""How fast a value may change, and what its last digits give away.

{check: trend, point: battery.charge, while: {output.source: [battery]}, over: 30, most: 0, slack: 1}
{check: digits, samples: 100, distinct: 4}
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from reports.evidence.evidence import NS
from reports.plausibility.examination import Examination
from reports.plausibility.recording import Recording, Said
from reports.plausibility.relation import find_states
from reports.plausibility.series import relevant

# A reading that hardly moves has no last digit to speak of.
MOVING = 20


def examine_trend(rule: str, case: Mapping[str, Any], unit: str, recording: Recording) -> Iterator[Examination]:
    """Between two samples at least `over` seconds apart the value changes by `least` to `most` per second, give or
    take `slack` and two digits, as long as the states stay those of `while`."""
    for channel in relevant(unit, case["point"], recording):
        instance = channel.role.partition("@")[2]
        states = find_states(case.get("while", {}), unit, instance, recording)
        said = recording.of(channel)
        if states is None or len(said) < 2:
            continue
        fits = [all(one.states(t) and one.states(t) <= ok for one, ok in states) for t in said.t]
        pairs = list(_pairs(said, fits, round(case["over"] * NS)))
        if not pairs:
            continue
        wrong = [(a, b) for a, b in pairs if _jumps(said, a, b, case)]
        blank = Examination(rule, unit, recording.execution.procedure, frozenset({channel.signal}))
        yield _told(blank, said, wrong) if wrong else blank


def examine_digits(rule: str, case: Mapping[str, Any], unit: str, recording: Recording) -> Iterator[Examination]:
    """A quantity that moves has at least `distinct` last digits of its resolution in every `samples` samples."""
    count = int(case["samples"])
    for channel in relevant(unit, "*", recording):
        said = recording.of(channel)
        if channel.exact or not channel.resolution or len(said) < count:
            continue
        blank = Examination(rule, unit, recording.execution.procedure, frozenset({channel.signal}))
        poor = [n for n in range(0, len(said) - count + 1, count) if _poor(said, n, count, case["distinct"])]
        if poor:
            begin, end = said.t[poor[0]], said.t[poor[-1] + count - 1]
            yield replace(blank, begin=begin, end=end, samples=count * len(poor))
        else:
            yield blank


def _pairs(said: Said, fits: list[bool], over: int) -> Iterator[tuple[int, int]]:
    """Each sample with the first one at least `over` later, if the states hold from one to the other."""
    broken = [0]
    for fit in fits:
        broken.append(broken[-1] + (not fit))
    last = 0
    for first, t in enumerate(said.t):
        while last < len(said) and said.t[last] - t < over:
            last += 1
        if last < len(said) and broken[last + 1] == broken[first]:
            yield first, last


def _jumps(said: Said, first: int, last: int, case: Mapping[str, Any]) -> bool:
    seconds = (said.t[last] - said.t[first]) / NS
    # The device may have read either value up to one refresh before it was asked.
    reach = said.reach / NS
    change, slack = said.value[last] - said.value[first], case.get("slack", 0) + 2 * said.channel.resolution
    most, least = case.get("most", math.inf), case.get("least", -math.inf)
    return bool(
        change - slack > max(most * (seconds + reach), most * (seconds - reach))
        or change + slack < min(least * (seconds + reach), least * (seconds - reach))
    )


def _told(blank: Examination, said: Said, wrong: list[tuple[int, int]]) -> Examination:
    first, last = wrong[0]
    says = f"{said.value[first]:g} → {said.value[last]:g}, {(said.t[last] - said.t[first]) / NS:g} s"
    return replace(blank, begin=said.t[first], end=said.t[wrong[-1][1]], samples=len(wrong), says=says)


def _poor(said: Said, start: int, count: int, distinct: int) -> bool:
    values = said.value[start : start + count]
    if len(set(values)) < MOVING:
        return False
    digits = [round(abs(value) / said.channel.resolution) for value in values]
    # The last digit is the last that the reading has: an instrument may resolve less than declared.
    while all(digit % 10 == 0 for digit in digits):
        digits = [digit // 10 for digit in digits]
    return len({digit % 10 for digit in digits}) < distinct
