"""Cause before effect: a signal answers to what was done, and not before it was done.

{check: responds, mark: mains-lost, point: "voltage.l?", below: 50, within: 10}
{check: responds, mark: mains-lost, point: output.source, states: [battery], within: 10}
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from reports.evidence.evidence import NS
from reports.judging.channels import channels
from reports.plausibility.examination import Examination, moment
from reports.plausibility.recording import Recording, Said


def examine_response(rule: str, case: Mapping[str, Any], unit: str, recording: Recording) -> Iterator[Examination]:
    """The effect does not set in before the mark, and not later than `within` seconds after it, give or take one
    reach of the channel."""
    execution = recording.execution
    mark = execution.marks.get(case["mark"])
    if mark is None:
        return
    for channel in channels(recording.evidence, unit, case["point"]):
        said = recording.of(channel)
        if not len(said) or said.t[-1] < mark:
            continue
        blank = Examination(rule, unit, execution.procedure, frozenset({channel.signal}))
        effects = [_effect(said, n, case) for n in range(len(said))]
        first = next((said.t[n] for n in range(1, len(said)) if effects[n] and not effects[n - 1]), None)
        latest = mark + round(case["within"] * NS) + said.reach if "within" in case else execution.end
        early, late = first is not None and first < mark - said.reach, first is None or first > latest
        if early or (late and "within" in case):
            seen = "–" if first is None else moment(first)
            yield replace(blank, begin=mark, end=latest, samples=1, says=f"{case['mark']} {moment(mark)}, {seen}")
        else:
            yield blank


def _effect(said: Said, n: int, case: Mapping[str, Any]) -> bool:
    if "states" in case:
        return said.text[n] in case["states"]
    if "below" in case:
        return bool(said.value[n] < case["below"])
    return bool(said.value[n] > case["above"])
