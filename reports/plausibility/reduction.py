"""What a channel comes to over a time: one interval that holds all that its samples may stand for.

REDUCTIONS["integral"](said)      in the unit of the channel and seconds
"""

from collections.abc import Callable, Mapping
from itertools import pairwise

from reports.evidence.evidence import NS
from reports.plausibility.interval import Interval
from reports.plausibility.recording import Said


def _change(said: Said) -> Interval | None:
    """last - first; what is systematic in both cancels but for its share of the change. None if the first sample
    was not good: what a counter had reached before is then unknown."""
    if said.late:
        return None
    relative, _ = said.channel.limit
    change = said.value[-1] - said.value[0]
    half = relative * abs(change) + 2 * said.channel.resolution
    return Interval(change - half, change + half)


def _rate(said: Said) -> Interval | None:
    """change / seconds; both values may be up to one reach older than their samples."""
    change = _change(said)
    seconds, reach = (said.t[-1] - said.t[0]) / NS, said.reach / NS
    if change is None or seconds <= reach:
        return None
    found = [one / span for one in change for span in (seconds - reach, seconds + reach)]
    return Interval(min(found), max(found))


def _duration(said: Said) -> Interval:
    """Seconds from the first to the last sample."""
    seconds = (said.t[-1] - said.t[0]) / NS
    return Interval(seconds, seconds)


def _integral(said: Said) -> Interval:
    """Trapezoids in unit x seconds; at both ends one reach more or less of the greatest value is open."""
    relative, absolute = said.channel.limit
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


REDUCTIONS: Mapping[str, Callable[[Said], Interval | None]] = {
    "change": _change,
    "rate": _rate,
    "duration": _duration,
    "integral": _integral,
    "mean": _mean,
    "lowest": _lowest,
    "highest": _highest,
}
