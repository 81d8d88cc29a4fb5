"""What a rule asks for at one place, once its conditions are looked at.

Where no condition is met the rule says it; where some are, they say it instead, and the strictest of them counts.
Source: DSP0272 1.10, ConditionalRequirements.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from profiles.expression import parse_expression
from profiles.interop.rules import READ, WRITE, Check, Condition, PropertyRule, UseCase, form
from reports.interop.comparison import holds
from reports.interop.tree import Resource, Tree, at

# The kinds of use case that look at an ancestor: its type and the property there.
ANCESTORS = {
    "ChassisType": ("Chassis", "ChassisType"),
    "DriveProtocol": ("Drive", "Protocol"),
    "MemoryType": ("Memory", "MemoryType"),
    "PortProtocol": ("Port", "Protocol"),
    "ProcessorType": ("Processor", "ProcessorType"),
}


@dataclass(frozen=True, slots=True)
class Spot:
    """An object of a resource: the objects that enclose it, innermost last, and its JSON pointer."""

    resource: Resource
    objects: tuple[Any, ...]
    path: str = ""

    @property
    def here(self) -> Any:
        return self.objects[-1]

    def into(self, name: str, value: Any, index: int | None = None) -> "Spot":
        """The object in the property `name`, or in its entry `index`."""
        path = f"{self.path}/{name}" if index is None else f"{self.path}/{name}/{index}"
        return Spot(self.resource, (*self.objects, value), path)

    def find(self, name: str) -> tuple[bool, Any]:
        """A property by name, here and then in the enclosing objects, or by its pointer from the resource."""
        if name.startswith("/"):
            return at(self.resource.document, name)
        for enclosing in reversed(self.objects):
            found, value = at(enclosing, name)
            if found:
                return True, value
        return False, None


@dataclass(frozen=True, slots=True)
class Demand:
    """What is asked for, and the comparisons that the value has to stand."""

    read: str
    write: str
    checks: tuple[Check, ...]


def demand(rule: PropertyRule, spot: Spot, tree: Tree) -> Demand:
    """The requirements of a property at a spot."""
    met = [condition for condition in rule.conditions if applies(condition, spot, tree)]
    if not met:
        return Demand(rule.read, rule.write, (rule.check,) if rule.check else ())
    read = min((condition.read for condition in met), key=READ.index)
    write = min((condition.write for condition in met), key=WRITE.index)
    return Demand(read, write, tuple(condition.check for condition in met if condition.check))


def applies(condition: Condition, spot: Spot, tree: Tree) -> bool:
    """Whether a condition is met: its paths, the types above, and its comparison."""
    if condition.uris and not matches(condition.uris, spot.resource.uri):
        return False
    if condition.below and not _below(condition.below, spot.resource.uri, tree):
        return False
    if condition.key is None or condition.when is None:
        return True
    return _compare(condition.when, *spot.find(condition.key), tree)


def selects(case: UseCase, resource: Resource, tree: Tree) -> bool:
    """Whether a use case is about this resource."""
    if case.resource != resource.kind or (case.uris and not matches(case.uris, resource.uri)):
        return False
    if case.kind == "AbsentResource":
        return at(resource.document, "Status/State") == (True, "Absent")
    if case.select is None:
        return True
    if case.kind == "Normal":
        return _compare(case.select, *at(resource.document, case.key), tree)
    kind, key = ANCESTORS[case.kind]
    ancestor = next((one for one in tree.above(resource.uri) if one and one.kind == kind), None)
    return ancestor is not None and _compare(case.select, *at(ancestor.document, key), tree)


def matches(patterns: Sequence[str], uri: str) -> bool:
    """Whether a path has one of the forms, such as /redfish/v1/Chassis/{ChassisId}, or ^…$ in Product profiles."""
    return any(parse_expression(form(pattern), "whole").matches(uri) for pattern in patterns)


def _below(kinds: Sequence[str], uri: str, tree: Tree) -> bool:
    above = tree.above(uri)
    return all((one := next(above, None)) is not None and one.kind == kind for kind in reversed(kinds))


def _compare(check: Check, found: bool, value: object, tree: Tree) -> bool:
    return holds(check, value, tree) if found else check.op == "Absent"
