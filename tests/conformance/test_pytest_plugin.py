"""A campaign under plain pytest: selection, what failed last time, JUnit and Allure."""

import json
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

BRIEF = Path(__file__).with_name("brief.yaml")


def session(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """`pytest --profile PROFILE` in a folder of its own."""
    command = [sys.executable, "-m", "pytest", "--profile", str(BRIEF), "--output", "out", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


@pytest.fixture(scope="module")
def selected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plain")
    done = session(folder, "-k", "PWR-ATS or PWR-GRD", "--junit-xml=junit.xml", "--alluredir=allure")
    assert done.returncode == 0, done.stdout + done.stderr
    (folder / "printed.txt").write_text(done.stdout)
    return folder


def test_a_selection_runs_and_seals_and_says_where(selected: Path) -> None:
    printed = (selected / "printed.txt").read_text()
    assert "deselected" in printed and "verify with  " in printed
    assert list((selected / "out").glob("brief-*.zip"))


def test_junit_has_one_case_per_item_with_its_verdict(selected: Path) -> None:
    cases = ElementTree.parse(selected / "junit.xml").findall(".//testcase")
    properties = [{p.get("name"): p.get("value") for p in case.iter("property")} for case in cases]
    assert cases and all(p["requirement"][:7] in ("PWR-ATS", "PWR-GRD") for p in properties)
    assert {p["verdict"] for p in properties} == {"pass"}


def test_allure_has_one_result_per_item(selected: Path) -> None:
    results = [json.loads(path.read_text()) for path in (selected / "allure").glob("*-result.json")]
    cases = ElementTree.parse(selected / "junit.xml").findall(".//testcase")
    assert {result["name"] for result in results} == {case.get("name") for case in cases}
    assert {result["status"] for result in results} == {"passed"}


def test_what_failed_last_time_is_what_runs_again(tmp_path: Path) -> None:
    start = [
        sys.executable,
        "-m",
        "simulators",
        "edge-40-compact",
        "--fault",
        "mains.undervoltage",
        "--clock",
        "lockstep",
    ]
    process = subprocess.Popen(
        [*start, "--fault", "mains.undervoltage", "--directory", str(tmp_path / "bench")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        bench = json.loads(process.stdout.readline())["bench"]
        first = session(tmp_path, "--bench", bench, "-k", "PWR-ATS or PWR-GRD")
        assert first.returncode == 1
        assert "PWR-GRD-001[meter-main] - fail:" in first.stdout
        assert "1 failed" in first.stdout
        second = session(tmp_path, "--bench", bench, "--lf")
        assert re.search(r"1 failed, \d+ deselected", second.stdout), second.stdout
    finally:
        process.terminate()
        process.wait()
