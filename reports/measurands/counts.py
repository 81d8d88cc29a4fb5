"""Statistics of instances: how many there are by each view, and how much of them is known."""

from collections.abc import Mapping, Sequence
from typing import Any

from reports.judging.channels import Channel, channels
from reports.judging.reasons import nothing
from reports.measurands.registry import Value, measurand
from reports.measurands.scope import Pattern, Scope, patterns


@measurand("count-spread")
def count_spread(scope: Scope, *, of: Sequence[Mapping[str, str]]) -> Value:
    """y = max n - min n over the counts n that several views give of the same things.

    A view is one of {instances-of: point} (instances of the equipment with a good sample),
    {subject: s, point: p} (what equipment of subject s says of this equipment's host; every value it
    reported counts), {declared: key} (what the equipment declares).
    """
    counts = [number for view in of for number in _view(scope, view)]
    return Value(max(counts) - min(counts), "count")


def _view(scope: Scope, view: Mapping[str, str]) -> list[float]:
    if "instances-of" in view:
        found = scope.channels(view["instances-of"])
        scope.check_heard(found)
        return [float(sum(scope.any_good(channel) for channel in found))]
    if "declared" in view:
        return [_declared(scope, view["declared"])]
    related = _related(scope, view["subject"], view["point"])
    if not related:
        raise nothing("no-view", equipment=scope.equipment, view=f"{view['subject']} {view['point']}")
    tracks = [scope.number(channel) for channel in related]
    return [extreme(track.value) for track in tracks for extreme in (min, max)]


def _declared(scope: Scope, key: str) -> float:
    declared: Any = scope.declared.get(key)
    if isinstance(declared, list) and declared:
        return float(len(declared))
    if isinstance(declared, int) and not isinstance(declared, bool):
        return float(declared)
    raise nothing("no-declaration", equipment=scope.equipment, what=key)


def _related(scope: Scope, subject: str, point: str) -> list[Channel]:
    """The channels of a subject about the same host: of its equipment on that host, or else its instances
    of that name."""
    host = scope.declared.get("host")
    others = {n: e for n, e in sorted(scope.evidence.equipment.items()) if e["subject"] == subject}
    if not host or not others:
        return []
    on_host = [name for name, e in others.items() if e.get("host") == host]
    found = [c for name in on_host for c in channels(scope.evidence, name, point)]
    if not on_host:
        found = [c for name in others for c in channels(scope.evidence, name, f"{point}@{host}")]
    return found


@measurand("share-identified")
def share_identified(scope: Scope, *, of: Sequence[str], unique: str = "identity.uuid") -> Value:
    """y = 100 · |instances whose points are all non-empty and whose `unique` point no other has| / |instances|.

    Others are those of all equipment of the same subject.
    """
    texts = _latest_texts(scope, of)
    names = _instances(texts)
    others = _texts_of_others(scope, unique)
    own = [texts.get((unique, name), "") for name in names]
    known = [
        name
        for name, identity in zip(names, own, strict=True)
        if all(texts.get((point, name)) for point in {*of, unique}) and [*own, *others].count(identity) == 1
    ]
    return Value(100 * len(known) / len(names), "%")


@measurand("fewest-present")
def fewest_present(scope: Scope, *, of: Pattern) -> Value:
    """y = min over the instances of how many of the points have a good sample."""
    found = [channel for point in patterns(of) for channel in _exposed(scope, point)]
    if not found:
        raise nothing("no-point", equipment=scope.equipment, point=", ".join(patterns(of)))
    scope.check_heard(found)
    present: dict[tuple[str, str], bool] = {}
    for channel in found:
        point, _, name = channel.role.partition("@")
        present[point, name] = scope.any_good(channel)
    names = _instances(present)
    return Value(
        float(min(sum(present.get((p, name), False) for p in {p for p, _ in present}) for name in names)), "count"
    )


def _exposed(scope: Scope, point: str) -> tuple[Channel, ...]:
    """The channels of a point, none if the device map lacks it: that is what is being counted."""
    return channels(scope.evidence, scope.equipment, point)


def _latest_texts(scope: Scope, of: Sequence[str]) -> dict[tuple[str, str], str]:
    found = [channel for point in of for channel in _exposed(scope, point)]
    if not found:
        raise nothing("no-point", equipment=scope.equipment, point=", ".join(of))
    scope.check_heard(found)
    keys = {channel: channel.role.partition("@") for channel in found}
    return {(point, name): scope.last_text(channel) for channel, (point, _, name) in keys.items()}


def _texts_of_others(scope: Scope, point: str) -> list[str]:
    same = scope.declared["subject"]
    others = [n for n, e in scope.evidence.equipment.items() if e["subject"] == same and n != scope.equipment]
    found = [c for name in sorted(others) for c in channels(scope.evidence, name, point)]
    return [scope.last_text(channel) for channel in found]


def _instances(keys: Mapping[tuple[str, str], object]) -> list[str]:
    """The names of the instances; a point without instance counts only where nothing has one."""
    names = {name for _, name in keys}
    return sorted(names - {""}) or [""]
