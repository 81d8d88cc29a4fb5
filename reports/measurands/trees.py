"""Statistics of a recorded Redfish tree."""

from reports.consistency.rules import examine
from reports.consistency.structure import present
from reports.interop.tree import Tree
from reports.judging.reasons import nothing
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
    by_device: dict[str, list[dict[str, object]]] = {}
    for answer in scope.answers(question):
        by_device.setdefault(str(answer["device"]), []).append(dict(answer["content"]))
    return [Tree.of(contents) for contents in by_device.values()]
