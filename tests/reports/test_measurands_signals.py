"""Signals that are computed: formulas over points of this and other equipment, and numbers that answers state."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles.quality import Quality
from reports.evidence.evidence import Evidence
from reports.judging.channels import Channel
from reports.judging.reasons import NoEvidence
from reports.judging.uncertainty import round_up
from reports.judging.verdict import Word
from reports.measurands.alignment import aligned
from reports.measurands.registry import Value
from reports.measurands.scope import Scope, Track
from tests.reports.build import Point, Run
from tests.reports.measuring import SIZE, at, measured, positive, recorded, series

few = settings(max_examples=20, deadline=None)
TEMPERATURE, PERCENT = Point("°C"), Point("%")


def formula(text: str, unit: str, **terms: object) -> dict[str, object]:
    return {"formula": text, "unit": unit, "terms": terms}


def highest(run: Run, of: object, unit: str = "W", **more: object) -> Value:
    return measured(run, {"statistic": "highest", "of": of, **more}, unit)


@few
@given(a=series, b=series)
def test_a_formula_is_computed_sample_by_sample(a: list[float], b: list[float]) -> None:
    found = highest(recorded(p=a, q=b), formula("max(p, q) - abs(p) / 2", "W", p="p", q="q"))
    assert found.number == pytest.approx(np.max(np.maximum(a, b) - np.abs(a) / 2)) and found.unit == "W"


@few
@given(a=positive, b=positive, width=st.sampled_from([1, 4, 8]))
def test_terms_are_averaged_before_they_are_combined(a: list[float], b: list[float], width: int) -> None:
    found = highest(recorded(p=a, q=b), formula("p / q", "%", p="p", q="q"), "%", average=width)
    groups = range(0, (SIZE - 1) // width * width, width)
    ratios = [100 * np.mean(a[i : i + width]) / np.mean(b[i : i + width]) for i in groups]
    assert found.number == pytest.approx(max(ratios))


@few
@given(flow=positive, hot=series, cold=series)
def test_nobody_has_to_convert_units(flow: list[float], hot: list[float], cold: list[float]) -> None:
    points = {"flow": Point("L/min"), "hot": TEMPERATURE, "cold": TEMPERATURE}
    run = recorded(points=points, flow=flow, hot=hot, cold=cold)
    of = formula("c * flow * (hot - cold)", "kW", c={"value": 4, "unit": "kJ/L/K"}, flow="flow", hot="hot", cold="cold")
    expected = 4e3 * np.array(flow) / 60 * (np.array(hot) - np.array(cold)) / 1e3
    assert highest(run, of, "kW").number == pytest.approx(np.max(expected), rel=1e-9, abs=1e-9)


def test_the_dew_point_of_air_follows_from_temperature_and_humidity() -> None:
    """At 25 °C and 50 %: 13.9 °C, at 100 % the temperature itself (Alduchov and Eskridge, to 0.1 K)."""
    of = formula("dewpoint(t, h)", "°C", t="t", h="h")
    for humidity, expected in ((50.0, 13.9), (100.0, 25.0), (20.0, 0.5)):
        run = recorded(points={"t": TEMPERATURE, "h": PERCENT}, t=[25.0] * 5, h=[humidity] * 5)
        assert highest(run, of, "°C").number == pytest.approx(expected, abs=0.05)
    dry = recorded(points={"t": TEMPERATURE, "h": PERCENT}, t=[25.0] * 5, h=[0.0] * 5)
    with pytest.raises(NoEvidence, match="has no value"):
        highest(dry, of, "°C")


def test_parallel_points_are_paired_by_what_tells_them_apart() -> None:
    run = recorded(p__l1=[10.0] * 5, p__l2=[20.0] * 5, q__l1=[1.0] * 5, q__l2=[2.0] * 5, r=[4.0] * 5)
    of = formula("p / q", "1", p="p.*", q="q.*")
    assert [highest(run, of, "1").number, measured(run, {"statistic": "lowest", "of": of}, "1").number] == [10, 10]
    assert highest(run, formula("p - r", "W", p="p.*", r="r")).number == 16


def test_points_that_cannot_be_paired_decide_nothing() -> None:
    run = recorded(p__l1=[10.0] * 5, p__l2=[20.0] * 5, q__l1=[1.0] * 5, q__n=[2.0] * 5)
    with pytest.raises(NoEvidence, match="which signals belong together"):
        highest(run, formula("p / q", "1", p="p.*", q="q.*"), "1")


@few
@given(a=series, b=series)
@pytest.mark.parametrize(
    ("take", "expected"), [("sum", np.sum), ("mean", np.mean), ("lowest", np.min), ("highest", np.max)]
)
def test_several_channels_are_taken_as_one(take: str, expected: object, a: list[float], b: list[float]) -> None:
    found = highest(recorded(p__a=a, p__b=b), {"point": "p.*", "take": take})
    assert found.number == pytest.approx(np.max(expected(np.array([a, b]), axis=0)))  # type: ignore[operator]


def test_an_unbalance_is_a_formula() -> None:
    run = recorded(i__l1=[10.0] * 5, i__l2=[11.0] * 5, i__l3=[12.0] * 5)
    top, mean = ({"point": "i.*", "take": take} for take in ("highest", "mean"))
    assert highest(run, formula("(top - mean) / mean", "%", top=top, mean=mean), "%").number == pytest.approx(100 / 11)


def test_samples_of_two_devices_are_paired_in_time() -> None:
    run = recorded(p=[float(n) for n in range(20)])
    run.device("e", "unit-1", {"q": Point("W")}).sample("e/q", [float(n) for n in range(0, 20, 2)], every=2)
    run.samples = [s._replace(t=s.t + 300_000_000) if s.signal == "e/q" else s for s in run.samples]
    assert highest(run, formula("p - q", "W", p="p", q="q")).number == 0
    assert measured(run, {"statistic": "lowest", "of": formula("p - q", "W", p="p", q="q")}).number == 0


def track(*seconds: float) -> Track:
    channel = Channel("d", "p", "p", "unit-1", "W", "quantity", (0.0, 0.0), 0.0, 1.0, "real")
    return Track(channel, [at(s) for s in seconds], [0] * len(seconds), list(seconds), [""] * len(seconds))


@given(times=st.lists(st.integers(0, 100), min_size=2, unique=True), late=st.floats(0, 0.4))
def test_the_nearest_sample_is_the_partner(times: list[int], late: float) -> None:
    rare, often = track(*sorted(times)), track(*(n + late for n in range(101)))
    base, (first, second) = aligned(scope(5), [rare, often])
    assert (list(base.t), first) == (rare.t, rare.value)
    assert second == pytest.approx([n + late for n in sorted(times)])


def test_samples_without_a_partner_are_left_out_or_a_gap() -> None:
    one, other = track(*range(20)), track(*range(10), *range(12, 20), *range(30, 40))
    base, columns = aligned(scope(100), [one, track(*range(15), *range(30, 40))])
    assert len(base.t) == len(columns[0]) == 16
    with pytest.raises(NoEvidence, match="no samples at the same time"):
        aligned(scope(5), [one, track(*range(15), *range(30, 40))])
    assert len(aligned(scope(5), [one, other])[0].t) == 20


def scope(allowed: float) -> Scope:
    run = recorded(p=[1.0] * 5)
    evidence = Evidence.from_files(run.files())
    execution = evidence.execution("smoke")
    assert execution is not None
    return Scope(evidence, "unit-1", execution, at(0), at(4), {}, allowed)


def test_a_division_by_zero_decides_nothing() -> None:
    with pytest.raises(NoEvidence, match="p / q has no value"):
        highest(recorded(p=[1.0] * 5, q=[1.0, 0.0, 1.0, 1.0, 1.0]), formula("p / q", "1", p="p", q="q"), "1")


def test_a_rating_is_what_the_equipment_declares() -> None:
    of = formula("p / rated", "%", p="p", rated={"rating": "power"})
    assert highest(recorded(p=[400.0] * 5), of, "%").number == pytest.approx(80)
    run = recorded(p=[400.0] * 5)
    run.equipment["unit-1"]["ratings"] = {"power": {"value": 500, "unit": "V"}}
    with pytest.raises(NoEvidence, match="not in one unit"):
        highest(run, of, "%")
    del run.equipment["unit-1"]["ratings"]
    with pytest.raises(NoEvidence, match="declares no rating power"):
        highest(run, of, "%")


@few
@given(a=positive, b=positive, c=positive)
def test_a_ratio_of_roles_looks_at_all_equipment_of_the_site(a: list[float], b: list[float], c: list[float]) -> None:
    run = recorded(p=a).equip("pdu-1", "pdu").equip("pdu-2", "pdu", features=["spare"]).equip("site-1", "container")
    for name, values in (("pdu-1", b), ("pdu-2", c)):
        run.device(f"{name}-card", name, {"power": Point("W")}).sample(f"{name}-card/power", values)
    measurand = {
        "statistic": "ratio",
        "of": {"subject": "meter", "at": "site", "point": "p"},
        "per": {"subject": "pdu", "at": "site", "point": "power"},
    }
    assert measured(run, measurand, "1").number == pytest.approx(np.trapezoid(a) / np.trapezoid(np.add(b, c)))
    spare = {**measurand, "per": {"subject": "pdu", "at": "site", "feature": "spare", "point": "power"}}
    assert measured(run, spare, "1").number == pytest.approx(np.trapezoid(a) / np.trapezoid(c))
    with pytest.raises(NoEvidence, match="Nothing was seen of ups power"):
        measured(run, {**measurand, "per": {"subject": "ups", "at": "site", "point": "power"}}, "1")


def test_other_equipment_may_be_looked_for_on_the_same_host_only() -> None:
    run = recorded(p=[1.0] * 5).equip("bmc-1", "bmc", host="node-1").equip("bmc-2", "bmc", host="node-2")
    run.equipment["unit-1"]["host"] = "node-2"
    for name, watts in (("bmc-1", 10.0), ("bmc-2", 20.0)):
        run.device(f"{name}-card", name, {"power": Point("W")}).sample(f"{name}-card/power", [watts] * 5)
    assert highest(run, {"subject": "bmc", "at": "host", "point": "power"}).number == 20


ANSWERS = [{"status": 200, "latency": float(n)} for n in (30, 10, 20)]
LATENCY = {"question": "call", "field": "latency", "unit": "ms", "where": {"status": 200}}


def test_a_number_in_answers_is_a_signal() -> None:
    run = recorded(p=[1.0] * 5).answer("d", "call", *ANSWERS, {"status": 500})
    assert highest(run, LATENCY, "ms").number == 30
    assert measured(run, {"statistic": "percentile", "of": LATENCY, "percent": 50}, "ms").number == 20
    assert measured(run, {"statistic": "mean", "of": formula("a", "s", a=LATENCY)}, "s").number == pytest.approx(0.02)


@pytest.mark.parametrize("bad", [{}, {"latency": None}, {"latency": "30"}, {"latency": True}])
def test_an_answer_without_its_number_is_not_left_out(bad: dict[str, object]) -> None:
    run = recorded(p=[1.0] * 5).answer("d", "call", *ANSWERS, {"status": 200, **bad})
    with pytest.raises(NoEvidence, match="holds no number in the field latency"):
        highest(run, LATENCY, "ms")


def test_a_formula_over_bad_samples_decides_nothing() -> None:
    with pytest.raises(NoEvidence, match="missing or unusable"):
        highest(recorded(p=[1.0] * 10, q=[1.0, Quality.STALE] * 5), formula("p / q", "1", p="p", q="q"), "1")


def balance(relative: float, *, same: bool) -> float:
    """The uncertainty in % of the ratio of two powers, read by one instrument or by two."""
    points = {"p": Point("W", relative=relative), "q": Point("W", relative=relative)}
    run = recorded(points=points, p=[80.0] * 10, q=[100.0] * 10)
    if not same:
        run.equip("other", "x").device("o", "other", {"r": points["q"]}).sample("o/r", [100.0] * 10)
        run.measures = [{"device": "o", "equipment": "unit-1", "points": {"r": "q"}}]
    measurand = {"statistic": "mean", "of": formula("p / q", "%", p="p", q="q")}
    run.require(measurand, {"op": ">=", "value": 50, "unit": "%"}, resolution=1e-6)
    verdict = run.judge()
    assert verdict.verdict is Word.PASS and verdict.value == pytest.approx(80)
    assert {c["point"] for c in verdict.channels} == ({"p", "q"} if same else {"p", "r"})
    assert verdict.uncertainty is not None
    return verdict.uncertainty


def test_the_errors_of_one_instrument_cancel_in_a_ratio_and_those_of_two_do_not() -> None:
    assert balance(0.01, same=True) == pytest.approx(0, abs=1e-9)
    assert balance(0.01, same=False) == round_up(2 * math.sqrt(2) * 0.8 / math.sqrt(3))
