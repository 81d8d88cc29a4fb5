"""Statistics of answers to questions. An answer of nobody is no evidence; it is left out, or refused."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

from profiles.refusal import Refusal
from reports.judging.reasons import nothing
from reports.measurands.exposition import errors, samples
from reports.measurands.matching import fits
from reports.measurands.registry import Value, measurand
from reports.measurands.scope import Scope


@measurand("answer-count")
def answer_count(scope: Scope, *, question: str, where: Mapping[str, Any]) -> Value:
    """y = |{answers in which every field of `where` has the value, one of the values, lies in {from, to}, or
    equals the field {same-as}}|."""
    contents = _contents(scope, question, where)
    return Value(float(sum(fits(content, where) for content in contents)), "count")


@measurand("answer-share")
def answer_share(
    scope: Scope, *, question: str, where: Mapping[str, Any], among: Mapping[str, Any] | None = None
) -> Value:
    """y = 100 · |{answers that fit `among` and `where`}| / |{answers that fit `among`}| in %; all if it is absent."""
    contents = [content for content in _contents(scope, question, where, among or {}) if fits(content, among or {})]
    if not contents:
        raise nothing("no-answer", equipment=scope.equipment, question=question)
    return Value(100 * sum(fits(content, where) for content in contents) / len(contents), "%")


@measurand("share-valid")
def share_valid(scope: Scope, *, question: str, schema: str) -> Value:
    """y = 100 · |answers with status 200 whose body is JSON valid by the schema| / |answers| in %."""
    validator = _validator(schema)
    contents = [answer["content"] for answer in scope.answers(question)]
    valid = [c for c in contents if c.get("status") == 200 and validator.is_valid(_body(c))]
    return Value(100 * len(valid) / len(contents), "%")


@measurand("share-listed")
def share_listed(scope: Scope, *, question: str = "models") -> Value:
    """y = 100 · |declared models that every answer lists| / |declared models| in %."""
    declared = scope.declared.get("models")
    if not declared:
        raise nothing("no-declaration", equipment=scope.equipment, what="models")
    answers = [_listed(answer["content"]) for answer in scope.answers(question)]
    listed = [model for model in declared if all(model in names for names in answers)]
    return Value(100 * len(listed) / len(declared), "%")


@measurand("parse-errors", judges_records=True)
def parse_errors(scope: Scope, *, question: str = "exposition") -> Value:
    """y = the number of lines of all answers that are not in the text exposition format.

    An answer with another status than 200 is one error.
    """
    count = 0
    for answer in scope.answers(question):
        content = answer["content"]
        if content.get("status") != 200:
            count += 1
            continue
        found = errors(str(content.get("body", "")))
        if not found and not samples(str(content.get("body", ""))):
            raise nothing("empty-answer", device=answer["device"], question=question)
        count += len(found)
    return Value(float(count), "count")


def _contents(scope: Scope, question: str, *wheres: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """All answers; NoEvidence if none of them has a field that is asked for: a misspelt field would count
    nothing and look like success."""
    contents = [answer["content"] for answer in scope.answers(question)]
    for field in (field for where in wheres for field in where):
        if not any(field in content for content in contents):
            raise nothing("no-field", question=question, field=field)
    return contents


def _body(content: Mapping[str, Any]) -> Any:
    try:
        return json.loads(str(content.get("body", "")))
    except (ValueError, RecursionError):
        return None


def _listed(content: Mapping[str, Any]) -> set[str]:
    body = _body(content)
    entries = body.get("data") if content.get("status") == 200 and isinstance(body, dict) else None
    entries = entries if isinstance(entries, list) else []
    return {str(entry.get("id")) for entry in entries if isinstance(entry, dict)}


@cache
def _validator(name: str) -> Any:
    path = Path(__file__).parent / "answer-schemas" / f"{name}.schema.json"
    known = sorted(p.name.removesuffix(".schema.json") for p in path.parent.glob("*.schema.json"))
    if name not in known:
        raise Refusal("statistic share-valid", f"there is no schema '{name}'", "the schemas are: " + ", ".join(known))
    return jsonschema.Draft202012Validator(json.loads(path.read_text(encoding="utf-8")))
