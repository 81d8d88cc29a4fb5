"""What each statistic asks of the rows that `query` selects: signal, t, text and the value or mean y.

>>> FINALS["highest"](Question({}, {}, (0, 9), None))
'\\nSELECT max(y) AS value FROM samples'
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from profiles.units import Unit, unit
from reports.judging.limit import Limit

NS = 1_000_000_000
Arguments = Mapping[str, Any]
Window = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Question:
    """A measurand and its limit, the window in ns UTC, and the unit of the signals if it is known."""

    measurand: Arguments
    limit: Arguments
    window: Window
    unit: str | None

    def per_signal(self, each: str, of_all: str = "max") -> str:
        """One number for each signal, and one of them all."""
        return f"\nSELECT {of_all}(one) AS value\nFROM (SELECT {each} AS one FROM samples GROUP BY signal)"

    def inside(self, measurand: Arguments | None = None) -> str:
        """Whether y is inside the band."""
        ends = measurand or self.measurand
        sides = [f"y >= {float(ends['lower'])!r}"] if "lower" in ends else []
        return " AND ".join([*sides, *([f"y <= {float(ends['upper'])!r}"] if "upper" in ends else [])])

    def scaled(self, of: Callable[[Unit], Unit]) -> float | None:
        """How many of the limit's unit one of the signals' is, after `of`; None if a unit is not known."""
        if self.unit is None:
            return None
        return of(unit("K" if self.unit == "°C" else self.unit)).scale / unit(self.limit["unit"]).scale

    def holds(self, event: Arguments) -> str:
        """Whether a row shows an event."""
        if "state" in event:
            states = [event["state"]] if isinstance(event["state"], str) else event["state"]
            return f"text IN ({', '.join(repr_sql(state) for state in states)})"
        sides = [f"y > {float(event['above'])!r}"] if "above" in event else []
        return " AND ".join([*sides, *([f"y < {float(event['below'])!r}"] if "below" in event else [])])

    def spans(self, hit: str) -> str:
        """The runs of rows that are a hit or not, each from the middle to the row before to that of the next."""
        begin, end = self.window
        return (
            f", labelled AS (\n  SELECT signal, t, {hit} AS hit, lag(t) OVER w AS before,\n"
            f"    lag({hit}) OVER w AS was\n"
            "  FROM samples WINDOW w AS (PARTITION BY signal ORDER BY t)\n), starts AS (\n"
            f"  SELECT signal, hit, coalesce((t + before) / 2, {begin}) AS begin\n"
            "  FROM labelled WHERE was IS DISTINCT FROM hit\n), spans AS (\n"
            f"  SELECT signal, hit, coalesce(lead(begin) OVER (PARTITION BY signal ORDER BY begin), {end})\n"
            "    - begin AS ns FROM starts\n)"
        )


def escaped(text: object) -> str:
    return str(text).replace("'", "''")


def repr_sql(text: object) -> str:
    return f"'{escaped(text)}'"


def _all(expression: str) -> Callable[[Question], str]:
    return lambda question: f"\nSELECT {expression} AS value FROM samples"


def _each(expression: str, of_all: str = "max") -> Callable[[Question], str]:
    return lambda question: question.per_signal(expression, of_all)


def _worst(question: Question) -> str:
    parsed = Limit.parse(question.limit)
    sides = [f"y - ({parsed.low})"] if parsed.low is not None else []
    sides += [f"({parsed.high}) - y"] if parsed.high is not None else []
    return f"\nSELECT arg_min(y, least({', '.join(sides)})) AS value FROM samples"


def _share(hit: str) -> str:
    return f"\nSELECT 100 * avg(CASE WHEN {hit} THEN 1.0 ELSE 0.0 END) AS value FROM samples"


def _in_state(question: Question) -> str:
    return _share(f"text = {repr_sql(question.measurand['state'])}")


def _delay(question: Question) -> str | None:
    """The middle between the first row with the event and the row before it, the longest over the signals."""
    event = question.measurand.get("end", question.measurand)
    if not {"state", "above", "below"} & set(event):
        return None
    begin = question.window[0]
    return (
        ", entered AS (\n  SELECT signal, t, text, y,\n"
        f"    coalesce(lag(t) OVER (PARTITION BY signal ORDER BY t), {begin}) AS before\n"
        "  FROM samples\n), first AS (\n"
        f"  SELECT arg_min((t + before) / 2 - {begin}, t) / 1e9 AS delay\n"
        f"  FROM entered WHERE {question.holds(event)} GROUP BY signal\n)\nSELECT max(delay) AS value FROM first"
    )


def _occurrences(question: Question) -> str | None:
    event = question.measurand["event"]
    if "of" not in event:
        return None
    hits = question.spans(question.holds(event))
    return f"{hits}\nSELECT count(*) FILTER (hit) AS value FROM spans"


def _longest_outside(question: Question) -> str:
    spans = question.spans(f"NOT ({question.inside()})")
    return f"{spans}\nSELECT max(CASE WHEN hit THEN ns ELSE 0 END) / 1e9 AS value FROM spans"


def _longest_inside(question: Question) -> str:
    spans = question.spans(f"({question.inside()})")
    longest = "max(CASE WHEN hit THEN ns ELSE 0 END) / 1e9"
    return f"{spans}\nSELECT min(one) AS value FROM (SELECT {longest} AS one FROM spans GROUP BY signal)"


def _total(hit: str, question: Question) -> str:
    total = "sum(CASE WHEN hit THEN ns ELSE 0 END) / 1e9"
    return f"{question.spans(hit)}\nSELECT max(one) AS value FROM (SELECT {total} AS one FROM spans GROUP BY signal)"


def _settling(question: Question) -> str:
    begin = question.window[0]
    last = f"max(t) FILTER (NOT ({question.inside()}))"
    return (
        f", last AS (\n  SELECT signal, {last} AS t FROM samples GROUP BY signal\n), settled AS (\n"
        "  SELECT last.t, min(samples.t) AS after FROM last JOIN samples USING (signal)\n"
        "  WHERE samples.t > last.t GROUP BY ALL\n)\n"
        f"SELECT coalesce(max((t + after) / 2 - {begin}), 0) / 1e9 AS value FROM settled"
    )


def _overshoot(question: Question) -> str:
    rest = f"avg(y) FILTER (t >= {question.window[1] - round(question.measurand['final'] * NS)})"
    upper = question.measurand.get("side", "upper") == "upper"
    return question.per_signal(f"max(y) - {rest}" if upper else f"{rest} - min(y)")


def _range(question: Question) -> str | None:
    if "within" not in question.measurand:
        return question.per_signal("max(y) - min(y)")
    if "average" in question.measurand:
        return None
    reach = round(question.measurand["within"] * NS)
    window = f"PARTITION BY signal ORDER BY t RANGE BETWEEN {reach} PRECEDING AND CURRENT ROW"
    rows = f"SELECT max(y) OVER w - min(y) OVER w AS one\n  FROM samples WINDOW w AS ({window})"
    return f"\nSELECT max(one) AS value FROM (\n  {rows}\n)"


def _percentile(question: Question) -> str:
    of_all = "max" if question.measurand.get("side", "upper") == "upper" else "min"
    return question.per_signal(f"quantile_disc(y, {question.measurand['percent'] / 100!r})", of_all)


def _slope(question: Question) -> str | None:
    scale = question.scaled(lambda own: own.times(unit("s"), -1))
    if scale is None or "average" in question.measurand:
        return None
    slopes = f"SELECT regr_slope(y, (t - {question.window[0]}) / 1e9) * {scale!r} AS one FROM samples GROUP BY signal"
    return f"\nSELECT arg_max(one, abs(one)) AS value FROM (\n  {slopes}\n)"


def _energy(question: Question) -> str | None:
    scale = question.scaled(lambda own: own.times(unit("s")))
    begin, end = question.window
    if scale is None:
        return None
    return (
        f", steps AS (\n  SELECT coalesce((y + lag(y) OVER w) / 2 * (t - lag(t) OVER w), y * (t - {begin}))\n"
        f"    + CASE WHEN lead(t) OVER w IS NULL THEN y * ({end} - t) ELSE 0 END AS area\n"
        "  FROM samples WINDOW w AS (PARTITION BY signal ORDER BY t)\n)\n"
        f"SELECT sum(area) / 1e9 * {scale!r} AS value FROM steps"
    )


def _rate(question: Question) -> str | None:
    scale = question.scaled(lambda own: own.times(unit("s"), -1))
    if scale is None:
        return None
    return question.per_signal(f"(arg_max(y, t) - arg_min(y, t)) / (max(t) - min(t)) * 1e9 * {scale!r}")


def _decreases(question: Question) -> str:
    earlier = "SELECT y, lag(y) OVER (PARTITION BY signal ORDER BY t) AS before FROM samples"
    return f"\nSELECT count(*) FILTER (y < before) AS value FROM (\n  {earlier}\n)"


FINALS: Mapping[str, Callable[[Question], str | None]] = {
    "decreases": _decreases,
    "delay-between": _delay,
    "delay-to-state": _delay,
    "distinct-values": _each("count(DISTINCT CASE WHEN text = '' THEN y::VARCHAR ELSE text END)"),
    "duration-in-state": lambda question: _total(question.holds(question.measurand), question),
    "energy": _energy,
    "greatest-magnitude": _all("max(abs(y))"),
    "greatest-range": _range,
    "highest": _all("max(y)"),
    "increment": _each("arg_max(y, t) - arg_min(y, t)"),
    "longest-inside": _longest_inside,
    "longest-outside": _longest_outside,
    "lowest": _all("min(y)"),
    "mean": _each("avg(y)", "avg"),
    "occurrences": _occurrences,
    "overshoot": _overshoot,
    "percentile": _percentile,
    "rate": _rate,
    "root-mean-square": _each("sqrt(avg(y * y))"),
    "settling-time": _settling,
    "share-in-state": _in_state,
    "share-within": lambda question: _share(question.inside()),
    "slope": _slope,
    "standard-deviation": _each("stddev_samp(y)"),
    "total-outside": lambda question: _total(f"NOT ({question.inside()})", question),
    "worst-mean": _worst,
}
