"""Coverage factors: the published tables, the t distribution summed numerically, and never below k."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.judging.coverage_factor import effective, student


@pytest.mark.parametrize(
    ("freedom", "factor"),
    [(1, 13.97), (2, 4.53), (3, 3.31), (4, 2.87), (5, 2.65), (10, 2.28), (19, 2.14), (50, 2.05), (100, 2.025)],
)
def test_the_table_of_the_guide(freedom: int, factor: float) -> None:
    """GUM table G.2, column 95.45 %."""
    assert student(2.0, freedom) == pytest.approx(factor, abs=0.005)


@pytest.mark.parametrize("freedom", [1, 2, 3, 6, 17, 200])
@pytest.mark.parametrize("k", [1.0, 2.0, 3.0])
def test_the_density_integrates_to_the_probability(freedom: int, k: float) -> None:
    """Simpson over x = √ν tan φ, in which the density of t becomes a power of a cosine."""
    scale = math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2)) / math.sqrt(math.pi)
    end, steps = math.atan(student(k, freedom) / math.sqrt(freedom)), 2000
    weights = (1 if n in (0, steps) else 4 if n % 2 else 2 for n in range(steps + 1))
    area = math.fsum(w * math.cos(n * end / steps) ** (freedom - 1) for n, w in enumerate(weights)) * end / steps / 3
    assert 2 * scale * area == pytest.approx(math.erf(k / math.sqrt(2)), abs=1e-9)


# A thousand new examples of ten thousand degrees of freedom take their time.
@pytest.mark.timeout(600)
@given(k=st.floats(1, 4), a=st.floats(1, 1e6), b=st.floats(1, 1e6))
def test_fewer_degrees_of_freedom_never_give_a_smaller_factor(k: float, a: float, b: float) -> None:
    few, many = sorted((a, b))
    assert student(k, few) >= student(k, many) >= student(k, math.inf) == k


@given(parts=st.lists(st.tuples(st.floats(1e-6, 1e6), st.floats(1, 1e6)), min_size=1, max_size=5))
def test_the_sum_is_known_at_least_as_well_as_its_worst_part(parts: list[tuple[float, float]]) -> None:
    found = effective(parts)
    assert min(freedom for _, freedom in parts) * (1 - 1e-9) <= found
    assert found <= sum(freedom for _, freedom in parts) * (1 + 1e-9)


def test_what_nobody_doubts_has_infinite_freedom() -> None:
    assert effective([]) == effective([(0.0, 3.0)]) == effective([(1.0, math.inf)]) == math.inf
    assert effective([(1e-300, 4.0), (1e-300, 4.0)]) == pytest.approx(8)
