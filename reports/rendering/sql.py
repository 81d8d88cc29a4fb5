"""The same values a second way: SQL that recomputes verdicts from the Parquet file, made from the profile.

>>> print(query({"statistic": "highest", "of": "frequency"}, {}, ["meter-1/frequency"], (0, 9)).splitlines()[-1])
SELECT max(y) AS value FROM samples

Only statistics whose definition is a line of SQL are offered; the others have no query rather than a wrong
one. Run it with DuckDB in the folder of the unpacked bundle.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from profiles.vocabulary import load_vocabulary
from reports.rendering.sql_finals import FINALS, NS, Arguments, Question, Window, escaped
from reports.rendering.view import Group, View

PRINTED = 12
"""How many queries the appendix prints, those of failed items first."""

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
    requirement = group.requirement
    return query(requirement["measurand"], requirement["limit"], signals, group.window, _unit(requirement))


def query(
    measurand: Arguments, limit: Arguments, signals: Sequence[str], window: Window, unit: str | None = None
) -> str | None:
    """The query of a measurand over `signals`, which are in `unit`, in a `window` (ns UTC, both ends included), or
    None."""
    final = FINALS.get(measurand["statistic"])
    if not signals or final is None or not _plain(measurand):
        return None
    text = final(Question(measurand, limit, window, unit))
    if text is None:
        return None
    begin, end = window
    quoted = [f"'{escaped(name)}'" for name in signals]
    names = ",\n    ".join(", ".join(quoted[i : i + 3]) for i in range(0, len(quoted), 3))
    good = f"signal IN (\n    {names})\n    AND quality = 0 AND t BETWEEN {begin} AND {end}"
    average = measurand.get("average")
    if average is None:
        rows = f"SELECT signal, t, text, value AS y\n  FROM {_SOURCE}\n  WHERE {good}"
    else:
        length = end - begin + 1 if average == "whole" else round(float(average) * NS)
        whole = begin + (end - begin + 1) // length * length
        rows = (
            f"SELECT signal, (t - {begin}) // {length} AS block, avg(value) AS y\n  FROM {_SOURCE}\n"
            f"  WHERE {good} AND t < {whole}\n  GROUP BY ALL"
        )
    return f"WITH samples AS (\n  {rows}\n){text}"


def _plain(measurand: Arguments) -> bool:
    """Whether the signals are points as they are, all looked at alike and in one way."""
    event = measurand.get("event") or measurand.get("end") or measurand
    of = event.get("of")
    computed = isinstance(of, Mapping) and bool({"formula", "question", "take"} & set(of))
    return not computed and not {"latest", "step", "start", "bits", "confidence"} & set(measurand)


def _unit(requirement: Arguments) -> str | None:
    """The unit of the points that a requirement looks at, if it is one; the vocabulary knows it."""
    of = requirement["measurand"].get("of")
    subject = of.get("subject") if isinstance(of, Mapping) else None
    patterns = [str(of.get("point"))] if isinstance(of, Mapping) else [of] if isinstance(of, str) else of or []
    known = load_vocabulary().subjects.get(subject or requirement["subjects"][0])
    kinds = [kind for pattern in patterns if known for kind in known.matching(str(pattern)).values()]
    units = {kind.unit for kind in kinds}
    return next(iter(units)) if len(units) == 1 else None
