"""Statistics of instances and of what can be read."""

from typing import Any

import pytest

from profiles.quality import Quality
from reports.judging.verdict import Status, Verdict, Word
from tests.reports.build import TEXT, Point, Run

IDENTITY = ["identity.uuid", "identity.model"]
METRICS = ["utilisation", "memory.used", "temperature", "power"]
COUNT = Point("count")
VIEWS = [
    {"instances-of": "identity.uuid"},
    {"subject": "bmc", "point": "accelerator.count"},
    {"subject": "cluster", "point": "accelerator.allocatable"},
]


def node(seen: int = 8, bmc: float = 8, cluster: float = 8, **changed: str) -> Run:
    """A node of eight accelerators, of which the exporter shows `seen`."""
    run = Run().equip("npu-1", "accelerator", host="node-1", instances=8)
    points = {**dict.fromkeys(IDENTITY, TEXT), **dict.fromkeys(METRICS, Point("1"))}
    run.device("npu-1-exporter", "npu-1", points)
    for n in range(seen):
        run.sample(f"npu-1-exporter/identity.uuid@npu{n}", [changed.get(f"uuid{n}", f"u-{n}")] * 11)
        run.sample(f"npu-1-exporter/identity.model@npu{n}", [changed.get(f"model{n}", "RNGD")] * 11)
        for metric in METRICS:
            run.sample(f"npu-1-exporter/{metric}@npu{n}", [1.0] * 11)
    run.equip("bmc-1", "bmc", host="node-1").device("b", "bmc-1", {"accelerator.count": COUNT})
    run.equip("bmc-2", "bmc", host="node-2").device("b2", "bmc-2", {"accelerator.count": COUNT})
    run.sample("b/accelerator.count", [bmc] * 11).sample("b2/accelerator.count", [99.0] * 11)
    run.equip("cluster-1", "cluster").device("k", "cluster-1", {"accelerator.allocatable": COUNT})
    run.sample("k/accelerator.allocatable@node-1", [cluster] * 11)
    return run.sample("k/accelerator.allocatable@node-2", [99.0] * 11)


def judge(run: Run, measurand: dict[str, Any], op: str, value: float, unit: str) -> Verdict:
    return run.require(measurand, {"op": op, "value": value, "unit": unit}, resolution=0.1).judge()


def spread(run: Run, views: list[dict[str, str]] = VIEWS) -> Verdict:
    return judge(run, {"statistic": "count-spread", "of": views}, "==", 0, "count")


def test_views_that_agree_pass_and_the_other_node_is_left_out() -> None:
    found = spread(node())
    assert (found.verdict, found.value, found.uncertainty) == (Word.PASS, 0, 0)
    assert {channel["device"] for channel in found.channels} == {"npu-1-exporter", "b", "k"}


@pytest.mark.parametrize("run", [node(seen=7), node(bmc=7), node(cluster=7), node(bmc=9)])
def test_one_view_that_differs_fails(run: Run) -> None:
    assert (spread(run).verdict, spread(run).value) == (Word.FAIL, 1)


def test_a_count_that_was_ever_different_fails() -> None:
    run = node()
    run.samples = [s for s in run.samples if s.signal != "b/accelerator.count"]
    assert spread(run.sample("b/accelerator.count", [8.0] * 5 + [7.0] + [8.0] * 5)).verdict is Word.FAIL


def test_what_is_declared_is_a_view() -> None:
    views = [{"subject": "cluster", "point": "accelerator.allocatable"}, {"declared": "instances"}]
    assert spread(node(seen=7, cluster=8), views).verdict is Word.PASS
    assert spread(node(cluster=7), views).verdict is Word.FAIL
    undeclared = node()
    del undeclared.equipment["npu-1"]["instances"]
    assert spread(undeclared, views).verdict is Word.NOT_TESTED


def test_a_view_that_nobody_gives_is_not_agreement() -> None:
    run = node()
    del run.equipment["bmc-1"], run.devices["b"]
    run.samples = [s for s in run.samples if not s.signal.startswith("b/")]
    assert spread(run).verdict is Word.NOT_TESTED


def test_a_silent_view_is_an_error() -> None:
    run = node()
    run.samples = [s for s in run.samples if s.signal != "b/accelerator.count"]
    found = spread(run.sample("b/accelerator.count", [Quality.ERROR] * 11))
    assert (found.status, found.verdict) == (Status.ERROR, Word.NOT_TESTED)


