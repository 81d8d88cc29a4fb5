"""The recorded signals inside the page, thinned and packed, for reading values off the charts.

>>> json.loads(pack([Curve("meter-1/frequency", [0.0, 1.0], [60.0, 60.1])]))["signals"]
[['meter-1/frequency', 2]]

`packed` is gzip in base64 of float32, little-endian: for each signal its times in seconds, then its values; NaN
breaks the line. The bundle holds the full data.
"""

import base64
import gzip
import json
import math
import sys
from array import array
from collections.abc import Sequence

from reports.rendering.charts import Curve
from reports.rendering.decimate import decimate

POINTS_MAX = 4_000
TOTAL_MAX = 500_000
"""Points of all signals: even as noise they take less than 6 MB of the page."""


def pack(curves: Sequence[Curve]) -> str:
    """Each signal once, as a JSON object that is safe inside a script element."""
    distinct = list({curve.name: curve for curve in curves}.values())
    columns = max(1, min(POINTS_MAX, TOTAL_MAX // max(1, len(distinct))) // 4)
    index: list[tuple[str, int]] = []
    numbers = array("f")
    for curve in distinct:
        times, values = _points(curve, columns)
        index.append((curve.name, len(times)))
        numbers.extend(times)
        numbers.extend(values)
    if sys.byteorder == "big":
        numbers.byteswap()
    packed = base64.b64encode(gzip.compress(numbers.tobytes(), 9, mtime=0)).decode()
    return json.dumps({"signals": index, "packed": packed}).replace("<", "\\u003c")


def _points(curve: Curve, columns: int) -> tuple[list[float], list[float]]:
    times: list[float] = []
    values: list[float] = []
    for line in decimate(curve.times, curve.values, columns):
        if times:
            times.append(line[0][0])
            values.append(math.nan)
        times += [time for time, _ in line]
        values += [value for _, value in line]
    return times, values
