"""Signals: what a statistic of numbers looks at, as tracks of samples or of means.

of: voltage.l?                                                     points of the equipment, each for itself
of: {subject: pdu, at: site, point: power, take: sum}               points of other equipment, taken together
of: {formula: hot - cold, unit: K, terms: {hot: …, cold: …}}        computed from such signals
of: {question: load-run, field: latency, unit: ms}                  a number that answers state

With `average` a signal is its means over that many seconds, or over the `whole` scope; a formula is then
computed from the means of its terms. Without it every sample stands for itself.
"""

import math
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Any

from profiles.formula import Node, evaluate, parse_formula
from profiles.units import Unit, unit, unit_of
from reports.evidence.evidence import NS
from reports.judging.channels import Channel, provenance_of
from reports.judging.reasons import doubtful, nothing
from reports.measurands.alignment import aligned, taken
from reports.measurands.matching import fits
from reports.measurands.scope import Pattern, Scope, Track, one_unit

Signal = Pattern | Mapping[str, Any]
Length = float | str | None
Key = tuple[str, ...]
WHOLE = "whole"


def signals(scope: Scope, of: Signal, average: Length = None, step: float | None = None) -> list[Track]:
    """The tracks of a signal; NoEvidence where its samples may not be relied upon."""
    means = _Means(scope, average, step)
    if isinstance(of, Mapping) and "formula" in of:
        return means.computed(of)
    if isinstance(of, Mapping) and "question" in of:
        return [means.of(track) for track in answered(scope, of)]
    tracks = [means.of(scope.number(channel)) for channel in choose(scope, of)]
    return [taken(scope, tracks, of["take"])] if isinstance(of, Mapping) and "take" in of else tracks


def averaged(scope: Scope, track: Track, average: Length, step: float | None = None) -> Track:
    """The means of one track, as `signals` gives them."""
    return _Means(scope, average, step).of(track)


def choose(scope: Scope, of: Signal) -> tuple[Channel, ...]:
    """The channels of a pattern, or of {point, subject, at, feature}; NoEvidence if there are none."""
    if not isinstance(of, Mapping):
        return scope.channels(of)
    if "subject" not in of:
        return scope.channels(str(of["point"]))
    return scope.related(of["point"], of["subject"], of["at"], of.get("feature"))


def answered(scope: Scope, of: Mapping[str, Any]) -> list[Track]:
    """The numbers in a field of the answers that fit `where`, one track for each device.

    NoEvidence if one of those answers has no finite number there: leaving it out would flatter the rest.
    """
    question, field = str(of["question"]), str(of["field"])
    rows: dict[str, list[tuple[int, float]]] = {}
    for answer in scope.answers(question):
        if not fits(answer["content"], of.get("where", {})):
            continue
        number = answer["content"].get(field)
        if isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number):
            raise doubtful("no-number-field", question=question, field=field)
        rows.setdefault(str(answer["device"]), []).append((int(answer["t"]), float(number)))
    if not rows:
        raise nothing("no-answer", equipment=scope.equipment, question=question)
    return [_told(scope, of, device, found) for device, found in sorted(rows.items())]


def rated(scope: Scope, name: str) -> tuple[float, Unit]:
    """A declared rating of the equipment in base units; NoEvidence if it is not declared."""
    declared = (scope.declared.get("ratings") or {}).get(name)
    if not declared or not declared.get("value"):
        raise nothing("no-rating", equipment=scope.equipment, rating=name)
    found = _unit(declared.get("unit"), name)
    return float(declared["value"]) * found.scale, found


@dataclass(frozen=True, slots=True)
class _Term:
    """A term of a formula: a number in base units, or tracks by what tells them apart; and its unit."""

    unit: Unit
    number: float = 0.0
    tracks: Mapping[Key, Track] | None = None

    def at(self, key: Key) -> Track | None:
        """The track of that part; the only one if there is but one."""
        return None if self.tracks is None else self.tracks.get(key) or next(iter(self.tracks.values()))


