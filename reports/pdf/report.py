"""Render the report as PDF/A-3a: text that can be searched, results and signatures attached, equal bytes each time.

pdf = render_pdf(files)                    files: those of a bundle; Korean
pdf = render_pdf(files, language="en")

A PDF standard makes Typst refuse a character that the font lacks, so no report ever shows an empty box.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from profiles.refusal import Refusal
from reports.pdf.data import ISSUES, paper
from reports.rendering.view import build_view

FOLDER = Path(__file__).parent
RESULTS = "data/verdicts.json"


def render_pdf(files: Mapping[str, bytes], language: str | None = None) -> bytes:
    """The report in `language` (Korean if None), a pure function of the files; Refusal if one is unreadable.

    Attached are verdicts.json and every signed envelope, for whoever only receives the paper.
    """
    view = build_view(files, drawn=ISSUES)
    document = paper(view, language or "ko")
    begin = view.content.period[1] or view.content.period[0]
    attached = {name.replace("/", "-"): files[name].decode() for name in sorted(files) if _attached(name)}
    inputs = {"data": _json(document), "attached": _json(attached)}
    return typeset("report.typ", inputs, datetime.fromisoformat(begin))


def typeset(template: str, inputs: Mapping[str, str], moment: datetime) -> bytes:
    """A template of this folder with its inputs as PDF/A-3a dated `moment`; Refusal if it cannot be set."""
    try:
        import typst
    except ImportError as error:
        remedy = "install it: pip install 'microdc-conformance[pdf]'"
        raise Refusal("--format pdf", "the typesetter Typst is not installed", remedy) from error
    try:
        pdf = typst.compile(
            str(FOLDER / template),
            root=str(FOLDER),
            font_paths=[str(FOLDER / "fonts")],
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs=dict(inputs),
            pdf_standards=["a-3a"],
            timestamp=int(moment.timestamp()),
        )
    except typst.TypstError as error:
        remedy = "remove the character from the profile or bench, or report this with the bundle"
        raise Refusal("--format pdf", f"the report cannot be typeset ({error.message})", remedy) from error
    return bytes(pdf)


def _attached(name: str) -> bool:
    return name == RESULTS or (name.startswith("attestations/") and name.endswith(".dsse.json"))


def _json(document: object) -> str:
    return json.dumps(document, ensure_ascii=False, sort_keys=True)
