"""The terms of a rule on one piece of equipment: which channels they are, and what they come to.

power: power.l1                                                  a point of the equipment itself
cards: {of: accelerator, at: host, point: power, take: sum}       all accelerators of the same host
total: {of: meter, at: site, point: power}                        the only meter of the site
taken: {point: energy, reduce: change}                            one number for the whole execution
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from reports.evidence.evidence import NS, Evidence
from reports.judging.channels import Channel, channels, related
from reports.plausibility.interval import Interval
from reports.plausibility.recording import Recording, Said


@dataclass(frozen=True, slots=True)
class Term:
    """Named channels that are taken together (`sum`, `lowest`, `highest`; one channel needs none), at an
    instant or, with `reduce` (`change`, `integral`, `mean`, `lowest`, `highest`), over the execution; or a `rating`."""

    name: str
    said: tuple[Said, ...]
    take: str | None
    reduce: str | None
    rating: Interval | None = None

    @property
    def signals(self) -> frozenset[str]:
        return frozenset(one.channel.signal for one in self.said)

    def around(self, t: int) -> Interval | None:
        """What the term may have been around an instant; None unless every channel was heard."""
        if self.rating is not None:
            return self.rating
        found = [one.around(t) for one in self.said]
        known = [one for one in found if one is not None]
        return self._taken(known) if known and len(known) == len(found) else None

    def reduced(self) -> Interval | None:
        """What the term comes to over the execution; None unless every channel was heard twice."""
        if self.rating is not None:
            return self.rating
        if any(len(one) < 2 for one in self.said):
            return None
        return self._taken([_REDUCTIONS[self.reduce or "mean"](one) for one in self.said])

    def _taken(self, found: Sequence[Interval]) -> Interval:
        if self.take == "sum":
            return Interval(sum(one.low for one in found), sum(one.high for one in found))
        outer = min if self.take == "lowest" else max
        return Interval(outer(one.low for one in found), outer(one.high for one in found))


def find_terms(
    specs: Mapping[str, Any], each: str, unit: str, instance: str, recording: Recording
) -> dict[str, Term] | None:
    """The terms on a unit of equipment; None if the bench does not have one of them."""
    found = {}
    for name, spec in specs.items():
        fields = {"point": spec} if isinstance(spec, str) else dict(spec)
        if "rating" in fields:
            rated = recording.evidence.equipment[unit].get("ratings", {}).get(fields["rating"])
            if rated is None:
                return None
            found[name] = Term(name, (), None, None, Interval(float(rated["value"]), float(rated["value"])))
            continue
        selected = _channels(fields, each, unit, instance, recording.evidence)
        said = tuple(one for one in map(recording.of, selected) if len(one))
        if not said or (len(said) > 1 and "take" not in fields):
            return None
        found[name] = Term(name, said, fields.get("take"), fields.get("reduce"))
    return found


def instances(evidence: Evidence, unit: str, specs: Mapping[str, Any], each: str) -> list[str]:
    """The instances of a unit that its own points have, or one without a name."""
    own = [spec for spec in specs.values() if isinstance(spec, str) or not {"of", "take", "rating"} & set(spec)]
    points = [(spec if isinstance(spec, str) else spec["point"]).replace("{n}", each) for spec in own]
    found = {c.role.partition("@")[2] for point in points for c in channels(evidence, unit, point)}
    return sorted(found) or [""]


def _channels(fields: Mapping[str, Any], each: str, unit: str, instance: str, evidence: Evidence) -> list[Channel]:
    point = str(fields["point"]).replace("{n}", each)
    if "of" not in fields:
        own = channels(evidence, unit, point)
        return [c for c in own if "take" in fields or c.role.partition("@")[2] in ("", instance)]
    units = related(evidence, unit, fields["of"], fields["at"], fields.get("feature"))
    if len(units) > 1 and "take" not in fields:
        return []
    return [channel for one in units for channel in channels(evidence, one, point)]


def _change(said: Said) -> Interval:
    """last - first; what is systematic in both cancels but for its share of the change."""
    relative = (said.channel.accuracy or (0.0, 0.0))[0]
    change = said.value[-1] - said.value[0]
    half = relative * abs(change) + 2 * said.channel.resolution
    return Interval(change - half, change + half)


def _integral(said: Said) -> Interval:
    """Trapezoids in unit x seconds; at both ends one reach more or less of the greatest value is open."""
    relative, absolute = said.channel.accuracy or (0.0, 0.0)
    samples = list(zip(said.t, said.value, strict=True))
    area = sum((b[1] + a[1]) / 2 * (b[0] - a[0]) / NS for a, b in pairwise(samples))
    seconds = (said.t[-1] - said.t[0]) / NS
    greatest = max(map(abs, said.value))
    half = relative * abs(area) + (absolute + said.channel.resolution) * seconds + 2 * greatest * said.reach / NS
    return Interval(area - half, area + half)


def _mean(said: Said) -> Interval:
    spans = [said.span(value) for value in said.value]
    return Interval(sum(s.low for s in spans) / len(spans), sum(s.high for s in spans) / len(spans))


def _lowest(said: Said) -> Interval:
    return said.span(min(said.value))


def _highest(said: Said) -> Interval:
    return said.span(max(said.value))


_REDUCTIONS = {"change": _change, "integral": _integral, "mean": _mean, "lowest": _lowest, "highest": _highest}
