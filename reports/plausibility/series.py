"""What a single series of readings can give away: that it stands still, repeats itself, has holes, or was typed.

{check: moves, point: power, when: {point: utilisation, above: 50}, window: 60, distinct: 3, digits: 1}
{check: repeats, block: 30}
{check: interval, times: 2, share: 1}
{check: digits, samples: 100, distinct: 4}
"""

import statistics
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

from reports.evidence.evidence import NS, Series
from reports.judging.channels import Channel, channels
from reports.plausibility.examination import Examination
from reports.plausibility.recording import Recording, Said

# A timer repeats itself by nature.
TIMERS = ("ms", "s", "min", "h", "d")
# A block counts as a repetition only if it is rich enough not to arise by itself.
RICH, FEWEST = 12, 20
# A reading that hardly moves has no last digit to speak of.
MOVING = 20


def examine_moves(rule: str, case: Mapping[str, Any], unit: str, recording: Recording) -> Iterator[Examination]:
    """In any `window` (s) there are at least `distinct` values, where one digit is at most `digits` % of the
    reading; optionally only where another point of the same instance is `above` a value."""
    for channel in relevant(unit, case["point"], recording):
        said, gate = recording.of(channel), _gate(case.get("when"), unit, channel, recording)
        times = [t for t in said.t if gate is None or _above(gate, t, case["when"]["above"])]
        level = statistics.median(map(abs, said.value)) if len(said) else 0.0
        fine = level > 0 and channel.resolution <= case["digits"] / 100 * level
        if len(times) < case["distinct"] or not fine:
            continue
        still = _standing(said, set(times), round(case["window"] * NS), case["distinct"])
        blank = Examination(rule, unit, recording.execution.procedure, frozenset({channel.signal}))
        yield replace(blank, begin=still[0], end=still[-1], samples=len(still), says="") if still else blank


def examine_repeats(rule: str, case: Mapping[str, Any], unit: str, recording: Recording) -> Iterator[Examination]:
    """No block of more than `block` seconds of rich values comes twice in a series of quantities."""
    for channel in relevant(unit, "*", recording):
        if channel.exact or channel.unit in (None, *TIMERS):
            continue
        said = recording.of(channel)
        steps = [b - a for a, b in pairwise(said.t)]
        if not steps:
            continue
        length = max(FEWEST, int(case["block"] * NS / max(1, statistics.median(steps))) + 1)
        if len(said) < 2 * length:
            continue
        blank = Examination(rule, unit, recording.execution.procedure, frozenset({channel.signal}))
        yield _repeated(blank, said, length)


def examine_interval(rule: str, case: Mapping[str, Any], unit: str, recording: Recording) -> Iterator[Examination]:
    """Samples, good or not, come at least every `times` median intervals but for `share` % of the time."""
    execution = recording.execution
    for channel in relevant(unit, "*", recording):
        series = recording.evidence.series(channel.signal).window(execution.begin, execution.end)
        if len(series) < FEWEST:
            continue
        blank = Examination(rule, unit, execution.procedure, frozenset({channel.signal}))
        yield _holes(blank, series, channel, case)


def examine_digits(rule: str, case: Mapping[str, Any], unit: str, recording: Recording) -> Iterator[Examination]:
    """A quantity that moves has at least `distinct` last digits of its resolution in every `samples` samples."""
    count = int(case["samples"])
    for channel in relevant(unit, "*", recording):
        said = recording.of(channel)
        if channel.exact or not channel.resolution or len(said) < count:
            continue
        blank = Examination(rule, unit, recording.execution.procedure, frozenset({channel.signal}))
        poor = [n for n in range(0, len(said) - count + 1, count) if _poor(said, n, count, case["distinct"])]
        if poor:
            begin, end = said.t[poor[0]], said.t[poor[-1] + count - 1]
            yield replace(blank, begin=begin, end=end, samples=count * len(poor))
        else:
            yield blank


def relevant(unit: str, point: str, recording: Recording) -> list[Channel]:
    """The channels of a unit that a verdict relied upon."""
    return [c for c in channels(recording.evidence, unit, point) if c.signal in recording.used]


def _gate(when: Mapping[str, Any] | None, unit: str, channel: Channel, recording: Recording) -> Said | None:
    if when is None:
        return None
    instance = channel.role.partition("@")[2]
    point = f"{when['point']}@{instance}" if instance else str(when["point"])
    return next((recording.of(c) for c in channels(recording.evidence, unit, point)), None)


def _above(gate: Said, t: int, bound: float) -> bool:
    value = gate.around(t)
    return value is not None and value.low >= bound


def _standing(said: Said, times: set[int], window: int, distinct: int) -> list[int]:
    """The sampling times within windows in which the values stand still."""
    rows = [(t, v) for t, v in zip(said.t, said.value, strict=True) if t in times]
    found: set[int] = set()
    first = 0
    for last, (t, _) in enumerate(rows):
        while t - rows[first][0] > window:
            first += 1
        part = rows[first : last + 1]
        # A window counts once it is full and has no hole in it.
        full = t - part[0][0] >= window * 0.9 and len(part) > distinct
        if full and len({value for _, value in part}) < distinct:
            found.update(one for one, _ in part)
    return sorted(found)


def _repeated(blank: Examination, said: Said, length: int) -> Examination:
    seen: dict[tuple[float, ...], int] = {}
    for start in range(len(said) - length + 1):
        block = tuple(said.value[start : start + length])
        if len(set(block)) < RICH:
            continue
        before = seen.setdefault(block, start)
        if start - before >= length:
            return replace(blank, begin=said.t[before], end=said.t[start + length - 1], samples=length)
    return blank


def _holes(blank: Examination, series: Series, channel: Channel, case: Mapping[str, Any]) -> Examination:
    steps = [b - a for a, b in pairwise(series.t)]
    usual = max(statistics.median(steps), channel.refresh * NS)
    holes = [(a, b) for a, b in pairwise(series.t) if b - a > case["times"] * usual]
    lost = sum(b - a - usual for a, b in holes)
    if lost <= case["share"] / 100 * (series.t[-1] - series.t[0]):
        return blank
    return replace(blank, begin=holes[0][0], end=holes[-1][1], samples=len(holes), says=f"{lost / NS:.1f} s")


def _poor(said: Said, start: int, count: int, distinct: int) -> bool:
    values = said.value[start : start + count]
    if len(set(values)) < MOVING:
        return False
    digits = [round(abs(value) / said.channel.resolution) for value in values]
    # The last digit is the last that the reading has: an instrument may resolve less than declared.
    while all(digit % 10 == 0 for digit in digits):
        digits = [digit // 10 for digit in digits]
    return len({digit % 10 for digit in digits}) < distinct
