"""Uncertainty: the GUM's own figures, correlation within an instrument, and never understated."""

import math
import random
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.refusal import Refusal
from reports.judging.channels import Channel
from reports.judging.coverage_factor import Coverage
from reports.judging.uncertainty import Input, Moved, expand, round_up
from reports.judging.verdict import Verdict, Word
from reports.measurands.registry import Edge, Value
from tests.reports.build import CALIBRATION, Point, Run


def channel(name: str) -> Channel:
    return Channel("d", name, name, "e", "V", "quantity", (0.0, 0.0), 0.0, 1.0, "real")


def model(
    f: Callable[..., float], x: Sequence[float], u: Sequence[float]
) -> tuple[Callable[[Moved | None], Value], list[Input]]:
    """A measurand y = f(x…) whose inputs x have the standard uncertainties u."""
    channels = [channel(f"x{n}") for n in range(len(x))]

    def measure(move: Moved | None) -> Value:
        moved = [v + (move.value(c, v) if move else 0.0) for c, v in zip(channels, x, strict=True)]
        return Value(f(*moved), "1")

    return measure, [Input("accuracy", c.point, "V", {c.signal: ((0.0, s),)}) for c, s in zip(channels, u, strict=True)]


def test_the_worked_example_of_power() -> None:
    """P = V·I·cos φ with 230 ± 0.5, 10 ± 0.02, 0.3 ± 0.01 rad: u_c = 9.398 by linear propagation."""
    measure, inputs = model(lambda v, i, phi: v * i * math.cos(phi), (230, 10, 0.3), (0.5, 0.02, 0.01))
    found = expand(measure(None), measure, inputs, Coverage(1))
    combined = math.sqrt(math.fsum(part.contribution**2 for part in found.budget))
    assert combined == pytest.approx(9.398, abs=0.001) and found.expanded == 9.4


@given(
    a=st.lists(st.floats(-10, 10), min_size=1, max_size=4),
    u=st.lists(st.floats(0.001, 1), min_size=4, max_size=4),
    k=st.sampled_from([1.0, 2.0, 3.0]),
)
def test_a_linear_model_follows_the_law_of_propagation(a: list[float], u: list[float], k: float) -> None:
    measure, inputs = model(lambda *x: sum(c * v for c, v in zip(a, x, strict=True)), [1.0] * len(a), u[: len(a)])
    exact = k * math.sqrt(sum((c * s) ** 2 for c, s in zip(a, u, strict=False)))
    found = expand(measure(None), measure, inputs, Coverage(k))
    assert exact * (1 - 1e-6) <= found.expanded <= exact * 1.1 + 1e-9


def test_an_even_function_at_its_extreme_is_not_without_uncertainty() -> None:
    measure, inputs = model(abs, [0.0], [0.5])
    assert expand(measure(None), measure, inputs, Coverage(2)).expanded == 1.0


def test_monte_carlo_agrees() -> None:
    measure, inputs = model(lambda a, b: max(a, b) - a * b / 50, (10.0, 8.0), (0.1, 0.2))
    rng = random.Random(1)
    draws = [max(a, b) - a * b / 50 for a, b in ((rng.gauss(10, 0.1), rng.gauss(8, 0.2)) for _ in range(20_000))]
    mean = math.fsum(draws) / len(draws)
    spread = math.sqrt(math.fsum((d - mean) ** 2 for d in draws) / len(draws))
    assert expand(measure(None), measure, inputs, Coverage(2)).expanded == pytest.approx(2 * spread, rel=0.06)


def test_edges_add_their_own_contributions() -> None:
    value = Value(5.0, "s", edges=(Edge(2.0, 0.3), Edge(1.0, 0.3)))
    found = expand(value, lambda move: value, [], Coverage(2))
    assert found.expanded == round_up(2 * math.sqrt((4 + 1) / 12 + 2 * 0.09 / 3))


@given(number=st.floats(1e-12, 1e12))
def test_rounding_up_never_makes_it_smaller_nor_more_than_a_tenth_larger(number: float) -> None:
    assert number <= round_up(number) <= number * 1.1000001


BAND = {"op": "range", "min": 0, "max": 1000, "unit": "V"}


def meter(point: Point, *phases: float, half: float = 0.0, **device: object) -> Run:
    run = Run().equip("meter-1", "meter").device("m", "meter-1", {f"v{n}": point for n in range(len(phases))}, **device)
    for n, value in enumerate(phases):
        run.sample(f"m/v{n}", [value] * 11, half=half)
    return run


