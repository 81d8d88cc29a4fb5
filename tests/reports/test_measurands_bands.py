"""How long a signal is outside a band, how often, and until when."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.judging.reasons import NoEvidence
from tests.reports.measuring import SIZE, measured, recorded, series

few = settings(max_examples=15, deadline=None)


def value(measurand: dict[str, object], unit: str = "W", **signals: list[float]) -> float:
    return measured(recorded(**signals), measurand, unit).number


outside = st.lists(st.sampled_from([50.0, 150.0]), min_size=SIZE, max_size=SIZE)


def runs_outside(a: list[float]) -> list[tuple[float, bool]]:
    """Length and wholeness of the runs above 100, by walking the edges of the mask."""
    edges = np.diff(np.concatenate([[0], (np.array(a) > 100).astype(int), [0]]))
    begins, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    limits = [(max(0.0, b - 0.5) if b else 0.0, min(SIZE - 1.0, e - 0.5)) for b, e in zip(begins, ends, strict=True)]
    return [(e - b, bool(b > 0 and e < SIZE - 1)) for b, e in limits]


@few
@given(a=outside)
def test_the_time_outside_a_band(a: list[float]) -> None:
    run, found = recorded(p=a), runs_outside(a)
    longest = measured(run, {"statistic": "longest-outside", "of": "p", "upper": 100}, "s")
    assert longest.number == max((seconds for seconds, _ in found), default=0)
    total = measured(run, {"statistic": "total-outside", "of": "p", "upper": 100}, "s")
    assert total.number == pytest.approx(sum(seconds for seconds, _ in found))
    assert longest.number <= total.number <= SIZE - 1
    if longest.bound:
        assert (longest.number, False) in found
    inverse = measured(run, {"statistic": "longest-inside", "of": "p", "lower": 100}, "s")
    assert inverse.number == longest.number


@few
@given(a=outside, b=outside)
def test_what_follows_makes_no_run_shorter(a: list[float], b: list[float]) -> None:
    measurand = {"statistic": "longest-outside", "of": "p", "upper": 100}
    one, longer = (measured(recorded(p=x), measurand, "s") for x in (a, a + b))
    assert longer.number >= one.number - 0.5


def test_a_run_that_the_scope_cuts_off_is_a_lower_bound_and_none_is_zero() -> None:
    measurand = {"statistic": "longest-outside", "of": "p", "upper": 100}
    cut = measured(recorded(p=[50.0] * 10 + [150.0] * 5), measurand, "s")
    assert (cut.number, cut.bound) == (4.5, "at-least")
    none = measured(recorded(p=[50.0] * 10), measurand, "s")
    assert (none.number, none.bound) == (0.0, None) and none.edges[0].interval == 1


def test_the_slowest_channel_counts_inside_and_the_fastest_outside() -> None:
    run = recorded(p__a=[50.0] * 5 + [150.0] * 4 + [50.0] * 5, p__b=[50.0] * 5 + [150.0] * 2 + [50.0] * 7)
    assert measured(run, {"statistic": "longest-outside", "of": "p.*", "upper": 100}, "s").number == 4
    assert measured(run, {"statistic": "longest-inside", "of": "p.*", "lower": 100}, "s").number == 2


def test_an_envelope_counts_what_is_too_deep_for_too_long() -> None:
    bands = [{"lower": 70, "longer": 0.5}, {"lower": 80, "longer": 10}]
    dips = [100.0] * 5 + [75.0] * 6 + [100.0] * 5 + [60.0] * 4 + [100.0] * 5 + [75.0] * 15 + [100.0] * 5
    found = measured(recorded(p=dips), {"statistic": "excursions", "of": "p", "bands": bands}, "count")
    # The deep one for 4 s, and the long one for 15 s.
    assert (found.number, found.unit) == (2.0, "count")


@pytest.mark.parametrize("length", [10, 11])
def test_a_length_that_sampling_leaves_open_is_not_counted(length: int) -> None:
    run = recorded(p=[100.0] * 5 + [75.0] * length + [100.0] * 5)
    measurand = {"statistic": "excursions", "of": "p", "bands": [{"lower": 80, "longer": 10}]}
    if length == 10:
        with pytest.raises(NoEvidence, match="leave open whether d/p was outside for more than 10 s"):
            measured(run, measurand, "count")
        return
    run = recorded(p=[100.0] * 5 + [75.0] * (length + 1) + [100.0] * 5)
    assert measured(run, measurand, "count").number == 1


@few
@given(a=series, final=st.integers(1, SIZE - 2))
def test_an_overshoot_is_above_the_final_value(a: list[float], final: int) -> None:
    rest = np.mean(a[-final - 1 :])
    for side, expected in (("upper", max(a) - rest), ("lower", rest - min(a))):
        measurand = {"statistic": "overshoot", "of": "p", "final": final, "side": side}
        assert value(measurand, p=a) == pytest.approx(expected, abs=1e-9)


def test_a_scope_without_a_rest_has_no_overshoot() -> None:
    with pytest.raises(NoEvidence, match="shorter than the averaging time"):
        value({"statistic": "overshoot", "of": "p", "final": SIZE}, p=[1.0] * SIZE)


SETTLED = {"statistic": "settling-time", "of": "p", "lower": -100, "upper": 100}


@few
@given(a=series)
def test_settling_is_when_it_was_outside_for_the_last_time(a: list[float]) -> None:
    found = measured(recorded(p=a), SETTLED, "s")
    outside = np.flatnonzero(np.abs(a) > 100)
    if len(outside) == 0:
        assert (found.number, found.bound) == (0, None)
    elif outside[-1] == SIZE - 1:
        assert (found.number, found.bound) == (SIZE - 1, "at-least")
    else:
        assert (found.number, found.bound) == (outside[-1] + 0.5, None)


@few
@given(a=series, wider=st.floats(0, 500))
def test_a_wider_band_is_reached_no_later(a: list[float], wider: float) -> None:
    wide = {**SETTLED, "lower": -100 - wider, "upper": 100 + wider}
    assert measured(recorded(p=a), wide, "s").number <= measured(recorded(p=a), SETTLED, "s").number


def test_settling_may_begin_with_an_event() -> None:
    p, s = [500.0] * 10 + [0.0] * 3 + [300.0] * 4 + [0.0] * 7, ["open"] * 12 + ["closed"] * 12
    measurand = {**SETTLED, "start": {"of": "s", "state": "closed"}}
    found = measured(recorded(p=p, s=s), measurand, "s")
    # Closed between the samples 11 and 12, and inside for good between 16 and 17.
    assert (found.number, found.bound) == (5.0, None) and len(found.edges) == 2
    calm = measured(recorded(p=[500.0] * 5 + [0.0] * 19, s=s), measurand, "s")
    assert (calm.number, calm.bound) == (0, None)
