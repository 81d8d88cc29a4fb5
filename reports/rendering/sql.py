"""The same values a second way: SQL that recomputes verdicts from the Parquet file, made from the profile.

>>> print(query({"statistic": "highest", "of": "frequency"}, {}, ["meter-1/frequency"], (0, 9)).splitlines()[-1])
SELECT max(y) AS value FROM samples

Only statistics whose definition is a line of SQL are offered; the others have no query rather than a wrong
one. Run it with DuckDB in the folder of the unpacked bundle.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from reports.judging.limit import Limit
from reports.rendering.view import Group, View

NS = 1_000_000_000
PRINTED = 12
"""How many queries the appendix prints, those of failed items first."""

Arguments = Mapping[str, Any]
_SOURCE = "'data/samples/samples.parquet'"


def recomputations(view: View) -> list[tuple[str, str]]:
    """Heading and query of the first verdicts that have one."""
    found = []
    for group in view.groups:
        for place, row in enumerate(group.rows):
            sql = row_query(group, row)
            if sql:
                found.append(((row["verdict"] != "fail", place), f"{group.id} ({row['equipment']})", sql))
    # The failed ones first, then one of each requirement before the second of any.
    found.sort(key=lambda entry: entry[0])
    return [(title, sql) for _, title, sql in found[:PRINTED]]


def row_query(group: Group, row: Mapping[str, Any]) -> str | None:
    """The query whose one number is the row's value before rounding; None if there is none for it."""
    if row["value"] is None or row.get("bound") or group.window is None:
        return None
    signals = [f"{c['device']}/{c['point']}" for c in row["channels"] if c.get("point")]
    return query(group.requirement["measurand"], group.requirement["limit"], signals, group.window)


def query(measurand: Arguments, limit: Arguments, signals: Sequence[str], window: tuple[int, int]) -> str | None:
    """The query of a measurand over `signals` in a `window` (ns UTC, both ends included), or None."""
    final = _FINALS.get(measurand["statistic"])
    if final is None or not signals or measurand.get("latest"):
        return None
    begin, end = window
    quoted = [f"'{_quoted(name)}'" for name in signals]
    names = ",\n    ".join(", ".join(quoted[i : i + 3]) for i in range(0, len(quoted), 3))
    good = f"signal IN (\n    {names})\n    AND quality = 0 AND t BETWEEN {begin} AND {end}"
    average = measurand.get("average")
    if average is None:
        rows = f"SELECT signal, t, text, value AS y\n  FROM {_SOURCE}\n  WHERE {good}"
    else:
        length = round(float(average) * NS)
        whole = begin + (end - begin) // length * length
        rows = (
            f"SELECT signal, (t - {begin}) // {length} AS block, avg(value) AS y\n  FROM {_SOURCE}\n"
            f"  WHERE {good} AND t < {whole}\n  GROUP BY ALL"
        )
    text = f"WITH samples AS (\n  {rows}\n)\n{final(measurand, limit, begin)}"
    return text.replace(")\n,", "),")


def _lowest(measurand: Arguments, limit: Arguments, begin: int) -> str:
    return "SELECT min(y) AS value FROM samples"


def _highest(measurand: Arguments, limit: Arguments, begin: int) -> str:
    return "SELECT max(y) AS value FROM samples"


def _magnitude(measurand: Arguments, limit: Arguments, begin: int) -> str:
    return "SELECT max(abs(y)) AS value FROM samples"


def _worst(measurand: Arguments, limit: Arguments, begin: int) -> str:
    parsed = Limit.parse(limit)
    sides = [f"y - ({parsed.low})"] if parsed.low is not None else []
    sides += [f"({parsed.high}) - y"] if parsed.high is not None else []
    return f"SELECT arg_min(y, least({', '.join(sides)})) AS value FROM samples"


def _within(measurand: Arguments, limit: Arguments, begin: int) -> str:
    inside = f"y BETWEEN {float(measurand['lower'])!r} AND {float(measurand['upper'])!r}"
    return f"SELECT 100 * avg(CASE WHEN {inside} THEN 1.0 ELSE 0.0 END) AS value FROM samples"


def _in_state(measurand: Arguments, limit: Arguments, begin: int) -> str:
    inside = f"text = '{_quoted(measurand['state'])}'"
    return f"SELECT 100 * avg(CASE WHEN {inside} THEN 1.0 ELSE 0.0 END) AS value FROM samples"


def _delay(measurand: Arguments, limit: Arguments, begin: int) -> str:
    """The middle between the first sample in the state and the sample before it, the longest over the signals."""
    state = _quoted(measurand["state"])
    before = f"coalesce(lag(t) OVER (PARTITION BY signal ORDER BY t), {begin})"
    return (
        f", entered AS (\n  SELECT signal, t, text,\n    {before} AS before\n  FROM samples\n), first AS (\n"
        f"  SELECT arg_min((t + before) / 2 - {begin}, t) / 1e9 AS delay\n"
        f"  FROM entered WHERE text = '{state}' GROUP BY signal\n)\nSELECT max(delay) AS value FROM first"
    )


def _quoted(text: object) -> str:
    return str(text).replace("'", "''")


_FINALS: Mapping[str, Callable[[Arguments, Arguments, int], str]] = {
    "lowest": _lowest,
    "highest": _highest,
    "greatest-magnitude": _magnitude,
    "worst-mean": _worst,
    "share-within": _within,
    "share-in-state": _in_state,
    "delay-to-state": _delay,
}
