"""Statistics of states: shares, delays and durations as they are seen through samples."""

from collections.abc import Sequence
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles.quality import Quality
from reports.judging.verdict import Status, Verdict, Word
from tests.reports.build import STATE, Point, Run

states = st.lists(st.sampled_from(["normal", "battery", "bypass"]), min_size=11, max_size=11)


def ups(*signals: Sequence[str | Quality], half: float = 0.0) -> Run:
    run = Run(duration=len(signals[0]) - 1.0).equip("ups-1", "ups")
    run.device("u", "ups-1", {f"source.{n}": STATE for n in range(len(signals))})
    for n, texts in enumerate(signals):
        run.sample(f"u/source.{n}", texts, half=half)
    return run


def judge(run: Run, measurand: dict[str, object], limit: dict[str, object]) -> Verdict:
    return run.require({"of": "source.*", **measurand}, limit, resolution=1e-6).judge()


SHARE = {"statistic": "share-in-state", "state": "normal"}
ALL = {"op": "==", "value": 100, "unit": "%"}
WITHIN = {"op": "<=", "value": 5, "unit": "s"}


@settings(max_examples=30, deadline=None)
@given(a=states, b=states)
def test_share_in_state_counts_samples_of_all_signals(a: list[str], b: list[str]) -> None:
    found = judge(ups(a, b), SHARE, ALL)
    assert found.value == pytest.approx(100 * (a + b).count("normal") / 22)
    assert (found.verdict is Word.PASS) == (set(a + b) == {"normal"})


def test_one_signal_in_another_state_fails_the_share() -> None:
    assert judge(ups(["normal"] * 11, ["normal"] * 11), SHARE, ALL).verdict is Word.PASS
    assert judge(ups(["normal"] * 11, ["bypass"] * 11), SHARE, ALL).verdict is Word.FAIL


def test_the_latest_share_looks_at_the_last_sample_and_at_nothing_before_it() -> None:
    latest = {**SHARE, "latest": True}
    assert judge(ups(["bypass"] * 10 + ["normal"]), latest, ALL).verdict is Word.PASS
    assert judge(ups(["normal"] * 10 + ["bypass"]), latest, ALL).verdict is Word.FAIL
    assert judge(ups(["normal"] * 10 + [Quality.STALE]), latest, ALL).verdict is Word.INCONCLUSIVE
    silent = judge(ups(["normal"] * 10 + [Quality.ERROR]), latest, ALL)
    assert (silent.status, silent.verdict) == (Status.ERROR, Word.NOT_TESTED)


def test_a_state_that_is_not_good_is_no_other_state() -> None:
    assert judge(ups(["normal"] * 40 + [Quality.OUT_OF_RANGE]), SHARE, ALL).verdict is Word.PASS
    assert judge(ups(["normal"] * 5 + [Quality.OUT_OF_RANGE] * 6), SHARE, ALL).verdict is Word.INCONCLUSIVE


def test_a_number_is_not_a_state() -> None:
    run = Run().equip("ups-1", "ups").device("u", "ups-1", {"source.0": Point("V")}).sample("u/source.0", [1.0] * 11)
    assert judge(run, SHARE, ALL).verdict is Word.NOT_TESTED


DELAY = {"statistic": "delay-to-state", "state": "battery"}


@pytest.mark.parametrize(("after", "expected"), [(3, Word.PASS), (8, Word.FAIL)])
def test_delay_to_state_is_the_middle_of_the_samples_around_the_change(after: int, expected: Word) -> None:
    found = judge(ups(["normal"] * after + ["battery"] * (20 - after)), DELAY, WITHIN)
    assert (found.verdict, found.value) == (expected, after - 0.5)
    assert found.uncertainty == pytest.approx(0.58)  # 2 · 1 s/√12, rounded up
    assert [part["input"] for part in found.budget] == ["sampling"]


def test_the_slowest_signal_counts() -> None:
    slow, fast = (["normal"] * n + ["battery"] * (20 - n) for n in (4, 2))
    assert judge(ups(fast, slow), DELAY, WITHIN).value == 3.5


def test_a_state_never_taken_up_is_a_value_of_its_own() -> None:
    found = judge(ups(["normal"] * 20), DELAY, WITHIN)
    assert (found.verdict, found.value, found.bound) == (Word.FAIL, 19, "at-least")
    short = judge(ups(["normal"] * 4), DELAY, WITHIN)
    assert (short.verdict, short.bound) == (Word.INCONCLUSIVE, "at-least")


