"""Charts as SVG text: signals over time, states over time, and results against their limit.

Every chart is a static picture with a title for screen readers; it needs no script and prints as it is. The
same input gives the same text.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from reports.rendering.decimate import decimate
from reports.rendering.scale import Scale, clock, number, padded, ticks
from reports.rendering.svg import circle, line, path, rect, svg, text

WIDTH, LEFT, RIGHT, TOP = 860.0, 58.0, 14.0, 22.0
LANE_LEFT = 250.0
COLUMNS = 280
COLOURS = 6
"""More curves than this are drawn alike, because nobody tells apart more colours."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A signal: `times` in seconds since the beginning, `values` in one unit, None where not good.

    `style` is the class it is drawn with, if not by its place among the curves.
    """

    name: str
    times: Sequence[float]
    values: Sequence[float | None]
    style: str = ""


@dataclass(frozen=True, slots=True)
class Lane:
    """A state signal: from each time on it was in that state (None: not good)."""

    name: str
    times: Sequence[float]
    states: Sequence[str | None]


@dataclass(frozen=True, slots=True)
class Limits:
    """The permitted range; `guard` is how far inside it the value must lie to pass."""

    minimum: float | None = None
    maximum: float | None = None
    guard: float = 0.0

    @property
    def values(self) -> list[float]:
        return [value for value in (self.minimum, self.maximum) if value is not None]


@dataclass(frozen=True, slots=True)
class Result:
    """One value with its expanded uncertainty and the word of its verdict."""

    name: str
    value: float
    expanded: float
    verdict: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What every time chart has: the span in seconds, marks (time, name), unit and title."""

    begin: float
    end: float
    marks: Sequence[tuple[float, str]] = field(default=())
    unit: str = ""
    title: str = ""


@cache
def chart_style() -> str:
    """The style sheet of the charts; it has no variables, so that it works inside a picture too."""
    return Path(__file__).with_name("chart.css").read_text(encoding="utf-8")


def styled(picture: str) -> str:
    """The chart with its style sheet inside, for wherever it stands alone."""
    return picture.replace("<title>", f"<style>{chart_style()}</style><title>", 1)


