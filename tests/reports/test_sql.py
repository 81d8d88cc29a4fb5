"""DuckDB recomputes verdicts from the Parquet with the SQL that the report prints."""

import math
from pathlib import Path
from typing import Any

import pytest

from profiles.quality import Quality
from reports.bundles.archive import read_archive
from reports.judging.verdict import Verdict
from reports.rendering.sql import query, recomputations, row_query
from reports.rendering.view import build_view
from tests.reports.build import NS, STATE, T0, Point, Run
from tests.reports.sealed import sealed_pack

duckdb = pytest.importorskip("duckdb", reason="DuckDB is not installed")
WINDOW = (T0, T0 + 120 * NS)
WITHIN: dict[str, Any] = {"statistic": "share-within", "lower": 219.5, "upper": 220.5}
MEASURANDS: list[dict[str, Any]] = [
    {"statistic": "lowest", "of": "voltage.*"},
    {"statistic": "lowest", "of": "voltage.*", "average": 30},
    {"statistic": "highest", "of": "voltage.l1"},
    {"statistic": "highest", "of": "voltage.*", "average": 50},
    {"statistic": "greatest-magnitude", "of": "offset"},
    {"statistic": "worst-mean", "of": "voltage.*", "average": 60},
    {"statistic": "worst-mean", "of": "voltage.*"},
    {**WITHIN, "of": "voltage.*"},
    {**WITHIN, "of": "voltage.l2", "average": 5},
    {"statistic": "share-in-state", "of": "position", "state": "normal"},
    {"statistic": "delay-to-state", "of": "position", "state": "emergency"},
    {"statistic": "mean", "of": "voltage.*"},
    {"statistic": "highest", "of": "voltage.*", "average": "whole"},
    {"statistic": "root-mean-square", "of": "offset"},
    {"statistic": "standard-deviation", "of": "voltage.*"},
    {"statistic": "standard-deviation", "of": "voltage.*", "average": 10},
    {"statistic": "greatest-range", "of": "voltage.*"},
    {"statistic": "greatest-range", "of": "voltage.*", "within": 7},
    *({"statistic": "percentile", "of": "voltage.*", "percent": p} for p in (1, 33, 50, 95, 99.9)),
    {"statistic": "percentile", "of": "voltage.*", "percent": 90, "average": 10},
    {"statistic": "percentile", "of": "voltage.*", "percent": 5, "side": "lower"},
    {"statistic": "slope", "of": "offset"},
    {"statistic": "energy", "of": "power"},
    {"statistic": "increment", "of": "starts"},
    {"statistic": "rate", "of": "starts"},
    {"statistic": "decreases", "of": "voltage.l1"},
    {"statistic": "longest-outside", "of": "voltage.*", "lower": 219.5, "upper": 220.6},
    {"statistic": "longest-inside", "of": "voltage.*", "lower": 219.6, "upper": 221},
    {"statistic": "total-outside", "of": "voltage.*", "upper": 220.6},
    {"statistic": "duration-in-state", "of": "position", "state": "emergency"},
    {"statistic": "settling-time", "of": "power", "upper": 44000},
    {"statistic": "settling-time", "of": "power", "upper": 99000},
    {"statistic": "overshoot", "of": "power", "final": 20},
    {"statistic": "overshoot", "of": "power", "final": 20, "side": "lower"},
    {"statistic": "delay-between", "end": {"of": "power", "above": 41000}},
    {"statistic": "delay-between", "end": {"of": "position", "state": ["open", "emergency"]}},
    {"statistic": "occurrences", "event": {"of": "voltage.*", "above": 220.5}},
    {"statistic": "occurrences", "event": {"of": "position", "state": "normal"}},
    {"statistic": "distinct-values", "of": "position"},
    {"statistic": "distinct-values", "of": "starts"},
]
COUNTS, SECONDS = (
    ("decreases", "occurrences", "distinct-values"),
    ("delay-", "longest", "total", "duration", "settling"),
)


def unit_of(measurand: dict[str, Any]) -> tuple[str, str | None]:
    """The unit of the result, and that of the points."""
    name, of = measurand["statistic"], measurand.get("of")
    points = {"offset": "ms", "power": "W", "starts": "count", "position": None}.get(str(of), "V")
    if name.startswith(SECONDS):
        return "s", points
    derived = {"slope": "ms/h", "energy": "kWh", "rate": "1/h", **dict.fromkeys(COUNTS, "count")}
    shares = {"share-within": "%", "share-in-state": "%"}
    return {**derived, **shares}.get(name, points or ""), points


