"""Where the plant differs from an expected or a published figure: the tables of decision 0008, read from its page.

assert trace.first("die", above=87) == ours("10.6 leak of 10 L/min, throttling")     # 319.6 s, not the expected 310 s
"""

from pathlib import Path
from typing import Any

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "decisions" / "0008-what-the-plant-was-fitted-to.md"


def deviations() -> dict[str, tuple[str, str]]:
    """Figure -> what is expected or published, and ours; both with their units."""
    rows = [line.strip("| ").split(" | ") for line in PAGE.read_text(encoding="utf-8").splitlines()]
    return {row[0]: (row[1], row[2]) for row in rows if len(row) == 4 and row[0][:2] in ("10", "11")}


def ours(figure: str) -> Any:
    """Our figure to its last printed digit, or to 0.3 %."""
    number = deviations()[figure][1].split()[0]
    decimals = len(number.partition(".")[2])
    return pytest.approx(float(number), rel=0.003, abs=10.0**-decimals)


def near(figure: Any, **tolerance: float) -> Any:
    """A figure with its tolerance, or what `ours` has made of one that deviates."""
    return pytest.approx(figure, **tolerance) if isinstance(figure, float | int) else figure