def signal_chart(curves: Sequence[Curve], limits: Limits, frame: Frame, height: float = 220.0) -> str:
    """Curves over time, with limit lines, guard band and marks. Limits far away are named, not drawn."""
    seen = [edge for curve in curves for edge in _range(curve)]
    if not seen:
        return ""
    near = _near(seen, limits)
    low, high = padded([*seen, *near.values])
    y, x = Scale(low, high, height - 26, TOP), _time(frame)
    parts = _grid(y, x, frame, height)
    columns = COLUMNS if len(curves) <= COLOURS else max(40, COLUMNS * COLOURS // len(curves))
    for index, curve in enumerate(curves):
        style = curve.style or (f"c{index}" if len(curves) <= COLOURS else "many")
        for stretch in decimate(curve.times, curve.values, columns):
            course = "M" + "L".join(f"{x(t):.1f} {y(v):.1f}" for t, v in stretch)
            if len(stretch) == 1:
                course += "h0.1"
            parts.append(path(f"curve {style}", course, curve.name))
    # Over the curves: a dense signal must not hide the line that it crosses.
    parts += _limit_lines(near, y)
    return svg(WIDTH, height, frame.title, parts)


def state_chart(lanes: Sequence[Lane], frame: Frame, states: Sequence[str]) -> str:
    """One lane per signal, one shade per state; `states` fixes the order of the shades."""
    height = TOP + 22.0 * len(lanes) + 26
    x = _time(frame, LANE_LEFT)
    parts = _time_axis(x, frame, height)
    for row, lane in enumerate(lanes):
        top = TOP + 4 + 22.0 * row
        parts.append(text("axis end", LANE_LEFT - 8, top + 13, lane.name))
        for begin, end, state in _segments(lane, frame.end):
            shade = f"s{states.index(state) % COLOURS}" if state in states else "unknown"
            left, width = x(begin), max(x(end) - x(begin), 0.5)
            word = state or "–"
            parts.append(rect(f"state {shade}", left, top, width, 18, f"{word} {clock(begin)}–{clock(end)}"))
            if width > 9 * len(word):
                parts.append(text("inside", left + 5, top + 13, word))
    return svg(WIDTH, height, frame.title, parts)


def result_chart(results: Sequence[Result], limits: Limits, unit: str, title: str) -> str:
    """One row per equipment: value as a dot, uncertainty as a whisker, permitted range as a band."""
    height = TOP + 24.0 * len(results) + 30
    reach = [v for r in results for v in (r.value - r.expanded, r.value + r.expanded)]
    low, high = padded([*reach, *limits.values], 0.12)
    x = Scale(low, high, 150.0, WIDTH - RIGHT)
    bottom = height - 28
    left, right = (
        x(limits.minimum if limits.minimum is not None else low),
        x(limits.maximum if limits.maximum is not None else high),
    )
    parts = [rect("permitted", left, TOP, right - left, bottom - TOP)]
    for tick in ticks(low, high, 7):
        parts.append(line("grid", x(tick), TOP, x(tick), bottom))
        parts.append(text("axis middle", x(tick), bottom + 14, number(tick)))
    parts += [line("limit", x(v), TOP, x(v), bottom) for v in limits.values]
    parts.append(text("axis end", WIDTH - RIGHT, height - 2, unit))
    for row, result in enumerate(results):
        y = TOP + 14 + 24.0 * row
        parts.append(text("axis end", 142, y + 4, result.name))
        if result.expanded:
            a, b = x(result.value - result.expanded), x(result.value + result.expanded)
            parts.append(path(f"whisker {result.verdict}", f"M{a:.1f} {y - 5:.1f}v10m0-5H{b:.1f}m0-5v10"))
        parts.append(circle(f"dot {result.verdict}", x(result.value), y, 4.5))
    return svg(WIDTH, height, title, parts)


def _range(curve: Curve) -> list[float]:
    """Least and greatest value of a curve; nothing if it has none."""
    seen = [value for value in curve.values if value is not None]
    return [min(seen), max(seen)] if seen else []


def _near(seen: list[float], limits: Limits) -> Limits:
    """Only limits within six times the signal's own span (or 60 % of its size) are worth the paper."""
    low, high = min(seen), max(seen)
    room = max(6 * (high - low), 0.6 * max(abs(low), abs(high)), 1e-9)
    minimum = limits.minimum if limits.minimum is not None and low - limits.minimum <= room else None
    maximum = limits.maximum if limits.maximum is not None and limits.maximum - high <= room else None
    return Limits(minimum, maximum, limits.guard)


def _limit_lines(limits: Limits, y: Scale) -> list[str]:
    parts = []
    sides = ((limits.minimum, 1, "≥"), (limits.maximum, -1, "≤"))
    for value, inward, sign in sides:
        if value is None:
            continue
        if limits.guard:
            inner = min(max(value + inward * limits.guard, y.low), y.high)
            top, bottom = sorted((y(value), y(inner)))
            parts.append(rect("guard", LEFT, top, WIDTH - LEFT - RIGHT, bottom - top))
        parts.append(line("limit", LEFT, y(value), WIDTH - RIGHT, y(value)))
        parts.append(text("limit-text end", WIDTH - RIGHT - 4, y(value) - 4, f"{sign} {number(value)}"))
    return parts


def _grid(y: Scale, x: Scale, frame: Frame, height: float) -> list[str]:
    parts = []
    for tick in ticks(y.low, y.high, 5):
        parts.append(line("grid", LEFT, y(tick), WIDTH - RIGHT, y(tick)))
        parts.append(text("axis end", LEFT - 6, y(tick) + 4, number(tick)))
    parts.append(text("axis end", LEFT - 6, 11, frame.unit))
    return parts + _time_axis(x, frame, height)


def _time_axis(x: Scale, frame: Frame, height: float) -> list[str]:
    bottom = height - 26
    span = frame.end - frame.begin
    steps = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200)
    step = next((s for s in steps if span / s <= 9), 86400)
    first = int(frame.begin // step) * step
    times = [t for t in range(first, int(frame.end) + 1, step) if t >= frame.begin]
    parts = [line("base", x.start, bottom, WIDTH - RIGHT, bottom)]
    parts += [text("axis middle", x(t), bottom + 15, clock(t)) for t in times]
    return parts + _marks(x, frame, bottom)


def _marks(x: Scale, frame: Frame, bottom: float) -> list[str]:
    """A dotted line for each mark; a name that would run into the one before moves to the row below."""
    parts, ends = [], [-math.inf, -math.inf]
    for time, name in frame.marks:
        width = 5.8 * len(name)
        left = x(time) + 4 if x(time) + width < WIDTH - 4 else x(time) - width - 4
        row = 0 if left > ends[0] or left <= ends[1] else 1
        ends[row] = left + width + 6
        parts.append(line("mark", x(time), TOP - 4, x(time), bottom))
        parts.append(text("mark-text", left, 9 + 11 * row, name))
    return parts


def _time(frame: Frame, left: float = LEFT) -> Scale:
    return Scale(frame.begin, max(frame.end, frame.begin + 1.0), left, WIDTH - RIGHT)


def _segments(lane: Lane, end: float) -> list[tuple[float, float, str | None]]:
    found: list[tuple[float, float, str | None]] = []
    for time, state in zip(lane.times, lane.states, strict=True):
        if found and found[-1][2] == state:
            continue
        if found:
            found[-1] = (found[-1][0], time, found[-1][2])
        found.append((time, end, state))
    return found
