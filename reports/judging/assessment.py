"""Assessing one item: measurand, uncertainty, calibration and decision become one verdict.

    assess(item, evidence, rule="guarded", wanted=Coverage(2.0), given=(), imported=ImportedProfiles())

Whatever keeps a number from being had, or from being relied upon, ends in not-tested or inconclusive.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from reports.evidence.evidence import Evidence, Execution
from reports.interop.imported import ImportedProfiles
from reports.judging.calibration import doubt
from reports.judging.channels import least_real
from reports.judging.coverage_factor import Coverage
from reports.judging.decision import CONDITIONAL, Decision, decide
from reports.judging.items import Item
from reports.judging.limit import Limit
from reports.judging.reasons import NoEvidence, doubtful, nothing, reason
from reports.judging.uncertainty import Moved, Uncertainty, expand, inputs
from reports.judging.verdict import Status, Verdict, Word
from reports.measurands.registry import Value, find
from reports.measurands.scope import ALLOWED_GAP, Scope, Trace
from reports.verifying.messages import Sentence

SHOWN = 3


def assess(
    item: Item,
    evidence: Evidence,
    rule: str,
    wanted: Coverage,
    given: tuple[Verdict, ...],
    imported: ImportedProfiles,
) -> Verdict:
    """The verdict of an item; `given` are the verdicts before it, `imported` what the profile imports. Refusal if the
    profile is malformed."""
    blank = _blank(item, rule, wanted.k)
    if item.faulty:
        return replace(blank, reason=_texts(item.faulty))
    if item.absent or item.equipment is None:
        return replace(blank, verdict=Word.NOT_APPLICABLE, reason=_texts(item.absent or reason("vanished")))
    execution = evidence.execution(item.procedure)
    if execution is None or execution.status is not Status.COMPLETED:
        status = execution.status if execution else Status.NOT_RUN
        return replace(blank, status=status, reason=_texts(_not_completed(item.procedure, execution)))
    assessment = _Assessment(item, evidence, execution, wanted, rule, given, imported)
    return assessment.verdict(replace(blank, status=Status.COMPLETED))


@dataclass(frozen=True, slots=True)
class _Assessment:
    item: Item
    evidence: Evidence
    execution: Execution
    wanted: Coverage
    rule: str
    given: tuple[Verdict, ...]
    imported: ImportedProfiles

    def verdict(self, blank: Verdict) -> Verdict:
        scope: Scope | None = None
        try:
            scope = self._scope()
            value, uncertainty = self._measure(scope)
            verdict = self._decided(blank, value, uncertainty)
            self._check_calibrations(scope.trace, verdict)
        except NoEvidence as gap:
            verdict = replace(blank, status=gap.status, verdict=gap.verdict, reason=_texts(gap.reason))
        except _Unreliable as unreliable:
            found, why = unreliable.verdict, _texts(unreliable.reason)
            verdict = replace(found, verdict=Word.INCONCLUSIVE, conditional=None, reason=why)
        if scope is None:
            return verdict
        records = scope.trace.records()
        return replace(verdict, channels=tuple(records), provenance=least_real({str(r["provenance"]) for r in records}))

    def _scope(self) -> Scope:
        requirement, execution = self.item.requirement, self.execution
        measurand = requirement["measurand"]
        begin = self._mark(measurand.get("from"), execution.begin)
        end = self._mark(measurand.get("to"), execution.end)
        if end <= begin:
            names = {"begin": measurand.get("from", "begin"), "end": measurand.get("to", "end")}
            raise doubtful("no-window", **names)
        return Scope(
            evidence=self.evidence,
            equipment=str(self.item.equipment),
            execution=execution,
            begin=begin,
            end=end,
            limit=requirement["limit"],
            allowed_gap=float(measurand.get("allowed-gap", ALLOWED_GAP)),
            verdicts=self.given,
            imported=self.imported,
        )

    def _mark(self, name: str | None, default: int) -> int:
        if name is None:
            return default
        if name not in self.execution.marks:
            raise nothing("no-mark", procedure=self.execution.procedure, mark=name)
        return self.execution.marks[name]

    def _measure(self, scope: Scope) -> tuple[Value, Uncertainty]:
        measurand = self.item.requirement["measurand"]
        statistic = find(measurand["statistic"])

        def measure(move: Moved | None) -> Value:
            return statistic(replace(scope, move=move), measurand)

        # The first evaluation also finds out which channels take part.
        first = measure(None)
        quantities = inputs(self.evidence, list(scope.trace.numbers.values()), scope.begin, scope.end)
        return first, expand(first, measure, quantities, self.wanted)

    def _decided(self, blank: Verdict, value: Value, uncertainty: Uncertainty) -> Verdict:
        requirement = self.item.requirement
        limit = Limit.parse(requirement["limit"], requirement["id"])
        if value.unit != limit.unit:
            raise doubtful("wrong-unit", unit=value.unit, limit=limit.unit)
        resolution = requirement.get("resolution")
        decision = decide(value.number, uncertainty.expanded, limit, resolution, self.rule, value.bound)
        verdict = replace(
            blank,
            verdict=decision.word,
            conditional=CONDITIONAL.get(decision.key),
            value=_number(decision.value),
            unit=value.unit,
            uncertainty=_number(decision.uncertainty),
            k=uncertainty.k,
            bound=value.bound,
            margin=_number(decision.margin),
            budget=tuple(part.record() for part in uncertainty.budget),
        )
        return replace(verdict, reason=_texts(_because(decision, verdict, limit, value.seen)))

    def _check_calibrations(self, trace: Trace, verdict: Verdict) -> None:
        """A quantity counts only from a device that was calibrated, then and there."""
        for signal, channel in sorted(trace.numbers.items()):
            if why := doubt(self.evidence, channel, trace.readings(signal)):
                raise _Unreliable(verdict, why)


class _Unreliable(Exception):
    """A verdict that has a number which may not be relied upon."""

    def __init__(self, verdict: Verdict, why: Sentence) -> None:
        super().__init__(why.en)
        self.verdict, self.reason = verdict, why


def _blank(item: Item, rule: str, k: float) -> Verdict:
    requirement = item.requirement
    limit: Mapping[str, Any] = requirement.get("limit") or {}
    return Verdict(
        requirement=requirement["id"],
        equipment=item.equipment,
        procedure=item.procedure,
        status=Status.NOT_RUN,
        verdict=Word.NOT_TESTED,
        level=requirement.get("level", "mandatory"),
        k=k,
        rule=rule,
        limit=limit or None,
        basis=limit.get("basis"),
        resolution=requirement.get("resolution"),
        waiver=item.waiver,
    )


def _not_completed(procedure: str, execution: Execution | None) -> Sentence:
    if execution is None:
        return reason("not-run", procedure=procedure)
    if execution.interrupted:
        return reason("interrupted", procedure=procedure)
    return reason(execution.status.value, procedure=procedure, why=execution.reason)


def _because(decision: Decision, verdict: Verdict, limit: Limit, seen: Sequence[str]) -> Sentence:
    margin = "" if decision.margin is None else f"{abs(decision.margin):f} {limit.unit}"
    why = reason(decision.key, result=verdict.result_text(), limit=limit.text(), margin=margin)
    if not seen:
        return why
    rest = f" … (+{len(seen) - SHOWN})" if len(seen) > SHOWN else ""
    where = reason("seen", places=", ".join(seen[:SHOWN]) + rest)
    return Sentence(f"{why.ko} {where.ko}", f"{why.en} {where.en}")


def _number(exact: Decimal | None) -> float | None:
    return None if exact is None else float(exact)


def _texts(sentence: Sentence) -> dict[str, str]:
    return {"ko": sentence.ko, "en": sentence.en}
