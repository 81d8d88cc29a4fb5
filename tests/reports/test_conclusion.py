"""The conclusion: one function, fail-closed, independent of order."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.judging.conclusion import Conclusion, conclude, count, exit_code
from reports.judging.verdict import Status, Verdict, Word

BETTER = (Word.PASS, Word.NOT_APPLICABLE)


def verdict(word: Word, level: str = "mandatory", id: str = "X-1") -> Verdict:
    numbers = {"value": 1.0, "uncertainty": 0.0} if word in (Word.PASS, Word.FAIL) else {}
    return Verdict(id, "e", "smoke", Status.COMPLETED, word, level=level, **numbers)  # type: ignore[arg-type]


tables = st.lists(
    st.builds(
        verdict, st.sampled_from(list(Word)), st.sampled_from(["mandatory", "recommended"]), st.sampled_from("AB")
    ),
    max_size=8,
)


def test_nothing_judged_is_incomplete() -> None:
    assert conclude([]) is Conclusion.INCOMPLETE


def test_nothing_applicable_is_incomplete() -> None:
    assert conclude([verdict(Word.NOT_APPLICABLE)]) is Conclusion.INCOMPLETE


def test_one_mandatory_failure_decides_even_where_something_is_open() -> None:
    assert conclude([verdict(Word.PASS), verdict(Word.NOT_TESTED), verdict(Word.FAIL)]) is Conclusion.NON_CONFORMANT


def test_a_recommended_failure_is_listed_and_does_not_decide() -> None:
    table = [verdict(Word.PASS), verdict(Word.FAIL, "recommended")]
    assert conclude(table) is Conclusion.CONFORMANT and count(table)["fail"] == 1


def test_recommended_passes_alone_do_not_make_a_campaign_conformant() -> None:
    assert conclude([verdict(Word.PASS, "recommended")]) is Conclusion.INCOMPLETE


def test_an_unknown_level_counts_as_mandatory() -> None:
    assert conclude([verdict(Word.PASS), verdict(Word.FAIL, "optional?")]) is Conclusion.NON_CONFORMANT


def test_a_waived_failure_stays_visible_in_the_conclusion() -> None:
    failure = verdict(Word.FAIL, id="W-1")
    table = [verdict(Word.PASS), replace(failure, waiver="spare-part")]
    assert conclude(table, waivers=True) is Conclusion.CONFORMANT_WITH_WAIVERS
    assert conclude([*table, failure], waivers=True) is Conclusion.NON_CONFORMANT


def test_a_waiver_that_nothing_needed_still_shows_in_the_conclusion() -> None:
    assert conclude([verdict(Word.PASS)], waivers=True) is Conclusion.CONFORMANT_WITH_WAIVERS


@pytest.mark.parametrize("word", [Word.INCONCLUSIVE, Word.NOT_TESTED])
def test_only_a_failure_can_be_waived(word: Word) -> None:
    table = [verdict(Word.PASS), replace(verdict(word), waiver="spare-part")]
    assert conclude(table, waivers=True) is Conclusion.INCOMPLETE


@given(table=tables, order=st.randoms())
def test_the_order_of_verdicts_is_of_no_consequence(table: list[Verdict], order: object) -> None:
    shuffled = list(table)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    assert conclude(shuffled) is conclude(table)


@given(table=tables)
def test_conformant_means_every_mandatory_verdict_is_good_and_one_is_a_pass(table: list[Verdict]) -> None:
    mandatory = [v.verdict for v in table if v.level == "mandatory"]
    good = all(word in BETTER for word in mandatory) and Word.PASS in mandatory
    assert (conclude(table) is Conclusion.CONFORMANT) == good
    assert (exit_code(conclude(table)) == 0) == good


@given(table=tables, more=tables)
def test_another_verdict_never_turns_a_failed_campaign_around(table: list[Verdict], more: list[Verdict]) -> None:
    if conclude(table) is Conclusion.NON_CONFORMANT:
        assert conclude(table + more) is Conclusion.NON_CONFORMANT


@given(table=tables)
def test_every_verdict_is_counted_once(table: list[Verdict]) -> None:
    assert sum(count(table).values()) == len(table) and set(count(table)) == {word.value for word in Word}


def test_the_exit_codes() -> None:
    assert {c.value: c.exit_code for c in Conclusion} == {
        "conformant": 0,
        "conformant-with-waivers": 0,
        "non-conformant": 1,
        "incomplete": 3,
    }
