"""A long signal for a narrow picture: the extremes of each pixel column survive.

>>> decimate([0.0, 1.0, 2.0, 3.0], [1.0, 9.0, 2.0, 3.0], 1)
[[(0.0, 1.0), (1.0, 9.0), (3.0, 3.0)]]
"""

from collections.abc import Sequence
from itertools import groupby

Line = list[tuple[float, float]]


def decimate(times: Sequence[float], values: Sequence[float | None], columns: int) -> list[Line]:
    """Unbroken lines of (time, value), at most four points a column: first, least, greatest, last.

    A missing value (None) breaks the line: what was not measured is not drawn.
    """
    lines: list[Line] = []
    for present, run in groupby(zip(times, values, strict=True), key=lambda pair: pair[1] is not None):
        if present:
            lines.append(_thin([(t, v) for t, v in run if v is not None], times[0], times[-1], columns))
    return lines


def _thin(line: Line, begin: float, end: float, columns: int) -> Line:
    width = (end - begin) / columns or 1.0
    kept: Line = []
    for _, points in groupby(line, key=lambda point: min(columns - 1, int((point[0] - begin) / width))):
        column = list(points)
        chosen = {0, len(column) - 1}
        chosen.add(min(range(len(column)), key=lambda i: column[i][1]))
        chosen.add(max(range(len(column)), key=lambda i: column[i][1]))
        kept += [column[i] for i in sorted(chosen)]
    return kept
