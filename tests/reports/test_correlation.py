"""Shared standards: never less than what any share of the standard in each certificate gives, computed with NumPy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.judging.correlation import added, sharing

contributions = st.lists(st.floats(-10, 10), min_size=1, max_size=6)


@given(contributions, st.data())
def test_no_share_of_the_standard_makes_a_result_more_uncertain(d: list[float], data: st.DataObject) -> None:
    t = np.sqrt(data.draw(st.lists(st.floats(0, 1), min_size=len(d), max_size=len(d))))
    covariance = np.outer(t * d, t * d)
    np.fill_diagonal(covariance, np.square(d))
    assert covariance.sum() <= np.square(d).sum() + added(d) + 1e-9


@given(contributions)
def test_the_worst_is_not_overstated(d: list[float]) -> None:
    """Some choice of which certificates are all standard, and which not at all, comes to exactly it."""
    choices = [sum(x for x in d if x > 0), sum(x for x in d if x < 0)]
    rest = [sum(x * x for x in d if x <= 0), sum(x * x for x in d if x >= 0)]
    worst = max(total**2 + left for total, left in zip(choices, rest, strict=True))
    assert sum(x * x for x in d) + added(d) == pytest.approx(worst)


def test_devices_are_together_through_a_third() -> None:
    found = sharing({"a": ["S1"], "b": ["S2"], "c": ["S1", "S2"], "d": ["S3"], "e": []})
    assert found == {"a": "S1", "b": "S1", "c": "S1"}
