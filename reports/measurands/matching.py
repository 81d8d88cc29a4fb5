"""Whether an answer is one of those that are looked for.

>>> fits({"status": 404, "key": "none"}, {"status": {"from": 400, "to": 499}, "key": ["none", "wrong"]})
True
"""

from collections.abc import Mapping, Sequence
from typing import Any


def fits(content: Mapping[str, Any], where: Mapping[str, Any]) -> bool:
    """Whether every field has the value, one of the values, lies in {from, to}, or equals the field {same-as}."""
    return all(_matches(content, field, wanted) for field, wanted in where.items())


def _matches(content: Mapping[str, Any], field: str, wanted: Any) -> bool:
    value = content.get(field)
    if isinstance(wanted, Mapping) and "same-as" in wanted:
        return value is not None and value == content.get(wanted["same-as"])
    if isinstance(wanted, Mapping):
        return isinstance(value, int | float) and bool(wanted["from"] <= value <= wanted["to"])
    return value in wanted if isinstance(wanted, Sequence) and not isinstance(wanted, str) else value == wanted
