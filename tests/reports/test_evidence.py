"""Evidence: patterns, executions and the agreement of its files."""

import json
from pathlib import Path
from typing import Any

import pytest

from profiles.refusal import Refusal
from reports.evidence.evidence import Evidence, executions, selects
from reports.evidence.journal import Journal
from reports.judging.channels import channels
from reports.judging.verdict import Status
from tests.reports.build import NS, STATE, T0, Point, Run


def run() -> Run:
    built = Run().equip("npu-1", "accelerator").device("n", "npu-1", {"temperature": Point("°C"), "power": Point("W")})
    for npu in ("npu0", "npu1", "npu10"):
        built.sample(f"n/temperature@{npu}", [50.0] * 11)
    return built.sample("n/power", [1.0, 2.0, 3.0])


def evidence(built: Run) -> Evidence:
    return Evidence.from_files(built.files())


@pytest.mark.parametrize(
    ("pattern", "name", "selected"),
    [
        ("temperature", "temperature@npu0", True),
        ("temperature@*", "temperature@npu0", True),
        ("temperature@npu0", "temperature@npu1", False),
        ("temperature@*", "temperature", False),
        ("inlet.*", "inlet.temperature.top", True),
        ("temp", "temperature", False),
        ("n/temperature", "n/temperature@npu0", True),
        ("*/temperature", "n/temperature@npu0", True),
    ],
)
def test_a_pattern_without_instance_means_all_of_them(pattern: str, name: str, selected: bool) -> None:
    assert selects(pattern, name) is selected


def test_signals_and_series() -> None:
    found = evidence(run())
    assert found.signals("n/temperature") == tuple(f"n/temperature@{n}" for n in ("npu0", "npu1", "npu10"))
    series = found.series("n/power")
    assert list(series.value) == [1, 2, 3] and list(series.t) == [T0, T0 + NS, T0 + 2 * NS]
    assert list(series.window(T0 + 1, T0 + 2 * NS).value) == [2, 3]
    assert len(found.series("n/none")) == 0


def test_instances_are_found_by_their_whole_name() -> None:
    built = run().sample("n/temperatures@x", [1.0])
    assert evidence(built).instances("n", "temperature") == tuple(f"temperature@{n}" for n in ("npu0", "npu1", "npu10"))


def test_the_first_device_by_name_is_used_where_two_expose_a_point() -> None:
    built = run().device("a", "npu-1", {"power": Point("W")})
    assert [c.signal for c in channels(evidence(built), "npu-1", "power")] == ["a/power"]


def event(kind: str, t: int, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "t": str(t), **more}


def procedure(t: int, status: str, name: str = "smoke") -> dict[str, Any]:
    return event("procedure", t, name=name, status=status)


def test_a_repetition_cannot_replace_what_was_completed_first() -> None:
    events = [
        event("begin", 0, attempt=1),
        procedure(1, "started"),
        event("mark", 2, name="m", procedure="smoke"),
        procedure(3, "completed"),
        event("begin", 4, attempt=2),
        procedure(5, "started"),
        event("mark", 6, name="m", procedure="smoke"),
        event("mark", 7, name="m", procedure="other"),
        procedure(8, "completed"),
        procedure(9, "started"),
        procedure(10, "aborted"),
    ]
    assert [(x.begin, x.end, x.status.value) for x in executions(events)] == [
        (1, 3, "completed"),
        (5, 8, "completed"),
        (9, 10, "aborted"),
    ]
    found = Evidence(events, None, {}, {}, [], {}).execution("smoke")  # type: ignore[arg-type]
    assert found is not None and (found.begin, found.marks) == (1, {"m": 2})


@pytest.mark.parametrize("last", [event("end", 9), event("begin", 9), procedure(9, "started"), None])
def test_an_execution_that_was_cut_off_is_interrupted(last: dict[str, Any] | None) -> None:
    events = [procedure(1, "started"), event("mark", 2, name="m", procedure="smoke"), *([last] if last else [])]
    first = executions(events, "smoke")[0]
    assert (first.status, first.interrupted) == (Status.ABORTED, True)


def test_answers_are_listed_by_device_and_question() -> None:
    built = run().answer("n", "exposition", {"status": 200}, {"status": 404}).answer("n", "models", {"status": 200})
    assert evidence(built).answers("n", "exposition") == [{"status": 200}, {"status": 404}]


def test_samples_that_are_not_those_of_the_journal_are_refused() -> None:
    files, other = run().files(), run().sample("n/more", [1.0]).files()
    swapped = {**files, "data/samples/samples.parquet": other["data/samples/samples.parquet"]}
    with pytest.raises(Refusal, match="not those the journal closed with"):
        Evidence.from_files(swapped)


def test_a_resumed_journal_names_its_samples_anew(tmp_path: Path) -> None:
    files = run().files()
    path = tmp_path / "events.ndjson"
    path.write_bytes(files["data/events.ndjson"])
    with Journal(path) as journal:
        journal.append("begin", T0, attempt=2)
    more = run().sample("n/more", [1.0]).files()["data/samples/samples.parquet"]
    resumed = {**files, "data/samples/samples.parquet": more}
    live = {**resumed, "data/events.ndjson": path.read_bytes()}
    assert len(Evidence.from_files(live).series("n/more")) == 1
    with Journal(path) as journal:
        journal.append("end", T0, status="completed")
    with pytest.raises(Refusal, match="without naming its samples"):
        Evidence.from_files({**resumed, "data/events.ndjson": path.read_bytes()})


@pytest.mark.parametrize("name", ["data/events.ndjson", "data/samples/samples.parquet", "data/bench.json"])
def test_a_missing_file_is_named(name: str) -> None:
    files = run().files()
    del files[name]
    with pytest.raises(Refusal, match=name):
        Evidence.from_files(files)


def test_a_state_channel_is_exact_and_a_quantity_is_not() -> None:
    built = run().device("s", "npu-1", {"health": STATE})
    assert channels(evidence(built), "npu-1", "health")[0].exact
    assert not channels(evidence(built), "npu-1", "power")[0].exact
    assert json.dumps(channels(evidence(built), "npu-1", "power")[0].record())
