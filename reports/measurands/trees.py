"""Statistics of a recorded Redfish tree."""

from reports.consistency.rules import examine
from reports.interop.tree import Tree
from reports.judging.reasons import nothing
from reports.measurands.registry import Value, measurand
from reports.measurands.scope import Scope


@measurand("contradictions")
def contradictions(scope: Scope, *, rule: str, tolerance: float = 0.0, question: str = "redfish-tree") -> Value:
    """y = |{places of the recorded trees that contradict the rule}|; `tolerance` in % where readings are compared.

    A tree in which the rule finds nowhere to look is no evidence of consistency.
    """
    by_device: dict[str, list[dict[str, object]]] = {}
    for answer in scope.answers(question):
        by_device.setdefault(str(answer["device"]), []).append(dict(answer["content"]))
    places = [place for contents in by_device.values() for place in examine(rule, Tree.of(contents), tolerance)]
    if not places:
        raise nothing("nothing-examined", equipment=scope.equipment, rule=rule)
    return Value(float(sum(bool(place.contradiction) for place in places)), "count")