def lowest(run: Run, **more: object) -> Verdict:
    return run.require({"statistic": "lowest", "of": "v*", **more}, BAND, resolution=1e-9).judge()


def test_the_accuracy_of_a_class_is_rectangular() -> None:
    found = lowest(meter(Point("V", relative=0.01, absolute=0.5), 200.0))
    assert found.uncertainty == round_up(2 * 2.5 / math.sqrt(3))
    assert [part["input"] for part in found.budget] == ["accuracy"]


def test_resolution_is_a_uniform_step() -> None:
    assert lowest(meter(Point("V", resolution=1.0), 200.0)).uncertainty == round_up(2 / math.sqrt(12))


def test_a_calibration_certificate_adds_its_own_uncertainty() -> None:
    calibration = {**CALIBRATION, "points": {"v0": {"expanded": 0.6, "k": 3}}}
    found = lowest(meter(Point("V"), 200.0, calibration=calibration))
    assert found.uncertainty == pytest.approx(0.4) and found.budget[0]["input"] == "calibration"


def test_few_degrees_of_freedom_widen_the_uncertainty() -> None:
    stated = {"expanded": 0.6, "k": 3}
    many, few = (
        lowest(meter(Point("V"), 200.0, calibration={**CALIBRATION, "points": {"v0": {**stated, **more}}}))
        for more in ({}, {"degrees-of-freedom": 5})
    )
    assert (many.k, many.uncertainty) == (2.0, pytest.approx(0.4))
    assert few.k == pytest.approx(2.6487, abs=1e-4) and few.uncertainty == 0.53
    assert few.budget[0]["degrees-of-freedom"] == 5 and "degrees-of-freedom" not in many.budget[0]


@pytest.mark.parametrize("freedom", [0, 0.5, -3])
def test_degrees_of_freedom_that_are_none_are_refused(freedom: float) -> None:
    calibration = {**CALIBRATION, "points": {"v0": {"expanded": 0.6, "degrees-of-freedom": freedom}}}
    with pytest.raises(Refusal, match="degrees of freedom"):
        lowest(meter(Point("V"), 200.0, calibration=calibration))


def test_what_is_known_well_dilutes_what_is_known_badly() -> None:
    """ν_eff = (3² + 4²)² / (4⁴ / 8) = 19.5, truncated to 19: t = 2.140 (GUM table G.2, 95.45 %)."""
    calibration = {**CALIBRATION, "points": {"v0": {"expanded": 8, "k": 2, "degrees-of-freedom": 8}}}
    found = lowest(meter(Point("V", absolute=3 * math.sqrt(3)), 200.0, calibration=calibration))
    assert found.k == pytest.approx(2.140, abs=5e-4) and found.uncertainty == 11


def test_the_budget_adds_up_to_the_uncertainty() -> None:
    calibration = {**CALIBRATION, "points": {"v0": {"expanded": 0.6, "k": 2}}}
    found = lowest(meter(Point("V", relative=0.01, resolution=1.0), 200.0, calibration=calibration))
    combined = math.sqrt(sum(float(part["contribution"]) ** 2 for part in found.budget))
    assert found.uncertainty == round_up(2 * combined) and len(found.budget) == 3


def difference(run: Run) -> Verdict:
    measurand = {"statistic": "smallest-difference", "of": ["v0", "v1"]}
    return run.require(measurand, {"op": ">=", "value": 0, "unit": "V"}, resolution=1e-9).judge()


def test_what_one_instrument_gets_wrong_cancels_in_a_difference_and_resolution_does_not() -> None:
    assert difference(meter(Point("V", absolute=5.0), 30.0, 10.0)).uncertainty == 0
    coarse = difference(meter(Point("V", absolute=5.0, resolution=1.0), 30.0, 10.0))
    assert coarse.uncertainty == round_up(2 * math.sqrt(2 / 12))


def test_two_instruments_are_independent() -> None:
    run = meter(Point("V", absolute=5.0), 30.0)
    run.equip("other", "x").device("o", "other", {"v": Point("V", absolute=5.0)}).sample("o/v", [10.0] * 11)
    run.measures = [{"device": "o", "equipment": "meter-1", "points": {"v": "v1"}}]
    assert difference(run).uncertainty == round_up(2 * math.sqrt(2) * 5 / math.sqrt(3))


