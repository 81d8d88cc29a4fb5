"""YAML that people edit: strict, and every value still knows its line.

Words such as `on`, `off` and `no` stay text (YAML 1.2), duplicate keys are refused, and a document is
checked against its JSON Schema. A mistake is one sentence with file, line, key and the nearest valid word.

    document = load_document(Path("lab.yaml"), SCHEMA)
    document.data["devices"]["ups-1-card"], document.line("devices", "ups-1-card")
"""

import functools
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from profiles.refusal import Refusal
from profiles.suggest import suggest

SCHEMAS = Path(__file__).parent / "schemas"
Key = str | int


class _Loader(yaml.SafeLoader):
    """YAML 1.2 core scalars: only true and false are booleans, 1e-3 is a number, dates stay text."""


class _FastLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The same with the parser in C, five times as fast, whose complaints are less exact."""


_Loader.yaml_implicit_resolvers = _FastLoader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", "~nN\0"),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
):
    _firsts = [c for c in _first if c != "\0"] + ([""] if "\0" in _first else [])
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), _firsts)


@dataclass(frozen=True, slots=True)
class Document:
    """The plain data of a file and the line of every key and list entry."""

    path: Path
    data: dict[str, Any]
    lines: Mapping[tuple[Key, ...], int]

    def line(self, *place: Key) -> int:
        """The line of the value at this place, or of the nearest place above it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def where(self, *place: Key) -> str:
        return f"{self.path}, line {self.line(*place)}"

    def refusal(self, place: tuple[Key, ...], what: str, remedy: str) -> Refusal:
        """The refusal of what stands at this place, which it names by line and key."""
        return Refusal(self.where(*place), f"{'.'.join(map(str, place))}: {what}", remedy)


def load_document(path: Path, schema: str | Path) -> Document:
    """Read and check a file. `schema` is a path, or the name of one of the schemas of this room."""
    document = read_document(path)
    check_schema(document, schema)
    return document


def read_document(path: Path) -> Document:
    """Read a file of which only the grammar is in doubt."""
    lines: dict[tuple[Key, ...], int] = {(): 1}
    data = _read(path, lines)
    if not isinstance(data, dict):
        raise Refusal(str(path), "it holds no keys", "begin with `schema:`")
    return Document(path, data, lines)


def _read(path: Path, lines: dict[tuple[Key, ...], int]) -> Any:
    """The plain value of a file; Refusal if it is not one YAML document."""
    return parse(read_text(path), lines, path)


def read_text(path: Path) -> str:
    """The text of a file, its line ends untouched; Refusal if there is none."""
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise Refusal(str(path), f"it cannot be read ({error.strerror})", "check the path") from None
    except UnicodeDecodeError:
        raise Refusal(str(path), "it is not UTF-8 text", "save it as UTF-8") from None


def parse(text: str, lines: dict[tuple[Key, ...], int], path: Path) -> Any:
    """The plain value of a text that came from `path`, and in `lines` the line of every key and entry."""
    try:
        node = _compose(text)
        return None if node is None else _plain(node, (), lines, path)
    except RecursionError:
        raise Refusal(str(path), "it is nested too deeply, or refers to itself", "write it out") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise Refusal(f"{path}, line {line}", f"this is not YAML ({error.problem})", "correct the line") from None
    except yaml.YAMLError:
        raise Refusal(str(path), "it holds control characters", "save it as plain text") from None


def _compose(text: str) -> yaml.Node | None:
    try:
        return yaml.compose(text, Loader=_FastLoader)
    except yaml.YAMLError:
        return yaml.compose(text, Loader=_Loader)


