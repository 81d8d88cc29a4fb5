"""Statistics of numbers: against a second implementation, and each turned by a fault."""

import math
import statistics
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles.quality import Quality
from reports.judging.verdict import Status, Verdict, Word
from tests.reports.build import STATE, TIME, Point, Run

VOLT = Point("V")
BAND = {"op": "range", "min": 198, "max": 242, "unit": "V"}
ANY = {"op": ">=", "value": -1e9, "unit": "V"}
series = st.lists(st.floats(180, 260).map(lambda x: round(x, 3)), min_size=11, max_size=11)


def meter(*phases: Sequence[float | Quality | None], point: Point = VOLT, **more: float) -> Run:
    run = Run(duration=float(len(phases[0]) - 1))
    run.equip("meter-1", "meter", ratings={"voltage": {"value": 220, "unit": "V"}})
    run.device("m", "meter-1", {f"voltage.l{n}": point for n in range(1, len(phases) + 1)})
    for n, values in enumerate(phases, 1):
        run.sample(f"m/voltage.l{n}", values, **more)
    return run


def judge(run: Run, measurand: dict[str, object], limit: dict[str, object]) -> Verdict:
    return run.require(measurand, limit, resolution=1e-9).judge()


def windows(values: Sequence[float], width: int) -> list[float]:
    """Means of whole windows of a series with one sample a second, the plain way."""
    whole = (len(values) - 1) // width
    return [statistics.fmean(values[n * width : (n + 1) * width]) for n in range(whole)]


@settings(max_examples=30, deadline=None)
@given(a=series, b=series, width=st.sampled_from([1, 2, 3, 5, 10]))
def test_worst_mean_is_the_mean_nearest_to_a_limit_or_furthest_beyond(
    a: list[float], b: list[float], width: int
) -> None:
    found = judge(meter(a, b), {"statistic": "worst-mean", "of": "voltage.*", "average": width}, BAND)
    margins = [min(m - 198, 242 - m) for m in windows(a, width) + windows(b, width)]
    assert found.margin == pytest.approx(min(margins), abs=1e-6)
    assert (found.verdict is Word.PASS) == (min(margins) >= 0)


@settings(max_examples=30, deadline=None)
@given(a=series, width=st.sampled_from([1, 2, 5]))
def test_share_within_counts_the_means_inside(a: list[float], width: int) -> None:
    measurand = {"statistic": "share-within", "of": "voltage.*", "lower": 198, "upper": 242, "average": width}
    found = judge(meter(a), measurand, {"op": ">=", "value": 95, "unit": "%"})
    inside = [198 <= m <= 242 for m in windows(a, width)]
    assert found.value == pytest.approx(100 * sum(inside) / len(inside))


@settings(max_examples=30, deadline=None)
@given(a=series)
def test_lowest_highest_and_greatest_magnitude(a: list[float]) -> None:
    a = [x - 220 for x in a]
    for name, expected in (("lowest", min(a)), ("highest", max(a)), ("greatest-magnitude", max(map(abs, a)))):
        assert judge(meter(a), {"statistic": name, "of": "voltage.l1"}, ANY).value == pytest.approx(expected)


@settings(max_examples=20, deadline=None)
@given(a=series, faulty=st.integers(0, 10))
def test_worst_deviation_is_relative_to_the_rating(a: list[float], faulty: int) -> None:
    measurand = {"statistic": "worst-deviation", "of": "voltage.*", "rating": "voltage"}
    limit = {"op": "range", "min": -1, "max": 1, "unit": "%"}
    found = judge(meter(a), measurand, limit)
    deviations = [100 * x / 220 - 100 for x in a]
    assert found.value is not None and abs(found.value) == pytest.approx(max(map(abs, deviations)), abs=1e-6)
    good = judge(meter([220.0] * 11), measurand, limit)
    bad = judge(meter([226.6 if n == faulty else 220.0 for n in range(11)]), measurand, limit)
    assert (good.verdict, bad.verdict, bad.value) == (Word.PASS, Word.FAIL, pytest.approx(3.0))


@settings(max_examples=20, deadline=None)
@given(a=series, b=series, late=st.sampled_from([0, 1, -1]))
def test_smallest_difference_pairs_samples_in_time(a: list[float], b: list[float], late: int) -> None:
    run = Run().equip("cdu-1", "cdu").device("c", "cdu-1", {"supply": Point("°C"), "dew": Point("°C")})
    run.sample("c/supply", a)
    run.samples += [s._replace(signal="c/dew", t=s.t + late * 1000) for s in Run().sample("x/x", b).samples]
    found = judge(
        run, {"statistic": "smallest-difference", "of": ["supply", "dew"]}, {"op": ">=", "value": 2, "unit": "K"}
    )
    # Shifted by a microsecond, the first or the last sample of b falls outside the window.
    seen = {n: n + late * 1e-6 for n in range(11) if 0 <= n + late * 1e-6 <= 10}
    pairs = [(n, min(seen, key=lambda m: abs(seen[m] - n))) for n in range(11)]
    assert found.value == pytest.approx(min(a[n] - b[m] for n, m in pairs), abs=1e-6) and found.unit == "K"


