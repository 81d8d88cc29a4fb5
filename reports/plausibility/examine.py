"""All rules on all evidence, and what a contradiction means for the verdicts that relied upon it.

    found = examine(profile["plausibility"], profile["requirements"], evidence, verdicts)
    verdict = doubted(verdict, found, profile["plausibility"])

A rule judges the evidence and never the equipment: evidence that cannot be true supports neither a pass nor a
failure, so every verdict that used one of its signals in the same procedure becomes inconclusive.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from profiles.plausibility import EVERYTHING
from reports.evidence.evidence import Evidence, Execution
from reports.judging.reasons import reason
from reports.judging.verdict import Verdict, Word
from reports.plausibility.attested import examine_fresh
from reports.plausibility.examination import Examination, moment
from reports.plausibility.recording import Calm, Recording
from reports.plausibility.relation import examine_relation
from reports.plausibility.replies import examine_answered, examine_constant, signal
from reports.plausibility.response import examine_response
from reports.plausibility.series import examine_digits, examine_interval, examine_moves, examine_repeats
from reports.plausibility.steady import examine_steady
from reports.plausibility.together import examine_together
from reports.plausibility.trend import examine_trend

Rule = Mapping[str, Any]
Check = Callable[[str, Mapping[str, Any], str, Recording], Iterator[Examination]]

CHECKS: Mapping[str, Check] = {
    "relation": examine_relation,
    "responds": examine_response,
    "moves": examine_moves,
    "repeats": examine_repeats,
    "interval": examine_interval,
    "trend": examine_trend,
    "digits": examine_digits,
    "constant": examine_constant,
    "fresh": examine_fresh,
    "answered": examine_answered,
    "together": examine_together,
    "steady": examine_steady,
}
# What a verdict may have before a rule can take it away.
CLAIMS = (Word.PASS, Word.FAIL, Word.INCONCLUSIVE)


def examine(
    rules: Sequence[Rule], requirements: Sequence[Mapping[str, Any]], evidence: Evidence, verdicts: Sequence[Verdict]
) -> list[Examination]:
    """Every rule wherever a verdict relied upon a signal that it speaks of."""
    found: list[Examination] = []
    measurands = {requirement["id"]: requirement.get("measurand") or {} for requirement in requirements}
    for procedure in sorted({verdict.procedure for verdict in verdicts if verdict.channels}):
        execution = evidence.execution(procedure)
        if execution is None:
            continue
        own = [verdict for verdict in verdicts if verdict.procedure == procedure and verdict.channels]
        recording = Recording(evidence, execution, _used(own), list(_calm(own, measurands, execution)))
        found += [one for rule in rules for one in _of(rule, evidence, recording)]
    return found


def doubted(verdict: Verdict, found: Sequence[Examination], rules: Sequence[Rule]) -> Verdict:
    """The same verdict, but inconclusive where a violated rule speaks of a signal that it used."""
    return _doubted(verdict, found, {rule["id"]: rule["title"] for rule in rules})


def _of(rule: Rule, evidence: Evidence, recording: Recording) -> Iterator[Examination]:
    for case in rule["cases"]:
        for unit, declared in sorted(evidence.equipment.items()):
            if _concerns(case, declared):
                yield from CHECKS[case["check"]](rule["id"], case, unit, recording)


def _concerns(case: Mapping[str, Any], declared: Mapping[str, Any]) -> bool:
    known = declared["subject"] in case["subjects"] or EVERYTHING in case["subjects"]
    return known and ("feature" not in case or case["feature"] in declared.get("features", ()))


def _used(verdicts: Sequence[Verdict]) -> frozenset[str]:
    return frozenset().union(*map(_signals, verdicts))


def _calm(
    verdicts: Sequence[Verdict], measurands: Mapping[str, Mapping[str, Any]], execution: Execution
) -> Iterator[Calm]:
    """The verdicts whose measurand says that it is one of the steady state, with its window."""
    for verdict in verdicts:
        measurand = measurands.get(verdict.requirement, {})
        if measurand.get("steady") and verdict.equipment:
            begin = execution.marks.get(measurand.get("from", ""), execution.begin)
            end = execution.marks.get(measurand.get("to", ""), execution.end)
            yield Calm(verdict.requirement, verdict.equipment, begin, end)


def _signals(verdict: Verdict) -> frozenset[str]:
    return frozenset(
        signal(c["device"], c["question"]) if c["point"] is None else f"{c['device']}/{c['point']}"
        for c in verdict.channels
    )


def _doubted(verdict: Verdict, found: Sequence[Examination], titles: Mapping[str, Mapping[str, str]]) -> Verdict:
    against = [one for one in found if one.violated and _concerned(verdict, one)]
    if not against or verdict.verdict not in CLAIMS:
        return verdict
    first, title = against[0], titles[against[0].rule]
    rules = ", ".join(sorted({one.rule for one in against}))
    facts = {"rules": rules, "signals": ", ".join(sorted(first.signals)), "samples": first.samples}
    facts |= {"begin": moment(first.begin), "end": moment(first.end)}
    why = reason("implausible", **facts, title_ko=title["ko"], title_en=title["en"])
    return replace(verdict, verdict=Word.INCONCLUSIVE, conditional=None, reason={"ko": why.ko, "en": why.en})


def _concerned(verdict: Verdict, one: Examination) -> bool:
    """Whether an examination is about what the verdict relied upon."""
    if one.requirement:
        return (one.requirement, one.equipment) == verdict.key
    return one.procedure == verdict.procedure and bool(one.signals & _signals(verdict))