def _plain(node: yaml.Node, place: tuple[Key, ...], lines: dict[tuple[Key, ...], int], path: Path) -> Any:
    """The plain value of a node; remembers lines and refuses duplicate keys."""
    lines[place] = node.start_mark.line + 1
    if isinstance(node, yaml.CollectionNode) and node.tag not in (
        _Loader.DEFAULT_MAPPING_TAG,
        _Loader.DEFAULT_SEQUENCE_TAG,
    ):
        raise _foreign(node.tag, f"{path}, line {lines[place]}")
    if isinstance(node, yaml.SequenceNode):
        return [_plain(child, (*place, n), lines, path) for n, child in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        result: dict[Key, Any] = {}
        for key_node, value_node in node.value:
            key = _scalar(key_node, path)
            if key in result:
                where = f"{path}, line {key_node.start_mark.line + 1}"
                raise Refusal(where, f"'{key}' stands here a second time", "keep one of the two")
            result[key] = _plain(value_node, (*place, key), lines, path)
            lines[(*place, key)] = key_node.start_mark.line + 1
        return result
    return _scalar(node, path)


def _scalar(node: yaml.Node, path: Path) -> Any:
    where = f"{path}, line {node.start_mark.line + 1}"
    if not isinstance(node, yaml.ScalarNode):
        raise Refusal(where, "a key must be a word or a number", "write a simple key")
    match node.tag.rpartition(":")[2]:
        case "str":
            return _text(node.value, where)
        case "int" | "float" as kind:
            return _number(node.value, kind, where)
        case "bool" if node.value.lower() in ("true", "false"):
            return node.value.lower() == "true"
        case "null":
            return None
        case _:
            raise _foreign(node.tag, where)


def _foreign(tag: str, where: str) -> Refusal:
    return Refusal(where, f"the tag '{tag.rpartition(':')[2]}' is not used here", "write a plain value")


def _text(text: str, where: str) -> str:
    # An escape such as "\\ud800" is half of a pair; no file could be written that holds it.
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Refusal(where, "it holds half a character", "write the character itself") from None
    return text


def _number(text: str, kind: str, where: str) -> int | float:
    try:
        number = int(text) if kind == "int" else float(text)
        if math.isfinite(number):
            return number
    except (ValueError, OverflowError):
        pass
    shown = text if len(text) < 30 else text[:29] + "…"
    raise Refusal(where, f"'{shown}' is not a number that can be used", "write a finite decimal number")


def check_schema(document: Document, schema: str | Path) -> None:
    """Refusal for the deepest, most specific violation of the JSON Schema."""
    from jsonschema.exceptions import best_match

    file = Path(schema) if isinstance(schema, Path) else SCHEMAS / f"{schema}.schema.json"
    error = best_match(_validator(file).iter_errors(document.data))
    if error is None:
        return
    place = (*error.absolute_path, *_offending_key(error))
    what, remedy = _explain(error)
    key = ".".join(map(str, error.absolute_path)) or "the document"
    raise Refusal(document.where(*place), f"{key}: {what}", remedy)


def _offending_key(error: Any) -> list[Key]:
    """The key that a mistake is about, where the schema only points to what holds it."""
    if "propertyNames" in error.absolute_schema_path:
        return [error.instance]
    return [_unknown(error)] if error.validator == "additionalProperties" else []


def _unknown(error: Any) -> Key:
    known = error.schema.get("properties", {})
    key: Key = next(k for k in error.instance if k not in known)
    return key


@functools.cache
def _validator(file: Path) -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(json.loads(file.read_text(encoding="utf-8")))


def _explain(error: Any) -> tuple[str, str]:
    """What is wrong in plain words, and what to do."""
    match error.validator:
        case "additionalProperties":
            unknown = _unknown(error)
            return f"unknown key '{unknown}'", suggest(str(unknown), list(error.schema.get("properties", {})))
        case "required":
            missing = next(k for k in error.validator_value if k not in error.instance)
            return f"'{missing}' is missing", f"add `{missing}:`"
        case "minProperties" if absent := [k for k in error.schema.get("properties", {}) if k not in error.instance]:
            return "it says too little", "add " + " or ".join(f"`{key}:`" for key in absent)
        case "enum" | "const":
            words = error.validator_value if error.validator == "enum" else [error.validator_value]
            return f"'{error.instance}' is not known here", suggest(str(error.instance), [str(w) for w in words])
        case "type":
            wanted = error.validator_value if isinstance(error.validator_value, list) else [error.validator_value]
            return f"{_shown(error.instance)} is not of type {' or '.join(wanted)}", "correct the value"
        case "pattern":
            return f"'{error.instance}' has not the right form", f"it must match {error.validator_value}"
        case _:
            return error.message.rstrip("."), "correct the value"


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) < 60 else text[:57] + "…"
