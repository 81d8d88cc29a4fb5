"""Every requirement of the fact base has a statistic of ours: the table says which, and is checked like a catalogue."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from profiles.catalogue import load_catalogue
from profiles.interop.entries import load_template
from profiles.measurand_check import check_measurand, check_names
from profiles.procedures import load_procedures
from profiles.signal_check import Check
from profiles.statistics import load_statistics
from tests.profiles.test_shipped import FACTS, UNITS

TABLE: dict[str, dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("fact_base.yaml").read_text(encoding="utf-8")
)
SUBJECTS = {"rack sensor": "rack"}
# What the fact base counts, each by a word of its own.
THINGS = (
    "alarms",
    "assertions",
    "attempts",
    "blocks",
    "breaks",
    "bytes",
    "cases",
    "category",
    "codes",
    "connections",
    "digests",
    "elements",
    "events",
    "failures",
    "flows",
    "frames",
    "gangs",
    "images",
    "indicators",
    "items",
    "lanes",
    "logins",
    "messages",
    "models",
    "outlets",
    "passwords",
    "paths",
    "placements",
    "ports",
    "requests",
    "resets",
    "responses",
    "samples",
    "sensors",
    "services",
    "tokens",
    "verdicts",
    "writes",
)
OWN = {"subject", "unit", "lacks", "no-number"}
MARKS = sorted({mark for procedure in load_procedures().values() for mark in procedure.marks})


@pytest.fixture(scope="module")
def facts() -> dict[str, dict[str, Any]]:
    if not FACTS.exists():
        pytest.skip("the fact base of requirements is not on this machine")
    return {e["id"]: e for e in yaml.load(FACTS.read_text(), yaml.CSafeLoader) if e["kind"] == "requirement"}


def test_every_requirement_of_the_fact_base_is_in_the_table(facts: dict[str, dict[str, Any]]) -> None:
    assert set(TABLE) == set(facts) and len(facts) == 414


@pytest.mark.parametrize("name", TABLE)
def test_each_has_a_statistic_that_exists_or_one_reason_why_it_is_no_number(name: str) -> None:
    row = TABLE[name]
    if "no-number" in row:
        assert set(row) == {"no-number"} and row["no-number"]
        return
    measurand = {key: value for key, value in row.items() if key not in OWN}
    check_names(measurand, checked(name, "meter"))


@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if not {"no-number", "lacks"} & set(row)])
def test_its_signals_are_in_the_vocabulary_and_its_result_in_the_unit_of_the_limit(
    name: str, facts: dict[str, dict[str, Any]]
) -> None:
    row, fact = TABLE[name], facts[name]
    subject = row.get("subject") or SUBJECTS.get(fact["subject"], fact["subject"].replace(" ", "-"))
    counted = dict.fromkeys(THINGS, "count")
    unit = row.get("unit") or {**UNITS, **counted}.get(fact["limit"]["unit"], fact["limit"]["unit"])
    measurand = {key: value for key, value in row.items() if key not in OWN}
    check_measurand(measurand, unit, checked(name, subject), MARKS)


def test_few_requirements_wait_for_words_and_hardly_any_is_no_number() -> None:
    kinds = Counter(
        "no number" if "no-number" in row else "lacks" if "lacks" in row else "fits" for row in TABLE.values()
    )
    assert kinds["no number"] == 2
    assert kinds["lacks"] <= 30


def test_the_statistics_are_a_few_dozen_and_each_is_of_use() -> None:
    used = {str(row.get("statistic")) for row in TABLE.values()} | {
        part["statistic"] for row in TABLE.values() for part in row.get("parts", {}).values()
    }
    used |= {entry.data["measurand"]["statistic"] for entry in load_catalogue().values()}
    used.add(load_template()["shared"]["measurand"]["statistic"])
    assert len(load_statistics()) <= 60
    # What a laboratory needs to describe a record, though no requirement asks for it.
    assert set(load_statistics()) - used == {"distinct-values", "overshoot", "root-mean-square", "standard-deviation"}


@pytest.mark.parametrize("name", sorted(set(TABLE) & set(load_catalogue())))
def test_the_catalogue_measures_what_the_table_says(name: str) -> None:
    assert load_catalogue()[name].data["measurand"]["statistic"] == TABLE[name]["statistic"]


def checked(name: str, subject: str) -> Check:
    return Check(lambda *at: f"{name} {at}", name, subject, {})
