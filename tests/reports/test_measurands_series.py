"""Statistics of series of numbers, against NumPy and SciPy and by what must not change them."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from profiles.quality import Quality
from reports.judging.reasons import NoEvidence
from reports.measurands.percentiles import lower_rank, rank, upper_rank
from tests.reports.build import Point
from tests.reports.measuring import SIZE, measured, numbers, recorded, series

few = settings(max_examples=15, deadline=None)


def value(measurand: dict[str, object], unit: str = "W", **signals: list[float]) -> float:
    return measured(recorded(**signals), measurand, unit).number


def means(values: list[float], width: int, step: int) -> list[float]:
    """Means of whole windows of a series with a sample a second."""
    return [float(np.mean(values[i : i + width])) for i in range(0, len(values) - width, step)]


FUNCTIONS = {
    "mean": lambda x: np.mean(x),
    "root-mean-square": lambda x: np.sqrt(np.mean(np.square(x))),
    "standard-deviation": lambda x: np.std(x, ddof=1),
    "greatest-range": lambda x: np.ptp(x),
}


@pytest.mark.parametrize("name", FUNCTIONS)
@few
@given(a=series)
def test_it_is_what_numpy_says(name: str, a: list[float]) -> None:
    assert value({"statistic": name, "of": "p"}, p=a) == pytest.approx(FUNCTIONS[name](a), abs=1e-9)


@pytest.mark.parametrize("name", FUNCTIONS)
@few
@given(a=series, order=st.randoms(use_true_random=False))
def test_order_does_not_matter(name: str, a: list[float], order: object) -> None:
    shuffled = list(a)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    assert value({"statistic": name, "of": "p"}, p=shuffled) == pytest.approx(
        value({"statistic": name, "of": "p"}, p=a)
    )


@pytest.mark.parametrize("name", ["standard-deviation", "greatest-range", "overshoot", "slope"])
@few
@given(a=series, shift=numbers)
def test_what_measures_differences_does_not_see_a_shift(name: str, a: list[float], shift: float) -> None:
    measurand = {"statistic": name, "of": "p", **({"final": 5} if name == "overshoot" else {})}
    unit = "W/h" if name == "slope" else "W"
    one, other = (value(measurand, unit, p=x) for x in (a, [v + shift for v in a]))
    assert other == pytest.approx(one, abs=1e-6)


@pytest.mark.parametrize("name", [*FUNCTIONS, "highest", "percentile", "slope", "energy"])
@few
@given(a=series, factor=st.floats(0.5, 20))
def test_a_statistic_scales_with_its_signal(name: str, a: list[float], factor: float) -> None:
    measurand = {"statistic": name, "of": "p", **({"percent": 90} if name == "percentile" else {})}
    unit = {"slope": "W/h", "energy": "kWh"}.get(name, "W")
    one, other = (value(measurand, unit, p=x) for x in (a, [v * factor for v in a]))
    assert other == pytest.approx(one * factor, rel=1e-9, abs=1e-6)


@few
@given(a=series, b=series)
def test_the_mean_of_several_channels_is_the_mean_of_their_means(a: list[float], b: list[float]) -> None:
    assert value({"statistic": "mean", "of": "p.*"}, p__a=a, p__b=b) == pytest.approx(np.mean([a, b]))


@few
@given(a=series, width=st.integers(1, 12), step=st.integers(1, 6))
def test_windows_may_overlap(a: list[float], width: int, step: int) -> None:
    measurand = {"statistic": "highest", "of": "p", "average": width, "step": step}
    assert value(measurand, p=a) == pytest.approx(max(means(a, width, step)))


@few
@given(a=series)
def test_the_whole_scope_is_one_window(a: list[float]) -> None:
    for name in ("lowest", "highest"):
        assert value({"statistic": name, "of": "p", "average": "whole"}, p=a) == pytest.approx(np.mean(a), abs=1e-9)


@few
@given(a=series, b=series, reach=st.integers(1, SIZE))
def test_a_range_within_a_stretch_of_time(a: list[float], b: list[float], reach: int) -> None:
    found = measured(recorded(p=a), {"statistic": "greatest-range", "of": "p", "within": reach})
    pairs = [abs(a[i] - a[j]) for i in range(SIZE) for j in range(i, min(SIZE, i + reach + 1))]
    assert found.number == pytest.approx(max(pairs))
    assert found.bound == ("at-least" if reach > SIZE - 1 else None)
    longer = measured(recorded(p=a + b), {"statistic": "greatest-range", "of": "p", "within": reach})
    assert longer.number >= found.number


@few
@given(a=series)
def test_the_slope_is_that_of_least_squares(a: list[float]) -> None:
    expected = stats.linregress(np.arange(SIZE), a).slope * 3600
    assert value({"statistic": "slope", "of": "p"}, "W/h", p=a) == pytest.approx(expected, abs=1e-6)


def test_the_steepest_of_several_channels_counts_with_its_sign() -> None:
    up, down = [float(n) for n in range(SIZE)], [-2.0 * n for n in range(SIZE)]
    assert value({"statistic": "slope", "of": "p.*"}, "W/h", p__a=up, p__b=down) == pytest.approx(-7200)


def test_a_difference_of_temperatures_is_in_kelvin() -> None:
    run = recorded(points={"t": Point("°C")}, t=[20.0, 21.0, 23.0])
    for name, number in (("greatest-range", 3.0), ("standard-deviation", math.sqrt(7 / 3))):
        found = measured(run, {"statistic": name, "of": "t"}, "K")
        assert (found.number, found.unit) == (pytest.approx(number), "K")
    assert measured(run, {"statistic": "slope", "of": "t"}, "K/h").number == pytest.approx(5400)


def test_a_single_value_does_not_vary() -> None:
    for name in ("standard-deviation", "greatest-range", "slope"):
        with pytest.raises(NoEvidence, match="a single value"):
            measured(recorded(p=[5.0], q=[1.0] * 3), {"statistic": name, "of": "p", "allowed-gap": 100}, "W")


@few
@given(a=series, percent=st.integers(1, 99))
def test_a_percentile_is_the_least_value_that_so_many_do_not_exceed(a: list[float], percent: int) -> None:
    found = value({"statistic": "percentile", "of": "p", "percent": percent}, p=a)
    assert found == pytest.approx(np.percentile(a, percent, method="inverted_cdf"))
    assert sum(x <= found for x in a) * 100 >= percent * SIZE


@given(count=st.integers(1, 400), percent=st.integers(1, 99), confidence=st.sampled_from([0.9, 0.95, 0.99]))
def test_the_ranks_of_confidence_bounds_are_binomial(count: int, percent: int, confidence: float) -> None:
    share, below = percent / 100, stats.binom(count, percent / 100)
    upper, lower = upper_rank(count, share, confidence), lower_rank(count, share, confidence)
    for k, sure in ((upper, lambda k: below.cdf(k - 1)), (lower, lambda k: below.sf(k - 1))):
        if k is not None:
            assert sure(k) >= confidence - 1e-9
    assert (upper is None) == (below.cdf(count - 1) < confidence - 1e-9)
    assert (lower is None) == (below.sf(0) < confidence - 1e-9)
    if upper is not None and upper > 1:
        assert below.cdf(upper - 2) < confidence + 1e-9
    if upper is not None and lower is not None:
        assert lower <= rank(count, share) <= upper


def test_an_upper_bound_covers_the_true_percentile_as_often_as_it_claims() -> None:
    rng, covered = np.random.default_rng(1), 0
    k = upper_rank(200, 0.95, 0.9)
    assert k is not None
    for _ in range(2000):
        covered += np.sort(rng.exponential(size=200))[k - 1] >= -math.log(0.05)
    assert 0.9 <= covered / 2000 <= 0.97


@few
@given(a=series)
def test_confidence_only_makes_a_bound_stricter(a: list[float]) -> None:
    plain = {"statistic": "percentile", "of": "p", "percent": 60}
    upper = value({**plain, "confidence": 90}, p=a)
    lower = value({**plain, "confidence": 90, "side": "lower"}, p=a)
    assert lower <= value(plain, p=a) <= upper


def test_too_few_values_have_no_bound() -> None:
    with pytest.raises(NoEvidence, match="24 values are too few for the 99 % percentile with 99 % confidence"):
        value({"statistic": "percentile", "of": "p", "percent": 99, "confidence": 99}, p=[1.0] * SIZE)


def test_the_worst_channel_counts_on_either_side() -> None:
    low, high = [float(n) for n in range(SIZE)], [100.0 + n for n in range(SIZE)]
    plain = {"statistic": "percentile", "of": "p.*", "percent": 50}
    assert value(plain, p__a=low, p__b=high) == 111
    assert value({**plain, "side": "lower"}, p__a=low, p__b=high) == 11


MEASURANDS = [
    {"statistic": "mean", "of": "p"},
    {"statistic": "percentile", "of": "p", "percent": 95},
    {"statistic": "greatest-range", "of": "p"},
    {"statistic": "standard-deviation", "of": "p"},
    {"statistic": "root-mean-square", "of": "p"},
    {"statistic": "longest-outside", "of": "p", "upper": 5},
    {"statistic": "total-outside", "of": "p", "upper": 5},
    {"statistic": "excursions", "of": "p", "bands": [{"upper": 5, "longer": 3}]},
    {"statistic": "settling-time", "of": "p", "upper": 5},
    {"statistic": "overshoot", "of": "p", "final": 3},
    {"statistic": "energy", "of": "p"},
    {"statistic": "increment", "of": "p"},
    {"statistic": "slope", "of": "p"},
    {"statistic": "occurrences", "event": {"of": "p", "above": 5}},
    {"statistic": "delay-between", "end": {"of": "p", "above": 5}},
]


@pytest.mark.parametrize("measurand", MEASURANDS, ids=lambda m: m["statistic"])
@pytest.mark.parametrize("bad", [*(q for q in Quality if q is not Quality.GOOD), math.nan])
def test_bad_samples_are_never_a_number(measurand: dict[str, object], bad: Quality | float) -> None:
    many = [1.0, bad] * 10
    with pytest.raises(NoEvidence):
        measured(recorded(p=many), measurand)
    with pytest.raises(NoEvidence):
        measured(recorded(p=[bad] * 20), measurand)


def test_a_confidence_that_is_just_reached_is_reached() -> None:
    """1 - 0.1² is 0.99, whatever doubles make of it."""
    assert upper_rank(2, 0.1, 0.99) == 2