@pytest.fixture(scope="module")
def run() -> Run:
    points = {"voltage.l1": Point("V"), "voltage.l2": Point("V"), "offset": Point("ms"), "position": STATE}
    points |= {"power": Point("W"), "starts": Point("count")}
    run = Run(duration=120).equip("meter-1", "meter").device("card", "meter-1", points)
    bad = {7: Quality.STALE, 61: Quality.ERROR}
    for phase, shift in (("l1", 0.0), ("l2", 0.7)):
        wave = [bad.get(n, 220 + shift + math.sin(n / 7) + n / 300) for n in range(121)]
        run.sample(f"card/voltage.{phase}", wave)
    run.sample("card/offset", [math.cos(n) - 2 for n in range(121)])
    run.sample("card/position", ["normal" if n < 31 or n > 90 else "emergency" for n in range(121)])
    run.sample("card/power", [40000 + 5000 * math.exp(-n / 30) * math.sin(n / 9) for n in range(121)])
    run.sample("card/starts", [float(7 + n // 11) for n in range(121)])
    for number, measurand in enumerate(MEASURANDS):
        limit = {"op": "range", "min": -1e6, "max": 1e6, "unit": unit_of(measurand)[0]}
        if measurand["statistic"] == "worst-mean":
            limit |= {"min": 200, "max": 221}
        run.require(measurand, limit, resolution=1e-9, id=f"X-{number}")
    return run


@pytest.fixture(scope="module")
def verdicts(run: Run) -> list[Verdict]:
    return list(run.judgement().verdicts)


@pytest.fixture
def unpacked(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The samples as in an unpacked bundle, and DuckDB working there."""
    unpack(run.files(), tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def unpack(files: dict[str, bytes], folder: Path) -> None:
    path = folder / "data/samples/samples.parquet"
    path.parent.mkdir(parents=True)
    path.write_bytes(files["data/samples/samples.parquet"])


def answer(sql: str) -> float:
    ((number,),) = duckdb.sql(sql).fetchall()
    return float(number)


@pytest.mark.parametrize("number", range(len(MEASURANDS)))
@pytest.mark.usefixtures("unpacked")
def test_the_same_number_comes_out(verdicts: list[Verdict], number: int) -> None:
    verdict, measurand = verdicts[number], MEASURANDS[number]
    signals = [f"{c['device']}/{c['point']}" for c in verdict.channels]
    sql = query(measurand, verdict.limit or {}, signals, WINDOW, unit_of(measurand)[1])
    assert sql is not None and verdict.value is not None, verdict.reason
    assert answer(sql) == pytest.approx(verdict.value, abs=1e-8)


def test_other_samples_give_another_number(run: Run, unpacked: Path) -> None:
    sql = query(MEASURANDS[2], {}, ["card/voltage.l1"], WINDOW)
    assert sql is not None
    assert answer(sql) != answer(sql.replace("voltage.l1", "voltage.l2"))


def test_a_statistic_that_is_not_a_line_of_sql_has_none() -> None:
    assert query({"statistic": "longest-unchanged", "of": "x"}, {}, ["card/x"], WINDOW) is None
    assert query({"statistic": "share-in-state", "of": "x", "state": "a", "latest": True}, {}, ["c/x"], WINDOW) is None


@pytest.mark.parametrize(
    "measurand",
    [
        {"statistic": "highest", "of": {"formula": "a - b", "unit": "V", "terms": {"a": "x", "b": "y"}}},
        {"statistic": "highest", "of": {"point": "x", "take": "sum"}},
        {"statistic": "highest", "of": "x", "average": 10, "step": 1},
        {"statistic": "increment", "of": "x", "bits": 32},
        {"statistic": "percentile", "of": "x", "percent": 99, "confidence": 99},
        {"statistic": "delay-between", "end": {"mark": "back"}},
        {"statistic": "delay-between", "end": {"of": "x", "above": 1}, "start": {"mark": "lost"}},
        {"statistic": "occurrences", "event": {"question": "alarm"}},
        {"statistic": "energy", "of": "x"},
        {"statistic": "ratio", "of": "x", "per": "y"},
    ],
)
def test_a_signal_that_is_computed_has_no_query_rather_than_a_wrong_one(measurand: dict[str, Any]) -> None:
    assert query(measurand, {"unit": "kWh"}, ["card/x"], WINDOW) is None


def test_every_printed_query_of_a_bundle_gives_the_printed_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = read_archive(sealed_pack(tmp_path / "run", supply=27.5))
    unpack(files, tmp_path)
    monkeypatch.chdir(tmp_path)
    view = build_view(files)
    printed = recomputations(view)
    assert printed[0][0] == "CLG-AIR-001 (crac-1)" and len(printed) == 4
    for group in view.groups:
        for row in group.rows:
            sql = row_query(group, row)
            if sql:
                assert abs(answer(sql) - row["value"]) <= row["resolution"] / 2 + 1e-9, group.id


@pytest.mark.usefixtures("unpacked")
def test_a_quote_in_a_name_stays_in_the_name() -> None:
    sql = query({"statistic": "lowest", "of": "x"}, {}, ["card/x'; DROP TABLE samples; --"], WINDOW)
    assert sql is not None and duckdb.sql(sql).fetchall() == [(None,)]
