"""CSV: the verdict table for a spreadsheet, numbers at full precision."""

import csv
import io
from collections.abc import Mapping

from reports.bundles.content import read_content
from reports.rendering.wording import limit_text, title_text

COLUMNS = ("requirement", "equipment", "procedure", "status", "verdict", "level", "value", "unit", "uncertainty", "k")
FURTHER = ("margin", "basis", "rule", "provenance", "waiver", "conditional")


def table(files: Mapping[str, bytes], language: str | None = None) -> bytes:
    """One line per verdict, UTF-8 with byte order mark (spreadsheets need it for Korean)."""
    content, code = read_content(files), language or "en"
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([*COLUMNS, "limit", *FURTHER, "title", "reason"])
    for row in content.rows:
        title = title_text(content.profile, row["requirement"], code)
        plain = [row[name] for name in COLUMNS] + [limit_text(row["limit"])] + [row.get(name) for name in FURTHER]
        writer.writerow([_safe(cell) for cell in (*plain, title, (row["reason"] or {}).get(code, ""))])
    return b"\xef\xbb\xbf" + buffer.getvalue().encode()


def _safe(cell: object) -> object:
    """A text that a spreadsheet would run as a formula gets an apostrophe in front."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t\r" and cell else cell
