"""YAML as people write it: words stay words, numbers are numbers, every value knows its line, nothing crashes."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.refusal import Refusal
from profiles.yaml_source import Document, load_document

OPEN = json.dumps({"type": "object"})


@pytest.fixture
def read(tmp_path: Path) -> Any:
    """Reads a text as a document in which everything is allowed."""
    schema = tmp_path / "open.schema.json"
    schema.write_text(OPEN)

    def read(text: str) -> Document:
        path = tmp_path / "a.yaml"
        path.write_text(text, encoding="utf-8")
        return load_document(path, schema)

    return read


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", "on"),
        ("off", "off"),
        ("yes", "yes"),
        ("No", "No"),
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ("1e-3", 0.001),
        ("1E3", 1000.0),
        (".5", 0.5),
        ("-7", -7),
        ("010", 10),
        ("0x10", "0x10"),
        ("1_000", "1_000"),
        ("1:30", "1:30"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("2026-11-02", "2026-11-02"),
        ("2026-11-02T00:00:00Z", "2026-11-02T00:00:00Z"),
        ('"12"', "12"),
        ("220 V", "220 V"),
    ],
)
def test_a_plain_scalar_is_what_yaml_1_2_says(text: str, value: Any, read: Any) -> None:
    found = read(f"a: {text}").data["a"]
    assert found == value and type(found) is type(value)


def test_every_key_and_every_list_entry_knows_its_line(read: Any) -> None:
    document = read("a:\n  b: 1\n  c:\n    - x\n    - y: 2\n")
    assert document.line("a") == 1
    assert document.line("a", "b") == 2
    assert document.line("a", "c", 1) == 5
    assert document.line("a", "c", 1, "y") == 5
    assert document.line("a", "c", 1, "y", "nowhere") == 5
    assert document.where("a", "c").endswith("a.yaml, line 3")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "it holds no keys"),
        ("- a", "it holds no keys"),
        ("a: [", "line 1: this is not YAML"),
        ("a: 1\n---\nb: 2", "this is not YAML"),
        ("\ttab: 1", "this is not YAML"),
        ("a: 1\nb: \x01", "it holds control characters"),
        ("a: 1\na: 2", "line 2: 'a' stands here a second time"),
        ("? {a: b}\n: c", "a key must be a word or a number"),
        ("a: !!python/name:os.system {}", "the tag 'os.system' is not used here"),
        ("a: !!set {b: ~}", "the tag 'set' is not used here"),
        ('a: "\\ud800"', "it holds half a character"),
        ("a: !!binary aGk=", "the tag 'binary' is not used here"),
        ("a: !!bool maybe", "the tag 'bool' is not used here"),
        ("a: !!int seven", "'seven' is not a number that can be used"),
        ("a: !!float nan", "'nan' is not a number that can be used"),
        ("b: 1\na: 1e999", "line 2: '1e999' is not a number that can be used"),
        ("a: " + "9" * 5000, "is not a number that can be used"),
        ("a: &a [*a]", "it is nested too deeply, or refers to itself"),
        ("a: " + "[" * 2000, "it is nested too deeply, or refers to itself"),
    ],
    ids=lambda value: value[:24],
)
def test_what_is_not_one_plain_document_is_refused(text: str, what: str, read: Any) -> None:
    with pytest.raises(Refusal, match=what) as refusal:
        read(text)
    assert "a.yaml" in refusal.value.where


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="it cannot be read"):
        load_document(tmp_path / "nowhere.yaml", "profile")
    (tmp_path / "latin.yaml").write_bytes(b"a: \xe9")
    with pytest.raises(Refusal, match="it is not UTF-8 text"):
        load_document(tmp_path / "latin.yaml", "profile")


SCHEMA = {
    "type": "object",
    "required": ["name"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string"},
        "rule": {"enum": ["guarded", "simple"]},
        "sizes": {"type": "array", "items": {"type": ["number", "boolean"]}},
        "things": {"type": "object", "propertyNames": {"pattern": "^[a-z]+$"}},
    },
}


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("name: a\nrul: simple", 2, "the document: unknown key 'rul'; did you mean 'rule'?"),
        ("name: a\nxyzzy: 1", 2, "unknown key 'xyzzy'; choose one of: name, rule, sizes, things."),
        ("rule: simple", 1, "the document: 'name' is missing; add `name:`."),
        ("name: a\n\nrule: simpel", 3, "rule: 'simpel' is not known here; did you mean 'simple'?"),
        ("name: 7", 1, "name: 7 is not of type string; correct the value."),
        ("name: a\nsizes:\n  - 1\n  - b", 4, 'sizes.1: "b" is not of type number or boolean'),
        ("name: a\nthings:\n  good: 1\n  b4d: 2", 4, "things: 'b4d' has not the right form"),
    ],
)
def test_a_violation_of_the_schema_is_one_sentence(text: str, line: int, sentence: str, tmp_path: Path) -> None:
    path, schema = tmp_path / "a.yaml", tmp_path / "a.schema.json"
    path.write_text(text)
    schema.write_text(json.dumps(SCHEMA))
    with pytest.raises(Refusal) as refusal:
        load_document(path, schema)
    assert refusal.value.where == f"{path}, line {line}"
    assert sentence in str(refusal.value)


# YAML is not quite all of JSON: it does not join the two halves as which JSON escapes what lies beyond the
# basic plane, and a key has at most 1024 characters.
text = st.text(st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"]), max_size=100)
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(text, plain, min_size=1, max_size=4))
def test_json_reads_as_itself(tmp_path_factory: pytest.TempPathFactory, data: dict[str, Any]) -> None:
    folder = tmp_path_factory.getbasetemp()
    path, schema = folder / "json.yaml", folder / "json.schema.json"
    path.write_text(json.dumps(data))
    schema.write_text(OPEN)
    assert load_document(path, schema).data == data


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_no_text_does_anything_but_load_or_be_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.getbasetemp()
    path, schema = folder / "any.yaml", folder / "any.schema.json"
    path.write_text(text, encoding="utf-8")
    schema.write_text(OPEN)
    try:
        assert isinstance(load_document(path, schema).data, dict)
    except Refusal as refusal:
        assert refusal.where.startswith(str(path))
