"""Events: what happened, and how well the evidence shows when.

{mark: mains-lost}                                        a mark of the procedure
{of: position, state: emergency}                          a channel takes up a state, or one of several
{of: output.voltage, below: 50}                           a signal gets above or below a level
{of: throttle, state: thermal, longer: 60}                … and stays so for longer than that many seconds
{question: alarm, where: {kind: on-battery}}              an answer fits; of `notification`, what was told unasked

A change lies somewhere between the last sample before and the first sample after it: one `Edge`.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reports.evidence.evidence import NS
from reports.judging.reasons import NoEvidence, doubtful, nothing
from reports.measurands.matching import fits
from reports.measurands.registry import Edge
from reports.measurands.scope import Scope, Track
from reports.measurands.signals import choose, signals
from reports.measurands.told import TOLD, check_listening, told

Event = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Moment:
    """A change at `t`, the best estimate: surely not before `after`, surely not later than `before` (ns UTC)."""

    t: float
    after: float
    before: float
    edges: tuple[Edge, ...] = ()


@dataclass(frozen=True, slots=True)
class Spell:
    """How long something held: `begin` is None if it did already when the scope began, `end` if it still did
    when the scope ended."""

    begin: Moment | None
    end: Moment | None

    def covers(self, moment: Moment) -> bool:
        """Whether it surely held at a moment."""
        begun = self.begin is None or self.begin.before < moment.after
        return begun and (self.end is None or self.end.after >= moment.before)


@dataclass(frozen=True, slots=True)
class Seen:
    """All that one channel shows of an event, in the order of time."""

    name: str
    spells: Sequence[Spell]

    def since(self, start: Moment) -> Moment | None:
        """When it first happened after `start`, None if it never did; NoEvidence if it held at `start` already."""
        if any(spell.covers(start) for spell in self.spells):
            raise nothing("under-way", signal=self.name)
        begins = (spell.begin for spell in self.spells if spell.begin)
        return next((begin for begin in begins if begin.before >= start.after), None)

    @property
    def begins(self) -> list[Moment]:
        """Every moment at which it began."""
        return [spell.begin for spell in self.spells if spell.begin]


def seen(scope: Scope, event: Event) -> list[Seen]:
    """What each channel shows of an event; NoEvidence where there is nothing to see or it may not be relied upon."""
    match event:
        case {"mark": name}:
            return [Seen(name, [_instant(mark(scope, name))])]
        case {"question": question}:
            answers = told(scope) if question == TOLD else scope.answers(question)
            fitting = [a for a in answers if fits(a["content"], event.get("where", {}))]
            if question == TOLD and not fitting:
                check_listening(scope)
            return [Seen(question, [_instant(int(answer["t"])) for answer in fitting])]
        case {"of": of, "state": state}:
            states = [state] if isinstance(state, str) else list(state)
            found = [_of_state(scope, scope.text(channel), states) for channel in choose(scope, of)]
        case _:
            found = _of_level(scope, event)
    return [_lasting(scope, one, event["longer"]) for one in found] if "longer" in event else found


def first(scope: Scope, event: Event | None) -> Moment:
    """When an event first happened on any channel, or the begin of the scope if there is no event; NoEvidence if
    it never happened or was under way before."""
    start = Moment(scope.begin, scope.begin, scope.begin)
    if event is None:
        return start
    found = [moment for one in seen(scope, event) if (moment := one.since(start))]
    if not found:
        raise nothing("never", event=shown(event))
    return min(found, key=lambda moment: moment.t)


def shown(event: Event) -> str:
    """An event as a few words for a reason."""
    match event:
        case {"mark": name}:
            return str(name)
        case {"question": question}:
            return str(question)
    of = event["of"]
    point = of if isinstance(of, str) else of.get("point") or of.get("formula") if isinstance(of, Mapping) else of[0]
    what = [f"{key} {event[key]}" for key in ("state", "above", "below") if key in event]
    return f"{point} {' '.join(what)}"


def spells(scope: Scope, track: Track, holds: Sequence[bool], before: bool = False) -> list[Spell]:
    """The spells of samples that hold; `before` is whether one that holds from the first did so before the scope."""
    found: list[Spell] = []
    opened: Moment | None = None
    was = before and holds[0]
    for i, now in enumerate(holds):
        if now != was:
            change = _change(scope, track, i)
            if was:
                found.append(Spell(opened, change))
            opened = change if now else None
        was = now
    return [*found, Spell(opened, None)] if was else found


def _lasting(scope: Scope, one: Seen, longer: float) -> Seen:
    """The spells that lasted longer; NoEvidence if sampling, or the end of the scope, leaves open whether one did."""
    kept = []
    for spell in one.spells:
        begin = spell.begin or Moment(scope.begin, -math.inf, scope.begin)
        end = spell.end or Moment(scope.end, scope.end, math.inf)
        least, most = (end.after - begin.before) / NS, (end.before - begin.after) / NS
        if least <= longer < most:
            raise doubtful("open-spell", signal=one.name, seconds=f"{longer:g}")
        if least > longer:
            kept.append(spell)
    return Seen(one.name, kept)


def _of_state(scope: Scope, track: Track, states: Sequence[str]) -> Seen:
    before = scope.text_before(track.channel) in states
    return Seen(track.channel.signal, spells(scope, track, [text in states for text in track.text], before))


def _of_level(scope: Scope, event: Event) -> list[Seen]:
    """A signal above and below the levels that are given."""
    low, high = float(event.get("above", -math.inf)), float(event.get("below", math.inf))
    earlier = _earlier(scope, event)
    found = []
    for track in signals(scope, event["of"]):
        last = earlier.get(track.channel.signal)
        before = last is not None and low < last < high
        found.append(Seen(track.channel.signal, spells(scope, track, [low < x < high for x in track.value], before)))
    return found


def _earlier(scope: Scope, event: Event) -> dict[str, float]:
    """The last value of each channel in the execution before the scope began, of those that are known."""
    if scope.begin <= scope.execution.begin:
        return {}
    try:
        tracks = signals(scope.between(scope.execution.begin, scope.begin - 1), event["of"])
    except NoEvidence:
        return {}
    return {track.channel.signal: track.value[-1] for track in tracks}


def _change(scope: Scope, track: Track, at: int) -> Moment:
    """The change between a sample and the one before it, or the begin of the scope before the first."""
    a, b = track.t[at - 1] if at else scope.begin, track.t[at]
    half = max(track.half[max(0, at - 1)], track.half[at])
    return Moment((a + b) / 2, a, b, (Edge((b - a) / NS, half / NS),))


def _instant(t: int) -> Spell:
    moment = Moment(t, t, t)
    return Spell(moment, moment)


def mark(scope: Scope, name: str) -> int:
    """When a mark was put, ns UTC; NoEvidence if it was not."""
    if name not in scope.execution.marks:
        raise nothing("no-mark", procedure=scope.execution.procedure, mark=name)
    return scope.execution.marks[name]
