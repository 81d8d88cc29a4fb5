"""From the checked JSON of one profile to its rules, with DSP0272's defaults filled in.

A property that is merely listed is mandatory to read; values without a comparison are AnyOf; nothing has to be
writable unless it is said. What contradicts itself is refused, though the schema allows it.
"""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from profiles.expression import check_expression
from profiles.interop.rules import (
    ActionRule,
    Check,
    Condition,
    ParameterRule,
    PropertyRule,
    ProtocolRule,
    RegistryRule,
    UseCase,
    form,
)
from profiles.refusal import Refusal
from profiles.yaml_source import Document, Key

Place = tuple[Key, ...]
ORDERING = ("Range", "GreaterThan", "GreaterThanOrEqual", "LessThan", "LessThanOrEqual")


@dataclass(frozen=True, slots=True)
class Imported:
    """The rules of one file, without those of the profiles it requires."""

    use_cases: tuple[UseCase, ...]
    registries: tuple[RegistryRule, ...]
    protocol: tuple[ProtocolRule, ...]

    def of(self, resource: str) -> list[UseCase]:
        """The use cases of a type of resource, in the order of the file."""
        return [case for case in self.use_cases if case.resource == resource]


def import_document(document: Document) -> Imported:
    """All rules of a document that matches the schema; Refusal for what cannot be meant."""
    begin = slug(document.data["ProfileName"])
    cases: list[UseCase] = []
    for resource, body in document.data.get("Resources", {}).items():
        place: Place = ("Resources", resource)
        if "UseCases" in body:
            bodies = list(body["UseCases"])
            titles = _titles(bodies)
            cases += [
                _use_case(document, (*place, "UseCases", n), resource, one, f"{begin}/{resource}[{title}]")
                for n, (one, title) in enumerate(zip(bodies, titles, strict=True))
            ]
        else:
            cases.append(_use_case(document, place, resource, body, f"{begin}/{resource}"))
    registries = [_registry(name, body, begin) for name, body in document.data.get("Registries", {}).items()]
    return Imported(tuple(cases), tuple(registries), tuple(_protocol(document.data.get("Protocol", {}), begin)))


def slug(text: str) -> str:
    """A name as it stands in an id: words and digits, joined by hyphens."""
    return re.sub(r"[^\w.]+", "-", text).strip("-")


def _titles(bodies: list[dict[str, Any]]) -> list[str]:
    """Distinct names of use cases; where two have the same, or none, their number tells them apart."""
    titles = [slug(body.get("UseCaseTitle", "")) or f"use-case-{n}" for n, body in enumerate(bodies, 1)]
    counts = Counter(titles)
    return [title if counts[title] == 1 else f"{title}-{n}" for n, title in enumerate(titles, 1)]


def _use_case(document: Document, at: Place, resource: str, body: dict[str, Any], place: str) -> UseCase:
    key, values = body.get("UseCaseKeyProperty", ""), body.get("UseCaseKeyValues")
    kind = body.get("UseCaseType", "Normal")
    op = body.get("UseCaseComparison", "Equal")
    select = Check(op, tuple(values or ())) if values is not None or op in ("Present", "Absent") else None
    if select and kind == "Normal" and not key:
        raise Refusal(document.where(*at), "the use case has values but no property", "add UseCaseKeyProperty")
    return UseCase(
        place,
        resource,
        body.get("UseCaseTitle", ""),
        body.get("ReadRequirement", "Mandatory"),
        _version(body),
        _uris(document, at, body),
        kind,
        key,
        select,
        body.get("CreateResource", False),
        body.get("DeleteResource", False),
        body.get("UpdateResource", False),
        _conditions(document, at, body),
        _properties(document, at, body, place),
        tuple(_action(name, one, f"{place}/Actions") for name, one in body.get("ActionRequirements", {}).items()),
    )


def _properties(document: Document, at: Place, body: dict[str, Any], place: str) -> tuple[PropertyRule, ...]:
    at = (*at, "PropertyRequirements")
    return tuple(
        _property(document, (*at, name), name, one, f"{place}/{name}")
        for name, one in body.get("PropertyRequirements", {}).items()
    )


def _property(document: Document, at: Place, name: str, body: dict[str, Any], place: str) -> PropertyRule:
    return PropertyRule(
        place,
        name,
        body.get("ReadRequirement", "Mandatory"),
        body.get("WriteRequirement", "None"),
        _check(document, at, body, "Comparison", "Values"),
        body.get("MinCount"),
        tuple(body.get("MinSupportValues", ())),
        body.get("ReplacedByProperty"),
        body.get("ReplacesProperty"),
        _conditions(document, at, body),
        _properties(document, at, body, place),
    )


