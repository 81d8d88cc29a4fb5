"""What is shipped: every file is valid, every smoke requirement is there, its numbers are those of its source."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from profiles.catalogue import load_catalogue
from profiles.check import findings
from profiles.resolve import normative_digest, profile_names, resolve
from profiles.vocabulary import load_vocabulary
from profiles.yaml_source import SCHEMAS

FACTS = Path(__file__).parents[2] / "../shared/requirements.yaml"
BASIS = {
    "source-verified": "standard",
    "source-secondary": "secondary",
    "source-memory": "from-memory",
    "project": "project",
}


@pytest.fixture(scope="module")
def facts() -> dict[str, dict[str, Any]]:
    if not FACTS.exists():
        pytest.skip("the fact base of requirements is not on this machine")
    return {e["id"]: e for e in yaml.load(FACTS.read_text(), yaml.CSafeLoader) if e["kind"] == "requirement"}


def test_nothing_that_is_shipped_has_a_mistake() -> None:
    assert findings() == []


def test_the_vocabulary_has_the_twenty_subjects() -> None:
    assert len(load_vocabulary().subjects) >= 20


def test_smoke_is_the_smoke_selection_of_the_fact_base(facts: dict[str, dict[str, Any]]) -> None:
    wanted = {name for name, fact in facts.items() if "smoke" in fact["profiles"]}
    assert {r["id"] for r in resolve("smoke").document["requirements"]} == wanted
    assert len(wanted) == 32


@pytest.mark.parametrize("name", [r["id"] for r in resolve("smoke").document["requirements"]])
def test_level_domain_and_limit_are_those_of_the_fact_base(name: str, facts: dict[str, dict[str, Any]]) -> None:
    fact, entry = facts[name], load_catalogue()[name]
    assert (entry.domain, entry.data["level"]) == (fact["domain"], fact["level"])
    parameters = {key: p["value"] for key, p in entry.data["parameters"].items()}
    limit = {k: parameters[v["parameter"]] for k, v in entry.data["limit"].items() if isinstance(v, dict)}
    stated = {key: fact["limit"][key] for key in ("value", "min", "max") if fact["limit"].get(key) is not None}
    if name == "CLG-AIR-001":  # the fact base gives the band as the limit and the share as a remark
        assert {"min": parameters["lower"], "max": parameters["upper"]} == stated
        assert limit == {"value": 95} and "95 %" in fact["limit"]["note"]
    else:
        assert entry.data["limit"]["op"] == fact["limit"]["op"]
        assert limit == stated
    named = {v["parameter"] for v in entry.data["limit"].values() if isinstance(v, dict)}
    bases = {entry.data["parameters"][parameter]["basis"] for parameter in named}
    if name != "CLG-AIR-001":
        assert bases == {BASIS[fact["limit_basis"]]}


@pytest.mark.parametrize("entry", load_catalogue().values(), ids=list(load_catalogue()))
def test_every_requirement_is_one_shall_in_korean_and_english(entry: Any) -> None:
    statement = entry.data["statement"]
    assert statement["en"].count(" shall ") == 1 and statement["en"].endswith(".")
    assert statement["ko"].endswith("야 한다.")


def test_a_limit_from_memory_is_never_citable() -> None:
    for name in profile_names():
        for requirement in resolve(name).document["requirements"]:
            if requirement["limit"]["basis"] == "from-memory":
                assert not requirement["source"]["citable"], requirement["id"]


@pytest.mark.parametrize("path", sorted(SCHEMAS.glob("*.json")), ids=lambda path: path.stem)
def test_every_schema_is_valid_and_describes_every_key_it_allows(path: Path) -> None:
    from jsonschema import Draft202012Validator

    schema = json.loads(path.read_text())
    Draft202012Validator.check_schema(schema)

    def undescribed(node: Any, place: str) -> list[str]:
        if isinstance(node, list):
            return [x for n, inner in enumerate(node) for x in undescribed(inner, f"{place}/{n}")]
        if not isinstance(node, dict):
            return []
        missing = [
            f"{place}/{key}"
            for key, inner in node.get("properties", {}).items()
            if isinstance(inner, dict) and not {"description", "$ref", "const", "oneOf"} & set(inner)
        ]
        return missing + [x for key, inner in node.items() for x in undescribed(inner, f"{place}/{key}")]

    assert undescribed(schema, "") == []


def test_the_digest_in_the_document_is_that_of_its_normative_part() -> None:
    resolved = resolve("smoke")
    assert resolved.document["digest"] == resolved.digest == normative_digest(resolved.document)