def identified(run: Run) -> Verdict:
    return judge(run, {"statistic": "share-identified", "of": IDENTITY}, "==", 100, "%")


def test_every_instance_is_identified_whatever_their_number() -> None:
    assert identified(node()).verdict is identified(node(seen=7)).verdict is Word.PASS


@pytest.mark.parametrize(("change", "share"), [({"uuid3": "u-4"}, 75), ({"uuid3": ""}, 87.5), ({"model3": ""}, 87.5)])
def test_a_doubled_or_missing_identity_fails(change: dict[str, str], share: float) -> None:
    assert (identified(node(**change)).verdict, identified(node(**change)).value) == (Word.FAIL, share)


def test_an_identity_that_another_node_has_too_fails() -> None:
    run = node().equip("npu-2", "accelerator").device("npu-2-exporter", "npu-2", dict.fromkeys(IDENTITY, TEXT))
    run.sample("npu-2-exporter/identity.uuid@npu0", ["u-5"] * 11)
    run.sample("npu-2-exporter/identity.model@npu0", ["ATOM"] * 11)
    assert [identified(run).verdict, identified(run).value] == [Word.FAIL, 87.5]


def test_a_text_that_is_missing_everywhere_is_missing() -> None:
    run = node()
    run.samples = [s for s in run.samples if "identity.model" not in s.signal]
    run.sample("npu-1-exporter/identity.model", [Quality.NOT_IMPLEMENTED] * 11)
    assert (identified(run).verdict, identified(run).value) == (Word.FAIL, 0)


def present(run: Run) -> Verdict:
    return judge(run, {"statistic": "fewest-present", "of": METRICS}, ">=", 2, "count")


def without(run: Run, *metrics: str) -> Run:
    run.samples = [s for s in run.samples if not s.signal.split("/")[1].startswith(metrics)]
    return run


def test_the_instance_with_the_fewest_points_counts() -> None:
    assert present(node()).value == 4
    assert present(without(node(), "power@npu5", "temperature@npu5")).value == 2
    found = present(without(node(), "memory", "temperature", "power"))
    assert (found.verdict, found.value) == (Word.FAIL, 1)


def test_a_point_the_map_lacks_is_not_present() -> None:
    run = without(node(), "memory")
    del run.devices["npu-1-exporter"]["points"]["memory.used"]
    assert present(run).value == 3


def test_a_silent_exporter_is_an_error_and_no_low_count() -> None:
    run = without(node(), *METRICS)
    for metric in METRICS:
        run.sample(f"npu-1-exporter/{metric}", [Quality.ERROR] * 11)
    found = present(run)
    assert (found.status, found.verdict) == (Status.ERROR, Word.NOT_TESTED)


def readable(run: Run, of: object = "*") -> Verdict:
    return judge(run, {"statistic": "share-readable", "of": of}, "==", 100, "%")


def meter(**quality: Quality) -> Run:
    run = Run().equip("meter-1", "meter")
    run.device("m", "meter-1", dict.fromkeys(["voltage", "current", "power", "frequency"], Point("V")))
    for point in ("voltage", "current", "power", "frequency"):
        run.sample(f"m/{point}", [quality.get(point, 1.0)] * 11)
    return run


def test_every_declared_point_must_have_been_readable_once() -> None:
    assert readable(meter()).verdict is Word.PASS
    found = readable(meter(power=Quality.NOT_IMPLEMENTED))
    assert (found.verdict, found.value) == (Word.FAIL, 75)
    assert readable(meter(power=Quality.ERROR), ["voltage", "curr*"]).verdict is Word.PASS


def test_a_device_that_never_answers_fails_this_one_requirement() -> None:
    found = readable(meter(**dict.fromkeys(["voltage", "current", "power", "frequency"], Quality.ERROR)))
    assert (found.status, found.verdict, found.value) == (Status.COMPLETED, Word.FAIL, 0)


def test_a_point_that_was_never_asked_for_is_not_readable() -> None:
    run = meter()
    run.samples = [s for s in run.samples if s.signal != "m/power"]
    assert readable(run).value == 75


def test_no_declared_point_is_nothing_to_read() -> None:
    assert readable(meter(), "battery.*").verdict is Word.NOT_TESTED