@dataclass(frozen=True, slots=True)
class _Means:
    """Consecutive windows of `average` seconds from the begin of the scope, one beginning every `step` seconds."""

    scope: Scope
    average: Length
    step: float | None

    def of(self, track: Track) -> Track:
        """A track of the means fsum(x)/n of whole windows, each standing at its middle; the track itself where
        nothing is averaged.

        Windows in which no sample is due are left out. NoEvidence if the scope holds no whole window.
        """
        if self.average is None:
            return track
        scope, begins = self.scope, range(self.scope.begin, self.scope.begin + 1)
        length = scope.end - scope.begin + 1
        if self.average != WHOLE:
            length = round(float(self.average) * NS)
            stride = length if self.step is None else round(self.step * NS)
            begins = range(scope.begin, scope.end - length + 1, stride)
        windows = ((begin, bisect_left(track.t, begin), bisect_left(track.t, begin + length)) for begin in begins)
        found = [(begin + length // 2, fmean(track.value[i:j])) for begin, i, j in windows if i < j]
        if not found:
            raise doubtful("short", window=f"{scope.seconds:g}", average=f"{length / NS:g}")
        times, means = zip(*found, strict=True)
        return Track(track.channel, list(times), [0] * len(found), list(means), [""] * len(found))

    def computed(self, of: Mapping[str, Any]) -> list[Track]:
        """One track for each part that the terms of a formula have in common."""
        terms = {name: self._term(spec) for name, spec in of["terms"].items()}
        several = [set(term.tracks) for term in terms.values() if term.tracks and len(term.tracks) > 1]
        if any(keys != several[0] for keys in several):
            raise doubtful("no-pairs", formula=of["formula"])
        return [self._evaluated(of, terms, key) for key in (sorted(several[0]) if several else [()])]

    def _term(self, spec: Any) -> _Term:
        match spec:
            case {"value": number, "unit": name}:
                return _Term(unit(name), float(number) * unit(name).scale)
            case {"rating": name}:
                number, found = rated(self.scope, name)
                return _Term(found, number)
        tracks = signals(self.scope, spec, self.average, self.step)
        keyed = {_key(spec, track.channel) if len(tracks) > 1 else (): track for track in tracks}
        if len(keyed) < len(tracks):
            raise doubtful("no-pairs", formula=", ".join(track.channel.signal for track in tracks))
        return _Term(_unit(one_unit(tracks), str(spec)), tracks=keyed)

    def _evaluated(self, of: Mapping[str, Any], terms: Mapping[str, _Term], key: Key) -> Track:
        tracks = {name: track for name, term in terms.items() if (track := term.at(key))}
        if not tracks:
            raise nothing("no-point", equipment=self.scope.equipment, point=of["formula"])
        base, columns = aligned(self.scope, list(tracks.values()))
        # Computed in base units, so that nobody has to convert: 1 L/min times 1 K times 1 kJ/L/K is 16.7 W.
        node, scale = _parsed(of, terms), unit(of["unit"]).scale
        scales = [terms[name].unit.scale for name in tracks]
        numbers = {name: term.number for name, term in terms.items()}
        found = []
        try:
            for row in zip(*columns, strict=True):
                given = {name: x * s for name, x, s in zip(tracks, row, scales, strict=True)}
                found.append(evaluate(node, numbers | given) / scale)
        except (ArithmeticError, ValueError) as error:
            raise doubtful("no-value", formula=of["formula"]) from error
        if not all(map(math.isfinite, found)):
            raise doubtful("no-value", formula=of["formula"])
        return replace(base, channel=_derived(of, [track.channel for track in tracks.values()]), value=found)


def _key(spec: Signal, channel: Channel) -> Key:
    """What tells a channel from the others of its term: the segments that a pattern left open, and the instance."""
    pattern = str(spec["point"]) if isinstance(spec, Mapping) else str(spec)
    point, _, instance = channel.role.partition("@")
    asked, found = pattern.partition("@")[0].split("."), point.split(".")
    opened = tuple(b for a, b in zip(asked, found, strict=False) if a != b) if len(asked) == len(found) else (point,)
    return (*opened, instance)


def _parsed(of: Mapping[str, Any], terms: Mapping[str, _Term]) -> Node:
    """The formula; NoEvidence if what the devices and the equipment declare does not add up to its unit."""
    node = parse_formula(of["formula"])
    try:
        fits = unit(of["unit"]).fits(unit_of(node, {name: term.unit for name, term in terms.items()}))
    except ValueError:
        fits = False
    if not fits:
        raise doubtful("no-unit", points=of["formula"])
    return node


def _unit(name: str | None, role: str) -> Unit:
    try:
        return unit(name or "")
    except ValueError as error:
        raise doubtful("no-unit", points=role) from error


def _derived(of: Mapping[str, Any], parts: Iterable[Channel]) -> Channel:
    """A channel that stands for a formula. Nobody reads it, so it has no error of its own."""
    first, *_ = parts = list(parts)
    refresh, text = max(part.refresh for part in parts), str(of["formula"])
    return replace(first, point=text, role=text, unit=of["unit"], kind="quantity", resolution=0.0, refresh=refresh)


def _told(scope: Scope, of: Mapping[str, Any], device: str, found: list[tuple[int, float]]) -> Track:
    name, provenance = f"{of['question']}.{of['field']}", provenance_of(scope.evidence, device)
    channel = Channel(device, name, name, scope.equipment, of["unit"], "quantity", None, 0.0, 0.0, provenance)
    times, numbers = zip(*found, strict=True)
    return Track(channel, list(times), [0] * len(found), list(numbers), [""] * len(found))
