"""Expressions out of files mean what they mean to `re`, and no text makes anybody wait for them."""

import re
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.expression import LONGEST, Extent, parse_expression

MATCH: dict[Extent, Callable[[str, str], object]] = {
    "anywhere": re.search,
    "beginning": re.match,
    "whole": re.fullmatch,
}
ATOMS = ["a", "b", "-", ".", r"\.", r"\d", r"\W", "[ab]", "[^a-c]", r"[\d.]", r"\x61", r"[]a]", "{", "]"]
EDGES = ["^", "$", r"\b", r"\B", r"\A", r"\Z"]
TIMES = ["", "", "", "*", "+", "?", "*?", "+?", "??", "{2}", "{1,3}", "{,2}", "{2,}?"]
TEXTS = st.text("abAB1.-\n", max_size=9)


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    brackets = st.builds("{}{}){}".format, st.sampled_from(["(", "(?:"]), inner, st.sampled_from(TIMES))
    return st.one_of(
        brackets,
        st.builds("{}|{}".format, inner, inner),
        st.builds("{}{}".format, inner, inner),
        st.builds("{}{}".format, st.sampled_from(EDGES), inner),
    )


SINGLE = st.builds("{}{}".format, st.sampled_from(ATOMS), st.sampled_from(TIMES))
EXPRESSIONS = st.recursive(SINGLE, grown, max_leaves=6)
STARTS = ["", "(?i)", "^(?!a)", "(?i)^(?=[ab.])"]


@given(st.sampled_from(STARTS), EXPRESSIONS, TEXTS, st.sampled_from(list(MATCH)))
def test_an_expression_matches_what_it_matches_elsewhere(begin: str, rest: str, text: str, extent: Extent) -> None:
    expression = f"{begin}(?:{rest})"
    assert parse_expression(expression, extent).matches(text) is (MATCH[extent](expression, text) is not None)


@given(st.sampled_from(["", "(?:^|-)", "b+?", ".*"]), SINGLE, st.sampled_from(["", "$", "b", r"(\.|b)"]), TEXTS)
def test_its_group_holds_what_it_holds_elsewhere(before: str, group: str, after: str, text: str) -> None:
    expression = f"{before}({group}){after}"
    found = re.search(expression, text)
    assert parse_expression(expression).part(text) == (found and found[1])


@pytest.mark.parametrize(
    ("expression", "text", "part"),
    [
        ("(a)|b", "b", None),
        ("x(?:a|(b))", "xb", "b"),
        ("(a|ab)c?", "abc", "a"),
        ("(?:(a)|b)*", "aab", "a"),
        ("(?P<power>[0-9]+) ?W", "12 V, 7 W", "7"),
    ],
)
def test_the_group_of_the_preferred_way_counts(expression: str, text: str, part: str | None) -> None:
    assert parse_expression(expression).part(text) == part


HOSTILE = [
    "(a+)+$",
    "(a|a)*b",
    "(.*a){20}!",
    "((((a*)*)*)*)*b",
    "(a?){90}b",
    "(a|aa)+$",
    r"^(\w+\s?)*$",
    ".*" * 40 + "b",
    "[^/]+" * 40 + "b",
]


@pytest.mark.parametrize("expression", HOSTILE)
@pytest.mark.parametrize("extent", MATCH)
def test_no_expression_is_waited_for(expression: str, extent: Extent) -> None:
    text = "a" * (LONGEST - 1) + "!"
    begin = time.process_time()
    found = parse_expression(expression, extent).matches(text)
    assert time.process_time() - begin < 0.5
    assert found is (expression == "(.*a){20}!")


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        (r"(a+)\1+$", "it refers back to a group"),
        ("(?P<n>a)(?P=n)", "it refers back to a group"),
        ("a(?=b)", "it looks ahead elsewhere than at its beginning"),
        ("(?!a)b", "it looks ahead elsewhere than at its beginning"),
        ("^(?!a)b|c", "it looks ahead in one alternative only"),
        ("(?<=a)b", "it looks behind"),
        ("(?>a+)b", "'(?>' is not known"),
        ("a++b", "'++' lets no way go back"),
        ("a{601}", "repeated as it says it has more than 600 steps"),
        ("(((a{9}){9}){9}){9}", "repeated as it says it has more than 600 steps"),
        ("((((){999}){999}){999}){999}", "repeated as it says it has more than 600 steps"),
        ("(?:(?:a?){99999999}){99999999}", "repeated as it says it has more than 600 steps"),
        ("(" * 2000, "a group is not closed"),
        ("a" * 3000, "is too long for a regular expression"),
        ("(a", "a group is not closed"),
        ("a)", "a group is closed that was not opened"),
        ("[a", "a set is not closed"),
        ("[z-a]", "bad character range z-a"),
        ("a\\", "a backslash means nothing there"),
        (r"\q", r"bad escape \q"),
        ("^*", "'*' has nothing to repeat"),
        ("a**", "'*' has nothing to repeat"),
        ("a{3,2}", "'{3,2}' ends before it begins"),
    ],
)
def test_what_cannot_be_matched_in_bounded_time_is_refused_for_a_reason(expression: str, why: str) -> None:
    begin = time.process_time()
    with pytest.raises(ValueError, match=re.escape(why)):
        parse_expression(expression)
    assert time.process_time() - begin < 0.5


def test_a_text_that_no_value_is_as_long_as_matches_nothing() -> None:
    expression = parse_expression("(a)")
    assert expression.matches("a" * LONGEST) and expression.part("a" * LONGEST) == "a"
    assert not expression.matches("a" * (LONGEST + 1)) and expression.part("a" * (LONGEST + 1)) is None
    assert not parse_expression("^(?!b)").matches("a" * (LONGEST + 1))
