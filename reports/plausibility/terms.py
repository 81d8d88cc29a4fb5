"""The terms of a rule on one piece of equipment: which channels they are, and what they come to.

power: power.l1                                                  a point of the equipment itself
cards: {of: accelerator, at: host, point: power, take: sum}       all accelerators of the same host
below: {at: feeds, point: power, take: sum}                       all that hangs below a meter
taken: {point: energy, reduce: change}                            one number for the whole execution
idle: {point: power, reduce: mean, from: idle, to: load-applied}  or for the time between two marks
peak: {rating: compute, of: accelerator, at: host, take: sum}     what is declared, for every instance
calls: {question: chat-completion, reduce: count}                 what was answered
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from reports.evidence.evidence import Evidence
from reports.judging.channels import Channel, channels, related
from reports.plausibility.interval import Interval
from reports.plausibility.recording import Recording, Said
from reports.plausibility.reduction import REDUCTIONS
from reports.plausibility.replies import asked, reduced_answers

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Term:
    """Named channels that are taken together (`sum`, `lowest`, `highest`; one channel needs none), at an
    instant or, with `reduce`, over the execution; or what is `known` whatever the time, with the questions it
    comes from."""

    name: str
    said: tuple[Said, ...]
    take: str | None
    reduce: str | None
    known: Interval | None = None
    questions: frozenset[str] = frozenset()

    @property
    def signals(self) -> frozenset[str]:
        return self.questions.union(one.channel.signal for one in self.said)

    def around(self, t: int) -> Interval | None:
        """What the term may have been around an instant; None unless every channel was heard."""
        if self.known is not None:
            return self.known
        found = [one.around(t) for one in self.said]
        known = [one for one in found if one is not None]
        return taken(known, self.take) if known and len(known) == len(found) else None

    def between(self, begin: int, end: int) -> "Term":
        """The same term in a part of the time."""
        return replace(self, said=tuple(one.between(begin, end) for one in self.said))

    def reduced(self) -> Interval | None:
        """What the term comes to over the execution; None unless every channel was heard often enough."""
        if self.known is not None:
            return self.known
        found = [REDUCTIONS[self.reduce or "mean"](one) for one in self.said if len(one) > 1]
        known = [one for one in found if one is not None]
        return taken(known, self.take) if len(known) == len(self.said) else None


def taken(found: Sequence[Interval], take: str | None) -> Interval:
    """Several intervals as one."""
    if take == "sum":
        return Interval(sum(one.low for one in found), sum(one.high for one in found))
    outer = min if take == "lowest" else max
    return Interval(outer(one.low for one in found), outer(one.high for one in found))


def find_terms(
    specs: Mapping[str, Any], each: str, unit: str, instance: str, recording: Recording
) -> dict[str, Term] | None:
    """The terms on a unit of equipment; None if the bench does not have one of them."""
    found = {}
    for name, spec in specs.items():
        fields = {"point": spec} if isinstance(spec, str) else dict(spec)
        term = _term(name, fields, each, unit, instance, recording)
        if term is None:
            return None
        found[name] = term
    return found


def instances(evidence: Evidence, unit: str, specs: Mapping[str, Any], each: str) -> list[str]:
    """The instances of a unit that its own points have, or one without a name."""
    shared = {"of", "at", "take", "rating", "question"}
    own = [spec for spec in specs.values() if isinstance(spec, str) or not shared & set(spec)]
    points = [(spec if isinstance(spec, str) else spec["point"]).replace("{n}", each) for spec in own]
    found = {c.role.partition("@")[2] for point in points for c in channels(evidence, unit, point)}
    return sorted(found) or [""]


def _term(name: str, fields: Fields, each: str, unit: str, instance: str, recording: Recording) -> Term | None:
    take, reduce = fields.get("take"), fields.get("reduce")
    if "rating" in fields:
        rated = _rated(fields, unit, recording.evidence)
        return None if rated is None else Term(name, (), take, reduce, rated)
    if "question" in fields:
        answered = reduced_answers(fields, unit, recording)
        names = asked(fields["question"], unit, recording.evidence)
        return None if answered is None else Term(name, (), take, reduce, answered, names)
    chosen = selected(fields, each, unit, instance, recording.evidence)
    said = tuple(one for one in (_said(channel, fields, recording) for channel in chosen) if one and len(one))
    # A sum over what hangs below is one only if all of it was heard.
    silent = fields.get("at") == "feeds" and len(said) < len(chosen)
    if not said or silent or (len(said) > 1 and take is None):
        return None
    return Term(name, said, take, reduce)


def _said(channel: Channel, fields: Fields, recording: Recording) -> Said | None:
    """What the channel said, between two marks if the term names them; None if one was not set."""
    said = recording.of(channel)
    if "from" not in fields:
        return said
    marks = recording.execution.marks
    begin, end = marks.get(fields["from"]), marks.get(fields["to"])
    return None if begin is None or end is None else said.between(begin, end)


def _rated(fields: Fields, unit: str, evidence: Evidence) -> Interval | None:
    """A declared rating, of one instance of the equipment itself or of all instances of other equipment."""
    units = [unit] if "at" not in fields else _related(evidence, unit, fields)
    ratings = [evidence.equipment[one].get("ratings", {}).get(fields["rating"]) for one in units]
    if not ratings or None in ratings or (len(ratings) > 1 and "take" not in fields):
        return None
    counts = [evidence.equipment[one].get("instances", 1) if fields.get("take") == "sum" else 1 for one in units]
    values = [float(rated["value"]) * count for rated, count in zip(ratings, counts, strict=True)]
    return taken([Interval(value, value) for value in values], fields.get("take"))


def selected(fields: Fields, each: str, unit: str, instance: str, evidence: Evidence) -> list[Channel]:
    """The channels that a term names; several only if it takes them together."""
    point = str(fields["point"]).replace("{n}", each)
    if "at" not in fields:
        own = channels(evidence, unit, point)
        return [c for c in own if "take" in fields or c.role.partition("@")[2] in ("", instance)]
    units = _related(evidence, unit, fields)
    if len(units) > 1 and "take" not in fields:
        return []
    found = [channels(evidence, one, point) for one in units]
    if fields["at"] == "feeds" and not all(found):
        return []
    return [channel for several in found for channel in several]


def _related(evidence: Evidence, unit: str, fields: Fields) -> list[str]:
    """The equipment that hangs below, or that of a subject, on the same host or of the whole site, that declares
    the feature asked for."""
    if fields["at"] == "feeds":
        return list(evidence.equipment[unit].get("feeds", ()))
    return list(related(evidence, unit, fields["of"], fields["at"], fields.get("feature")))
