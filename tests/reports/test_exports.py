"""Exports: the same verdicts in the words of other tools."""

import csv
import importlib.util
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
import referencing

from profiles.refusal import Refusal
from reports.bundles.archive import read_archive
from reports.exports import export, writer
from reports.exports.junit import junit
from reports.exports.table import table
from tests.reports.sealed import sealed_files, sealed_pack

SCHEMAS = Path(__file__).parents[2] / "../shared/data/schemas"


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


def test_junit_and_csv_name_a_waiver_and_the_side_of_an_open_verdict(tmp_path: Path) -> None:
    files = sealed_files(tmp_path, supply=26.6, rule="non-binary")
    verdicts = json.loads(files["data/verdicts.json"])
    for row in verdicts["verdicts"]:
        row["waiver"] = "W-7" if row["requirement"] == "PWR-UPS-023" else None
    waived = {**files, "data/verdicts.json": json.dumps(verdicts).encode()}
    rows = {row["requirement"]: row for row in csv.DictReader(io.StringIO(table(waived).decode("utf-8-sig")))}
    assert (rows["PWR-UPS-023"]["waiver"], rows["PWR-UPS-023"]["conditional"]) == ("W-7", "")
    assert (rows["CLG-AIR-001"]["waiver"], rows["CLG-AIR-001"]["conditional"]) == ("", "fail")
    cases = {str(case.get("name")): case for case in ElementTree.fromstring(junit(waived)).iter("testcase")}
    air, ups = (
        {one.get("name"): one.get("value") for one in cases[name].iter("property")}
        for name in ("CLG-AIR-001[crac-1]", "PWR-UPS-023[ups-1]")
    )
    assert (air.get("conditional"), air.get("waiver"), ups.get("waiver")) == ("fail", None, "W-7")
    assert cases["CLG-AIR-001[crac-1]"].find("error") is not None


def test_html_is_the_report_with_the_language_chosen(bundle: Path) -> None:
    assert b'data-prefer="ko"' in export(bundle, "html", "ko")
    assert b"data-prefer=" not in export(bundle, "html")


@pytest.mark.parametrize("format", ["docx", ""])
def test_formats_that_do_not_exist_are_refused_in_a_sentence(bundle: Path, format: str) -> None:
    with pytest.raises(Refusal, match="html, pdf"):
        export(bundle, format)


def test_the_same_bundle_gives_the_same_bytes(bundle: Path) -> None:
    for format in ("allure", "oscal", "ocptv", "junit", "csv"):
        assert export(bundle, format, "ko") == export(bundle, format, "ko"), format


@pytest.fixture(scope="module")
def results(bundle: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(export(bundle, "oscal", "ko"))
    return document


def test_nist_accepts_the_assessment_results(results: dict[str, Any]) -> None:
    path = SCHEMAS / "oscal/oscal_assessment-results_schema.json"
    if not path.exists():
        pytest.skip(f"there is no {path}")
    # Python has no \p{…}; these classes are the same letters and digits.
    text = path.read_text().replace(r"\\p{L}", r"[^\\W\\d_]").replace(r"\\p{N}", r"\\d")
    validator = jsonschema.Draft7Validator(json.loads(text))
    validator.validate(results)
    results = json.loads(json.dumps(results))
    results["assessment-results"]["results"][0]["findings"][0]["target"]["status"]["state"] = "inconclusive"
    assert not validator.is_valid(results)


def test_trestle_reads_the_assessment_results(results: dict[str, Any], tmp_path: Path) -> None:
    if importlib.util.find_spec("trestle") is None:
        pytest.skip("compliance-trestle is not installed")
    path = tmp_path / "assessment-results.json"
    path.write_text(json.dumps(results))
    code = (
        "import sys, pathlib\nfrom trestle.oscal.assessment_results import AssessmentResults as A\n"
        "print(len(A.oscal_read(pathlib.Path(sys.argv[1])).results[0].observations))"
    )
    read = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True)
    assert (read.stdout.strip(), read.returncode) == ("5", 0), read.stderr


def test_only_a_pass_everywhere_is_satisfied(results: dict[str, Any]) -> None:
    (result,) = results["assessment-results"]["results"]
    states = {f["target"]["target-id"]: f["target"]["status"] for f in result["findings"]}
    assert states["PWR-GRD-001"] == {"state": "satisfied", "reason": "pass"}
    assert states["CLG-AIR-001"] == {"state": "not-satisfied", "reason": "fail"}
    assert "CLG-CDU-007" not in states and len(result["observations"]) == 5


