"""A mistake in a plausibility rule is one sentence with file, line and remedy, before anything runs."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from profiles.formula import parse_relation
from profiles.plausibility import load_rules, read_rules
from profiles.refusal import Refusal
from profiles.resolve import normative_digest, resolve

RULE: dict[str, Any] = {
    "domain": "power",
    "title": {"ko": "합", "en": "Sum"},
    "catches": {"ko": "오류", "en": "errors"},
    "cases": [
        {
            "subjects": ["meter"],
            "check": "relation",
            "terms": {"total": "power", "one": "power.l1"},
            "holds": ["total >= one"],
        }
    ],
}


def written(folder: Path, **changes: Any) -> Path:
    rule = {**RULE, "cases": [{**RULE["cases"][0], **changes}]}
    path = folder / "rules.yaml"
    path.write_text(yaml.safe_dump({"schema": "plausibility/1", "rules": {"PLZ-PWR-99": rule}}, sort_keys=False))
    return path


def test_a_sound_rule_is_read(tmp_path: Path) -> None:
    assert list(read_rules(written(tmp_path))) == ["PLZ-PWR-99"]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"subjects": ["metre"]}, "did you mean 'meter'"),
        ({"terms": {"total": "power", "one": "powr.l1"}}, "meter has no point 'powr.l1'"),
        (
            {"terms": {"total": "power", "one": {"of": "upss", "at": "site", "point": "output.load"}}},
            "did you mean 'ups'",
        ),
        ({"terms": {"total": "power", "one": {"of": "ups", "point": "output.load"}}}, "'at' is a dependency of 'of'"),
        ({"holds": ["total >= two"]}, "names 'two', which is no term"),
        ({"holds": ["total"]}, "is not one comparison"),
        ({"holds": ["total >="]}, "is not a formula"),
        ({"holds": ["total >= __import__('os').system('true')"]}, "a formula does not hold"),
        ({"holds": ["total != one"]}, "compares by none of"),
        ({"holds": ["total >= one ** 3"]}, "only the square"),
        ({"when": ["one > three"]}, "names 'three', which is no term"),
        ({"holds": []}, "holds"),
        ({"check": "guess"}, "guess"),
        ({"lasting": -1}, "lasting"),
        ({"while": {"frequency": ["fast"]}}, "'fast' is not a state of frequency"),
    ],
)
def test_a_mistake_is_refused_with_its_place(tmp_path: Path, changes: dict[str, Any], says: str) -> None:
    path = written(tmp_path, **changes)
    with pytest.raises(Refusal) as caught:
        read_rules(path)
    assert says in str(caught.value)
    assert f"{path}, line " in str(caught.value)


def test_a_rule_that_examines_nothing_says_what_it_needs(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(yaml.safe_dump({"schema": "plausibility/1", "rules": {"PLZ-PWR-99": {**RULE, "cases": []}}}))
    with pytest.raises(Refusal):
        read_rules(path)


def test_a_resolved_profile_carries_every_rule_and_its_digest_covers_them() -> None:
    document = resolve("smoke").document
    assert [rule["id"] for rule in document["plausibility"]] == sorted(load_rules())
    changed = {**document, "plausibility": document["plausibility"][1:]}
    assert normative_digest(changed) != document["digest"] == normative_digest(document)


@pytest.mark.parametrize(
    "text", ["a == True", "a == 'b'", "[a] == b", "a < b < c", "f(a) == b", "a.b == c", "a if b else c"]
)
def test_only_arithmetic_is_a_formula(text: str) -> None:
    with pytest.raises(ValueError):
        parse_relation(text)