@settings(max_examples=20, deadline=None)
@given(a=series, order=st.randoms(use_true_random=False))
def test_a_statistic_without_windows_does_not_depend_on_the_order_of_values(a: list[float], order: object) -> None:
    shuffled = list(a)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    for name in ("lowest", "highest", "worst-mean"):
        one, other = (judge(meter(x), {"statistic": name, "of": "voltage.l1"}, BAND) for x in (a, shuffled))
        assert one.margin == other.margin


def test_a_mean_is_an_exact_sum() -> None:
    values = [1e16, 1.0, -1e16, 1.0, 0.0]
    found = judge(meter(values), {"statistic": "highest", "of": "voltage.l1", "average": 4}, ANY)
    assert found.value == 0.5


def test_a_window_shorter_than_the_average_decides_nothing() -> None:
    found = judge(meter([220.0] * 11), {"statistic": "worst-mean", "of": "voltage.l1", "average": 60}, BAND)
    assert found.verdict is Word.INCONCLUSIVE and "60 s" in found.reason["en"]


def test_samples_outside_the_marks_are_not_used() -> None:
    run = meter([220.0] * 11)
    run.samples += [s._replace(t=s.t + 20_000_000_000, value=0.0) for s in run.samples]
    assert judge(run, {"statistic": "lowest", "of": "voltage.l1"}, BAND).value == 220


@pytest.mark.parametrize("quality", [q for q in Quality if q is not Quality.GOOD])
def test_a_sample_that_is_not_good_is_never_a_number(quality: Quality) -> None:
    values: list[float | Quality] = [220.0] * 41
    values[7] = quality
    few = judge(meter(values), {"statistic": "lowest", "of": "voltage.l1"}, BAND)
    assert (few.verdict, few.value) == (Word.PASS, 220)
    values[8:12] = [quality] * 4
    many = judge(meter(values), {"statistic": "lowest", "of": "voltage.l1"}, BAND)
    assert (many.verdict, many.value, many.status) == (Word.INCONCLUSIVE, None, Status.COMPLETED)


def test_the_allowed_gap_is_an_argument() -> None:
    values: list[float | Quality] = [220.0] * 10 + [Quality.STALE]
    measurand = {"statistic": "lowest", "of": "voltage.l1"}
    assert judge(meter(values), measurand, BAND).verdict is Word.INCONCLUSIVE
    assert judge(meter(values), {**measurand, "allowed-gap": 10}, BAND).verdict is Word.PASS


def test_leaving_samples_out_cannot_improve_a_result() -> None:
    run = meter([220.0] * 41)
    run.samples = [s for n, s in enumerate(run.samples) if not 10 < n < 20]
    found = judge(run, {"statistic": "lowest", "of": "voltage.l1"}, BAND)
    assert found.verdict is Word.INCONCLUSIVE and "missing or unusable" in found.reason["en"]


def test_one_sample_does_not_stand_for_a_window() -> None:
    run = meter([220.0] * 41)
    run.samples = run.samples[:1]
    assert judge(run, {"statistic": "lowest", "of": "voltage.l1"}, BAND).verdict is Word.INCONCLUSIVE


def test_a_silent_device_is_an_error_and_never_a_failure() -> None:
    found = judge(meter([Quality.ERROR] * 11), {"statistic": "lowest", "of": "voltage.l1"}, BAND)
    assert (found.status, found.verdict) == (Status.ERROR, Word.NOT_TESTED)
    assert found.channels[0]["device"] == "m" and found.provenance == "simulated"


def test_a_point_that_was_never_sampled_must_show() -> None:
    run = meter([220.0] * 11)
    run.device("m", "meter-1", {"voltage.l1": VOLT, "voltage.l2": VOLT})
    found = judge(run, {"statistic": "lowest", "of": "voltage.*"}, BAND)
    assert found.verdict is Word.NOT_TESTED and "m/voltage.l2" in found.reason["en"]


def test_a_point_that_no_device_exposes_is_not_tested() -> None:
    found = judge(meter([220.0] * 11), {"statistic": "lowest", "of": "current.*"}, BAND)
    assert found.verdict is Word.NOT_TESTED and "current.*" in found.reason["en"]


def test_points_in_different_units_are_not_mixed() -> None:
    run = meter([220.0] * 11).device("m2", "meter-1", {"voltage.x": Point("mV")}).sample("m2/voltage.x", [1.0] * 11)
    assert judge(run, {"statistic": "lowest", "of": "voltage.*"}, BAND).verdict is Word.INCONCLUSIVE


def test_a_limit_in_another_unit_is_not_compared() -> None:
    found = judge(meter([220.0] * 11), {"statistic": "lowest", "of": "voltage.l1"}, {**BAND, "unit": "kV"})
    assert found.verdict is Word.INCONCLUSIVE and "kV" in found.reason["en"]


def test_infinity_from_a_device_decides_nothing() -> None:
    found = judge(meter([math.inf] * 11), {"statistic": "lowest", "of": "voltage.l1"}, BAND)
    assert found.verdict is Word.INCONCLUSIVE and found.value is None