def test_what_was_not_tested_is_satisfied_in_no_format(tmp_path: Path) -> None:
    files = read_archive(sealed_pack(tmp_path))
    verdicts = json.loads(files["data/verdicts.json"])
    for row in verdicts["verdicts"]:
        if row["requirement"] == "CLG-AIR-001":
            row |= {"verdict": "not-tested", "status": "aborted", "value": None}
    verdicts["conclusion"] = "incomplete"
    files["data/verdicts.json"] = json.dumps(verdicts).encode()
    (result,) = json.loads(writer("oscal")(files))["assessment-results"]["results"]
    status = next(f["target"]["status"] for f in result["findings"] if f["target"]["target-id"] == "CLG-AIR-001")
    assert status == {"state": "not-satisfied", "reason": "other"}
    lines = [json.loads(line) for line in writer("ocptv")(files).splitlines()]
    assert lines[-1]["testRunArtifact"]["testRunEnd"] == {"status": "ERROR", "result": "NOT_APPLICABLE"}
    assert "CLG-AIR-001" in {d["verdict"][:11] for d in diagnoses(lines) if d["type"] == "UNKNOWN"}
    assert [r["status"] for r in allure_results(writer("allure")(files)) if "CLG-AIR-001" in r["name"]] == ["broken"]


def diagnoses(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    steps = [line["testStepArtifact"] for line in lines if "testStepArtifact" in line]
    return [step["diagnosis"] for step in steps if "diagnosis" in step]


def test_ocp_accepts_every_line(bundle: Path) -> None:
    folder = SCHEMAS / "ocptv"
    if not folder.exists():
        pytest.skip(f"there is no {folder}")
    schemas = [json.loads(path.read_text()) for path in folder.glob("*.json")]
    registry = referencing.Registry().with_resources(
        (schema["$id"], referencing.Resource.from_contents(schema)) for schema in schemas
    )
    root = next(schema for schema in schemas if schema["$id"].endswith("/output"))
    validator = jsonschema.Draft202012Validator(root, registry=registry)
    lines = [json.loads(line) for line in export(bundle, "ocptv").splitlines()]
    for line in lines:
        validator.validate(line)
    assert not validator.is_valid({**lines[0], "sequenceNumber": -1})
    assert not validator.is_valid({"testRunArtifact": {"testRunEnd": {"status": "DONE"}}, **lines[0]})


def test_ocptv_counts_its_lines_and_carries_the_limits(bundle: Path) -> None:
    lines = [json.loads(line) for line in export(bundle, "ocptv", "ko").splitlines()]
    assert [line["sequenceNumber"] for line in lines] == list(range(len(lines)))
    assert lines[-1]["testRunArtifact"]["testRunEnd"] == {"status": "COMPLETE", "result": "FAIL"}
    steps = [line["testStepArtifact"] for line in lines if "testStepArtifact" in line]
    measured = {m["hardwareInfoId"]: m for s in steps if (m := s.get("measurement"))}
    kinds = [(v["type"], v["value"]) for v in measured["meter-main"]["validators"]]
    assert kinds == [("GREATER_THAN_OR_EQUAL", 198.0), ("LESS_THAN_OR_EQUAL", 242.0)]
    assert {d["type"] for d in diagnoses(lines)} == {"PASS", "FAIL", "UNKNOWN"}


def allure_results(pack: bytes) -> list[dict[str, Any]]:
    return [json.loads(text) for name, text in read_archive(pack).items() if name.endswith("-result.json")]


def test_allure_has_a_result_per_verdict_and_every_attachment(bundle: Path) -> None:
    pack = export(bundle, "allure", "ko")
    found = {result["name"]: result for result in allure_results(pack)}
    assert sorted(r["status"] for r in found.values()) == ["failed", "passed", "passed", "passed", "skipped"]
    failed = found["CLG-AIR-001 급기 온도 [crac-1]"]
    assert failed["status"] == "failed" and failed["stop"] - failed["start"] == 120_000
    names = set(read_archive(pack))
    attached = [a["source"] for r in found.values() for a in r["attachments"]]
    assert attached and set(attached) <= names
    ElementTree.fromstring(read_archive(pack)[attached[0]])
