"""What profiles know of statistics is what the judge has: names, arguments, and units that can be computed with."""

import json

import pytest

from profiles.formula import parse_formula
from profiles.measurand_check import check_statistics
from profiles.statistics import FROM_SIGNALS, load_statistics
from profiles.units import Unit, unit, unit_of
from profiles.vocabulary import load_vocabulary
from profiles.yaml_source import SCHEMAS
from reports.measurands.registry import SCOPE_ARGUMENTS, statistics

MEASURAND = json.loads((SCHEMAS / "catalogue.schema.json").read_text())["$defs"]["measurand"]["properties"]

each = pytest.mark.parametrize("name", load_statistics())


def test_the_schema_the_table_and_the_judge_know_the_same_statistics() -> None:
    assert set(MEASURAND["statistic"]["enum"]) == set(load_statistics()) == set(statistics())
    arguments = {name for kind in load_statistics().values() for name in kind.arguments}
    assert set(MEASURAND) == arguments | SCOPE_ARGUMENTS | {"unit"}


@each
def test_the_arguments_in_the_table_are_those_of_the_function(name: str) -> None:
    known, function = load_statistics()[name].arguments, statistics()[name]
    assert {argument for argument, about in known.items() if about.required} == function.required
    assert {argument for argument, about in known.items() if not about.required} == function.optional


@each
def test_every_statistic_has_its_formula_in_its_docstring(name: str) -> None:
    assert (statistics()[name].function.__doc__ or "").startswith("y = ")


@each
def test_a_result_is_in_a_unit_or_follows_from_the_signal(name: str) -> None:
    result = load_statistics()[name].result
    assert result in FROM_SIGNALS or result in load_vocabulary().units


def test_every_example_fits_its_statistic() -> None:
    check_statistics()


@pytest.mark.parametrize("name", load_vocabulary().units)
def test_every_unit_of_the_vocabulary_can_be_computed_with(name: str) -> None:
    assert unit(name).scale > 0


K, V, A, C = unit("K"), unit("V"), unit("A"), unit("°C")


@pytest.mark.parametrize(
    ("formula", "units", "expected"),
    [
        ("v * i * pf", {"v": V, "i": A, "pf": unit("1")}, "W"),
        ("a - b", {"a": C, "b": C}, "K"),
        ("a + b", {"a": C, "b": K}, "°C"),
        ("max(a, b)", {"a": C, "b": C}, "°C"),
        ("c * q * (a - b)", {"c": unit("kJ/L/K"), "q": unit("L/min"), "a": C, "b": C}, "W"),
        ("q / p", {"q": unit("L/min"), "p": unit("W")}, "L/min/kW"),
        ("sqrt(p ** 2 + q ** 2)", {"p": unit("W"), "q": unit("var")}, "VA"),
        ("dewpoint(t, h)", {"t": C, "h": unit("%")}, "°C"),
        ("-(a - b)", {"a": C, "b": C}, "K"),
        ("1 - a / b", {"a": V, "b": V}, "%"),
    ],
)
def test_the_unit_of_a_formula_follows_from_its_terms(formula: str, units: dict[str, Unit], expected: str) -> None:
    assert unit(expected).fits(unit_of(parse_formula(formula), units))


@pytest.mark.parametrize(
    ("formula", "units", "says"),
    [
        ("a + b", {"a": V, "b": A}, "the two sides of [+] are not of one kind"),
        ("a + b", {"a": C, "b": C}, "a temperature in °C cannot stand behind [+]"),
        ("k - a", {"k": K, "a": C}, "a temperature in °C cannot stand behind -"),
        ("a * b", {"a": C, "b": V}, "[*] does not take a temperature in °C"),
        ("a / b", {"a": C, "b": C}, "/ does not take a temperature in °C"),
        ("abs(a)", {"a": C}, "abs does not take a temperature in °C"),
        ("max(a, b)", {"a": V, "b": A}, "max takes arguments of one unit"),
        ("sqrt(a)", {"a": V}, "sqrt takes the square of a unit"),
        ("dewpoint(a, b)", {"a": V, "b": V}, "dewpoint takes a temperature in °C"),
        ("a - 3", {"a": V}, "are not of one kind"),
    ],
)
def test_terms_that_do_not_go_together_are_refused(formula: str, units: dict[str, Unit], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        unit_of(parse_formula(formula), units)


@pytest.mark.parametrize("text", ["", "kWH", "V/", "L/min/kw", "°F"])
def test_an_unknown_unit_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no unit"):
        unit(text)
