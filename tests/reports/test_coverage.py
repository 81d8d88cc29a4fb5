"""Completeness: what was declared, heard and tested is reconciled, and nothing taken away improves a result."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles.quality import Quality
from profiles.refusal import Refusal
from reports.bundles.archive import write_archive
from reports.bundles.content import EVENTS, SAMPLES
from reports.evidence.evidence import Evidence
from reports.judging.coverage import coverage
from reports.judging.judge import judge_files
from reports.verifying.verify import verify
from tests.reports.build import Point, Run
from tests.reports.corpus import good, journalled
from tests.reports.sealed import NOW, ROOT, sealed_files

BETTER = ("conformant", "conformant-with-waivers")
DEVICES = {"meter-main": "meter-main-card", "meter-2": "meter-2-card", "ups-1": "ups-1-card", "crac-1": "crac-1-card"}
PARTS = ("equipment", "plan", "devices", "samples")


def data(files: dict[str, bytes]) -> dict[str, bytes]:
    return {name: content for name, content in files.items() if name.startswith("data/")}


def row(files: dict[str, bytes], name: str) -> dict[str, Any]:
    found = judge_files(files).coverage["equipment"]
    return next(dict(row) for row in found if row["equipment"] == name)


def test_every_declared_equipment_has_a_line_counted_from_the_plan() -> None:
    found = judge_files(data(good())).coverage
    assert [line["equipment"] for line in found["equipment"]] == sorted(DEVICES)
    assert (found["planned"], found["tested"], found["gaps"]) == (4, 4, [])
    line = row(data(good()), "crac-1")
    assert (line["devices"], line["heard"], line["planned"], line["tested"]) == (1, 1, 1, 1)


def test_equipment_that_never_answered_is_planned_and_not_tested() -> None:
    run = Run().equip("m-1", "meter").equip("m-2", "meter")
    for name in ("m-1", "m-2"):
        run.device(f"{name}-modbus", name, {"frequency": Point("Hz")})
    run.sample("m-1-modbus/frequency", [60.0] * 11).sample("m-2-modbus/frequency", [Quality.ERROR] * 11)
    run.require({"statistic": "lowest", "of": "frequency"}, {"op": ">=", "value": 59, "unit": "Hz"})
    found = judge_files(run.files())
    lines = {
        line["equipment"]: (line["heard"], line["planned"], line["tested"]) for line in found.coverage["equipment"]
    }
    assert lines == {"m-1": (1, 1, 1), "m-2": (0, 1, 0)}
    assert (found.coverage["planned"], found.coverage["tested"]) == (2, 1)
    assert found.conclusion.value == "incomplete"


def test_verification_says_how_much_was_covered() -> None:
    verification = verify(write_archive(good()), ROOT.chain, NOW)
    says = [sentence.en for step in verification.steps if step.name == "plan" for sentence in step.says]
    assert says[1] == "Of 4 pieces of equipment declared, 4 answered, 4 were tested, and 0 are outside this profile."


def chips(declared: int | None, answering: int) -> Run:
    run = Run().equip("npu-1", "accelerator", instances=declared)
    run.device("npu-1-exporter", "npu-1", {"temperature": Point("°C")})
    for n in range(answering):
        run.sample(f"npu-1-exporter/temperature@npu{n}", [40.0] * 11)
    return run.require({"statistic": "highest", "of": "temperature"}, {"op": "<=", "value": 90, "unit": "°C"})


def test_an_instance_that_is_declared_and_does_not_answer_leaves_the_campaign_incomplete() -> None:
    assert judge_files(chips(8, 8).files()).conclusion.value == "conformant"
    found = judge_files(chips(8, 7).files())
    assert found.conclusion.value == "incomplete"
    assert "8 are declared and only 7 answered" in found.coverage["gaps"][0]["en"]


def test_samples_of_a_device_that_the_bench_does_not_name_are_a_gap() -> None:
    run = chips(None, 2)
    run.sample("stray-modbus/frequency", [60.0] * 11)
    found = judge_files(run.files())
    assert found.conclusion.value == "incomplete" and "stray-modbus" in found.coverage["gaps"][0]["en"]


def test_a_device_of_equipment_that_nobody_declared_is_a_gap() -> None:
    run = chips(None, 2).device("other-modbus", "other", {"frequency": Point("Hz")})
    assert "other" in judge_files(run.files()).coverage["gaps"][0]["en"]


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, bytes]]:
    folder = tmp_path_factory.mktemp("runs")
    return {
        "cool": data(sealed_files(folder / "cool")),
        "hot": data(sealed_files(folder / "hot", supply=28.0)),
    }


@settings(deadline=None)
@given(
    which=st.sampled_from(["cool", "hot"]),
    removed=st.sets(st.sampled_from(sorted(DEVICES)), min_size=1),
    parts=st.sets(st.sampled_from(PARTS), min_size=1),
)
def test_removing_equipment_never_improves_a_result(
    which: str, removed: set[str], parts: set[str], evidence: dict[str, dict[str, bytes]]
) -> None:
    files = dict(evidence[which])
    before = judge_files(files)
    for part in parts:
        files = _without(files, removed, part)
    try:
        after = judge_files(files)
    except Refusal:
        return
    assert after.conclusion.value not in BETTER or (which == "cool" and after.counts["pass"] == before.counts["pass"])
    assert after.coverage["planned"] >= before.coverage["planned"]


def _without(files: dict[str, bytes], removed: set[str], part: str) -> dict[str, bytes]:
    """The records without the equipment in one of their parts; the samples' digest is mended."""
    if part == "samples":
        import pyarrow as pa
        import pyarrow.compute as pc
        import pyarrow.parquet as pq

        from reports.evidence.sample_digest import content_digest

        table = pq.read_table(pa.BufferReader(files[SAMPLES]))
        owners = pc.list_element(pc.split_pattern(table["signal"], "-card/"), 0)
        table = table.filter(pc.invert(pc.is_in(owners, pa.array(sorted(removed)))))
        sink = pa.BufferOutputStream()
        pq.write_table(table, sink, store_schema=False)
        events = [json.loads(line) for line in files[EVENTS].splitlines()]
        closing = next(n for n, event in enumerate(events) if event["kind"] == "samples")

        def mend(found: list[dict[str, Any]]) -> None:
            found[closing] |= {"digest": content_digest(table), "count": len(table)}

        return {**files, **journalled(mend, files[EVENTS]), SAMPLES: sink.getvalue().to_pybytes()}
    name = "data/bench.json" if part == "devices" else f"data/{part}.json"
    document = json.loads(files[name])
    if part == "plan":
        document["items"] = [item for item in document["items"] if item["equipment"] not in removed]
    else:
        for equipment in removed:
            document[part].pop(DEVICES[equipment] if part == "devices" else equipment)
    return {**files, name: json.dumps(document).encode()}


def test_the_plan_is_the_one_that_the_run_began_with() -> None:
    files = data(good())
    plan = json.loads(files["data/plan.json"])
    plan["items"] = plan["items"][1:]
    with pytest.raises(Refusal, match="not the plan that the run began with"):
        judge_files({**files, "data/plan.json": json.dumps(plan).encode()})


def test_coverage_is_a_function_of_the_evidence_alone() -> None:
    files = data(good())
    evidence = Evidence.from_files(files)
    verdicts = judge_files(files).verdicts
    assert coverage(evidence, verdicts) == json.loads(files["data/verdicts.json"])["coverage"]


def test_every_attempt_is_in_the_bundle(tmp_path: Path) -> None:
    events = [json.loads(line) for line in good()[EVENTS].splitlines()]
    kinds = [event["kind"] for event in events]
    listed = json.loads(good()["data/attempts.json"])["attempts"]
    assert len(listed) == kinds.count("begin") > 0
