"""A plain table for the terminal: columns as wide as their widest cell, Hangul counted as two."""

from collections.abc import Sequence

from conformance.progress import pad, width

WIDEST = 60


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The table as text, head first; the last column is not padded."""
    lines = [tuple(head), *map(tuple, rows)]
    widths = [min(WIDEST, max(width(line[n]) for line in lines)) for n in range(len(head))]
    return "\n".join("  ".join(pad(cell, w) for cell, w in zip(line, widths, strict=True)).rstrip() for line in lines)
