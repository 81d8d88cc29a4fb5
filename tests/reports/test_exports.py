"""Exports: the same verdicts in the words of other tools."""

import csv
import io
from pathlib import Path
from xml.etree import ElementTree

import pytest

from profiles.refusal import Refusal
from reports.exports import export
from tests.reports.sealed import sealed_pack


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundle")
    path = folder / "smoke.zip"
    path.write_bytes(sealed_pack(folder, supply=27.5))
    return path


def test_junit_counts_what_the_campaign_counts(bundle: Path) -> None:
    suite = ElementTree.fromstring(export(bundle, "junit"))[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors"), suite.get("skipped")) == (
        "5",
        "1",
        "0",
        "1",
    )
    cases = {case.get("name"): case for case in suite.iter("testcase")}
    assert cases["CLG-AIR-001[crac-1]"].find("failure") is not None
    assert cases["CLG-CDU-007[none]"].find("skipped") is not None
    assert len(list(cases["PWR-UPS-023[ups-1]"])) == 1


def test_junit_speaks_korean_where_asked(bundle: Path) -> None:
    assert "급기 온도" in export(bundle, "junit", "ko").decode()


def test_csv_has_one_line_per_verdict(bundle: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(export(bundle, "csv").decode("utf-8-sig"))))
    assert [row["requirement"] for row in rows].count("PWR-GRD-001") == 2
    failed = next(row for row in rows if row["verdict"] == "fail")
    assert (failed["equipment"], float(failed["value"]), failed["limit"]) == ("crac-1", 28.0, "≤ 27 °C")


def test_html_is_the_report_with_the_language_chosen(bundle: Path) -> None:
    assert b'data-prefer="ko"' in export(bundle, "html", "ko")
    assert b"data-prefer=" not in export(bundle, "html")


@pytest.mark.parametrize("format", ["docx", ""])
def test_formats_that_do_not_exist_are_refused_in_a_sentence(bundle: Path, format: str) -> None:
    with pytest.raises(Refusal, match="html, pdf"):
        export(bundle, format)