def _conditions(document: Document, at: Place, body: dict[str, Any]) -> tuple[Condition, ...]:
    at = (*at, "ConditionalRequirements")
    return tuple(_condition(document, (*at, n), one) for n, one in enumerate(body.get("ConditionalRequirements", ())))


def _condition(document: Document, at: Place, body: dict[str, Any]) -> Condition:
    when = _check(document, at, body, "CompareType", "CompareValues")
    key = body.get("CompareProperty")
    if (when is None) != (key is None):
        missing = "CompareType" if when is None else "CompareProperty"
        raise Refusal(document.where(*at), f"the condition has no {missing}", f"add {missing}")
    if not {"URIs", "SubordinateToResource", "CompareProperty"} & set(body):
        raise Refusal(
            document.where(*at), "the condition says not when", "add URIs, SubordinateToResource or CompareProperty"
        )
    return Condition(
        body.get("ReadRequirement", "Mandatory"),
        body.get("WriteRequirement", "None"),
        _check(document, at, body, "Comparison", "Values"),
        _uris(document, at, body),
        tuple(body.get("SubordinateToResource", ())),
        key,
        when,
    )


def _check(document: Document, at: Place, body: dict[str, Any], comparison: str, values: str) -> Check | None:
    """A comparison; Refusal if it has nothing to compare with, or an expression that is none."""
    if comparison not in body and values not in body:
        return None
    check = Check(body.get(comparison, "AnyOf"), tuple(body.get(values, ())))
    if not check.values and check.op not in ("Absent", "Present"):
        raise Refusal(document.where(*at), f"{check.op} has nothing to compare with", f"add {values}")
    if check.op == "Pattern":
        for value in check.values:
            check_expression("Pattern", str(value), "beginning", document.where(*at))
    if check.op in ORDERING and not all(map(_is_limit, check.values)):
        raise Refusal(document.where(*at), f"{check.op} compares numbers", f"write numbers in {values}")
    return check


def _uris(document: Document, at: Place, body: dict[str, Any]) -> tuple[str, ...]:
    """Paths, or expressions for them; Refusal for one that is none."""
    found = tuple(body.get("URIs", ()))
    for uri in found:
        check_expression("URIs", form(uri), "whole", document.where(*at, "URIs"))
    return found


def _is_limit(value: object) -> bool:
    """Null leaves a side of a range open."""
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _action(name: str, body: dict[str, Any], place: str) -> ActionRule:
    place = f"{place}/{name}"
    parameters = tuple(
        ParameterRule(
            f"{place}/{parameter}",
            parameter,
            one.get("ReadRequirement", "Mandatory"),
            tuple(one.get("ParameterValues", ())),
            tuple(one.get("RecommendedValues", ())),
        )
        for parameter, one in body.get("Parameters", {}).items()
    )
    return ActionRule(place, name, body.get("ReadRequirement", "Mandatory"), body.get("ActionInfo", "None"), parameters)


def _registry(name: str, body: dict[str, Any], begin: str) -> RegistryRule:
    read = body.get("ReadRequirement", "Mandatory")

    def entries(key: str) -> tuple[tuple[str, str], ...]:
        return tuple((entry, one.get("ReadRequirement", read)) for entry, one in body.get(key, {}).items())

    place = f"{begin}/Registries/{name}"
    return RegistryRule(place, name, read, _version(body), entries("Messages"), entries("SupportedFeatures"))


def _protocol(body: dict[str, Any], begin: str) -> list[ProtocolRule]:
    features = {**body, **{f"ErrorResponse/{k}": v for k, v in body.get("ErrorResponse", {}).items()}}
    rules = []
    for name, wanted in features.items():
        place = f"{begin}/Protocol/{name}"
        if name == "MinVersion":
            rules.append(ProtocolRule(place, name, min_version=_version(body)))
        elif name == "ErrorResponse/ResolutionTypes":
            rules.append(ProtocolRule(place, name))
        elif name != "ErrorResponse" and wanted != "None":
            rules.append(ProtocolRule(place, name, wanted))
    return rules


def _version(body: dict[str, Any]) -> tuple[int, ...] | None:
    text = body.get("MinVersion")
    return tuple(map(int, text.split("."))) if text else None
