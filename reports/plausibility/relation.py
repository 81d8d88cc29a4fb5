"""Relations: what readings of one time, or sums over an execution, must have to do with each other.

holds: [p == v * i * pf]
when: [v >= 50]                   only where this surely is so
while: {mode: [online]}           and only in these states
tolerance: {percent: 2}           of the larger side, besides accuracy, resolution and the time between reads
lasting: 10                       seconds for which the contradiction has to last
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from profiles.formula import Relation, parse_relation
from reports.evidence.evidence import NS
from reports.plausibility.examination import Examination
from reports.plausibility.interval import Interval, contradicts, evaluate, surely
from reports.plausibility.recording import Recording, Said
from reports.plausibility.terms import Term, find_terms, instances

LASTING_S = 10.0
FEWEST = 3

Instant = tuple[int, Mapping[str, Interval]]
States = Sequence[tuple[Said, frozenset[str]]]


def examine_relation(rule: str, case: Mapping[str, Any], unit: str, recording: Recording) -> Iterator[Examination]:
    """One examination of each relation on each part (phase, instance) of a unit that the bench has all terms of."""
    conditions = tuple(parse_relation(text) for text in case.get("when", []))
    for each in case.get("each", [""]):
        for instance in instances(recording.evidence, unit, case["terms"], each):
            terms = find_terms(case["terms"], each, unit, instance, recording)
            states = find_states(case.get("while", {}), unit, instance, recording)
            if terms is None or states is None:
                continue
            for text in case["holds"]:
                part = _Part(parse_relation(text), conditions, terms, states)
                relevant = bool(part.signals & recording.used)
                if relevant and (instants := part.instants(recording.execution.begin)):
                    blank = Examination(rule, unit, recording.execution.procedure, part.signals)
                    yield _judged(blank, part, instants, case, recording)


@dataclass(frozen=True, slots=True)
class _Part:
    relation: Relation
    conditions: Sequence[Relation]
    all_terms: Mapping[str, Term]
    states: States

    @property
    def terms(self) -> Mapping[str, Term]:
        """Those that the relation and its conditions name, in the order of the rule."""
        names = self.relation.names.union(*(condition.names for condition in self.conditions))
        return {name: term for name, term in self.all_terms.items() if name in names}

    @property
    def signals(self) -> frozenset[str]:
        return frozenset().union(*(term.signals for term in self.terms.values()))

    @property
    def whole(self) -> bool:
        """Whether it is about the execution as a whole instead of its instants."""
        return any(term.reduce for term in self.terms.values()) or not any(term.said for term in self.terms.values())

    def instants(self, begin: int) -> list[Instant]:
        """The times, with their values, at which the relation must hold: those at which the first term was
        sampled, or one for the whole."""
        found = self._whole(begin) if self.whole else self._sampled(t for run in self._runs for t in run)
        return [one for one in found if all(surely(condition, one[1]) for condition in self.conditions)]

    @property
    def _runs(self) -> list[list[int]]:
        """The times at which the first term was sampled, while the states are those asked for and between."""
        first = next(term for term in self.terms.values() if term.said).said[0]
        fits = ((t, all(said.states(t) and said.states(t) <= ok for said, ok in self.states)) for t in first.t)
        return [[t for t, _ in run] for fit, run in groupby(fits, lambda one: one[1]) if fit]

    def _whole(self, t: int) -> list[Instant]:
        terms = self.terms
        if self.states:
            # Of a state that comes and goes the longest time counts.
            longest = max(self._runs, key=lambda run: run[-1] - run[0], default=None)
            if longest is None:
                return []
            terms = {name: term.between(longest[0], longest[-1]) for name, term in terms.items()}
        values = _known({name: term.reduced() for name, term in terms.items()})
        return [(t, values)] if values else []

    def _sampled(self, times: Iterable[int]) -> list[Instant]:
        terms = self.terms.items()
        found = ((t, _known({name: term.around(t) for name, term in terms})) for t in times)
        return [(t, values) for t, values in found if values]


def _judged(
    blank: Examination, part: _Part, instants: Sequence[Instant], case: Mapping[str, Any], recording: Recording
) -> Examination:
    tolerance = case.get("tolerance", {})
    relative, absolute = tolerance.get("percent", 0) / 100, tolerance.get("absolute", 0)
    grouped = groupby(instants, lambda one: contradicts(part.relation, one[1], relative, absolute))
    runs = [list(run) for wrong, run in grouped if wrong]
    if part.whole:
        found, begin, end = next(iter(runs), []), recording.execution.begin, recording.execution.end
    else:
        lasting = case.get("lasting", LASTING_S) * NS
        long = [run for run in runs if len(run) >= FEWEST and run[-1][0] - run[0][0] >= lasting]
        found = [one for run in long for one in run]
        begin, end = (found[0][0], found[-1][0]) if found else (0, 0)
    if not found:
        return blank
    says = _says(part.relation, found[len(found) // 2][1])
    return replace(blank, begin=begin, end=end, samples=len(found), says=says)


def find_states(wanted: Mapping[str, Sequence[str]], unit: str, instance: str, recording: Recording) -> States | None:
    """The states that are asked for, with what was said of them; None if the bench does not have one of them."""
    terms = find_terms({point: point for point in wanted}, "", unit, instance, recording)
    return None if terms is None else [(terms[point].said[0], frozenset(ok)) for point, ok in wanted.items()]


def _known(values: Mapping[str, Interval | None]) -> dict[str, Interval]:
    """The values if all are known, else none."""
    known = {name: value for name, value in values.items() if value is not None}
    return known if len(known) == len(values) else {}


def _says(relation: Relation, values: Mapping[str, Interval]) -> str:
    left, right = evaluate(relation.left, values), evaluate(relation.right, values)
    return f"{left.low:.6g} … {left.high:.6g} {relation.op} {right.low:.6g} … {right.high:.6g}"
