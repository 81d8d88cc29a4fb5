"""Counters and energies: what overflows, what was set back, and integrals that nobody may bridge."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles.quality import Quality
from reports.judging.reasons import NoEvidence
from tests.reports.build import Point
from tests.reports.measuring import SIZE, measured, positive, recorded, series

WATT = {"p": Point("W", resolution=1.0)}
few = settings(max_examples=15, deadline=None)


def value(measurand: dict[str, object], unit: str = "W", **signals: list[float]) -> float:
    return measured(recorded(**signals), measurand, unit).number


@few
@given(a=series, every=st.sampled_from([0.5, 1, 10]))
def test_energy_is_the_integral_by_trapezoids(a: list[float], every: float) -> None:
    expected = np.trapezoid(a, dx=every) / 3.6e6
    found = measured(recorded(every, p=a), {"statistic": "energy", "of": "p"}, "kWh")
    assert (found.number, found.unit) == (pytest.approx(expected, abs=1e-12), "kWh")


@few
@given(a=series, b=series)
def test_the_energies_of_channels_add_up(a: list[float], b: list[float]) -> None:
    parts = [value({"statistic": "energy", "of": f"p.{n}"}, "kWh", p__a=a, p__b=b) for n in "ab"]
    assert value({"statistic": "energy", "of": "p.*"}, "kWh", p__a=a, p__b=b) == pytest.approx(sum(parts), abs=1e-12)


@few
@given(a=positive, b=positive)
def test_a_ratio_is_one_of_integrals_over_the_same_window(a: list[float], b: list[float]) -> None:
    expected = np.trapezoid(a) / np.trapezoid(b)
    for unit, scale in (("1", 1), ("%", 100)):
        found = value({"statistic": "ratio", "of": "p", "per": "q"}, unit, p=a, q=b)
        assert found == pytest.approx(expected * scale)
    back = value({"statistic": "ratio", "of": "q", "per": "p"}, "1", p=a, q=b)
    assert back * expected == pytest.approx(1)


def test_nothing_is_divided_by_nothing() -> None:
    with pytest.raises(NoEvidence, match="came to zero"):
        value({"statistic": "ratio", "of": "p", "per": "q"}, "1", p=[1.0] * 5, q=[0.0] * 5)


@pytest.mark.parametrize("hole", [2, 3])
def test_a_hole_of_more_than_two_sampling_intervals_is_not_bridged(hole: int) -> None:
    values: list[float | Quality] = [5.0] * 200
    values[50 : 49 + hole] = [Quality.ERROR] * (hole - 1)
    run = recorded(p=values)
    if hole == 2:
        assert measured(run, {"statistic": "energy", "of": "p"}, "kWh").number == pytest.approx(5 * 199 / 3.6e6)
        return
    with pytest.raises(NoEvidence, match="was not seen for 3 s"):
        measured(run, {"statistic": "energy", "of": "p"}, "kWh")


def test_a_result_that_the_unit_of_the_limit_cannot_state_decides_nothing() -> None:
    with pytest.raises(NoEvidence, match="cannot be stated in V"):
        value({"statistic": "energy", "of": "p"}, "V", p=[1.0] * 5)


counts = st.lists(st.integers(0, 5), min_size=SIZE - 1, max_size=SIZE - 1)


def counting(steps: list[int], start: int = 0, bits: int | None = None) -> list[float]:
    total = np.concatenate([[start], start + np.cumsum(steps)])
    return [float(x) for x in (total if bits is None else total % 2**bits)]


@pytest.mark.parametrize("bits", [8, 16, 32])
@few
@given(steps=counts, start=st.integers(0, 255), back=st.integers(0, 60))
def test_an_overflow_loses_nothing(bits: int, steps: list[int], start: int, back: int) -> None:
    points = {"c": Point("count")}
    near_full = counting(steps, 2**bits - back, bits)
    for values in (counting(steps, start), near_full):
        run = recorded(points=points, c=values)
        found = measured(run, {"statistic": "increment", "of": "c", "bits": bits}, "count")
        assert (found.number, found.bound) == (sum(steps), None)
        assert measured(run, {"statistic": "decreases", "of": "c", "bits": bits}, "count").number == 0


@few
@given(steps=counts, start=st.integers(100, 500), at=st.integers(2, SIZE - 2), after=st.integers(0, 3))
def test_a_counter_that_was_set_back_is_a_lower_bound(steps: list[int], start: int, at: int, after: int) -> None:
    before, rest = counting(steps[: at - 1], start), counting(steps[at:], after)
    run = recorded(points={"c": Point("count")}, c=before + rest)
    found = measured(run, {"statistic": "increment", "of": "c"}, "count")
    assert found.bound == "at-least"
    assert found.number == sum(steps[: at - 1]) + after + sum(steps[at:])
    assert measured(run, {"statistic": "decreases", "of": "c"}, "count").number == 1


@few
@given(steps=counts)
def test_a_rate_is_the_increment_in_the_time_between_first_and_last(steps: list[int]) -> None:
    run = recorded(10, points={"c": Point("count")}, c=counting(steps))
    found = measured(run, {"statistic": "rate", "of": "c"}, "1/h")
    assert found.number == pytest.approx(sum(steps) / (10 * (SIZE - 1)) * 3600)


@few
@given(steps=counts, cut=st.integers(2, SIZE - 2))
def test_increments_add_up(steps: list[int], cut: int) -> None:
    values = counting(steps)
    parts = [recorded(points={"c": Point("count")}, c=part) for part in (values[: cut + 1], values[cut:])]
    assert sum(measured(part, {"statistic": "increment", "of": "c"}, "count").number for part in parts) == sum(steps)


def test_both_readings_of_an_energy_meter_are_rounded() -> None:
    found = measured(recorded(points=WATT, p=[10.0, 12.0, 15.0]), {"statistic": "increment", "of": "p"})
    assert found.number == 5 and [edge.interval for edge in found.edges] == [1.0, 1.0]
