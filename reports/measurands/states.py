"""Statistics of states: shares, delays, durations, and what contradicts them."""

from bisect import bisect_right
from collections.abc import Mapping

from reports.evidence.evidence import NS
from reports.judging.reasons import nothing
from reports.measurands.registry import Edge, Value, measurand
from reports.measurands.runs import interval, runs
from reports.measurands.scope import Pattern, Scope, Track


@measurand("share-in-state")
def share_in_state(scope: Scope, *, of: Pattern, state: str, latest: bool = False) -> Value:
    """y = 100 · |{s = state}| / |{s}| in %, over all samples of all channels, or over the last of each."""
    tracks = scope.last_texts(of) if latest else scope.texts(of)
    found = [text for track in tracks for text in track.text]
    return Value(100 * found.count(state) / len(found), "%")


@measurand("delay-to-state")
def delay_to_state(scope: Scope, *, of: Pattern, state: str) -> Value:
    """y = t(first sample in the state) - t(begin of the scope) in s, the longest over all channels.

    The state was taken up between the last sample before and that one; y is the middle. A channel that
    never takes it up makes y the length of the scope, and a lower bound. One that was in the state before
    the scope began takes up nothing: there is no delay.
    """
    return max((_delay(scope, track, state) for track in scope.texts(of)), key=lambda v: (v.number, v.bound or ""))


def _delay(scope: Scope, track: Track, state: str) -> Value:
    if state not in track.text:
        return Value(scope.seconds, "s", bound="at-least")
    first = list(track.text).index(state)
    if first == 0 and scope.text_before(track.channel) == state:
        raise nothing("already", signal=track.channel.signal, state=state)
    before = track.t[first - 1] if first else scope.begin
    middle = (before + track.t[first]) / 2
    edge = Edge((track.t[first] - before) / NS, track.half[first] / NS)
    return Value((middle - scope.begin) / NS, "s", edges=(edge,))


@measurand("duration-in-state")
def duration_in_state(scope: Scope, *, of: Pattern, state: str) -> Value:
    """y = Σ (end - begin) over the runs in the state, in s, the greatest over all channels.

    Where it never is in the state y is 0, known to one sampling interval.
    """
    return max((_duration(scope, track, state) for track in scope.texts(of)), key=lambda v: v.number)


def _duration(scope: Scope, track: Track, state: str) -> Value:
    found = [run for run in runs(scope, track, track.text) if track.text[run.first] == state]
    if not found:
        return Value(0.0, "s", edges=(Edge(interval(scope, track)),))
    edges = tuple(edge for run in found for edge in run.edges)
    return Value(sum(run.seconds for run in found), "s", edges=edges)


@measurand("longest-contradiction", judges_records=True)
def longest_contradiction(scope: Scope, *, of: str, means: Mapping[str, str], live_above: float, output: str) -> Value:
    """y = the longest time in s during which the reported state contradicts what is energised.

    `means` gives for each state the point whose voltage that state says is connected. A sample contradicts
    if the `output` is live (> `live_above`) while the source its state names is dead, or while its state
    names no source. Where there is none y is 0, known to one sampling interval.
    """
    voltages = {state: scope.numbers(point)[0] for state, point in means.items()}
    live = scope.numbers(output)[0]
    longest = Value(0.0, "s")
    for track in scope.texts(of):
        wrong = [
            _at(live, t) > live_above and not (text in voltages and _at(voltages[text], t) > live_above)
            for t, text in zip(track.t, track.text, strict=True)
        ]
        found = [run for run in runs(scope, track, wrong) if wrong[run.first]]
        worst = max(found, key=lambda run: run.seconds, default=None)
        if worst is None:
            value = Value(0.0, "s", edges=(Edge(interval(scope, track)),))
        else:
            value = Value(worst.seconds, "s", None if worst.whole else "at-least", worst.edges)
        longest = max(longest, value, key=lambda v: (v.number, len(v.edges)))
    return longest


def _at(track: Track, t: int) -> float:
    """The value last seen at a time; the first one before anything was seen."""
    return track.value[max(0, bisect_right(track.t, t) - 1)]
