"""Render the report: one file, strict content security policy, the same bytes every time.

html = render_html(files)                  files: data/** and the tag files of a bundle
html = render_html(files, language="ko")   Korean first instead of the browser's language
"""

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reports.rendering import wording
from reports.rendering.charts import chart_style
from reports.rendering.scale import number
from reports.rendering.sql import recomputations
from reports.rendering.texts import GLOSSARY, SYMBOLS, Texts
from reports.rendering.view import View, build_view

FOLDER = Path(__file__).parent


def render_html(files: Mapping[str, bytes], language: str | None = None) -> bytes:
    """The report of a bundle's `files` as UTF-8; a pure function of `data/` and the tag files.

    Both languages are in it; `language` fixes which one is shown first. Refusal if a document is unreadable.
    """
    view, texts = build_view(files), Texts()
    style = (FOLDER / "report.css").read_text(encoding="utf-8") + chart_style() + _page_style(view, texts)
    script = (FOLDER / "report.js").read_text(encoding="utf-8")
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
    environment.globals |= {"symbols": SYMBOLS, "glossary": GLOSSARY, "number": number, "wording": wording}
    page = environment.get_template("report.html").render(
        view=view,
        content=view.content,
        queries=recomputations(view),
        policy=policy,
        # Our own constants; escaping them would change the bytes whose digest the policy names.
        style=Markup(style),
        script=Markup(script),
        prefer=language or "",
    )
    return page.encode()


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
