"""The items of a campaign: each requirement on each declared equipment of its subjects.

They follow from the profile and the declared equipment alone. The plan fixed them before the run; what it
leaves out, or what vanished since, shows as an item that was not tested.

    declared_items(profile, equipment)   # what a plan is made from
    items(profile, plan, equipment)      # what is judged
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reports.judging.reasons import reason
from reports.verifying.messages import Sentence

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Item:
    """One line to be judged. `absent` is the reason where it does not apply, `faulty` where it was not
    planned, or planned and not found, `waiver` the name of the waiver that took it out."""

    requirement: Document
    equipment: str | None
    procedure: str
    absent: Sentence | None = None
    faulty: Sentence | None = None
    waiver: str | None = None


def items(profile: Document, plan: Document, equipment: Document) -> list[Item]:
    """Every item of the profile, in its order and by equipment; then those that only the plan knows."""
    planned = {(entry["requirement"], entry["equipment"]): entry for entry in plan["items"]}
    found = declared_items(profile, equipment)
    keys = {(item.requirement["id"], item.equipment) for item in found}
    known = {requirement["id"]: requirement for requirement in profile["requirements"]}
    checked = [
        item if (item.requirement["id"], item.equipment) in planned else _faulty(item, "unplanned") for item in found
    ]
    vanished = [
        Item(known.get(name, {"id": name}), unit, str(entry["procedure"]), faulty=reason("vanished"))
        for (name, unit), entry in planned.items()
        if (name, unit) not in keys
    ]
    return checked + vanished


def declared_items(profile: Document, equipment: Document) -> list[Item]:
    """Each requirement on each declared equipment of its subjects that has the feature it asks for."""
    return [item for requirement in profile["requirements"] for item in _of(requirement, equipment)]


def _of(requirement: Document, equipment: Document) -> list[Item]:
    procedure, subjects = requirement["procedure"], requirement["subjects"]
    units = sorted(name for name, declared in equipment.items() if declared["subject"] in subjects)
    if not units:
        return [Item(requirement, None, procedure, reason("absent", subjects=", ".join(subjects)))]
    condition = requirement.get("applies_when")
    return [Item(requirement, unit, procedure, _unmet(condition, equipment[unit])) for unit in units]


def _unmet(condition: Document | None, declared: Document) -> Sentence | None:
    if condition is None or condition["feature"] in declared.get("features", ()):
        return None
    return reason("undeclared", feature=condition["feature"])


def _faulty(item: Item, key: str) -> Item:
    return Item(item.requirement, item.equipment, item.procedure, faulty=reason(key))
