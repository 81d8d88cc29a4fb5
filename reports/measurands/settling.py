"""How a signal comes to rest: until when it is outside a band, and by how much it passes its final value."""

from bisect import bisect_left
from statistics import fmean

from reports.evidence.evidence import NS
from reports.judging.reasons import doubtful
from reports.measurands.events import Event, Moment, first, spells
from reports.measurands.registry import Edge, Value, measurand
from reports.measurands.results import difference_unit, two_readings
from reports.measurands.runs import interval
from reports.measurands.scope import Scope, Track, one_unit
from reports.measurands.signals import Signal, signals


@measurand("settling-time")
def settling_time(
    scope: Scope, *, of: Signal, lower: float | None = None, upper: float | None = None, start: Event | None = None
) -> Value:
    """y = t(last sample outside the band, to the next) - t(start) in s, the longest over all channels.

    After that the signal stays inside for good, that is to the end of the scope. One that is outside at the
    end makes y the rest of the scope, and a lower bound; one that never left after the start makes y 0, known
    to one sampling interval.
    """
    since = first(scope, start)
    found = [_settled(scope, track, since, lower, upper) for track in signals(scope, of)]
    return max(found, key=lambda value: (value.number, value.bound or "", len(value.edges)))


@measurand("overshoot")
def overshoot(scope: Scope, *, of: Signal, final: float, side: str = "upper") -> Value:
    """y = max x - x̄ with the mean x̄ over the last `final` seconds, the greatest over all channels.

    On the `lower` side y = x̄ - min x: the undershoot.
    """
    tracks = signals(scope, of)
    found, track = max(((_passed(scope, track, final, side), track) for track in tracks), key=lambda pair: pair[0])
    return Value(found, difference_unit(one_unit(tracks)), edges=two_readings(track)[:1])


def _settled(scope: Scope, track: Track, since: Moment, lower: float | None, upper: float | None) -> Value:
    outside = [(lower is not None and x < lower) or (upper is not None and x > upper) for x in track.value]
    last = next(reversed(spells(scope, track, outside)), None)
    if last is not None and last.end is None:
        return Value((scope.end - since.t) / NS, "s", "at-least", since.edges)
    if last is None or last.end is None or last.end.before <= since.after:
        return Value(0.0, "s", edges=(*since.edges, Edge(interval(scope, track))))
    return Value(max(0.0, (last.end.t - since.t) / NS), "s", edges=(*since.edges, *last.end.edges))


def _passed(scope: Scope, track: Track, final: float, side: str) -> float:
    from_there = bisect_left(track.t, scope.end - round(final * NS))
    if final >= scope.seconds or from_there == len(track.t):
        raise doubtful("short", window=f"{scope.seconds:g}", average=f"{final:g}")
    rest = fmean(track.value[from_there:])
    return max(track.value) - rest if side == "upper" else rest - min(track.value)
