"""Intervals hold whatever their terms may be, so that only the impossible is a contradiction."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.formula import parse_relation
from reports.plausibility.interval import Interval, contradicts, evaluate, surely

numbers = st.floats(-1e6, 1e6, allow_nan=False)
FORMULAS = {
    "a + b": lambda a, b: a + b,
    "a - b": lambda a, b: a - b,
    "a * b": lambda a, b: a * b,
    "a / b": lambda a, b: a / b,
    "a ** 2 + b": lambda a, b: a**2 + b,
    "abs(a) * -b": lambda a, b: abs(a) * -b,
    "min(a, b)": min,
    "max(a, b, 3)": lambda a, b: max(a, b, 3),
    "sqrt(abs(a))": lambda a, b: math.sqrt(abs(a)),
}


@st.composite
def inside(draw: st.DrawFn) -> tuple[float, Interval]:
    """A value, and an interval around it."""
    value = draw(numbers)
    return value, Interval(value - draw(st.floats(0, 1e3)), value + draw(st.floats(0, 1e3)))


@pytest.mark.parametrize("text", FORMULAS)
@given(a=inside(), b=inside())
def test_the_value_of_a_formula_lies_in_the_interval_of_its_terms(
    text: str, a: tuple[float, Interval], b: tuple[float, Interval]
) -> None:
    if "/" in text and b[0] == 0:
        return
    found = evaluate(parse_relation(f"{text} == 0").left, {"a": a[1], "b": b[1]})
    value = FORMULAS[text](a[0], b[0])
    slack = 1e-9 * max(1.0, abs(value))
    assert found.low - slack <= value <= found.high + slack


@pytest.mark.parametrize("op", ["==", "<=", ">=", "<", ">"])
@given(a=inside(), b=inside())
def test_what_is_true_of_the_values_is_never_a_contradiction(
    op: str, a: tuple[float, Interval], b: tuple[float, Interval]
) -> None:
    true = {"==": a[0] == b[0], "<=": a[0] <= b[0], ">=": a[0] >= b[0], "<": a[0] < b[0], ">": a[0] > b[0]}[op]
    if true:
        assert not contradicts(parse_relation(f"a {op} b"), {"a": a[1], "b": b[1]})


@given(a=inside(), b=inside())
def test_what_surely_holds_holds_of_the_values(a: tuple[float, Interval], b: tuple[float, Interval]) -> None:
    terms = {"a": a[1], "b": b[1]}
    if surely(parse_relation("a <= b"), terms):
        assert a[0] <= b[0]
    if surely(parse_relation("a > b"), terms):
        assert a[0] > b[0]


def test_dividing_by_what_may_be_zero_says_nothing() -> None:
    terms = {"a": Interval(1, 2), "b": Interval(-1, 1)}
    assert not contradicts(parse_relation("a / b == 7"), terms)


def test_a_tolerance_is_a_share_of_the_larger_side() -> None:
    terms = {"a": Interval(100, 100), "b": Interval(103, 103)}
    assert contradicts(parse_relation("a == b"), terms, relative=0.02)
    assert not contradicts(parse_relation("a == b"), terms, relative=0.03)
    assert contradicts(parse_relation("a == b"), terms, absolute=2.9)
    assert not contradicts(parse_relation("a == b"), terms, absolute=3)
