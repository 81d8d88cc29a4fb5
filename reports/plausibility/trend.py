"""How fast a value may change, or a formula over values of one time.

{check: trend, point: battery.charge, while: {output.source: [battery]}, over: 30, most: 0, slack: 1}
{check: trend, readings: {air: inlet.temperature.middle, damp: inlet.humidity}, value: moisture(air, damp / 100),
 unmoved: {inlet.temperature.middle: 0.5}, still: [{of: door, at: site, point: state}], over: 60, …}
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from profiles.formula import parse_formula
from reports.evidence.evidence import NS
from reports.judging.channels import channels
from reports.plausibility.examination import Examination
from reports.plausibility.interval import Interval, evaluate
from reports.plausibility.recording import Recording, Said
from reports.plausibility.relation import States, find_states
from reports.plausibility.series import relevant
from reports.plausibility.terms import find_terms, instances, selected


@dataclass(frozen=True, slots=True)
class _Curve:
    """A value over time: `t` in ns UTC, how far in ns a value speaks for the time around it, its last digit."""

    signals: frozenset[str]
    instance: str
    t: Sequence[int]
    value: Sequence[float]
    reach: int
    digit: float


def examine_trend(rule: str, case: Mapping[str, Any], unit: str, recording: Recording) -> Iterator[Examination]:
    """Between two samples at least `over` seconds apart the value changes by `least` to `most` per second, give or
    take `slack` and two digits, as long as the states stay those of `while`, those of `still` do not change, and the
    points of `unmoved` move by no more than is said there."""
    for curve in _curves(case, unit, recording):
        states = find_states(case.get("while", {}), unit, curve.instance, recording)
        still = _still(case.get("still", []), unit, recording)
        if states is None or still is None or len(curve.t) < 2:
            continue
        apart = _pairs(curve, _breaks(curve, states, still), round(case["over"] * NS))
        pairs = [(a, b) for a, b in apart if _unmoved(case.get("unmoved", {}), unit, recording, curve.t[a], curve.t[b])]
        if not pairs:
            continue
        wrong = [(a, b) for a, b in pairs if _jumps(curve, a, b, case)]
        blank = Examination(rule, unit, recording.execution.procedure, curve.signals)
        yield _told(blank, curve, wrong) if wrong else blank


def _curves(case: Mapping[str, Any], unit: str, recording: Recording) -> Iterator[_Curve]:
    """A curve for each channel of the point, or for each instance that has all terms of the value."""
    if "point" in case:
        for channel in relevant(unit, case["point"], recording):
            said, signals = recording.of(channel), frozenset({channel.signal})
            instance, digit = channel.role.partition("@")[2], channel.resolution
            yield _Curve(signals, instance, said.t, said.value, said.reach, digit)
        return
    for instance in instances(recording.evidence, unit, case["readings"], ""):
        terms = find_terms(case["readings"], "", unit, instance, recording)
        if terms is not None and any(term.signals & recording.used for term in terms.values()):
            yield _computed(case["value"], {name: term.said[0] for name, term in terms.items()}, instance)


def _computed(text: str, terms: Mapping[str, Said], instance: str) -> _Curve:
    """What a formula makes of readings of one time; what is systematic in them cancels in a change."""
    formula, first = parse_formula(text), next(iter(terms.values()))
    rows = []
    for t in first.t:
        values = {name: said.at(t) for name, said in terms.items()}
        known = {name: Interval(value, value) for name, value in values.items() if value is not None}
        if len(known) == len(terms):
            rows.append((t, evaluate(formula, known).middle))
    signals = frozenset(said.channel.signal for said in terms.values())
    reach = max(said.reach for said in terms.values())
    return _Curve(signals, instance, [t for t, _ in rows], [value for _, value in rows], reach, 0.0)


def _still(specs: Sequence[Mapping[str, Any]], unit: str, recording: Recording) -> list[Said] | None:
    """The states that must not change; None if the bench does not have one of them, so that nobody knows."""
    found: list[Said] = []
    for spec in specs:
        chosen = selected({"take": "all", **spec}, "", unit, "", recording.evidence)
        shown = [recording.of(channel) for channel in chosen]
        if not shown or not all(map(len, shown)):
            return None
        found += shown
    return found


def _unmoved(bands: Mapping[str, float], unit: str, recording: Recording, begin: int, end: int) -> bool:
    """Whether each of these points was heard all along and moved by no more than its band."""
    for point, band in bands.items():
        for said in map(recording.of, channels(recording.evidence, unit, point)):
            heard = said.between(begin, end).value
            if not heard or max(heard) - min(heard) > band:
                return False
    return True


def _breaks(curve: _Curve, states: States, still: Sequence[Said]) -> list[int]:
    """How often up to each sample a state was another than asked for, or other than before."""
    wrong = [not all(one.states(t) and one.states(t) <= ok for one, ok in states) for t in curve.t]
    shown = [tuple(one.states(t) for one in still) for t in curve.t]
    unclear = [any(len(each) != 1 for each in row) for row in shown]
    changed = [False, *(before != after for before, after in pairwise(shown))]
    broken = [0]
    for one in zip(wrong, unclear, changed, strict=True):
        broken.append(broken[-1] + any(one))
    return broken


def _pairs(curve: _Curve, broken: Sequence[int], over: int) -> Iterator[tuple[int, int]]:
    """Each sample with the first one at least `over` later, if nothing broke from one to the other."""
    last = 0
    for first, t in enumerate(curve.t):
        while last < len(curve.t) and curve.t[last] - t < over:
            last += 1
        if last < len(curve.t) and broken[last + 1] == broken[first]:
            yield first, last


def _jumps(curve: _Curve, first: int, last: int, case: Mapping[str, Any]) -> bool:
    seconds = (curve.t[last] - curve.t[first]) / NS
    # The device may have read either value up to one refresh before it was asked.
    reach = curve.reach / NS
    change, slack = curve.value[last] - curve.value[first], case.get("slack", 0) + 2 * curve.digit
    most, least = case.get("most", math.inf), case.get("least", -math.inf)
    return bool(
        change - slack > max(most * (seconds + reach), most * (seconds - reach))
        or change + slack < min(least * (seconds + reach), least * (seconds - reach))
    )


def _told(blank: Examination, curve: _Curve, wrong: list[tuple[int, int]]) -> Examination:
    first, last = wrong[0]
    says = f"{curve.value[first]:g} → {curve.value[last]:g}, {(curve.t[last] - curve.t[first]) / NS:g} s"
    return replace(blank, begin=curve.t[first], end=curve.t[wrong[-1][1]], samples=len(wrong), says=says)
