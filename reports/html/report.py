"""Render the report: one file, strict content security policy, the same bytes every time.

html = render_html(files)                  files: data/** and the tag files of a bundle
html = render_html(files, language="ko")   Korean first instead of the browser's language
"""

import json
from collections.abc import Mapping

from markupsafe import Markup

from reports.html.page import render_page, text
from reports.html.signals import pack
from reports.rendering.beliefs import beliefs
from reports.rendering.charts import chart_style
from reports.rendering.pictures import Picture
from reports.rendering.sql import recomputations
from reports.rendering.texts import Texts, decision_rule, glossary
from reports.rendering.view import View, build_view


def render_html(files: Mapping[str, bytes], language: str | None = None) -> bytes:
    """The report of a bundle's `files` as UTF-8; a pure function of the files.

    Both languages are in it; `language` fixes which one is shown first. Refusal if a document is unreadable.
    """
    view = build_view(files)
    drawn = [picture for group in view.groups for picture in group.pictures if picture.frame]
    return render_page(
        "report.html",
        styles=[text("vendor/uPlot.min.css"), text("report.css"), chart_style(), _page_style(view, Texts())],
        scripts=[text("vendor/uPlot.iife.min.js"), text("plots.js"), text("report.js")],
        view=view,
        content=view.content,
        queries=recomputations(view),
        rule=decision_rule(view.content.profile["decision"]),
        glossary=glossary(view.content.profile["decision"]["rule"]),
        plot=_plot,
        signals=Markup(pack([curve for picture in drawn for curve in picture.curves])),
        beliefs=beliefs(view.content.profile, view.content.verdicts),
        prefer=language or "",
    )


def _plot(picture: Picture) -> str:
    """What the script needs to draw a chart again: signals, limits, marks, span (s) and unit, as JSON."""
    frame, limits = picture.frame, picture.limits
    if frame is None:
        return ""
    plot = {
        "signals": [curve.name for curve in picture.curves],
        "limits": [limits.minimum, limits.maximum, limits.guard],
        "marks": list(frame.marks),
        "span": [frame.begin, frame.end],
        "unit": frame.unit,
    }
    return json.dumps(plot, ensure_ascii=False)


def _page_style(view: View, texts: Texts) -> str:
    """Head and foot of every printed page: provenance above, the manifest's digest below."""
    banner = ""
    if view.content.simulated:
        words = f"{texts.word('banner.simulated', 'ko')} / {texts.word('banner.simulated', 'en')}"
        banner = f'@top-center {{ content: "{words}"; font-weight: 700; color: #5b2a86; font-size: 9pt; }}'
    return (
        "@page { size: A4; margin: 18mm 15mm; "
        f"{banner} "
        f'@bottom-left {{ content: "sha256 {view.digest}"; font: 6.5pt monospace; color: #55626f; }} '
        '@bottom-right { content: counter(page) " / " counter(pages); font-size: 8pt; color: #55626f; } }\n'
    )
