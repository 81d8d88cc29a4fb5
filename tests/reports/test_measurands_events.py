"""Delays, intervals and counts of events; what did not happen has a value of its own."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.judging.reasons import NoEvidence
from reports.judging.verdict import Verdict, Word
from reports.measurands.registry import Value
from tests.reports.build import Run
from tests.reports.measuring import SIZE, measured, recorded

levels = st.lists(st.sampled_from([0.0, 100.0]), min_size=SIZE, max_size=SIZE)
places = st.integers(1, SIZE - 1)
few = settings(max_examples=25, deadline=None)
HIGH = {"of": "p", "above": 50}


def step(at: int, before: float = 0.0, after: float = 100.0) -> list[float]:
    """A signal that changes between the samples `at` - 1 and `at`."""
    return [before] * at + [after] * (SIZE - at)


def delay(run: Run, end: dict[str, object], start: dict[str, object] | None = None) -> Value:
    return measured(run, {"statistic": "delay-between", "end": end, **({"start": start} if start else {})}, "s")


@few
@given(cause=places, effect=places)
def test_a_delay_is_between_the_middles_of_two_changes(cause: int, effect: int) -> None:
    """One that is seen one sample earlier may have come with its cause, just when that sample was taken."""
    run = recorded(p=step(effect), q=step(cause))
    if effect < cause - 1:
        with pytest.raises(NoEvidence, match="showed it already"):
            delay(run, HIGH, {"of": "q", "above": 50})
        return
    found = delay(run, HIGH, {"of": "q", "above": 50})
    assert (found.number, found.unit, found.bound) == (effect - cause, "s", None)
    assert [edge.interval for edge in found.edges] == [1, 1]


@few
@given(effect=places)
def test_a_delay_without_a_start_counts_from_the_begin_of_the_scope(effect: int) -> None:
    found = delay(recorded(p=step(effect)), HIGH)
    assert (found.number, len(found.edges)) == (effect - 0.5, 1)
    state = measured(
        recorded(s=["off"] * effect + ["on"] * (SIZE - effect)),
        {"statistic": "delay-to-state", "of": "s", "state": "on"},
        "s",
    )
    assert state == found


def test_what_never_happened_took_at_least_as_long_as_it_was_watched() -> None:
    run = recorded(p=[0.0] * SIZE, q=step(10))
    assert (delay(run, HIGH).number, delay(run, HIGH).bound) == (SIZE - 1, "at-least")
    later = delay(run, HIGH, {"of": "q", "above": 50})
    assert (later.number, later.bound, len(later.edges)) == (SIZE - 1 - 9.5, "at-least", 1)


@few
@given(effect=places, watched=st.integers(2, SIZE))
def test_watching_longer_never_shortens_a_delay(effect: int, watched: int) -> None:
    short, whole = (delay(recorded(p=step(effect)[:n]), HIGH) for n in (watched, SIZE))
    assert short.number <= whole.number
    assert short.bound == ("at-least" if effect >= watched else None)


def test_what_starts_nothing_has_nothing_to_measure() -> None:
    with pytest.raises(NoEvidence, match="q above 50 did not happen"):
        delay(recorded(p=step(5), q=[0.0] * SIZE), HIGH, {"of": "q", "above": 50})


def test_the_slowest_channel_of_the_end_and_the_first_of_the_start_count() -> None:
    run = recorded(p__a=step(12), p__b=step(15), q__a=step(6), q__b=step(4))
    found = delay(run, {"of": "p.*", "above": 50}, {"of": "q.*", "above": 50})
    assert found.number == 11


def test_falling_states_and_marks_are_events_too() -> None:
    run = recorded(p=step(9, 100.0, 0.0), s=["open"] * 14 + ["normal"] * 3 + ["emergency"] * 7)
    run.marks = {"lost": 4.0, "back": 20.0}
    below, normal = {"of": "p", "below": 50}, {"of": "s", "state": ["normal", "emergency"]}
    assert delay(run, below, {"mark": "lost"}).number == 4.5
    assert delay(run, normal, below).number == 5
    assert delay(run, {"mark": "back"}, {"mark": "lost"}).number == 16
    with pytest.raises(NoEvidence, match="has no mark gone"):
        delay(run, {"mark": "gone"})


def test_an_answer_is_an_event_of_its_own_time() -> None:
    run = recorded(p=step(5))
    run.answer("d", "alarm", {"kind": "test"}, {"kind": "on-battery"})
    found = delay(run, {"question": "alarm", "where": {"kind": "on-battery"}})
    assert (found.number, found.edges) == (1.0, ())
    assert delay(run, {"question": "alarm", "where": {"kind": "low-battery"}}).bound == "at-least"


ORDER, TOLD = {"question": "test-event"}, {"question": "notification", "where": {"kind": "TestMessage"}}


def told(*times: float, ways: Sequence[tuple[float, str]] = ((0, "open"),)) -> Value:
    """The delay of the events that were heard at these times, of orders at 2, 8 and 14 s."""
    run = recorded(p=[0.0] * SIZE)
    for t, outcome in ways:
        run.hear("d", t, "event-stream", outcome=outcome, why="")
    for t in (2, 8, 14):
        run.hear("d", t, "test-event", status=204)
    for t in times:
        run.hear("d", t, "notification", kind="TestMessage")
    return measured(run, {"statistic": "delay-between", "each": True, "start": ORDER, "end": TOLD}, "s")


@few
@given(delays=st.lists(st.integers(0, 5), min_size=3, max_size=3))
def test_each_start_is_timed_by_itself(delays: list[int]) -> None:
    found = told(*(at + delay for at, delay in zip((2, 8, 14), delays, strict=True)))
    assert (found.number, found.bound) == (max(delays), None)


@pytest.mark.parametrize("heard", [(), (3, 9), (3, 15), (9, 15), (3,)])
def test_what_does_not_come_before_the_next_start_took_at_least_until_then(heard: tuple[float, ...]) -> None:
    assert (told(*heard).number, told(*heard).bound) == (9 if 15 not in heard else 6, "at-least")


@pytest.mark.parametrize(
    "ways", [(), ((3, "open"),), ((0, "unreachable"),), ((0, "open"), (10, "broken"), (11, "open"))]
)
def test_silence_says_nothing_of_a_device_that_nobody_listened_to(ways: Sequence[tuple[float, str]]) -> None:
    with pytest.raises(
        NoEvidence, match="so it may have missed some" if ways else "no answer of unit-1 to notification"
    ):
        told(ways=ways)


def test_what_was_heard_in_time_counts_however_often_the_way_broke() -> None:
    assert told(3, 9, 15, ways=((0, "open"), (10, "broken"), (11, "open"))).number == 1


def test_a_level_that_was_passed_before_the_scope_began_is_no_change_in_it() -> None:
    run = recorded(p=[100.0] * SIZE)
    run.marks = {"later": 5.0}
    run.require({"statistic": "delay-between", "end": HIGH, "from": "later"}, {"op": "<=", "value": 9, "unit": "s"})
    found = run.judge()
    assert found.verdict is Word.NOT_TESTED and "showed it already" in found.reason["en"]


@few
@given(a=levels, b=levels)
def test_occurrences_are_rises_and_what_was_under_way(a: list[float], b: list[float]) -> None:
    found = measured(recorded(p__a=a, p__b=b), {"statistic": "occurrences", "event": {**HIGH, "of": "p.*"}}, "count")
    rises = sum([0.0, *x][n] < x[n] for x in (a, b) for n in range(SIZE))
    assert (found.number, found.unit) == (rises, "count")


@few
@given(a=levels)
def test_intervals_are_between_two_rises(a: list[float]) -> None:
    measurand = {"statistic": "worst-interval", "event": HIGH}
    rises = [n - 0.5 if n else 0.0 for n in range(SIZE) if a[n] > 50 and (n == 0 or a[n - 1] < 50)]
    intervals = [b - a for a, b in pairwise(rises)]
    if not intervals:
        with pytest.raises(NoEvidence, match="did not happen twice"):
            measured(recorded(p=a), measurand, "s")
        return
    assert measured(recorded(p=a), measurand, "s", op="<=", value=3).number == max(intervals)
    assert measured(recorded(p=a), measurand, "s", op=">=", value=3).number == min(intervals)


@few
@given(at=st.lists(places, min_size=3, max_size=3))
def test_the_spread_of_moments_is_from_the_first_to_the_last(at: list[int]) -> None:
    run = recorded(p__a=step(at[0]), p__b=step(at[1]), s=["off"] * at[2] + ["on"] * (SIZE - at[2]))
    events = [{**HIGH, "of": "p.*"}, {"of": "s", "state": "on"}]
    found = measured(run, {"statistic": "moment-spread", "events": events}, "s")
    assert (found.number, found.bound) == (max(at) - min(at), None)


def test_an_observer_who_never_sees_it_leaves_a_lower_bound() -> None:
    run = recorded(p=step(6), q=[0.0] * SIZE)
    found = measured(run, {"statistic": "moment-spread", "events": [HIGH, {"of": "q", "above": 50}]}, "s")
    assert (found.number, found.bound) == (SIZE - 1 - 5.5, "at-least")
    with pytest.raises(NoEvidence, match="did not happen"):
        measured(
            recorded(p=[0.0] * SIZE, q=[0.0] * SIZE),
            {"statistic": "moment-spread", "events": [HIGH, {"of": "q", "above": 50}]},
            "s",
        )


@few
@given(at=places, width=st.integers(1, 6))
def test_a_value_at_an_event_lies_between_the_samples_around_it(at: int, width: int) -> None:
    ramp = [float(10 * n) for n in range(SIZE)]
    run = recorded(p=step(at), r__a=ramp, r__b=[-1000.0] * SIZE)
    found = measured(run, {"statistic": "value-at", "of": "r.*", "event": HIGH}, "W")
    assert found.number == 10 * at - 5 and [edge.interval for edge in found.edges] == [10]
    run.marks = {"sharp": float(at)}
    exact = measured(run, {"statistic": "value-at", "of": "r.*", "event": {"mark": "sharp"}}, "W")
    assert (exact.number, exact.edges) == (10 * at, ())


def test_what_never_happened_has_no_value_at_it() -> None:
    with pytest.raises(NoEvidence, match="did not happen"):
        measured(recorded(p=[0.0] * 5, q=[1.0] * 5), {"statistic": "value-at", "of": "q", "event": HIGH}, "W")


@pytest.mark.parametrize(("length", "count"), [(3, 0), (5, None), (6, None), (7, 1), (12, 1)])
def test_an_event_may_have_to_last(length: int, count: int | None) -> None:
    run = recorded(p=[0.0] * 5 + [100.0] * length + [0.0] * (SIZE - 5 - length))
    measurand = {"statistic": "occurrences", "event": {**HIGH, "longer": 5}}
    if count is None:
        with pytest.raises(NoEvidence, match="leave open whether d/p showed it for more than 5 s"):
            measured(run, measurand, "count")
    else:
        assert measured(run, measurand, "count").number == count


def test_what_is_still_under_way_may_last_or_not() -> None:
    measurand = {"statistic": "occurrences", "event": {**HIGH, "longer": 5}}
    assert measured(recorded(p=step(SIZE - 10)), measurand, "count").number == 1
    with pytest.raises(NoEvidence, match="leave open"):
        measured(recorded(p=step(SIZE - 3)), measurand, "count")


def judged(signal: Sequence[float], limit: float, half: float = 0.0) -> Verdict:
    run = recorded(p=signal)
    run.samples = [sample._replace(half=round(half * 1e9)) for sample in run.samples]
    return run.require(
        {"statistic": "delay-between", "end": HIGH}, {"op": "<=", "value": limit, "unit": "s"}, resolution=1e-6
    ).judge()


@pytest.mark.parametrize(
    ("at", "limit", "verdict"),
    [
        (5, 8, Word.PASS),
        (5, 4.6, Word.INCONCLUSIVE),
        (5, 3, Word.FAIL),
        (SIZE, 8, Word.FAIL),
        (SIZE, 80, Word.INCONCLUSIVE),
    ],
)
def test_a_delay_is_judged_with_its_sampling_and_a_bound_decides_what_it_can(
    at: int, limit: float, verdict: Word
) -> None:
    found = judged(step(at), limit)
    assert found.verdict is verdict
    if at < SIZE:
        assert found.uncertainty == pytest.approx(0.58) and [part["input"] for part in found.budget] == ["sampling"]
        assert judged(step(at), limit, half=0.5).uncertainty > found.uncertainty
