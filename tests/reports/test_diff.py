"""Comparison of two bundles: what changed, and what may be chance."""

import asyncio
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from conformance.cli import main
from reports.bundles.archive import open_archive
from reports.diff import change, compare, difference
from reports.html.diff import render_diff
from tests.reports.browser import CHROMIUM, browser
from tests.reports.sealed import sealed_pack

PRINTED = {"unit": "V", "resolution": 0.1, "bound": None}


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("bundles")
    paths = {name: folder / f"{name}.zip" for name in ("cool", "hot")}
    for name, supply in (("cool", 22.0), ("hot", 27.5)):
        paths[name].write_bytes(sealed_pack(folder / name, supply=supply))
    return paths


def row(verdict: str, value: float | None, uncertainty: float | None = 0.0) -> Mapping[str, Any]:
    return {"verdict": verdict, "value": value, "uncertainty": uncertainty}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (row("pass", 1.0, 0.3), row("pass", 1.4, 0.3), "within-U"),
        (row("pass", 1.0, 0.3), row("pass", 1.5, 0.3), "beyond-U"),
        (row("pass", 1.0), row("pass", 1.0), "unchanged"),
        (row("pass", 1.0), row("pass", 2.0), "beyond-U"),
        (row("pass", 1.0), row("fail", 1.0), "newly-failing"),
        (row("not-tested", None), row("fail", 1.0), "newly-failing"),
        (row("pass", 1.0), row("not-tested", None), "newly-undecided"),
        (row("fail", 1.0), row("pass", 1.0), "newly-passing"),
        (row("pass", 1.0), row("not-applicable", None), "changed"),
        (row("not-applicable", None), row("not-applicable", None), "unchanged"),
        (None, row("pass", 1.0), "new"),
        (row("pass", 1.0), None, "gone"),
    ],
)
def test_what_happened(old: Any, new: Any, expected: str) -> None:
    assert change(old, new) == expected


def test_a_new_failure_stands_first_and_decides_the_exit_code(bundles: dict[str, Path]) -> None:
    comparison = compare(bundles["cool"], bundles["hot"])
    assert comparison.exit_code == 1
    first = comparison.differences[0]
    assert (first.requirement, first.change) == ("CLG-AIR-001", "newly-failing")
    assert "newly-failing" in comparison.text()


def test_a_recovery_is_good_news(bundles: dict[str, Path]) -> None:
    assert compare(bundles["hot"], bundles["cool"]).exit_code == 0


def test_a_bundle_equals_itself(bundles: dict[str, Path]) -> None:
    comparison = compare(bundles["hot"], bundles["hot"])
    assert {d.change for d in comparison.differences} == {"unchanged"} and comparison.same_profile
    assert json.loads(comparison.json())["schema"] == "comparison/1"


def test_the_difference_carries_its_uncertainty() -> None:
    one = difference(("X-1", "a"), {**row("pass", 1.0, 0.3), **PRINTED}, {**row("pass", 1.5, 0.4), **PRINTED})
    assert (one.change, one.delta, one.combined) == ("within-U", 0.5, pytest.approx(0.5))
    assert difference(("X-1", "a"), None, {**row("pass", 1.5, 0.4), **PRINTED}).delta is None


@pytest.fixture(scope="module")
def page(bundles: dict[str, Path]) -> str:
    old, new = (open_archive(bundles[name]) for name in ("cool", "hot"))
    return render_diff("cool.zip", old, "hot.zip", new, "ko").decode()


def test_the_page_lays_both_recordings_over_each_other(page: str) -> None:
    assert page.index('data-verdict="newly-failing"') < page.index('data-verdict="unchanged"')
    (article,) = re.findall(r"<article.*?</article>", page, re.DOTALL)
    assert "CLG-AIR-001" in article and "새로 부적합" in article and "newly failing" in article
    assert article.count('class="curve before"') == article.count('class="curve c0"') == 1
    assert article.count('class="dot') == 2 and 'class="limit"' in article


def test_the_page_is_as_safe_as_the_report(page: str) -> None:
    assert "default-src 'none'" in page and page.count("<script>") == 1 and " src=" not in page
    assert "모의 시험 / SIMULATED" in page


def test_bundles_of_other_equipment_compare(bundles: dict[str, Path], tmp_path: Path) -> None:
    old = open_archive(bundles["cool"])
    verdicts = json.loads(old["data/verdicts.json"])
    verdicts["verdicts"] = [r for r in verdicts["verdicts"] if r["requirement"] != "CLG-AIR-001"]
    less = {**old, "data/verdicts.json": json.dumps(verdicts).encode()}
    assert 'data-verdict="gone"' in render_diff("a", old, "b", less).decode()
    assert 'data-verdict="new"' in render_diff("a", less, "b", old).decode()


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")
def test_a_browser_filters_the_changes(page: str, tmp_path: Path) -> None:
    path = tmp_path / "diff.html"
    path.write_text(page)

    async def by_hand() -> None:
        async with browser(tmp_path) as tab:
            await tab.open(path)
            shown = "[...document.querySelectorAll('#verdict-table tbody tr')].filter((r) => !r.hidden).length"
            assert await tab.value(shown) == 5
            await tab.value("document.querySelector('[data-filter=newly-failing]').click()")
            assert await tab.value(shown) == 1 and tab.complaints == []

    asyncio.run(by_hand())


@pytest.mark.parametrize(("format", "begin"), [("html", "<!DOCTYPE html>"), ("json", "{"), ("text", "before")])
def test_the_command_writes_what_is_asked_for(
    bundles: dict[str, Path], tmp_path: Path, format: str, begin: str
) -> None:
    path = tmp_path / "out"
    arguments = ["diff", str(bundles["cool"]), str(bundles["hot"]), "--format", format, "--output", str(path)]
    assert main(arguments) == 1
    assert path.read_text().startswith(begin)
