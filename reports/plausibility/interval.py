"""Intervals: everything a reading may stand for, and what a formula makes of them.

>>> evaluate(parse_relation("v * i <= 0").left, {"v": Interval(229, 231), "i": Interval(9.9, 10.1)})
Interval(low=2267.1, high=2333.1)

A relation is contradicted only where no values inside the intervals would satisfy it.
"""

import math
from collections.abc import Mapping
from typing import NamedTuple

from profiles.formula import Call, Name, Node, Number, Relation, dewpoint, moisture


class Interval(NamedTuple):
    """All values from `low` to `high`."""

    low: float
    high: float

    @property
    def middle(self) -> float:
        return (self.low + self.high) / 2

    @property
    def magnitude(self) -> float:
        """The largest absolute value in it."""
        return max(abs(self.low), abs(self.high))


EVERYTHING = Interval(-math.inf, math.inf)


def hull(*parts: Interval) -> Interval:
    """The smallest interval that holds all parts."""
    return Interval(min(p.low for p in parts), max(p.high for p in parts))


def contradicts(
    relation: Relation, terms: Mapping[str, Interval], relative: float = 0.0, absolute: float = 0.0
) -> bool:
    """Whether the relation cannot hold, even with a tolerance of `relative` (fraction of the larger side) plus
    `absolute` (in the unit of the sides)."""
    left, right = evaluate(relation.left, terms), evaluate(relation.right, terms)
    slack = absolute + (relative * max(left.magnitude, right.magnitude) if relative else 0.0)
    above, below = left.low - right.high, right.low - left.high
    match relation.op:
        case "==":
            return above > slack or below > slack
        case "<=":
            return above > slack
        case ">=":
            return below > slack
        case "<":
            return above >= slack
        case _:
            return below >= slack


def surely(relation: Relation, terms: Mapping[str, Interval]) -> bool:
    """Whether an inequality holds for all values inside the intervals."""
    left, right = evaluate(relation.left, terms), evaluate(relation.right, terms)
    match relation.op:
        case "<=":
            return left.high <= right.low
        case "<":
            return left.high < right.low
        case ">=":
            return left.low >= right.high
        case ">":
            return left.low > right.high
        case _:
            return left == right and left.low == left.high


def evaluate(node: Node, terms: Mapping[str, Interval]) -> Interval:
    """All values that a formula may take; KeyError for a term that is not given."""
    if isinstance(node, Number):
        return Interval(node.value, node.value)
    if isinstance(node, Name):
        return terms[node.name]
    return _call(node, [evaluate(argument, terms) for argument in node.arguments])


def _call(node: Call, given: list[Interval]) -> Interval:
    first, last = given[0], given[-1]
    match node.op:
        case "+":
            return Interval(first.low + last.low, first.high + last.high)
        case "-":
            return Interval(first.low - last.high, first.high - last.low)
        case "*":
            return _products(first, last)
        case "/":
            if last.low <= 0 <= last.high:
                return EVERYTHING
            return _products(first, Interval(1 / last.high, 1 / last.low))
        case "**":
            size = _absolute(first)
            return Interval(size.low**2, size.high**2)
        case "abs":
            return _absolute(first)
        case "sqrt":
            return Interval(math.sqrt(max(0.0, first.low)), math.sqrt(max(0.0, first.high)))
        case "dewpoint":
            if first.low <= -200 or last.low <= 0:
                return EVERYTHING
            return Interval(dewpoint(first.low, last.low), dewpoint(first.high, last.high))
        case "moisture":
            if not (first.low >= -40 and first.high <= 90 and last.low >= 0 and last.high <= 1):
                return EVERYTHING
            return Interval(moisture(first.low, last.low), moisture(first.high, last.high))
        case "min":
            return Interval(min(g.low for g in given), min(g.high for g in given))
        case _:
            return Interval(max(g.low for g in given), max(g.high for g in given))


def _products(a: Interval, b: Interval) -> Interval:
    # Zero times infinity says nothing.
    found = [x * y for x in a for y in b]
    return EVERYTHING if any(map(math.isnan, found)) else Interval(min(found), max(found))


def _absolute(one: Interval) -> Interval:
    if one.low <= 0 <= one.high:
        return Interval(0.0, one.magnitude)
    return Interval(min(abs(one.low), abs(one.high)), one.magnitude)
