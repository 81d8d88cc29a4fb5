"""Two bundles on one page: what changed, with its uncertainty, and the recordings laid over each other.

page = render_diff("last-week.zip", open_archive(before), "today.zip", open_archive(after))
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from reports.bundles.content import read_content
from reports.diff import ORDER, Comparison, Difference, compare_contents
from reports.html.page import render_page, text
from reports.rendering.charts import Curve, Frame, Limits, Result, chart_style, result_chart, signal_chart
from reports.rendering.scale import number
from reports.rendering.view import Group, View, build_view
from reports.rendering.wording import Row, limits_of, unit_text

CURVES = 6
QUIET = ("unchanged", "within-U")
"""Changes that need no picture."""


@dataclass(frozen=True, slots=True)
class Item:
    """A difference, the title of its requirement in both languages, and its charts as SVG."""

    difference: Difference
    title: Mapping[str, str]
    charts: Sequence[str]


def render_diff(
    before: str, old: Mapping[str, bytes], after: str, new: Mapping[str, bytes], language: str | None = None
) -> bytes:
    """The comparison of two bundles' files under the given names; Refusal if a document is unreadable."""
    comparison = compare_contents(before, read_content(old), after, read_content(new))
    olds, news = build_view(old), build_view(new)
    items = [_item(difference, olds, news) for difference in comparison.differences]
    return render_page(
        "diff.html",
        styles=[text("report.css"), chart_style()],
        scripts=[text("report.js")],
        comparison=comparison,
        items=items,
        counts=_counts(comparison),
        simulated=olds.content.simulated or news.content.simulated,
        before=olds,
        after=news,
        signed=_signed,
        plain=_plain,
        prefer=language or "",
    )


def _plain(value: float | None) -> str:
    return "" if value is None else number(value, 3)


def _signed(value: float | None) -> str:
    return f"+{_plain(value)}" if value and value > 0 else _plain(value)


def _counts(comparison: Comparison) -> list[tuple[str, int]]:
    words = [difference.change for difference in comparison.differences]
    return [(word, words.count(word)) for word in ORDER if word in words]


def _item(difference: Difference, before: View, after: View) -> Item:
    found = [_find(view, difference) for view in (before, after)]
    group = next(group for group, _ in reversed(found) if group)
    if difference.change in QUIET:
        return Item(difference, group.title, ())
    name = f"{difference.requirement} {difference.equipment or ''}"
    charts = (_results(found, name), _overlay(found, name))
    return Item(difference, group.title, [chart for chart in charts if chart])


def _find(view: View, difference: Difference) -> tuple[Group | None, Row | None]:
    for group in view.groups:
        for row in group.rows:
            if (group.id, row["equipment"]) == (difference.requirement, difference.equipment):
                return group, row
    return None, None


def _results(found: Sequence[tuple[Group | None, Row | None]], title: str) -> str:
    """Both values with their uncertainty against the newer limit."""
    named = zip(("1", "2"), (row for _, row in found), strict=True)
    valued = [(name, row) for name, row in named if row and row["value"] is not None and row["limit"]]
    if not valued:
        return ""
    results = [Result(name, row["value"], row["uncertainty"] or 0.0, row["verdict"]) for name, row in valued]
    last = valued[-1][1]
    return result_chart(results, limits_of(last["limit"]), unit_text(last["unit"]), title)


def _overlay(found: Sequence[tuple[Group | None, Row | None]], title: str) -> str:
    """The signals of both recordings, each counted from the first mark of its procedure."""
    curves: list[Curve] = []
    limits, marks, unit = Limits(), [], ""
    for place, (group, row) in enumerate(found):
        picture = next((p for p in group.pictures if p.frame), None) if group else None
        if picture is None or picture.frame is None or row is None:
            continue
        frame = picture.frame
        zero = frame.marks[0][0] if frame.marks else frame.begin
        used = {f"{channel['device']}/{channel['point']}" for channel in row["channels"]}
        own = [curve for curve in picture.curves if curve.name in used][:CURVES]
        for index, curve in enumerate(own):
            times, style = [time - zero for time in curve.times], f"c{index}" if place else "before"
            curves.append(replace(curve, times=times, style=style))
        limits, unit = picture.limits, frame.unit
        marks = [(time - zero, name) for time, name in frame.marks]
    spans = [edge for curve in curves for edge in (curve.times[0], curve.times[-1])]
    return signal_chart(curves, limits, Frame(min(spans), max(spans), marks, unit, title)) if spans else ""
