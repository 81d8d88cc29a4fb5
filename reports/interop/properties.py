"""Requirements on properties: to be there, to be writable, to hold enough, to support values, to have values.

A property whose presence is not asked for at a place (None, Conditional without its condition, IfPopulated in an
absent part) is judged in no other way there. Null counts as there: the service knows the property and has no value
for it now (DSP0266 §9.4). Source: DSP0272 1.10, property-level requirements.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from profiles.interop.rules import Check, PropertyRule, level
from reports.interop.comparison import TOGETHER, holds, same
from reports.interop.conditions import Demand, Spot, demand
from reports.interop.finding import PASSED, Answer, Word, said
from reports.interop.ledger import Ledger
from reports.interop.tree import Tree, at
from reports.verifying.messages import Sentence


def judge_properties(rules: Sequence[PropertyRule], spot: Spot, tree: Tree, ledger: Ledger) -> None:
    """Every rule on the properties of one object."""
    for rule in rules:
        _judge(rule, spot, tree, ledger)


def _judge(rule: PropertyRule, spot: Spot, tree: Tree, ledger: Ledger) -> None:
    wanted = demand(rule, spot, tree)
    if excuse := _excuse(rule, wanted, spot):
        for kind, weight in rule.kinds():
            # An older property may stand for being there; what else is asked of the newer one stays open.
            word = Word.PASS if kind == "read" and _outlived(rule, spot) else Word.NOT_APPLICABLE
            place = (f"{rule.place}#{kind}", weight, spot.resource.uri, f"{spot.path}/{rule.name}")
            ledger.add(*place, word, excuse)
        return
    _judge_read(rule, wanted, spot, ledger)
    if rule.name not in spot.here:
        _judge_missing(rule, wanted, spot, ledger)
        return
    value = spot.here[rule.name]
    _judge_write(rule, wanted, spot, ledger)
    _judge_content(rule, wanted, spot, ledger)
    for check in wanted.checks:
        _judge_value(rule, check, wanted, spot, tree, ledger)
    _judge_embedded(rule, value, spot, tree, ledger)


def _excuse(rule: PropertyRule, wanted: Demand, spot: Spot) -> Sentence | None:
    """Why the property is not looked at here; None if it is."""
    if rule.replaced_by and at(_level(rule.replaced_by, spot), rule.replaced_by)[0]:
        return said("newer", name=rule.replaced_by)
    if _outlived(rule, spot):
        return said("older", name=rule.replaces)
    match wanted.read:
        case "None":
            return said("not-asked")
        case "Conditional":
            return said("no-condition")
        case "IfPopulated" if at(spot.resource.document, "Status/State") == (True, "Absent"):
            return said("absent-part")
    return None


def _outlived(rule: PropertyRule, spot: Spot) -> bool:
    """Whether only the property that this one replaces is there."""
    return (
        bool(rule.replaces)
        and rule.name not in spot.here
        and at(_level(rule.replaces or "", spot), rule.replaces or "")[0]
    )


def _level(name: str, spot: Spot) -> Any:
    """Where the name of another property begins: at the resource for a pointer, else beside this one."""
    return spot.resource.document if name.startswith("/") else spot.here


def _judge_read(rule: PropertyRule, wanted: Demand, spot: Spot, ledger: Ledger) -> None:
    present = rule.name in spot.here
    place = (f"{rule.place}#read", level(wanted.read), spot.resource.uri, f"{spot.path}/{rule.name}")
    if any(check.op == "Absent" for check in wanted.checks):
        ledger.add(*place, Word.NOT_APPLICABLE, said("excluded"))
    elif wanted.read == "Excluded":
        ledger.add(*place, *((Word.FAIL, said("excluded")) if present else PASSED))
    elif wanted.read == "Supported":
        ledger.share(*place, present, _somewhere)
    elif present:
        ledger.add(*place, Word.PASS)
    elif wanted.read == "IfImplemented":
        ledger.add(*place, Word.NOT_TESTED, said("unseen-function"))
    else:
        ledger.add(*place, Word.FAIL, said("missing"))


def _judge_missing(rule: PropertyRule, wanted: Demand, spot: Spot, ledger: Ledger) -> None:
    """What else is asked of a property that is not there."""
    for kind, weight in rule.kinds():
        if kind != "read":
            must_be_absent = kind == "value" and any(check.op == "Absent" for check in wanted.checks)
            answer = PASSED if must_be_absent else (Word.NOT_APPLICABLE, said("missing"))
            ledger.add(f"{rule.place}#{kind}", weight, spot.resource.uri, f"{spot.path}/{rule.name}", *answer)


def _judge_write(rule: PropertyRule, wanted: Demand, spot: Spot, ledger: Ledger) -> None:
    if wanted.write == "None":
        return
    place = (f"{rule.place}#write", level(wanted.write), spot.resource.uri, f"{spot.path}/{rule.name}")
    writable = _writable(rule.name, spot)
    if wanted.write == "Supported":
        ledger.share(*place, writable, _writable_somewhere)
    else:
        ledger.add(*place, *_writing(writable))


def _writing(writable: bool | None) -> Answer:
    if writable:
        return PASSED
    return (Word.NOT_TESTED, said("untold-writing")) if writable is None else (Word.FAIL, said("read-only"))


def _writable(name: str, spot: Spot) -> bool | None:
    """What the service says: by the methods of the resource, then by the list of properties that it may carry."""
    allow = spot.resource.allow
    if allow is not None and not allow & {"PUT", "PATCH"}:
        return False
    listed = spot.here.get("@Redfish.WriteableProperties")
    return name in listed if isinstance(listed, list) else None


def _judge_content(rule: PropertyRule, wanted: Demand, spot: Spot, ledger: Ledger) -> None:
    """How many entries it has, and which values it supports."""
    value, weight = spot.here[rule.name], level(wanted.read)
    uri, path = spot.resource.uri, f"{spot.path}/{rule.name}"
    if rule.min_count is not None:
        count = sum(entry is not None for entry in value) if isinstance(value, list) else None
        word = Word.PASS if count is not None and count >= rule.min_count else Word.FAIL
        reason = said("no-array") if count is None else said("counted", count=count, least=rule.min_count)
        ledger.add(f"{rule.place}#count", weight, uri, path, word, reason)
    if rule.supports:
        listed = spot.here.get(f"{rule.name}@Redfish.AllowableValues")
        ledger.add(f"{rule.place}#supports", weight, uri, path, *supported(rule.supports, listed))


def supported(wanted: Sequence[str], listed: object) -> Answer:
    """Whether a list of allowable values holds all that is wanted."""
    if not isinstance(listed, list):
        return Word.NOT_TESTED, said("untold-values")
    missing = [value for value in wanted if value not in listed]
    return (Word.FAIL, said("unsupported", values=", ".join(missing))) if missing else PASSED


def _judge_value(rule: PropertyRule, check: Check, wanted: Demand, spot: Spot, tree: Tree, ledger: Ledger) -> None:
    value = spot.here[rule.name]
    place = (f"{rule.place}#value", level(wanted.read), spot.resource.uri, f"{spot.path}/{rule.name}")
    if check.op in TOGETHER:
        name = f"{check.op} {check.values!r}"
        ledger.share(*place, value, lambda seen: _together(check, seen), name)
    elif holds(check, value, tree):
        ledger.add(*place, Word.PASS)
    else:
        wish = f"{check.op} {', '.join(map(str, check.values))}".rstrip()
        ledger.add(*place, Word.FAIL, said("unlike", value=repr(value), wish=wish))


def _judge_embedded(rule: PropertyRule, value: object, spot: Spot, tree: Tree, ledger: Ledger) -> None:
    """Embedded properties, in each entry of an array that is not null."""
    if not rule.properties or value is None:
        return
    entries = list(enumerate(value)) if isinstance(value, list) else [(None, value)]
    for index, entry in entries:
        inner = spot.into(rule.name, entry, index)
        if isinstance(entry, Mapping):
            judge_properties(rule.properties, inner, tree, ledger)
        elif entry is not None:
            for one in rule.properties:
                for kind, weight in one.kinds():
                    place = f"{one.place}#{kind}", weight, spot.resource.uri, f"{inner.path}/{one.name}"
                    ledger.add(*place, Word.FAIL, said("no-object"))


def _somewhere(seen: Sequence[object]) -> list[Answer]:
    if not any(seen):
        return [(Word.FAIL, said("nowhere"))] * len(seen)
    return [PASSED if here else (Word.NOT_APPLICABLE, said("elsewhere")) for here in seen]


def _writable_somewhere(seen: Sequence[object]) -> list[Answer]:
    if True in seen:
        return [PASSED if one else (Word.NOT_APPLICABLE, said("writable-elsewhere")) for one in seen]
    return [_writing(None if None in seen else False)] * len(seen)


def _together(check: Check, seen: Sequence[object]) -> list[Answer]:
    """AnyOf and AllOf: over all instances, and all entries where the property is an array."""
    flat = [entry for value in seen for entry in (value if isinstance(value, list) else [value])]
    found = [any(same(entry, wanted) for entry in flat) for wanted in check.values]
    good = any(found) if check.op == "AnyOf" else all(found)
    missing = ", ".join(str(value) for value, there in zip(check.values, found, strict=True) if not there)
    return [PASSED if good else (Word.FAIL, said("none-has", values=missing))] * len(seen)
