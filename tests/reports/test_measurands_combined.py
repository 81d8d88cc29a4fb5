"""Numbers made of other numbers, what is told apart, and what the other verdicts are worth."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles.quality import Quality
from reports.judging.reasons import NoEvidence
from reports.judging.uncertainty import round_up
from reports.judging.verdict import Verdict, Word
from reports.measurands.registry import Value
from tests.reports.build import TEXT, Point, Run
from tests.reports.measuring import SIZE, measured, positive, recorded

few = settings(max_examples=20, deadline=None)
HIGH = {"of": "p", "above": 50}


def combined(run: Run, formula: str, unit: str, **parts: dict[str, Any]) -> Value:
    return measured(run, {"statistic": "combined", "formula": formula, "parts": parts}, unit)


@few
@given(a=positive, cut=st.integers(2, SIZE - 3))
def test_parts_have_windows_of_their_own(a: list[float], cut: int) -> None:
    run = recorded(p=a)
    run.marks = {"middle": float(cut)}
    before = {"statistic": "mean", "of": "p", "to": "middle"}
    after = {"statistic": "mean", "of": "p", "from": "middle"}
    found = combined(run, "after / before", "%", before=before, after=after)
    expected = 100 * np.mean(a[cut:]) / np.mean(a[: cut + 1])
    assert (found.number, found.unit, found.bound) == (pytest.approx(expected), "%", None)


@few
@given(a=positive, b=positive)
def test_parts_of_different_units_are_combined_in_base_units(a: list[float], b: list[float]) -> None:
    run = recorded(p=a, q=b)
    energy, power = {"statistic": "energy", "of": "p", "unit": "kWh"}, {"statistic": "highest", "of": "q"}
    found = combined(run, "energy / power", "h", energy=energy, power=power)
    assert found.number == pytest.approx(np.trapezoid(a) / 3600 / max(b))


def test_a_part_may_be_what_the_equipment_declares() -> None:
    rated = {"statistic": "declared-rating", "rating": "power", "unit": "W"}
    run = recorded(p=[400.0] * 5)
    assert combined(run, "a / r", "%", a={"statistic": "mean", "of": "p"}, r=rated).number == pytest.approx(80)
    del run.equipment["unit-1"]["ratings"]
    with pytest.raises(NoEvidence, match="declares no rating power"):
        combined(run, "a / r", "%", a={"statistic": "mean", "of": "p"}, r=rated)


def test_a_part_in_another_order_of_marks_is_refused() -> None:
    run = recorded(p=[1.0] * 5)
    with pytest.raises(NoEvidence, match="window from end to begin is empty"):
        combined(run, "a", "W", a={"statistic": "mean", "of": "p", "from": "end", "to": "begin"})
    with pytest.raises(NoEvidence, match="has no mark gone"):
        combined(run, "a", "W", a={"statistic": "mean", "of": "p", "from": "gone"})


DELAY = {"statistic": "delay-between", "end": HIGH}
LONG = {"statistic": "duration-in-state", "of": "s", "state": "on"}


@pytest.mark.parametrize(
    ("formula", "bound"),
    [("a / b", "at-least"), ("b / a", "at-most"), ("a - b", "at-least"), ("b - a", "at-most"), ("min(a, b)", None)],
)
def test_a_part_that_is_only_known_as_a_bound_makes_the_whole_one(formula: str, bound: str | None) -> None:
    run = recorded(p=[0.0] * 10, s=["on"] * 5 + ["off"] * 5)
    unit = "1" if "/" in formula else "s"
    found = combined(run, formula, unit, a=DELAY, b=LONG)
    a, b = 9.0, 4.5
    expected = {"a / b": a / b, "b / a": b / a, "a - b": a - b, "b - a": b - a, "min(a, b)": b}[formula]
    assert found.number == expected and found.bound == (bound or "at-least")


def test_a_bound_that_leaves_both_sides_open_decides_nothing() -> None:
    run = recorded(p=[0.0] * 10, s=["on"] * 7 + ["off"] * 3)
    with pytest.raises(NoEvidence, match=r"leaves abs\(a - 2 \* b\) open on both sides"):
        combined(run, "abs(a - 2 * b)", "s", a=DELAY, b=LONG)


def test_the_edges_of_parts_come_through_the_formula() -> None:
    run = recorded(p=[0.0] * 6 + [100.0] * 4, s=["on"] * 3 + ["off"] * 7)
    found = combined(run, "a / b", "1", a=DELAY, b=LONG)
    # a = 5.5 s and b = 2.5 s, each known to 1 s/√12.
    spread = np.sqrt(sum(edge.interval**2 for edge in found.edges))
    assert found.number == pytest.approx(2.2)
    assert spread == pytest.approx(np.hypot(1 / 2.5, 5.5 / 2.5**2), rel=0.05)


def test_what_one_instrument_gets_wrong_cancels_between_two_windows() -> None:
    run = recorded(points={"p": Point("W", relative=0.05)}, p=[100.0] * 10 + [80.0] * 10)
    run.marks = {"middle": 9.5}
    before = {"statistic": "mean", "of": "p", "to": "middle"}
    after = {"statistic": "mean", "of": "p", "from": "middle"}
    parts = {"before": before, "after": after}
    measurand = {"statistic": "combined", "formula": "after / before", "parts": parts}
    run.require(measurand, {"op": ">=", "value": 70, "unit": "%"}, resolution=1e-9)
    found = run.judge()
    assert found.verdict is Word.PASS and found.value == pytest.approx(80)
    assert found.uncertainty == pytest.approx(0, abs=1e-6)


def test_a_part_without_evidence_leaves_the_whole_without() -> None:
    run = recorded(p=[1.0] * 10, q=[Quality.ERROR] * 10)
    with pytest.raises(NoEvidence):
        combined(run, "a / b", "1", a={"statistic": "mean", "of": "p"}, b={"statistic": "mean", "of": "q"})
    with pytest.raises(NoEvidence, match="has no value"):
        combined(run, "a / (a - a)", "1", a={"statistic": "mean", "of": "p"})


@given(values=st.lists(st.sampled_from([1.0, 2.0, 3.0]), min_size=5, max_size=20))
def test_distinct_values_are_counted(values: list[float]) -> None:
    run = recorded(p=values, s=[f"state-{v}" for v in values])
    for point in ("p", "s"):
        found = measured(run, {"statistic": "distinct-values", "of": point}, "count")
        assert found.number == len(set(values))


def test_a_text_that_changed_is_two_values() -> None:
    run = recorded(points={"checksum": TEXT}, checksum=["a1"] * 10 + ["b2"] * 10)
    run.require({"statistic": "distinct-values", "of": "checksum"}, {"op": "==", "value": 1, "unit": "count"})
    assert run.judge().verdict is Word.FAIL


BITS = {"statistic": "bit-mismatches", "question": "codes", "field": "got", "against": "wanted"}


data = st.binary(min_size=1, max_size=32)


@given(a=data, noise=st.binary(min_size=32, max_size=32), width=st.sampled_from([1, 2, 4, 8, 16]))
def test_mismatches_are_counted_by_bit_or_by_code(a: bytes, noise: bytes, width: int) -> None:
    a = a + a if width == 16 else a
    b = bytes(x ^ (y & 0x11) for x, y in zip(a, noise + noise, strict=False))
    run = recorded(p=[1.0] * 3).answer("d", "codes", {"got": a.hex(), "wanted": b.hex()})
    digits = [f"{int.from_bytes(x):0{8 * len(x)}b}" for x in (a, b)]
    groups = [[d[i : i + width] for i in range(0, len(d), width)] for d in digits]
    expected = sum(x != y for x, y in zip(*groups, strict=True))
    assert measured(run, {**BITS, "width": width}, "count").number == expected


@pytest.mark.parametrize("wanted", ["00", "zz00", "", None])
def test_texts_that_cannot_be_compared_are_no_match(wanted: str | None) -> None:
    run = recorded(p=[1.0] * 3).answer("d", "codes", {"got": "00ff", "wanted": wanted})
    with pytest.raises(NoEvidence, match="cannot be compared bit by bit"):
        measured(run, BITS, "count")


def test_the_mismatches_of_all_answers_add_up() -> None:
    run = recorded(p=[1.0] * 3).answer("d", "codes", {"got": "0f", "wanted": "00"}, {"got": "01", "wanted": "00"})
    assert measured(run, BITS, "count").number == 5


def judged(*, relative: float, width: float) -> list[Verdict]:
    """A range of that width around 100 W, read by a meter of that class, and what its verdict is worth."""
    run = recorded(points={"p": Point("W", relative=relative)}, p=[100.0] * 10)
    limit = {"op": "range", "min": 100 - width / 2, "max": 100 + width / 2, "unit": "W"}
    run.require({"statistic": "mean", "of": "p"}, limit, id="X-1")
    run.require({"statistic": "uncertainty-ratio"}, {"op": ">=", "value": 4, "unit": "1"}, id="X-2")
    worth = {"statistic": "relative-uncertainty", "requirement": "X-1"}
    run.require(worth, {"op": "<=", "value": 2, "unit": "%"}, id="X-3")
    return list(run.judgement().verdicts)


@pytest.mark.parametrize(("relative", "words"), [(0.001, (Word.PASS, Word.PASS)), (0.03, (Word.FAIL, Word.FAIL))])
def test_a_coarse_instrument_is_not_good_enough_for_its_limit(relative: float, words: tuple[Word, Word]) -> None:
    measured_, ratio, worth = judged(relative=relative, width=20)
    expanded = round_up(2 * relative * 100 / math.sqrt(3))
    assert measured_.uncertainty == pytest.approx(expanded, abs=1e-3)
    assert ratio.value == pytest.approx(20 / (2 * expanded), rel=1e-2)
    assert worth.value == pytest.approx(expanded, rel=1e-2)
    assert (ratio.verdict, worth.verdict) == words


def test_without_a_verdict_there_is_nothing_to_say_about_verdicts() -> None:
    run = recorded(p=[1.0] * 5).require({"statistic": "uncertainty-ratio"}, {"op": ">=", "value": 4, "unit": "1"})
    assert run.judge().verdict is Word.NOT_TESTED
