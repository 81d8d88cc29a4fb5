"""The plan of a campaign: which requirement is judged on which equipment, and what each procedure does.

The plan is fixed before anything is recorded and goes into the bundle. Coverage is counted from it, so
that equipment which vanishes, or a procedure which never ran, cannot improve a result.

    items = plan_items(resolved.document, equipment_record)
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from conformance.dry import Step, duration, rehearse
from conformance.procedure import find_procedure
from fixtures.bench import Bench
from reports.judging.items import declared_items


@dataclass(frozen=True, slots=True)
class Item:
    """One requirement on one piece of equipment; where it does not apply, the reason says why."""

    requirement: str
    equipment: str | None
    procedure: str
    reason: Mapping[str, str] | None = None

    @property
    def name(self) -> str:
        return f"{self.requirement}[{self.equipment or 'none'}]"


@dataclass(frozen=True, slots=True)
class PlannedProcedure:
    """A procedure with its arguments and the steps it will take."""

    name: str
    summary: str
    hazard: int
    arguments: Mapping[str, object]
    steps: tuple[Step, ...]

    @property
    def seconds(self) -> tuple[float, float]:
        return duration(self.steps)


@dataclass(frozen=True, slots=True)
class Plan:
    """Items in the order of the profile, procedures in the order they run."""

    items: tuple[Item, ...]
    procedures: tuple[PlannedProcedure, ...]

    def record(self) -> dict[str, Any]:
        """What goes into data/plan.json."""
        return {
            "schema": "plan/1",
            "items": [asdict(item) for item in self.items],
            "procedures": [
                {
                    "id": p.name,
                    "hazard": p.hazard,
                    "arguments": dict(p.arguments),
                    "steps": [asdict(step) for step in p.steps],
                }
                for p in self.procedures
            ],
        }


def plan_items(document: Mapping[str, Any], equipment: Mapping[str, Any]) -> tuple[Item, ...]:
    """Requirements of a resolved profile × the declared equipment of their subjects."""
    return tuple(
        Item(
            one.requirement["id"],
            one.equipment,
            one.procedure,
            {"ko": one.absent.ko, "en": one.absent.en} if one.absent else None,
        )
        for one in declared_items(document, equipment["equipment"])
    )


async def make_plan(document: Mapping[str, Any], bench: Bench) -> Plan:
    """Rehearse every procedure of the profile on this bench without touching it."""
    equipment, _ = bench.record()
    procedures = []
    for entry in document["procedures"]:
        procedure = find_procedure(entry["id"])
        arguments = {**procedure.arguments, **entry["arguments"]}
        steps = await rehearse(procedure, arguments, lambda name, state: bench.binding(name, state).describe())
        procedures.append(PlannedProcedure(entry["id"], procedure.summary, procedure.hazard, arguments, steps))
    return Plan(plan_items(document, equipment), tuple(procedures))
