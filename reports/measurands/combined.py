"""A number made of other numbers: a formula over the results of statistics, each over a window of its own.

statistic: combined
formula: lost / before
parts:
  before: {statistic: mean, of: loop.flow, to: mains-lost}
  lost: {statistic: lowest, of: loop.flow, from: mains-lost}

A part has the window of the whole unless it names its own marks.
"""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from profiles.formula import Node, evaluate, parse_formula
from profiles.refusal import Refusal
from profiles.units import unit, unit_of
from reports.judging.reasons import doubtful
from reports.measurands.events import mark
from reports.measurands.registry import SCOPE_ARGUMENTS, Edge, Value, find, measurand
from reports.measurands.results import in_limit
from reports.measurands.scope import Scope
from reports.plausibility.interval import Interval
from reports.plausibility.interval import evaluate as enclose


@measurand("combined")
def combined(scope: Scope, *, formula: str, parts: Mapping[str, Mapping[str, Any]]) -> Value:
    """y = f(a, b, …), the formula over the results of its parts, in the unit of the limit.

    Where a part is only known as a bound y is one too, if the formula rises or falls with it throughout.
    """
    node, found = parse_formula(formula), {name: _part(scope, part) for name, part in parts.items()}
    # In base units, as the formula's own unit is.
    values = {name: _scaled(value) for name, value in found.items()}
    numbers = {name: value.number for name, value in values.items()}
    try:
        number, of = evaluate(node, numbers), unit_of(node, {name: unit(value.unit) for name, value in found.items()})
        edges = tuple(_edge(node, numbers, name, value) for name, value in values.items() if value.edges)
    except (ArithmeticError, ValueError) as error:
        raise doubtful("no-value", formula=formula) from error
    return in_limit(scope, number, of, edges, _bound(node, values, number, formula))


def _part(scope: Scope, part: Mapping[str, Any]) -> Value:
    begin = mark(scope, part["from"]) if "from" in part else scope.begin
    end = mark(scope, part["to"]) if "to" in part else scope.end
    if end <= begin:
        raise doubtful("no-window", begin=part.get("from", "begin"), end=part.get("to", "end"))
    window = replace(scope, begin=begin, end=end, limit={"unit": part.get("unit")})
    arguments = {key: value for key, value in part.items() if key not in {*SCOPE_ARGUMENTS, "unit"}}
    found = find(part["statistic"])(window, arguments)
    if found.repeats:
        raise Refusal("measurand combined", "the scatter of a part is not carried on", "take `repeatability` out of it")
    return found


def _scaled(value: Value) -> Value:
    scale = unit(value.unit).scale
    edges = tuple(Edge(edge.interval * scale, edge.stamp * scale) for edge in value.edges)
    return Value(value.number * scale, value.unit, value.bound, edges)


def _edge(node: Node, numbers: Mapping[str, float], name: str, value: Value) -> Edge:
    """What the edges of a part leave open about the whole, as the interval with the same standard uncertainty."""
    own = math.sqrt(math.fsum(edge.interval**2 / 12 + edge.stamp**2 / 3 for edge in value.edges))
    up, down = (evaluate(node, {**numbers, name: value.number + sign * own}) for sign in (1, -1))
    return Edge(abs(up - down) / 2 * math.sqrt(12))


def _bound(node: Node, values: Mapping[str, Value], number: float, formula: str) -> str | None:
    """Which way the whole may lie from its number; NoEvidence if both ways."""
    if not any(value.bound for value in values.values()):
        return None
    reached = enclose(node, {name: _reach(value) for name, value in values.items()})
    if math.isclose(reached.low, number, rel_tol=1e-9):
        return "at-least"
    if math.isclose(reached.high, number, rel_tol=1e-9):
        return "at-most"
    raise doubtful("open", formula=formula)


def _reach(value: Value) -> Interval:
    match value.bound:
        case "at-least":
            return Interval(value.number, math.inf)
        case "at-most":
            return Interval(-math.inf, value.number)
    return Interval(value.number, value.number)
