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
    """The first effect lies between the mark and `within` seconds after it, give or take one reach of the channel."""
    execution = recording.execution
    mark = execution.marks.get(case["mark"])
    if mark is None:
        return
    for channel in channels(recording.evidence, unit, case["point"]):
        said = recording.of(channel)
        if not len(said) or said.t[-1] < mark:
            continue
        blank = Examination(rule, unit, execution.procedure, frozenset({channel.signal}))
        first = next((t for n, t in enumerate(said.t) if _effect(said, n, case)), None)
        latest = mark + round(case["within"] * NS) + said.reach
        if first is None or not mark - said.reach <= first <= latest:
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
