"""What a device answers, and whether it was asked at all.

{check: constant, question: tls-certificate, field: pem}          all answers agree in a field
{check: answered, question: chat-completion}                      every question has its answer
{question: chat-completion, field: latency, reduce: median}       a term: one number of all answers
"""

import math
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from reports.evidence.evidence import Evidence
from reports.judging.channels import devices_of
from reports.plausibility.examination import Examination
from reports.plausibility.interval import Interval
from reports.plausibility.recording import Recording

_REDUCTIONS: Mapping[str, Callable[[Sequence[float]], float]] = {
    "sum": math.fsum,
    "mean": statistics.fmean,
    "median": statistics.median,
    "lowest": min,
    "highest": max,
}


def signal(device: str, question: str) -> str:
    """How an examination names the answers of a device to a question."""
    return f"{device}?{question}"


def asked(question: str, unit: str, evidence: Evidence) -> frozenset[str]:
    """The answers of all devices of a unit to a question, as an examination names them."""
    return frozenset(signal(device, question) for device in devices_of(evidence, unit))


def reduced_answers(fields: Mapping[str, Any], unit: str, recording: Recording) -> Interval | None:
    """How many answers of a unit fit `where`, or what their `field` comes to; None if there is nothing to tell."""
    own = devices_of(recording.evidence, unit)
    events = (a for a in recording.execution.answers if a["question"] == fields["question"] and a["device"] in own)
    contents = [event["content"] for event in events]
    fitting = [c for c in contents if all(c.get(key) in ok for key, ok in fields.get("where", {}).items())]
    if fields["reduce"] == "count":
        return Interval(len(fitting), len(fitting)) if contents else None
    values = [c.get(fields["field"]) for c in fitting]
    numbers = [float(v) for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
    if not numbers:
        return None
    found = _REDUCTIONS[fields["reduce"]](numbers)
    return Interval(found, found)


def examine_constant(rule: str, case: Mapping[str, Any], unit: str, recording: Recording) -> Iterator[Examination]:
    """The field of all answers of a device that have it is one and the same."""
    for device in devices_of(recording.evidence, unit):
        name, events = signal(device, case["question"]), _answers(device, case["question"], recording)
        given = [(int(a["t"]), str(a["content"][case["field"]])) for a in events if a["content"].get(case["field"])]
        if len(given) < 2 or name not in recording.used:
            continue
        blank = Examination(rule, unit, recording.execution.procedure, frozenset({name}))
        changes = [t for t, value in given if value != given[0][1]]
        yield replace(blank, begin=given[0][0], end=changes[-1], samples=len(changes)) if changes else blank


def examine_answered(rule: str, case: Mapping[str, Any], unit: str, recording: Recording) -> Iterator[Examination]:
    """After each question that was put comes at least one answer, and before the first comes none."""
    for device in devices_of(recording.evidence, unit):
        name, answers = signal(device, case["question"]), _answers(device, case["question"], recording)
        questions = [q for q in recording.execution.questions if _is(q, device, case["question"])]
        if name not in recording.used or not (questions or answers):
            continue
        blank = Examination(rule, unit, recording.execution.procedure, frozenset({name}))
        events = sorted([*questions, *answers], key=lambda event: int(event["seq"]))
        lost = [events[n] for n in range(len(events)) if _is_lost(events, n)]
        begin, end = (int(lost[0]["t"]), int(lost[-1]["t"])) if lost else (0, 0)
        says = f"{len(questions)} ? {len(answers)} !" if lost else ""
        yield replace(blank, begin=begin, end=end, samples=len(lost), says=says)


def _is_lost(events: Sequence[Mapping[str, Any]], n: int) -> bool:
    """Whether a question has no answer, or an answer no question."""
    if events[n]["kind"] == "answer":
        return n == 0
    return n + 1 == len(events) or events[n + 1]["kind"] != "answer"


def _answers(device: str, question: str, recording: Recording) -> list[Mapping[str, Any]]:
    return [answer for answer in recording.execution.answers if _is(answer, device, question)]


def _is(event: Mapping[str, Any], device: str, question: str) -> bool:
    return (event.get("device"), event.get("question")) == (device, question)
