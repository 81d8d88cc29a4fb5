"""Devices whose maps name the rows of a table by a *: each recorded row is a channel, as good as its table."""

import pytest

from profiles.quality import Quality
from reports.evidence.evidence import Evidence
from reports.judging.channels import device_channels
from reports.judging.uncertainty import round_up
from reports.judging.verdict import Status, Verdict, Word
from tests.reports.build import CALIBRATION, Point, Run

LIMIT = {"op": "<=", "value": 250, "unit": "V"}


def pdu(*, record: str = "bench-record/2", **calibration: object) -> Run:
    run = Run(bench_schema=record).equip("pdu-1", "pdu")
    points = {"v@*": Point("V", absolute=1.0), "v@spare-*": Point("V", absolute=4.0), "name@*": Point(kind="text")}
    return run.device("p", "pdu-1", points, calibration={**CALIBRATION, **calibration})


def highest(run: Run, of: str = "v") -> Verdict:
    return run.require({"statistic": "highest", "of": of}, LIMIT, resolution=1e-9).judge()


def test_every_recorded_row_is_judged_with_the_accuracy_of_its_table() -> None:
    rows = {"p/v@1": 230.0, "p/v@spare-2": 220.0}
    for row, expected in {"v@1": 2, "v@spare-2": 8, "v": 2}.items():
        run = pdu()
        for signal, value in rows.items():
            run.sample(signal, [value] * 11)
        found = highest(run, row)
        assert (found.verdict, found.uncertainty) == (Word.PASS, round_up(expected / 3**0.5))
    assert [one["point"] for one in found.channels] == ["v@1", "v@spare-2"]


def test_a_row_is_a_channel_once() -> None:
    evidence = Evidence.from_files(pdu().sample("p/v@spare-2", [220.0] * 11).files())
    assert [c.point for c in device_channels(evidence, "p", "v")] == ["v@spare-2"]


@pytest.mark.parametrize("stated", ["v@*", "v@1"])
def test_a_certificate_of_a_table_is_one_of_its_rows(stated: str) -> None:
    certified = {stated: {"expanded": 6.0, "k": 2, "range": [200, 240]}}
    run = pdu(points=certified).sample("p/v@1", [230.0] * 11)
    assert [part["input"] for part in highest(run).budget] == ["accuracy", "calibration"]
    outside = highest(pdu(points=certified).sample("p/v@1", [241.0] * 11))
    assert outside.verdict is Word.INCONCLUSIVE and "p/v@1 read 241 V" in outside.reason["en"]


def test_a_table_without_a_row_shows_and_one_beside_it_does_not_hide_behind_it() -> None:
    nothing = highest(pdu())
    assert nothing.verdict is Word.NOT_TESTED and "no sample of p/v" in nothing.reason["en"]
    silent = highest(pdu().sample("p/v", [Quality.ERROR] * 11))
    assert (silent.verdict, silent.status) == (Word.NOT_TESTED, Status.ERROR)
    assert highest(pdu().sample("p/v@spare-1", [230.0] * 11)).verdict is Word.PASS


def test_a_record_of_the_first_version_is_judged_as_it_was() -> None:
    old = highest(pdu(record="bench-record/1").sample("p/v@1", [230.0] * 11))
    assert old.verdict is Word.NOT_TESTED and "no sample of p/v@*" in old.reason["en"]
