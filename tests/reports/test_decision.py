"""Decision rules: decimal, fail-closed, and monotone in the value."""

import math
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from profiles.refusal import Refusal
from reports.judging.decision import CONDITIONAL, RULES, decide
from reports.judging.limit import Limit
from reports.judging.verdict import Word

numbers = st.floats(-1e6, 1e6)
spreads = st.floats(0, 1e3)
resolutions = st.sampled_from([None, 1, 0.5, 0.1, 0.01, 10])
RANK = {Word.PASS: 0, Word.INCONCLUSIVE: 1, Word.FAIL: 2}


def limit(op: str, *values: float) -> Limit:
    keys = ("min", "max") if op == "range" else ("value",)
    return Limit.parse({"op": op, "unit": "V", **dict(zip(keys, values, strict=True))})


def word(value: float, u: float, against: Limit, *rest: object) -> str:
    return decide(value, u, against, *rest).word.value  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "u", "expected"),
    [(9.5, 0.5, "pass"), (9.5, 0.6, "inconclusive"), (10.5, 0.5, "inconclusive"), (10.6, 0.5, "fail"), (10, 0, "pass")],
)
def test_the_guarded_rule_at_an_upper_limit(value: float, u: float, expected: str) -> None:
    assert word(value, u, limit("<=", 10), 0.1) == expected


@pytest.mark.parametrize(
    ("value", "u", "expected"),
    [
        (200, 2, "pass"),
        (199, 2, "inconclusive"),
        (196, 2, "inconclusive"),
        (195.9, 2, "fail"),
        (243, 2, "inconclusive"),
    ],
)
def test_the_guarded_rule_at_a_two_sided_limit(value: float, u: float, expected: str) -> None:
    assert word(value, u, limit("range", 198, 242), 0.1) == expected


def test_the_simple_rule_leaves_the_uncertainty_aside() -> None:
    assert word(9.99, 5, limit("<=", 10), 0.01, "simple") == "pass"
    assert word(10.01, 5, limit("<=", 10), 0.01, "simple") == "fail"


@pytest.mark.parametrize(
    ("value", "expected", "key"),
    [
        (9.5, "pass", "pass"),
        (9.6, "inconclusive", "conditional-pass"),
        (10, "inconclusive", "conditional-pass"),
        (10.1, "inconclusive", "conditional-fail"),
        (10.5, "inconclusive", "conditional-fail"),
        (10.6, "fail", "fail"),
    ],
)
def test_the_non_binary_rule_names_the_side_of_an_open_verdict(value: float, expected: str, key: str) -> None:
    found = decide(value, 0.5, limit("<=", 10), 0.1, "non-binary")
    assert (found.word.value, found.key) == (expected, key)


def test_the_non_binary_rule_calls_neither_a_bound_nor_a_coarse_result_conditional() -> None:
    assert decide(3, 0, limit("<=", 10), 1, "non-binary", "at-least").key == "censored"
    assert decide(220, 30, limit("range", 198, 242), 1, "non-binary").key == "coarse"


@given(value=numbers, u=spreads, op=st.sampled_from(["<=", "<", ">=", ">", "=="]), resolution=resolutions)
def test_the_non_binary_rule_decides_exactly_what_the_guarded_rule_decides(
    value: float, u: float, op: str, resolution: float | None
) -> None:
    at = limit(op, 10)
    found = decide(value, u, at, resolution, "non-binary")
    assert found.word is decide(value, u, at, resolution, "guarded").word
    side = CONDITIONAL.get(found.key)
    assert (side is None) == (found.word is not Word.INCONCLUSIVE)
    if side is not None and op != "==":
        assert side == decide(value, u, at, resolution, "simple").word.value


def test_a_strict_limit_excludes_its_bound() -> None:
    assert word(10, 0, limit("<", 10)) == "fail" and word(10, 0, limit("<=", 10)) == "pass"


def test_an_instrument_too_coarse_for_the_limit_decides_nothing_under_any_rule() -> None:
    for rule in RULES:
        found = decide(220, 30, limit("range", 198, 242), 1, rule)
        assert (found.word, found.key) == (Word.INCONCLUSIVE, "coarse")


def test_a_difference_that_is_right_on_paper_is_right_here() -> None:
    assert 5.0 - 4.884 < 0.116  # in binary
    found = decide(4.884, 0.116, limit("<=", 5.0), 0.001)
    assert found.word is Word.PASS and found.margin == Decimal("0.116")


def test_the_value_is_rounded_half_even_and_the_uncertainty_up() -> None:
    assert decide(0.25, 0, limit("<=", 9), 0.1).value == Decimal("0.2")
    assert decide(0.35, 0, limit("<=", 9), 0.1).value == Decimal("0.4")
    assert decide(0.25, 0.01, limit("<=", 9), 0.1).uncertainty == Decimal("0.1")
    assert decide(13, 1, limit("<=", 99), 5).value == Decimal(15)


def test_an_exact_count_equals_or_does_not() -> None:
    assert word(8, 0, limit("==", 8), 1) == "pass"
    assert word(7, 0, limit("==", 8), 1) == "fail"
    assert word(8, 0.1, limit("==", 8), 1) == "inconclusive"


