"""A recorded tree is judged from the evidence alone, and the sealed words follow from it."""

from typing import Any

import pytest

from reports.judging.verdict import Verdict, Word
from tests.interop.test_consistency import SENSOR
from tests.reports.build import Run

RULE = {"statistic": "contradictions", "rule": "reading-in-range", "question": "redfish-tree"}


def judged(*documents: dict[str, Any] | None) -> Verdict:
    contents = [
        {"path": f"/redfish/v1/Chassis/1/Sensors/{n}", "status": 200 if one else None, "allow": None, "document": one}
        for n, one in enumerate(documents)
    ]
    run = (
        Run().equip("bmc-1", "bmc").device("b", "bmc-1", {}, protocol="redfish").answer("b", "redfish-tree", *contents)
    )
    return run.require(RULE, {"op": "==", "value": 0, "unit": "count"}, resolution=1).judge()


@pytest.mark.parametrize(
    ("documents", "word", "value"),
    [
        ([SENSOR], Word.PASS, 0),
        ([SENSOR, {**SENSOR, "Reading": 101}, {**SENSOR, "Reading": -1}], Word.FAIL, 2),
        ([{"@odata.type": "#Chassis.v1_20_0.Chassis"}], Word.NOT_TESTED, None),
        ([None], Word.NOT_TESTED, None),
        # A crawl with holes may have missed the very resource that contradicts.
        ([SENSOR, None], Word.INCONCLUSIVE, None),
    ],
)
def test_contradictions_are_counted_and_silence_is_none(documents: list[Any], word: Word, value: float | None) -> None:
    found = judged(*documents)
    assert (found.verdict, found.value) == (word, value)


@pytest.mark.parametrize(
    ("declared", "states", "word", "value"),
    [
        (2, ["Enabled", "Enabled"], Word.PASS, 0),
        (2, ["Enabled", "Absent"], Word.FAIL, 1),
        (1, ["Enabled", "Enabled"], Word.FAIL, 1),
        (None, ["Enabled"], Word.NOT_TESTED, None),
    ],
)
def test_declared_parts_are_found(declared: int | None, states: list[str], word: Word, value: float | None) -> None:
    run = Run().equip("pdu-1", "pdu", instances=declared).device("p", "pdu-1", {}, protocol="redfish")
    outlets = [{"@odata.type": "#Outlet.v1_4_4.Outlet", "Status": {"State": state}} for state in states]
    contents = [{"path": f"/redfish/v1/O/{n}", "status": 200, "document": one} for n, one in enumerate(outlets)]
    rule = {"statistic": "inventory-difference", "resource": "Outlet", "question": "redfish-tree"}
    run.answer("p", "redfish-tree", *contents)
    found = run.require(rule, {"op": "==", "value": 0, "unit": "count"}, resolution=1).judge()
    assert (found.verdict, found.value) == (word, value)