def test_a_state_that_was_there_before_is_not_taken_up() -> None:
    asked = DELAY | {"from": "later"}
    there, left = ups(["normal"] + ["battery"] * 19), ups(["battery"] * 5 + ["normal"] * 3 + ["battery"] * 12)
    there.marks["later"] = left.marks["later"] = 6.0
    assert judge(there, asked, WITHIN).verdict is Word.NOT_TESTED
    assert (judge(left, asked, WITHIN).verdict, judge(left, asked, WITHIN).value) == (Word.PASS, 1.5)


def test_the_half_width_of_the_time_stamp_enters_the_uncertainty() -> None:
    found = judge(ups(["normal"] * 3 + ["battery"] * 17, half=1.0), DELAY, WITHIN)
    assert found.uncertainty == pytest.approx(2 * (1 / 12 + 1 / 3) ** 0.5, abs=0.1)


@settings(max_examples=30, deadline=None)
@given(a=states)
def test_duration_in_state_sums_the_runs(a: list[str]) -> None:
    found = judge(ups(a), {"statistic": "duration-in-state", "state": "battery"}, WITHIN)
    expected = sum(1.0 if 0 < n < 10 else 0.5 for n, text in enumerate(a) if text == "battery")
    assert found.value == pytest.approx(expected)
    runs = [len(list(group)) for text, group in groupby(a) if text == "battery"]
    assert bool(runs) == (found.value != 0)
    if not runs:
        assert found.uncertainty == pytest.approx(0.58)


@pytest.mark.parametrize(("seconds", "expected"), [(2, Word.PASS), (9, Word.FAIL)])
def test_too_long_in_a_state_fails(seconds: int, expected: Word) -> None:
    texts = ["normal"] * 5 + ["battery"] * seconds + ["normal"] * 5
    assert judge(ups(texts), {"statistic": "duration-in-state", "state": "battery"}, WITHIN).verdict is expected


def ats(
    position: Sequence[str], normal: Sequence[float], emergency: Sequence[float], output: Sequence[float]
) -> Verdict:
    volt = Point("V", relative=0.01)
    points = {
        "position": STATE,
        "source.normal.voltage": volt,
        "source.emergency.voltage": volt,
        "output.voltage": volt,
    }
    run = Run(duration=len(position) - 1.0).equip("ats-1", "ats").device("a", "ats-1", points)
    run.sample("a/position", position).sample("a/source.normal.voltage", normal)
    run.sample("a/source.emergency.voltage", emergency).sample("a/output.voltage", output)
    measurand = {
        "statistic": "longest-contradiction",
        "of": "position",
        "means": {"normal": "source.normal.voltage", "emergency": "source.emergency.voltage"},
        "live-above": 187,
        "output": "output.voltage",
    }
    return run.require(measurand, {"op": "<=", "value": 2, "unit": "s"}, resolution=0.1).judge()


LIVE, DEAD = [220.0] * 21, [0.0] * 21


def test_a_switch_that_names_the_live_source_passes() -> None:
    found = ats(["normal"] * 21, LIVE, DEAD, LIVE)
    # Shorter than a sampling interval it could have been wrong unseen.
    assert (found.verdict, found.value, found.uncertainty) == (Word.PASS, 0, 0.6)


@pytest.mark.parametrize("position", ["emergency", "open"])
def test_a_switch_that_names_a_dead_source_or_none_fails(position: str) -> None:
    found = ats([position] * 21, LIVE, DEAD, LIVE)
    assert (found.verdict, found.value, found.bound) == (Word.FAIL, 20, "at-least")


def test_a_contradiction_as_long_as_the_limit_fails_and_a_short_one_passes() -> None:
    found = [ats(["normal"] * 8 + ["emergency"] * n + ["normal"] * (13 - n), LIVE, DEAD, LIVE) for n in (1, 2, 5)]
    assert [v.value for v in found] == [1, 2, 5]
    assert [v.verdict for v in found] == [Word.PASS, Word.INCONCLUSIVE, Word.FAIL]


def test_no_source_is_contradicted_while_the_output_is_dead() -> None:
    assert ats(["open"] * 21, DEAD, DEAD, DEAD).verdict is Word.PASS
