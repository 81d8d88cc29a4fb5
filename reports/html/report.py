"""Render the report: one file, strict content security policy, the same bytes every time.

html = render_html(files)                  files: data/** and the tag files of a bundle
html = render_html(files, language="ko")   Korean first instead of the browser's language
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reports.html.signals import pack
from reports.rendering import wording
from reports.rendering.charts import chart_style
from reports.rendering.pictures import Picture
from reports.rendering.sql import recomputations
from reports.rendering.texts import GLOSSARY, SYMBOLS, Texts
from reports.rendering.view import View, build_view

FOLDER = Path(__file__).parent


def render_html(files: Mapping[str, bytes], language: str | None = None) -> bytes:
    """The report of a bundle's `files` as UTF-8; a pure function of `data/` and the tag files.

    Both languages are in it; `language` fixes which one is shown first. Refusal if a document is unreadable.
    """
    view, texts = build_view(files), Texts()
    drawn = [picture for group in view.groups for picture in group.pictures if picture.frame]
    style = _text("vendor/uPlot.min.css") + _text("report.css") + chart_style() + _page_style(view, texts)
    script = _text("vendor/uPlot.iife.min.js") + _text("plots.js") + _text("report.js")
    policy = (
        f"default-src 'none'; script-src '{_source(script)}'; style-src '{_source(style)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"t": texts.pair, "word": texts.word, "both": texts.both, "has_text": texts.has}
    environment.globals |= {
        "symbols": SYMBOLS,
        "glossary": GLOSSARY,
        "wording": wording,
        "plot": _plot,
    }
    page = environment.get_template("report.html").render(
        view=view,
        content=view.content,
        queries=recomputations(view),
        policy=policy,
        # Our own constants; escaping them would change the bytes whose digest the policy names.
        style=Markup(style),
        script=Markup(script),
        signals=Markup(pack([curve for picture in drawn for curve in picture.curves])),
        prefer=language or "",
    )
    return page.encode()


def _text(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


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


def _source(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return "sha256-" + base64.b64encode(digest).decode()


def _page_style(view: View, texts: Texts) -> str:
    """Head and foot of every printed page: provenance above, the manifest's digest below."""
    banner = ""
    if view.content.simulated:
        words = f"{texts.word('banner.simulated', 'ko')} / {texts.word('banner.simulated', 'en')}"
        banner = f'@top-center {{ content: "{words}"; font-weight: 700; color: #5b2a86; font-size: 9pt; }}'
    digest = view.digest
    return (
        "@page { size: A4; margin: 18mm 15mm; "
        f"{banner} "
        f'@bottom-left {{ content: "sha256 {digest}"; font: 6.5pt monospace; color: #55626f; }} '
        '@bottom-right { content: counter(page) " / " counter(pages); font-size: 8pt; color: #55626f; } }\n'
    )
