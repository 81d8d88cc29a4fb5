"""Requirements on actions and their parameters.

What an action takes is said in the action itself (`ResetType@Redfish.AllowableValues`) or in the resource that its
`@Redfish.ActionInfo` points to (DSP0266 §7.9.4); where neither speaks, a parameter is not tested.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from profiles.interop.rules import ActionRule, ParameterRule, level
from reports.interop.finding import PASSED, Answer, Word, said
from reports.interop.ledger import Ledger
from reports.interop.properties import supported
from reports.interop.tree import Resource, Tree, at


def judge_actions(rules: Sequence[ActionRule], resource: Resource, tree: Tree, ledger: Ledger) -> None:
    """Every rule on the actions of one resource."""
    offered = at(resource.document, "Actions")[1]
    for rule in rules:
        if rule.read != "None":
            path = f"/Actions/#{resource.kind}.{rule.name}"
            body = offered.get(f"#{resource.kind}.{rule.name}") if isinstance(offered, Mapping) else None
            _judge(rule, body, path, resource, tree, ledger)


def _judge(rule: ActionRule, body: object, path: str, resource: Resource, tree: Tree, ledger: Ledger) -> None:
    place = (f"{rule.place}#action", level(rule.read), resource.uri, path)
    present = isinstance(body, Mapping)
    if rule.read == "Supported":
        ledger.share(*place, present, _somewhere)
    else:
        ledger.add(*place, *_presence(rule.read, present))
    if not isinstance(body, Mapping):
        return
    info = tree.get(body.get("@Redfish.ActionInfo"))
    if rule.info != "None":
        answer = PASSED if "@Redfish.ActionInfo" in body else (Word.FAIL, said("no-action-info"))
        ledger.add(f"{rule.place}#info", level(rule.info), resource.uri, path, *answer)
    for parameter in rule.parameters:
        _judge_parameter(parameter, body, info, (resource.uri, path), ledger)


def _judge_parameter(
    rule: ParameterRule, body: Mapping[str, Any], info: Resource | None, where: tuple[str, str], ledger: Ledger
) -> None:
    uri, path = where[0], f"{where[1]}/{rule.name}"
    listed = body.get(f"{rule.name}@Redfish.AllowableValues")
    known: bool | None = True if listed is not None else None
    if info is not None:
        parameters = info.document.get("Parameters")
        entry = next((p for p in parameters or () if isinstance(p, Mapping) and p.get("Name") == rule.name), None)
        known = known or entry is not None
        listed = listed if listed is not None else (entry or {}).get("AllowableValues")
    if rule.read != "None":
        answer = (Word.NOT_TESTED, said("untold-parameters")) if known is None else _presence(rule.read, known)
        ledger.add(f"{rule.place}#read", level(rule.read), uri, path, *answer)
    if rule.values:
        ledger.add(f"{rule.place}#supports", level(rule.read), uri, path, *supported(rule.values, listed))
    if rule.advised:
        ledger.add(f"{rule.place}#advised", "recommended", uri, path, *supported(rule.advised, listed))


def _presence(read: str, present: bool) -> Answer:
    if read == "Excluded":
        return (Word.FAIL, said("excluded")) if present else PASSED
    if present:
        return PASSED
    if read == "IfImplemented":
        return Word.NOT_TESTED, said("unseen-function")
    if read in ("Conditional", "IfPopulated"):
        return Word.NOT_APPLICABLE, said("no-condition")
    return Word.FAIL, said("missing")


def _somewhere(seen: Sequence[object]) -> list[Answer]:
    if not any(seen):
        return [(Word.FAIL, said("nowhere"))] * len(seen)
    return [PASSED if here else (Word.NOT_APPLICABLE, said("elsewhere")) for here in seen]
