"""Type A: the scatter of samples, held against NumPy and against means of series that really hang together."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.refusal import Refusal
from reports.judging.verdict import Verdict, Word
from reports.measurands.repeatability import scatter
from tests.reports.build import Point, Run


def test_independent_samples_give_the_standard_deviation_of_the_mean() -> None:
    x = np.array([5.0, 4.0, 6.0, 3.0, 7.0, 4.5, 5.5])
    found = scatter(list(x))
    assert found is not None and found.size == pytest.approx(x.std(ddof=1) / np.sqrt(len(x)))
    assert found.freedom == len(x) - 1


@pytest.mark.parametrize("phi", [0.0, 0.5, 0.9])
def test_what_hangs_together_is_not_counted_as_independent(phi: float) -> None:
    """Means of 300 first-order autoregressive series: u must be about how much they really differ."""
    rng, n = np.random.default_rng(1), 1000
    noise = rng.normal(size=(300, n + 200))
    for k in range(1, n + 200):
        noise[:, k] += phi * noise[:, k - 1]
    series = noise[:, 200:]
    truth = series.mean(axis=1).std()
    found = [shown.size for row in series if (shown := scatter(list(row)))]
    assert len(found) == 300 and np.sqrt(np.mean(np.square(found))) == pytest.approx(truth, rel=0.2)


@given(st.lists(st.floats(-1e3, 1e3), min_size=3, max_size=60))
def test_never_better_than_independent(x: list[float]) -> None:
    found = scatter(x)
    if found is not None:
        assert found.size >= np.std(x, ddof=1) / np.sqrt(len(x)) * (1 - 1e-9) and 1 <= found.freedom <= len(x) - 1


NOISY = [100.0, 100.9, 99.1, 100.4, 99.6, 100.8, 99.2, 100.3, 99.7, 100.6, 99.4]


def judged(values: list[float], **more: object) -> Verdict:
    run = Run().equip("meter-1", "meter").device("m", "meter-1", {"v": Point("V")}).sample("m/v", values)
    return run.require({"statistic": "mean", "of": "v", **more}, {"op": "<=", "value": 100.3, "unit": "V"}).judge()


def test_a_profile_that_asks_for_it_turns_the_verdict() -> None:
    assert judged(NOISY).verdict is judged(NOISY, repeatability=False).verdict is Word.PASS
    found = judged(NOISY, repeatability=True)
    assert found.verdict is Word.INCONCLUSIVE and found.k == pytest.approx(2.284, abs=0.001)
    assert found.budget[0]["input"] == "repeatability" and found.budget[0]["degrees-of-freedom"] == 10
    assert found.budget[0]["contribution"] == pytest.approx(np.std(NOISY, ddof=1) / np.sqrt(11))


def test_a_drift_is_no_repeated_observation() -> None:
    assert judged([90.0 + n for n in range(11)], repeatability=True).verdict is Word.INCONCLUSIVE


def test_a_part_does_not_lose_it_silently() -> None:
    parts = {"a": {"statistic": "mean", "of": "v", "unit": "V", "repeatability": True}}
    run = Run().equip("meter-1", "meter").device("m", "meter-1", {"v": Point("V")}).sample("m/v", NOISY)
    measurand = {"statistic": "combined", "formula": "a", "parts": parts}
    with pytest.raises(Refusal, match="scatter of a part"):
        run.require(measurand, {"op": "<=", "value": 101, "unit": "V"}).judge()