def test_one_instrument_in_two_units_is_not_one_error() -> None:
    run = (
        Run()
        .equip("cdu-1", "cdu")
        .device("c", "cdu-1", {"a": Point("°C", absolute=1.0), "b": Point("K", absolute=1.0)})
    )
    run.sample("c/a", [30.0] * 11).sample("c/b", [1.0] * 11)
    run.require({"statistic": "lowest", "of": "a"}, {**BAND, "unit": "°C"}, resolution=1e-9)
    assert [part["of"] for part in run.judge().budget] == ["cdu-1"]


def test_a_time_stamp_moves_the_age_of_what_is_reported() -> None:
    run = Run().equip("cdu-1", "cdu").device("c", "cdu-1", {"time": Point(kind="time")})
    run.sample("c/time", [1_793_577_600.0 + n - 2 for n in range(11)], half=0.6)
    measurand = {"statistic": "greatest-age", "of": "time"}
    found = run.require(measurand, {"op": "<=", "value": 5, "unit": "s"}, resolution=0.001).judge()
    assert found.uncertainty == pytest.approx(2 * 0.6 / math.sqrt(3), abs=0.01)
    assert found.budget[0]["input"] == "time-stamp"


def test_a_share_near_its_edge_has_an_uncertainty_and_is_not_passed() -> None:
    run = meter(Point("V", absolute=1.0), 99.9)
    measurand = {"statistic": "share-within", "of": "v0", "lower": 0, "upper": 100}
    found = run.require(measurand, {"op": ">=", "value": 95, "unit": "%"}, resolution=0.1).judge()
    assert (found.value, found.verdict) == (100, Word.INCONCLUSIVE)


def test_counts_states_and_answers_are_exact() -> None:
    assert lowest(meter(Point("count", relative=0.5, resolution=1.0), 8.0), of="v0").value is None  # another unit
    run = meter(Point("count", relative=0.5, resolution=1.0), 8.0)
    found = run.require({"statistic": "lowest", "of": "v0"}, {"op": "==", "value": 8, "unit": "count"}).judge()
    assert (found.verdict, found.uncertainty) == (Word.PASS, 0)


def test_a_quantity_without_a_declared_accuracy_decides_nothing() -> None:
    run = meter(Point("V"), 200.0)
    run.devices["m"]["points"]["v0"]["accuracy"] = None
    assert lowest(run).verdict is Word.INCONCLUSIVE


def test_a_better_instrument_bound_by_the_bench_is_used_instead() -> None:
    run = meter(Point("V", relative=0.1), 200.0)
    run.equip("analyser-1", "power-analyser").device("a", "analyser-1", {"u": Point("V", relative=0.001)})
    run.sample("a/u", [201.0] * 11).measures = [{"device": "a", "equipment": "meter-1", "points": {"u": "v0"}}]
    found = lowest(run)
    assert (found.value, found.uncertainty) == (201.0, round_up(2 * 0.201 / math.sqrt(3)))
    assert [c["device"] for c in found.channels] == ["a"]


def test_what_drifts_grows_with_the_time_since_the_calibration_and_turns_the_verdict() -> None:
    """0.2 V a year, calibrated 245 days before the run on 2026-11-02."""
    limit = {"op": "<=", "value": 200.2, "unit": "V"}

    def judged(calibrated: str) -> Verdict:
        run = meter(Point("V"), 200.0, calibration={**CALIBRATION, "date": calibrated})
        run.devices["m"]["points"]["v0"]["drift"] = {"relative": 0.0, "absolute": 0.2}
        return run.require({"statistic": "highest", "of": "v0"}, limit).judge()

    fresh, old = judged("2026-03-02"), judged("2024-03-02")
    assert fresh.verdict is Word.PASS and fresh.uncertainty == round_up(2 * 0.2 * 245 / 365.2425 / math.sqrt(3))
    assert old.verdict is Word.INCONCLUSIVE and [part["input"] for part in old.budget] == ["drift"]
    assert judged("unknown").verdict is Word.INCONCLUSIVE and judged("2027-01-01").uncertainty == 0


def warm(ambient: list[float], *, absolute: float = 0.0, relative: float = 0.0003) -> Run:
    """200 V of a meter that adds a coefficient for every kelvin outside 18 … 28 °C, somewhere in its surroundings."""
    run = meter(Point("V", absolute=0.1), 200.0)
    stated = {"relative": relative, "absolute": absolute, "outside": [18, 28], "ambient": ambient}
    run.devices["m"]["points"]["v0"]["temperature"] = stated
    return run


