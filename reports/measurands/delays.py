"""Events in time: from one to another, between repetitions, between views of the same one, and what was at one.

What did not happen while it was watched took at least as long as it was watched: a lower bound, never a gap.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise

from reports.evidence.evidence import NS
from reports.judging.limit import Limit
from reports.judging.reasons import nothing
from reports.measurands.events import Event, Moment, first, seen, shown
from reports.measurands.means import nearest
from reports.measurands.registry import Edge, Value, measurand
from reports.measurands.scope import Scope, Track, one_unit
from reports.measurands.signals import Signal, signals


@measurand("delay-between")
def delay_between(scope: Scope, *, end: Event, start: Event | None = None, each: bool = False) -> Value:
    """y = t(end) - t(start) in s, the longest over the channels that show the end.

    The start is the first time that any channel shows it, or the begin of the scope; the end is the first one
    after it. A channel that never shows the end makes y the rest of the scope, and a lower bound. One that
    showed it at the start already has no delay. With `each` every start is timed by itself, and the scope of each ends
    where the next begins.
    """
    since = first(scope, start)
    spans = _spans(scope, start) if each and start is not None else [(since, scope)]
    found = [_until(part, since, one.since(since)) for since, part in spans for one in seen(part, end)]
    return max(found, key=lambda value: (value.number, value.bound or ""))


def _spans(scope: Scope, start: Event) -> list[tuple[Moment, Scope]]:
    """Every start that any channel shows, and the scope from there to the next one."""
    starts = sorted((begin for one in seen(scope, start) for begin in one.begins), key=lambda moment: moment.t)
    ends = [*(round(moment.t) for moment in starts[1:]), scope.end]
    return [(since, scope.between(round(since.t), end)) for since, end in zip(starts, ends, strict=True)]


def _until(scope: Scope, start: Moment, end: Moment | None) -> Value:
    if end is None:
        return Value((scope.end - start.t) / NS, "s", "at-least", start.edges)
    return Value((end.t - start.t) / NS, "s", edges=(*start.edges, *end.edges))


@measurand("worst-interval")
def worst_interval(scope: Scope, *, event: Event) -> Value:
    """y = t(n+1) - t(n) in s, the interval between two begins of an event that is nearest to the limit or beyond it."""
    pairs = [pair for one in seen(scope, event) for pair in pairwise(one.begins)]
    if not pairs:
        raise nothing("not-twice", event=shown(event))
    seconds = [(b.t - a.t) / NS for a, b in pairs]
    worst = nearest(Limit.parse(scope.limit), seconds)
    a, b = pairs[seconds.index(worst)]
    return Value(worst, "s", edges=(*a.edges, *b.edges))


@measurand("moment-spread")
def moment_spread(scope: Scope, *, events: Sequence[Event]) -> Value:
    """y = max t - min t in s over the channels that show one occurrence, each by an event of its own.

    A channel that never shows it makes y what remained of the scope, and a lower bound.
    """
    begin = Moment(scope.begin, scope.begin, scope.begin)
    found = [one.since(begin) for event in events for one in seen(scope, event)]
    moments = [moment for moment in found if moment]
    if len(found) < 2 or not moments:
        raise nothing("never", event=", ".join(map(shown, events)))
    earliest, latest = min(moments, key=lambda m: m.t), max(moments, key=lambda m: m.t)
    if len(moments) < len(found):
        return Value((scope.end - earliest.t) / NS, "s", "at-least", earliest.edges)
    return Value((latest.t - earliest.t) / NS, "s", edges=(*earliest.edges, *latest.edges))


@measurand("occurrences")
def occurrences(scope: Scope, *, event: Event) -> Value:
    """y = how often an event was seen, summed over the channels.

    What was under way when the scope began counts as well: it is no better for having begun earlier.
    """
    return Value(float(sum(len(one.spells) for one in seen(scope, event))), "count")


@measurand("value-at")
def value_at(scope: Scope, *, of: Signal, event: Event) -> Value:
    """y = (x(before) + x(after)) / 2, the samples around the first begin of an event, the greatest over all channels.

    What the signal changed by between the two is how far y is open.
    """
    when = first(scope, event)
    tracks = signals(scope, of)
    before, after = max((_around(track, when) for track in tracks), key=sum)
    edge = Edge(abs(after - before))
    return Value((before + after) / 2, one_unit(tracks), edges=(edge,) if before != after else ())


def _around(track: Track, when: Moment) -> tuple[float, float]:
    """The last value not after a moment and the first not before it; the nearest where there is none."""
    before = max(0, bisect_right(track.t, when.after) - 1)
    after = min(len(track.t) - 1, bisect_left(track.t, when.before))
    return track.value[before], track.value[after]
