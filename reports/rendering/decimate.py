"""A long signal for a narrow picture: the extremes of each pixel column survive.

>>> decimate([0.0, 1.0, 2.0, 3.0], [1.0, 9.0, 2.0, 3.0], 1)
[[(0.0, 1.0), (1.0, 9.0), (3.0, 3.0)]]
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import cast

Line = list[tuple[float, float]]


def decimate(times: Sequence[float], values: Sequence[float | None], columns: int) -> list[Line]:
    """Unbroken lines of (time, value), at most four points a column: first, least, greatest, last.

    `times` ascend. A missing value (None) breaks the line: what was not measured is not drawn.
    """
    if not times:
        return []
    width = (times[-1] - times[0]) / columns or 1.0
    edges = [times[0] + width * column for column in range(1, columns)]
    return [_thin(times, cast(Sequence[float], values), run, edges) for run in _present(values)]


def _present(values: Sequence[float | None]) -> Iterator[range]:
    """The unbroken runs of values, as ranges of their places."""
    if None not in values:
        yield range(len(values))
        return
    begin = 0
    for missing, run in groupby(values, key=lambda value: value is None):
        end = begin + sum(1 for _ in run)
        if not missing:
            yield range(begin, end)
        begin = end


def _thin(times: Sequence[float], values: Sequence[float], run: range, edges: Sequence[float]) -> Line:
    kept: Line = []
    begin = run.start
    # The slices' own min, max and index do the work: a signal of 100,000 samples takes milliseconds.
    for edge in (*edges, None):
        end = run.stop if edge is None else bisect_left(times, edge, begin, run.stop)
        if end == begin:
            continue
        column = values[begin:end]
        least, greatest = column.index(min(column)), column.index(max(column))
        kept += [(times[begin + i], column[i]) for i in sorted({0, least, greatest, end - begin - 1})]
        begin = end
    return kept