@pytest.mark.parametrize(("age", "expected"), [(1.0, Word.PASS), (20.0, Word.FAIL)])
def test_greatest_age_is_measured_against_the_time_of_the_sample(age: float, expected: Word) -> None:
    run = Run().equip("cdu-1", "cdu").device("c", "cdu-1", {"reading.time": TIME})
    run.sample("c/reading.time", [1_793_577_600.0 + n - age for n in range(11)])
    found = judge(run, {"statistic": "greatest-age", "of": "reading.time"}, {"op": "<=", "value": 5, "unit": "s"})
    assert (found.verdict, found.value) == (expected, pytest.approx(age, abs=1e-5))


def test_the_age_of_something_that_is_no_time_is_nothing() -> None:
    found = judge(meter([220.0] * 11), {"statistic": "greatest-age", "of": "voltage.l1"}, {**BAND, "unit": "s"})
    assert found.verdict is Word.INCONCLUSIVE


def counter(values: Sequence[float], every: float = 1.0) -> Run:
    run = Run(duration=(len(values) - 1) * every).equip("ups-1", "ups").device("u", "ups-1", {"scans": Point("count")})
    return run.sample("u/scans", values, every=every)


UNCHANGED = {"statistic": "longest-unchanged", "of": "scans"}
PERIOD = {"op": "<=", "value": 10, "unit": "s"}


@settings(max_examples=30, deadline=None)
@given(steps=st.lists(st.integers(1, 9), min_size=3, max_size=8))
def test_longest_unchanged_is_the_longest_time_between_two_changes(steps: list[int]) -> None:
    values = [float(n) for n, step in enumerate([1, *steps, 1]) for _ in range(step)]
    found = judge(counter(values), UNCHANGED, {**PERIOD, "value": 100})
    assert found.value == pytest.approx(max(steps)) and found.bound is None


@pytest.mark.parametrize(("period", "expected"), [(4, Word.PASS), (30, Word.FAIL)])
def test_a_counter_that_scans_too_slowly_fails(period: int, expected: Word) -> None:
    found = judge(counter([float(n // period) for n in range(301)]), UNCHANGED, PERIOD)
    assert (found.verdict, found.value) == (expected, pytest.approx(period))
    assert found.uncertainty is not None and 0.8 < found.uncertainty < 0.9  # 2 · √2 · 1 s/√12


def test_a_counter_that_never_changes_fails_only_if_it_was_watched_long_enough() -> None:
    long, short = (judge(counter([7.0] * n), UNCHANGED, PERIOD) for n in (31, 6))
    assert (long.verdict, long.bound) == (Word.FAIL, "at-least")
    assert (short.verdict, short.bound) == (Word.INCONCLUSIVE, "at-least")


def pdu(snmp: Sequence[float], redfish: Sequence[float]) -> Run:
    point = Point("W", relative=0.01, resolution=1.0)
    run = Run(duration=len(snmp) - 1.0).equip("pdu-1", "pdu")
    run.device("pdu-1-snmp", "pdu-1", {"power": point}, protocol="snmp").sample("pdu-1-snmp/power", snmp)
    run.device("pdu-1-redfish", "pdu-1", {"power": point}, protocol="redfish")
    return run.sample("pdu-1-redfish/power", redfish)


AGREEMENT = {"statistic": "transport-difference", "of": "power", "average": 10}
ONE_PERCENT = {"op": "<=", "value": 1, "unit": "%"}


@pytest.mark.parametrize(("factor", "expected"), [(1.0, Word.PASS), (1.1, Word.FAIL)])
def test_two_transports_must_agree(factor: float, expected: Word) -> None:
    found = judge(
        pdu([8000.0 + n for n in range(31)], [factor * (8000.0 + n) for n in range(31)]), AGREEMENT, ONE_PERCENT
    )
    assert found.verdict is expected
    assert found.value == pytest.approx(200 * (factor - 1) / (factor + 1), abs=1e-6)
    # The accuracy of 1 % belongs to the one instrument behind both and cancels; the resolution does not.
    assert found.uncertainty is not None and 0 < found.uncertainty < 0.02


def test_two_transports_of_the_same_protocol_are_no_second_view() -> None:
    run = pdu([8000.0] * 31, [8000.0] * 31)
    run.devices["pdu-1-redfish"]["protocol"] = "snmp"
    assert judge(run, AGREEMENT, ONE_PERCENT).verdict is Word.NOT_TESTED


def test_a_state_is_not_a_number() -> None:
    run = Run().equip("ups-1", "ups").device("u", "ups-1", {"mode": STATE}).sample("u/mode", ["normal"] * 11)
    found = judge(run, {"statistic": "lowest", "of": "mode"}, BAND)
    assert found.verdict is Word.INCONCLUSIVE and "u/mode" in found.reason["en"]


def test_a_number_that_is_none_makes_no_statistic_depend_on_where_it_stands() -> None:
    for place in range(11):
        values = [math.nan if n == place else 220.0 for n in range(11)]
        assert judge(meter(values), {"statistic": "lowest", "of": "voltage.l1"}, BAND).verdict is Word.INCONCLUSIVE