@pytest.mark.parametrize(
    ("ambient", "kelvins"), [([5, 40], 13), ([23, 40], 12), ([31, 31], 3), ([5, 23], 13), ([18, 28], 0), ([20, 24], 0)]
)
def test_the_temperature_is_an_input_of_its_own_and_rectangular(ambient: list[float], kelvins: float) -> None:
    found = lowest(warm(ambient))
    sizes = {part["input"]: part["contribution"] for part in found.budget}
    assert sizes.pop("accuracy") == pytest.approx(0.1 / math.sqrt(3))
    assert sizes == ({"temperature": pytest.approx(0.0003 * 200 * kelvins / math.sqrt(3))} if kelvins else {})
    assert found.uncertainty == round_up(2 * math.hypot(0.1, 0.06 * kelvins) / math.sqrt(3))


def test_an_instrument_that_stands_too_warm_turns_the_verdict() -> None:
    limit = {"op": "<=", "value": 200.5, "unit": "V"}
    measurand = {"statistic": "highest", "of": "v0"}
    cool, hot = (warm([20, top]).require(measurand, limit).judge() for top in (28, 38))
    assert (cool.verdict, hot.verdict) == (Word.PASS, Word.INCONCLUSIVE)


def test_a_rectangle_of_the_temperature_alone_is_covered_with_less_than_two() -> None:
    run = warm([38, 38], absolute=0.02, relative=0.0)
    run.devices["m"]["points"]["v0"]["accuracy"] = {"relative": 0.0, "absolute": 0.0}
    run.distribution = "convolved"
    assert lowest(run).k == pytest.approx(1.653, abs=1e-3)


def test_the_channels_of_one_instrument_warm_up_together_and_counts_do_not() -> None:
    run = meter(Point("V"), 30.0, 10.0)
    for point in run.devices["m"]["points"].values():
        point["temperature"] = {"relative": 0.0, "absolute": 0.1, "outside": [18, 28], "ambient": [38, 38]}
    assert difference(run).uncertainty == 0
    counter = meter(Point("count"), 8.0)
    counter.devices["m"]["points"]["v0"]["temperature"] = point["temperature"]
    found = counter.require({"statistic": "lowest", "of": "v0"}, {"op": "==", "value": 8, "unit": "count"}).judge()
    assert (found.verdict, found.uncertainty) == (Word.PASS, 0)


def test_what_one_interface_states_of_the_temperature_holds_for_the_others() -> None:
    run = warm([38, 38]).device("n", "meter-1", {"v0": Point("V")})
    run.devices = {"a": run.devices.pop("n"), **run.devices}
    run.sample("a/v0", [200.0] * 11)
    found = lowest(run, of="v0")
    assert [c["device"] for c in found.channels] == ["a"]
    assert {part["input"] for part in found.budget} == {"accuracy", "temperature"}


def pair(measurand: dict[str, object], *papers: dict[str, object], record: str = "bench-record/2") -> Verdict:
    """Two instruments, each certified to U = 0.63 V with k = 2; `papers` is what else their certificates say."""
    run = Run(bench_schema=record).equip("meter-1", "meter").equip("other", "x")
    for device, owner, paper in zip("mo", ("meter-1", "other"), papers, strict=True):
        stated = {**CALIBRATION, "points": {"v": {"expanded": 0.63, "k": 2}}, **paper}
        run.device(device, owner, {"v": Point("V")}, calibration=stated).sample(f"{device}/v", [100.0] * 11)
    run.measures = [{"device": d, "equipment": "meter-1", "points": {"v": p}} for d, p in (("m", "a"), ("o", "b"))]
    return run.require(measurand, {"op": "<=", "value": 201, "unit": "V"}, resolution=1e-9).judge()


def formula(text: str) -> dict[str, object]:
    of = {"formula": text, "unit": "V", "terms": {"a": "a", "b": "b"}}
    return {"statistic": "worst-mean", "of": of}


def against(*standards: str) -> dict[str, object]:
    return {"standards": list(standards)}


