"""Renderings derived from a bundle for people and for other tools; the bundle stays the authority.

export(Path("smoke.zip"), "junit", None)      bytes of a JUnit file
"""

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol, cast

from profiles.refusal import Refusal


class Writer(Protocol):
    """A rendering: the files of a bundle and a language (None: its own default) to bytes."""

    def __call__(self, files: Mapping[str, bytes], language: str | None = None) -> bytes: ...


WRITERS = {
    "html": "reports.html.report:render_html",
    "pdf": "reports.pdf.report:render_pdf",
    "junit": "reports.exports.junit:junit",
    "csv": "reports.exports.table:table",
    "allure": "reports.exports.allure:allure",
    "oscal": "reports.exports.oscal:oscal",
    "ocptv": "reports.exports.ocptv:ocptv",
}
"""Where each format is written; imported only when it is asked for."""


def export(bundle: Path, format: str, language: str | None = None) -> bytes:
    """The bundle rendered in `format`; `language` is `ko` or `en` (HTML carries both and shows it first).

    Refusal if it is no bundle, if it was changed after it was signed, or there is no such format. Whether its verdicts
    are right is not asked.
    """
    if format not in WRITERS:
        raise Refusal(f"--format {format}", "there is no such format", "use one of " + ", ".join(WRITERS))
    from reports.verifying.sealed import open_sealed

    return writer(format)(open_sealed(bundle), language)


def writer(format: str) -> Writer:
    """The function behind one of WRITERS."""
    module, _, name = WRITERS[format].partition(":")
    return cast(Writer, getattr(importlib.import_module(module), name))
