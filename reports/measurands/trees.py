"""Statistics of a recorded Redfish tree."""

from collections.abc import Mapping
from typing import Any

from reports.consistency.rules import examine
from reports.consistency.structure import present
from reports.interop.finding import Finding
from reports.interop.finding import Word as FoundWord
from reports.interop.tree import Tree, answered
from reports.judging.reasons import NoEvidence, doubtful, nothing, reason
from reports.judging.verdict import Word
from reports.measurands.registry import Value, measurand
from reports.measurands.scope import Scope


@measurand("contradictions", judges_records=True)
def contradictions(scope: Scope, *, rule: str, tolerance: float = 0.0, question: str = "redfish-tree") -> Value:
    """y = |{places of the recorded trees that contradict the rule}|; `tolerance` in % where readings are compared.

    A tree in which the rule finds nowhere to look is no evidence of consistency.
    """
    places = [place for tree in _trees(scope, question) for place in examine(rule, tree, tolerance)]
    if not places:
        raise nothing("nothing-examined", equipment=scope.equipment, rule=rule)
    return Value(float(sum(bool(place.contradiction) for place in places)), "count")


@measurand("interop-failures")
def interop_failures(scope: Scope, *, profile: str, requirement: str, question: str = "redfish-tree") -> Value:
    """y = |{places of the recorded trees that do not meet the requirement of the imported profile}|.

    There is no number where the profile does not ask for it there, or where a tree cannot tell; nor from a tree of
    which a resource did not answer, for it may be the very one that is asked for.
    """
    found: list[Finding] = []
    for device, contents in _by_device(scope, question).items():
        if unread := next((one for one in contents if not answered(one)), None):
            raise doubtful("unread-resource", device=device, path=unread["path"], status=unread["status"])
        key = (device, scope.begin, scope.end)
        found += scope.imported.findings(profile, requirement, key, contents)
    words = {one.word for one in found}
    if FoundWord.FAIL in words:
        failed = [one for one in found if one.word is FoundWord.FAIL]
        # What is missing altogether has no place.
        return Value(float(len(failed)), "count", seen=tuple(f"{one.uri}{one.path}" for one in failed if one.uri))
    if FoundWord.NOT_TESTED in words:
        raise nothing("untold", equipment=scope.equipment)
    if FoundWord.PASS in words:
        return Value(0.0, "count")
    raise NoEvidence(reason("not-asked", equipment=scope.equipment), Word.NOT_APPLICABLE)


@measurand("inventory-difference", judges_records=True)
def inventory_difference(scope: Scope, *, resource: str, question: str = "redfish-tree") -> Value:
    """y = |resources of the type that are present in the trees - declared instances of the equipment|."""
    declared = scope.declared.get("instances")
    if not isinstance(declared, int) or isinstance(declared, bool):
        raise nothing("no-declaration", equipment=scope.equipment, what="instances")
    found = sum(one.kind == resource and present(one) for tree in _trees(scope, question) for one in tree)
    return Value(float(abs(found - declared)), "count")


def _trees(scope: Scope, question: str) -> list[Tree]:
    """The tree of each device of the equipment."""
    return [Tree.of(contents) for contents in _by_device(scope, question).values()]


def _by_device(scope: Scope, question: str) -> dict[str, list[Mapping[str, Any]]]:
    """The answers that each device of the equipment gave."""
    by_device: dict[str, list[Mapping[str, Any]]] = {}
    for answer in scope.answers(question):
        by_device.setdefault(str(answer["device"]), []).append(answer["content"])
    return by_device
