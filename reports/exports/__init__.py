"""Renderings derived from a bundle for other tools; the bundle stays the authority.

export(Path("smoke.zip"), "junit", None)      bytes of a JUnit file
"""

from collections.abc import Callable
from pathlib import Path

from profiles.refusal import Refusal

LATER = ("pdf", "allure", "oscal", "ocptv")
FORMATS = ("html", "junit", "csv", *LATER)


def export(bundle: Path, format: str, language: str | None = None) -> bytes:
    """The bundle rendered in `format`; `language` is `ko` or `en` (HTML shows it first).

    The bundle is read safely but not verified. Refusal if it is no bundle, or the format is not available.
    """
    if format in LATER:
        remedy = "use html, junit or csv"
        raise Refusal(f"--format {format}", "this format comes with a later version and is not written yet", remedy)
    if format not in FORMATS:
        raise Refusal(f"--format {format}", "there is no such format", "use one of " + ", ".join(FORMATS))
    from reports.archive import open_archive

    return _writer(format)(open_archive(bundle), language)


def _writer(format: str) -> Callable[[dict[str, bytes], str | None], bytes]:
    if format == "html":
        from reports.html.report import render_html

        return render_html
    if format == "junit":
        from reports.exports.junit import junit

        return junit
    from reports.exports.table import table

    return table