def test_what_never_happened_is_only_a_bound() -> None:
    upper, lower, band = limit("<=", 10), limit(">=", 10), limit("range", 5, 10)
    assert [word(v, 0, upper, 1, "guarded", "at-least") for v in (3, 30)] == ["inconclusive", "fail"]
    assert [word(v, 0, lower, 1, "guarded", "at-least") for v in (3, 30)] == ["inconclusive", "pass"]
    assert [word(v, 0, band, 1, "guarded", "at-least") for v in (3, 7, 30)] == ["inconclusive", "inconclusive", "fail"]
    assert [word(v, 0, upper, 1, "guarded", "at-most") for v in (3, 30)] == ["pass", "inconclusive"]
    assert [word(v, 0, lower, 1, "guarded", "at-most") for v in (3, 30)] == ["fail", "inconclusive"]


@given(
    value=st.floats(),
    u=st.floats(),
    op=st.sampled_from(["<=", "<", ">=", ">", "=="]),
    bound=st.sampled_from([None, "at-least", "at-most"]),
    rule=st.sampled_from(RULES),
)
def test_nothing_but_two_finite_numbers_ever_decides(value: float, u: float, op: str, bound: str, rule: str) -> None:
    found = decide(value, u, limit(op, 10), 0.1, rule, bound)
    if not (math.isfinite(value) and math.isfinite(u) and u >= 0):
        assert found.word is Word.INCONCLUSIVE and found.value is None
    assert found.word in RANK


@given(measured=numbers, u=spreads, low=numbers, width=spreads, resolution=resolutions)
@example(measured=-1.7993287229318476e-113, u=1.0, low=1.0, width=0.0, resolution=None)
def test_pass_means_wholly_inside_and_fail_wholly_outside(
    measured: float, u: float, low: float, width: float, resolution: float | None
) -> None:
    found = decide(measured, u, limit("range", low, low + width), resolution)
    assert found.value is not None and found.uncertainty is not None and found.margin is not None
    # Fractions, because 1 + 1e-113 is not 1.
    bottom, top = Fraction(repr(low)), Fraction(repr(low + width))
    value, uncertainty = Fraction(found.value), Fraction(found.uncertainty)
    if found.word is Word.PASS:
        assert bottom <= value - uncertainty and value + uncertainty <= top
        assert found.margin >= found.uncertainty
    if found.word is Word.FAIL:
        assert value + uncertainty < bottom or value - uncertainty > top
        assert found.margin < 0


@given(a=numbers, b=numbers, u=spreads, at=numbers, resolution=resolutions, rule=st.sampled_from(RULES))
def test_a_larger_value_is_never_better_for_an_upper_limit_nor_worse_for_a_lower(
    a: float, b: float, u: float, at: float, resolution: float | None, rule: str
) -> None:
    small, large = sorted((a, b))
    upper = [RANK[decide(v, u, limit("<=", at), resolution, rule).word] for v in (small, large)]
    lower = [RANK[decide(v, u, limit(">=", at), resolution, rule).word] for v in (small, large)]
    assert upper[0] <= upper[1] and lower[0] >= lower[1]


@given(value=numbers, u=spreads, more=spreads, at=numbers)
def test_a_larger_uncertainty_never_turns_one_side_into_the_other(
    value: float, u: float, more: float, at: float
) -> None:
    before, after = (decide(value, spread, limit("<=", at), 0.1).word for spread in (u, u + more))
    assert after in (before, Word.INCONCLUSIVE)


@given(u=spreads, op=st.sampled_from(["<=", ">=", "=="]))
def test_minus_zero_is_zero(u: float, op: str) -> None:
    assert decide(-0.0, u, limit(op, 0.0), 0.1) == decide(0.0, u, limit(op, -0.0), 0.1)


def test_very_different_magnitudes_are_compared_without_rounding() -> None:
    assert word(1e300, 1e-300, limit("<=", 1e300)) == "inconclusive"
    assert word(5e-324, 0, limit("<=", 0)) == "fail"


@pytest.mark.parametrize(
    "broken",
    [
        {"op": "about", "value": 1},
        {"op": "<="},
        {"op": "<=", "value": None},
        {"op": "<=", "value": True},
        {"op": "<=", "value": math.nan},
        {"op": "range", "min": 2, "max": 1},
        {"op": "range", "min": 2},
        {},
    ],
)
def test_a_limit_that_is_none_is_refused(broken: dict[str, object]) -> None:
    with pytest.raises(Refusal):
        Limit.parse({"unit": "V", **broken})


@pytest.mark.parametrize("resolution", [0, -1, math.nan, math.inf])
def test_a_resolution_that_is_none_is_refused(resolution: float) -> None:
    with pytest.raises(Refusal, match="resolution"):
        decide(1, 0, limit("<=", 2), resolution)


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(Refusal, match="guarded, non-binary, simple"):
        decide(1, 0, limit("<=", 2), 1, "kind")
