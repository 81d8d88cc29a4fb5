"""What is shipped: every file is valid, every smoke requirement is there, its numbers are those of its source."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from profiles.catalogue import load_catalogue
from profiles.check import findings
from profiles.entry import Entry, references
from profiles.resolve import normative_digest, profile_names, resolve
from profiles.vocabulary import SOURCE, load_vocabulary
from profiles.yaml_source import SCHEMAS

ROOM = SOURCE.parent
FACTS = Path(__file__).parents[2] / "../shared/requirements.yaml"
BASIS = {
    "source-verified": "standard",
    "source-secondary": "secondary",
    "source-memory": "from-memory",
    "project": "project",
}
STATUS = {"memory": "from-memory"}
COUNTED = ("devices", "metrics", "endpoints", "resources", "calls", "answers", "errors", "resets", "events")
UNITS = {"degC": "°C", "ratio": "1", **dict.fromkeys(COUNTED, "count")}
# Where the fact base states a limit that the recording of a procedure can only show in another form.
RESTATED = {
    "CLG-AIR-001": {"value": 95},  # it gives the band as the limit, and the share as a remark
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


def test_smoke_covers_all_five_domains_and_runs_once() -> None:
    document = resolve("smoke").document
    assert {r["domain"] for r in document["requirements"]} == {"chips", "power", "cooling", "security", "interop"}
    arguments = {"duration": 300, "period": 2, "calls": 5}
    assert document["procedures"] == [{"id": "smoke", "arguments": arguments}]
    assert document["decision"] == {"rule": "guarded", "k": 2, "distribution": "convolved"}


# Requirements that the fact base lacks are our own, and must say so.
OURS = "IOP-RCS-"

each_entry = pytest.mark.parametrize("entry", load_catalogue().values(), ids=list(load_catalogue()))


@each_entry
def test_level_domain_and_source_are_those_of_the_fact_base(entry: Entry, facts: dict[str, dict[str, Any]]) -> None:
    if entry.id.startswith(OURS):
        assert entry.data["source"]["status"] == "project"
        return
    fact, source = facts[entry.id], entry.data["source"]
    assert (entry.domain, entry.data["level"]) == (fact["domain"], fact["level"])
    assert source["status"] == STATUS.get(fact["source"]["status"], fact["source"]["status"])
    assert source.get("clause") == fact["source"]["clause"]


@each_entry
def test_the_limit_is_that_of_the_fact_base(entry: Entry, facts: dict[str, dict[str, Any]]) -> None:
    if entry.id.startswith(OURS):
        assert {parameter["basis"] for parameter in entry.data["parameters"].values()} == {"project"}
        return
    fact, parameters, limit = facts[entry.id]["limit"], entry.data["parameters"], entry.data["limit"]
    numbers = {key: parameters[value["parameter"]]["value"] for key, value in limit.items() if references(value)}
    if entry.id in RESTATED:
        assert numbers == RESTATED[entry.id]
        return
    assert numbers == {key: fact[key] for key in ("value", "min", "max") if fact.get(key) is not None}
    assert limit["op"] == fact["op"]
    assert limit["unit"] == UNITS.get(fact["unit"], fact["unit"])
    bases = {parameters[name]["basis"] for name in references(limit)}
    assert bases == {BASIS[facts[entry.id]["limit_basis"]]}


def test_the_recommended_band_of_the_fact_base_is_the_band_of_the_means(facts: dict[str, dict[str, Any]]) -> None:
    fact, parameters = facts["CLG-AIR-001"]["limit"], load_catalogue()["CLG-AIR-001"].data["parameters"]
    assert (parameters["lower"]["value"], parameters["upper"]["value"]) == (fact["min"], fact["max"])
    assert "95 %" in fact["note"]


@each_entry
def test_every_limit_is_a_parameter(entry: Entry) -> None:
    limit = entry.data["limit"]
    assert all(references(limit[key]) for key in ("value", "min", "max") if key in limit)


@each_entry
def test_every_requirement_is_one_shall_in_korean_and_english(entry: Entry) -> None:
    statement = entry.data["statement"]
    assert statement["en"].count(" shall ") == 1 and statement["en"].endswith(".")
    assert statement["ko"].endswith("야 한다.")


def test_a_number_from_memory_is_never_citable() -> None:
    remembered = 0
    for name in profile_names():
        for requirement in resolve(name).document["requirements"]:
            if any(p["basis"] == "from-memory" for p in requirement["parameters"].values()):
                assert not requirement["source"]["citable"], requirement["id"]
                remembered += 1
    assert remembered


@pytest.mark.parametrize("path", sorted(ROOM.rglob("*.yaml")), ids=lambda path: path.name)
def test_an_editor_finds_the_schema_of_every_file(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    name = first.removeprefix("# yaml-language-server: $schema=")
    assert name != first
    assert (path.parent / name).resolve().parent == SCHEMAS.resolve()
    assert (path.parent / name).exists()


@pytest.mark.parametrize("path", sorted(SCHEMAS.glob("*.json")), ids=lambda path: path.stem)
def test_every_schema_is_valid_and_describes_every_key_it_allows(path: Path) -> None:
    from jsonschema import Draft202012Validator

    schema = json.loads(path.read_text())
    Draft202012Validator.check_schema(schema)
    assert undescribed(schema, schema.get("$defs", {}), "") == []


def undescribed(node: Any, definitions: dict[str, Any], place: str) -> list[str]:
    """The properties that a person would have to guess the meaning of."""
    if isinstance(node, list):
        return [x for n, inner in enumerate(node) for x in undescribed(inner, definitions, f"{place}/{n}")]
    if not isinstance(node, dict):
        return []
    missing = [
        f"{place}/{key}"
        for key, inner in node.get("properties", {}).items()
        if place.rpartition("/")[2] != "if"
        and "description" not in {**definitions.get(str(inner.get("$ref")).rpartition("/")[2], {}), **inner}
    ]
    return missing + [x for key, inner in node.items() for x in undescribed(inner, definitions, f"{place}/{key}")]


def test_the_digest_in_the_document_is_that_of_its_normative_part() -> None:
    resolved = resolve("smoke")
    assert resolved.document["digest"] == resolved.digest == normative_digest(resolved.document)
