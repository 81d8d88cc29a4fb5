"""The page of the statistics says what they compute."""

from pathlib import Path

from tests.reports.measurands_page import page

PAGE = Path(__file__).parents[2] / "docs" / "measurands.md"


def test_the_page_is_what_the_statistics_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "print it again with `make measurands`"
