"""Numbers, limits and sentences of a verdict as people read them, in Korean and English.

>>> value_text({"value": 221.54, "unit": "V", "uncertainty": 0.4231, "resolution": 0.1, "bound": None})
'221.5 V'
>>> limit_text({"op": "range", "min": 198, "max": 242, "unit": "V"})
'198 … 242 V'
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from reports.judging.limit import Limit
from reports.rendering.charts import Limits
from reports.rendering.scale import number

Row = Mapping[str, Any]
_BOUNDS = {"at-least": "≥ ", "at-most": "≤ "}
_SIGNS = {"<=": "≤", ">=": "≥", "==": "="}


def title_text(profile: Mapping[str, Any], requirement: str, language: str) -> str:
    """The title of a requirement; "" where the profile has none."""
    return str(profile.get("texts", {}).get(requirement, {}).get("title", {}).get(language, ""))


def value_text(row: Row) -> str:
    """The value to its declared resolution, with its unit; "" where nothing was evaluated."""
    if row["value"] is None:
        return ""
    shown = fixed(row["value"], row.get("resolution"))
    return f"{_BOUNDS.get(row.get('bound') or '', '')}{shown} {unit_text(row['unit'])}".strip()


def uncertainty_text(row: Row) -> str:
    """The expanded uncertainty as the judge rounded it; "0" for an exact value."""
    expanded = row.get("uncertainty")
    return "" if expanded is None else number(expanded)


def margin_text(row: Row) -> str:
    """The margin with its sign."""
    margin = row.get("margin")
    if margin is None:
        return ""
    shown = fixed(margin, row.get("resolution"))
    return f"+{shown}" if margin > 0 else shown


def limit_text(limit: Row | None) -> str:
    """The permitted values in one expression; "" where there is none."""
    if not limit:
        return ""
    parsed = Limit.parse(limit)
    unit = unit_text(parsed.unit)
    if parsed.op == "range":
        return f"{parsed.low} … {parsed.high} {unit}".replace("-", "−").strip()
    bound = parsed.low if parsed.low is not None else parsed.high
    return f"{_SIGNS.get(parsed.op, parsed.op)} {bound} {unit}".replace("-", "−").strip()


def limits_of(limit: Row, guard: float = 0.0) -> Limits:
    """The limit's two sides as numbers to draw; one of them is None for a one-sided limit."""
    parsed = Limit.parse(limit)
    low, high = (None if side is None else float(side) for side in (parsed.low, parsed.high))
    return Limits(low, high, guard)


def unit_text(unit: str | None) -> str:
    """A count and a bare ratio are printed without a unit."""
    return "" if unit in (None, "", "1", "count") else str(unit)


def fixed(value: float, resolution: float | None) -> str:
    """The value with as many decimals as the resolution has."""
    if not math.isfinite(value):
        return "∞" if value > 0 else "−∞"
    if not resolution:
        return number(value)
    decimals = max(0, -math.floor(math.log10(resolution) + 1e-9))
    text = f"{value:.{min(decimals, 9)}f}".replace("-", "−")
    return text[1:] if text.startswith("−") and not text.strip("−0.") else text


def budget(row: Row) -> list[dict[str, str]]:
    """The contributions to the uncertainty, largest first, each with its share of the variance."""
    entries = sorted(row["budget"], key=lambda entry: -abs(entry["contribution"]))
    total = math.fsum(entry["contribution"] ** 2 for entry in entries) or 1.0
    return [
        {
            "input": str(entry["input"]),
            "of": str(entry.get("of", "")),
            "contribution": f"{entry['contribution']:.2g}",
            "share": f"{100 * entry['contribution'] ** 2 / total:.1f} %",
        }
        for entry in entries
    ]


def badge(row: Row) -> str:
    """The word shown for a verdict: on which side of the limit an open one lies, where the rule tells."""
    return f"conditional-{row['conditional']}" if row.get("conditional") else str(row["verdict"])


def severity(row: Row) -> tuple[int, float]:
    """Sorts the unit that matters most first: failed, undecided, then smallest margin."""
    order = ("fail", "inconclusive", "not-tested", "pass", "not-applicable")
    margin = row.get("margin")
    return order.index(row["verdict"]), math.inf if margin is None else margin


def worst(rows: Sequence[Row]) -> Row:
    """The row that decides what is said about all of them."""
    return min(rows, key=severity)
