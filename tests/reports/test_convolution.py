"""The distribution of a sum of rectangles and a normal, held against a numerical convolution by NumPy."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.judging.convolution import half_width, within

P = math.erf(math.sqrt(2))
widths = st.lists(st.floats(0.001, 1), max_size=6)


def convolved(rectangles: list[float], normal: float, x: float) -> float:
    """P(|sum| ≤ x) on a grid: an independent way to the same number."""
    reach = sum(rectangles) + 6 * normal + 1e-9
    axis = np.linspace(-reach, reach, 8001)
    step = axis[1] - axis[0]
    density = np.exp(-((axis / normal) ** 2) / 2) if normal > step else (np.abs(axis) < step / 2).astype(float)
    density /= density.sum()
    for a in rectangles:
        cells = max(0, round(a / step - 0.5))
        kernel = np.ones(2 * cells + 1)
        density = np.convolve(density, kernel / kernel.sum(), mode="same")
    return float(density[np.abs(axis) <= x].sum())


@pytest.mark.parametrize(
    ("rectangles", "normal", "factor"),
    [
        ([1], 0, P * math.sqrt(3)),
        ([], 1, 2),
        # Two equal rectangles are a triangle: half-width 2 (1 - sqrt(1 - p)) over sqrt(2/3).
        ([1, 1], 0, 2 * (1 - math.sqrt(1 - P)) * math.sqrt(3 / 2)),
    ],
)
def test_the_factors_that_are_known_in_closed_form(rectangles: list[float], normal: float, factor: float) -> None:
    u = math.sqrt(normal**2 + sum(a**2 for a in rectangles) / 3)
    assert half_width(rectangles, normal, P) / u == pytest.approx(factor, rel=1e-9)


@given(st.lists(st.floats(0.1, 1), min_size=1, max_size=4), st.floats(0, 1), st.floats(0.2, 2))
def test_the_probability_is_that_of_a_numerical_convolution(rectangles: list[float], normal: float, x: float) -> None:
    normal = 0.0 if normal < 0.02 else normal
    assert within(rectangles, normal, x) == pytest.approx(convolved(rectangles, normal, x), abs=0.01)


@given(widths, st.floats(0.001, 1))
def test_what_is_left_to_the_normal_part_never_understates(rectangles: list[float], normal: float) -> None:
    assert convolved(rectangles, normal, half_width(rectangles, normal, P)) >= P - 0.004


@given(widths, st.floats(0, 1), st.floats(0.5, 0.999), st.floats(1.001, 3))
def test_more_probability_and_more_spread_need_more_room(
    rectangles: list[float], normal: float, probability: float, more: float
) -> None:
    narrow = half_width(rectangles, normal, probability)
    assert narrow <= half_width(rectangles, normal, 1 - (1 - probability) / more) * (1 + 1e-9)
    assert half_width([more * a for a in rectangles], more * normal, probability) == pytest.approx(more * narrow)


def test_nothing_needs_no_room() -> None:
    assert half_width([], 0, P) == half_width([0.0], 0, P) == 0