def test_a_sum_of_two_that_share_a_standard_is_as_uncertain_as_if_they_were_one() -> None:
    apart = pair(formula("a + b"), against("S1"), against("S2"))
    together = pair(formula("a + b"), against("S1", "S2"), against("S2"))
    assert apart.uncertainty == round_up(0.63 * math.sqrt(2)) and apart.verdict is Word.PASS
    assert together.uncertainty == round_up(1.26) and together.verdict is Word.INCONCLUSIVE
    assert [part["input"] for part in together.budget] == ["calibration", "calibration", "standard"]


def test_a_difference_of_two_that_share_a_standard_is_not_made_better_by_it() -> None:
    apart, together = pair(formula("a - b"), {}, {}), pair(formula("a - b"), against("S1"), against("S1"))
    assert apart.uncertainty == together.uncertainty == round_up(0.63 * math.sqrt(2))


K_1: dict[str, object] = {"certificate": "K-1", "laboratory": "KRISS"}
U = {"expanded": 0.63, "k": 2}


@pytest.mark.parametrize(
    ("text", "apart", "together"),
    [("a + b", 0.63 * math.sqrt(2), 1.26), ("a - b", 0.63 * math.sqrt(2), 0.0), ("a - b / 3", 0.665, 0.42)],
)
def test_devices_with_one_certificate_are_one_instrument(text: str, apart: float, together: float) -> None:
    independent = pair(formula(text), K_1, {**K_1, "certificate": "K-2"})
    one = pair(formula(text), K_1, K_1)
    channels = meter(Point("V"), 100.0, 100.0, calibration={**CALIBRATION, "points": dict.fromkeys(("v0", "v1"), U)})
    of = {**formula(text), "of": {"formula": text, "unit": "V", "terms": {"a": "v0", "b": "v1"}}}
    limit = {"op": "<=", "value": 201, "unit": "V"}
    assert independent.uncertainty == pytest.approx(apart, rel=0.04)
    assert one.uncertainty == pytest.approx(together, rel=0.04)
    assert one.uncertainty == channels.require(of, limit, resolution=1e-9).judge().uncertainty


def test_a_shared_certificate_turns_the_verdict_and_is_named_in_the_budget() -> None:
    apart, together = pair(formula("a + b"), K_1, {}), pair(formula("a + b"), K_1, K_1)
    assert (apart.verdict, together.verdict) == (Word.PASS, Word.INCONCLUSIVE)
    assert [part["of"] for part in apart.budget] == ["m", "o"]
    assert [(part["input"], part["of"]) for part in together.budget] == [("calibration", "K-1, KRISS")]


@pytest.mark.parametrize("other", [{"certificate": "K-1", "laboratory": "KTL"}, {"laboratory": "KRISS"}, {}])
def test_a_number_is_that_of_one_laboratory_and_no_number_is_none(other: dict[str, object]) -> None:
    first = K_1 if "certificate" in other else other
    assert pair(formula("a + b"), first, other).uncertainty == round_up(0.63 * math.sqrt(2))


def test_one_instrument_shares_its_standards_with_others() -> None:
    """m and o are one, calibrated against S1 as p is; all three errors may be that of S1."""
    run = Run().equip("meter-1", "meter")
    for device, paper in {"m": {**K_1, **against("S1")}, "o": K_1, "p": against("S1")}.items():
        run.equip(f"x-{device}", "x")
        stated = {**CALIBRATION, "points": {"v": U}, **paper}
        run.device(device, f"x-{device}", {"v": Point("V")}, calibration=stated).sample(f"{device}/v", [100.0] * 11)
    run.measures = [{"device": d, "equipment": "meter-1", "points": {"v": d}} for d in "mop"]
    of = {"formula": "m + o + p", "unit": "V", "terms": {d: d for d in "mop"}}
    limit = {"op": "<=", "value": 400, "unit": "V"}
    found = run.require({"statistic": "worst-mean", "of": of}, limit, resolution=1e-9).judge()
    assert found.uncertainty == pytest.approx(3 * 0.63, rel=0.04)
    assert [part["input"] for part in found.budget] == ["calibration", "calibration", "standard"]


def test_a_record_of_the_first_version_is_judged_as_it_was() -> None:
    old = pair(formula("a + b"), K_1, K_1, record="bench-record/1")
    assert old.verdict is Word.PASS and [part["of"] for part in old.budget] == ["m", "o"]
    with pytest.raises(Refusal, match="no record 'bench-record/3'"):
        pair(formula("a + b"), K_1, K_1, record="bench-record/3")
