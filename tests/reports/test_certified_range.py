"""Readings outside the range that a certificate covers do not count as calibrated, whatever they seem to show."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.judging.verdict import Verdict, Word
from tests.reports.build import CALIBRATION, Point, Run

LIMIT = {"op": "<=", "value": 250, "unit": "V"}
COVERED = {"v": {"expanded": 0.2, "range": [90, 240]}}


def judged(*values: float, points: object = COVERED, of: str = "v", unit: str | None = "V") -> Verdict:
    calibration = {**CALIBRATION, "points": points}
    run = Run().equip("meter-1", "meter").device("m", "meter-1", {"v": Point(unit)}, calibration=calibration)
    limit = {**LIMIT, "unit": unit}
    return run.sample("m/v", list(values) * 11).require({"statistic": "highest", "of": of}, limit).judge()


def test_a_reading_outside_leaves_the_verdict_open_and_is_named_with_the_range() -> None:
    found = judged(230.0, 240.1)
    assert (found.verdict, found.value, found.conditional) == (Word.INCONCLUSIVE, 240.1, None)
    for text in found.reason.values():
        assert "m/v" in text and "240.1 V" in text and "90 … 240 V" in text
    assert "outside the range" in found.reason["en"] and "교정 범위" in found.reason["ko"]


def test_of_several_readings_outside_the_furthest_is_named() -> None:
    assert "read 3 V" in judged(89.0, 3.0, 241.0).reason["en"]


@pytest.mark.parametrize("value", [90.0, 165.0, 240.0])
def test_the_ends_of_the_range_are_covered(value: float) -> None:
    assert judged(value).verdict is Word.PASS


def test_what_seems_to_fail_outside_is_no_failure_either() -> None:
    assert judged(300.0).verdict is Word.INCONCLUSIVE
    assert judged(300.0, points={"v": {"expanded": 0.2}}).verdict is Word.FAIL


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0, 500), min_size=1, max_size=3), st.floats(0, 500), st.floats(0.1, 500))
def test_only_readings_outside_change_a_verdict(values: list[float], low: float, wide: float) -> None:
    ranged = judged(*values, points={"v": {"expanded": 0.2, "range": [low, low + wide]}})
    without = judged(*values, points={"v": {"expanded": 0.2}})
    covered = low <= min(values) and max(values) <= low + wide
    assert ranged == without if covered else ranged.verdict is Word.INCONCLUSIVE


def test_a_calibration_that_states_no_range_or_not_of_this_point_covers_all() -> None:
    assert judged(3.0, points={"other": {"expanded": 1, "range": [90, 240]}}).verdict is Word.PASS
    assert judged(3.0, points={}).verdict is Word.PASS


def test_counts_are_not_calibrated_and_instances_are_as_their_point() -> None:
    assert judged(3.0, unit="count").verdict is Word.PASS
    run = Run().equip("pdu-1", "pdu")
    run.device("p", "pdu-1", {"v": Point("V")}, calibration={**CALIBRATION, "points": COVERED})
    run.sample("p/v@1", [230.0] * 11).sample("p/v@2", [80.0] * 11)
    assert "p/v@2 read 80 V" in run.require({"statistic": "lowest", "of": "v"}, LIMIT).judge().reason["en"]


def test_only_what_was_looked_at_counts() -> None:
    run = Run(marks={"later": 6}).equip("meter-1", "meter")
    run.device("m", "meter-1", {"v": Point("V")}, calibration={**CALIBRATION, "points": COVERED})
    run.sample("m/v", [3.0] * 6 + [230.0] * 5)
    later = {"statistic": "highest", "of": "v", "from": "later"}
    assert run.require(later, LIMIT).judge().verdict is Word.PASS
