"""Comparison of two bundles: what changed, and what may be chance."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from reports.diff import change, compare
from tests.reports.sealed import sealed_pack


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
        (row("pass", 1.0, 0.3), row("pass", 1.5, 0.3), "changed"),
        (row("pass", 1.0), row("pass", 1.0), "same"),
        (row("pass", 1.0), row("pass", 2.0), "changed"),
        (row("pass", 1.0), row("fail", 1.0), "newly-failing"),
        (row("not-tested", None), row("fail", 1.0), "newly-failing"),
        (row("pass", 1.0), row("not-tested", None), "newly-undecided"),
        (row("fail", 1.0), row("pass", 1.0), "recovered"),
        (row("pass", 1.0), row("not-applicable", None), "changed"),
        (row("not-applicable", None), row("not-applicable", None), "same"),
        (None, row("pass", 1.0), "added"),
        (row("pass", 1.0), None, "removed"),
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
    assert {d.change for d in comparison.differences} == {"same"} and comparison.same_profile
    assert json.loads(comparison.json())["schema"] == "comparison/1"
