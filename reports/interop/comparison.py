"""DSP0272's comparisons of a property with values.

>>> holds(Check("GreaterThan", (3,)), [4, 5], Tree({}))
True

Values of different types are never equal and cannot be ordered: 1 is not true, "10" is not greater than 9. Of an
array one element must satisfy what asks for a value, and every element what rules values out. A pattern matches from
the beginning, with or without a caret.
"""

import operator
from collections.abc import Callable, Mapping
from typing import Any

from profiles.expression import parse_expression
from profiles.interop.rules import Check
from reports.interop.tree import Tree

_ORDER: Mapping[str, Callable[[Any, Any], bool]] = {
    "GreaterThan": operator.gt,
    "GreaterThanOrEqual": operator.ge,
    "LessThan": operator.lt,
    "LessThanOrEqual": operator.le,
}
TOGETHER = ("AnyOf", "AllOf")


def holds(check: Check, value: object, tree: Tree) -> bool:
    """Whether a property that is there, with this value, satisfies a comparison. For a single property AnyOf is
    Equal, and AllOf asks for every value in one array."""
    if check.op in ("Present", "Absent"):
        return check.op == "Present"
    elements = value if isinstance(value, list) else [value]
    match check.op:
        case "AnyOf" | "Equal":
            return any(same(element, wanted) for element in elements for wanted in check.values)
        case "AllOf":
            return all(any(same(element, wanted) for element in elements) for wanted in check.values)
        case "NotEqual":
            return not any(same(element, wanted) for element in elements for wanted in check.values)
        case "LinkToResource":
            return any(_linked(element, tree) in check.values for element in elements)
        case "Pattern":
            patterns = [parse_expression(str(pattern), "beginning") for pattern in check.values]
            return any(isinstance(e, str) and pattern.matches(e) for e in elements for pattern in patterns)
        case "Range":
            return bool(elements) and all(_within(element, check.values) for element in elements)
        case op:
            order = _ORDER[op]
            return bool(elements) and all(_ordered(order, e, limit) for e in elements for limit in check.values)


def same(one: object, other: object) -> bool:
    """Equal in value and in JSON type."""
    return isinstance(one, bool) == isinstance(other, bool) and one == other


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _ordered(order: Callable[[Any, Any], bool], value: object, limit: object) -> bool:
    return _is_number(value) and _is_number(limit) and order(value, limit)


def _within(value: Any, limits: tuple[Any, ...]) -> bool:
    low, high = (*limits, None, None)[:2]
    return _is_number(value) and (low is None or value >= low) and (high is None or value <= high)


def _linked(element: object, tree: Tree) -> str | None:
    target = tree.get(element.get("@odata.id")) if isinstance(element, Mapping) else None
    return target.kind if target else None
