"""What devices tell without being asked, and whether their silence says anything.

    answers = told(scope)       # perhaps none
    check_listening(scope)      # NoEvidence if nobody, or not all the time, listened

Whether a way on which a bench hears events was open is on record. Of a device that only sends notifications it is known
that it is heard once one has come.
"""

from collections.abc import Mapping
from typing import Any

from reports.judging.channels import devices_of
from reports.judging.reasons import doubtful, nothing
from reports.measurands.scope import Scope

TOLD, WAY = "notification", "event-stream"


def told(scope: Scope) -> list[Mapping[str, Any]]:
    """What the devices of the equipment told in the window."""
    own = devices_of(scope.evidence, scope.equipment)
    came = (a for a in scope.execution.answers if a["question"] == TOLD and a["device"] in own)
    return scope.answers(TOLD) if any(scope.begin <= int(a["t"]) <= scope.end for a in came) else []


def check_listening(scope: Scope) -> None:
    """NoEvidence unless all of the devices whose events are followed could be heard during the whole window."""
    own = devices_of(scope.evidence, scope.equipment)
    ways: dict[str, list[tuple[int, str]]] = {}
    for event in scope.evidence.events:
        if event["kind"] == "answer" and event["question"] == WAY and event["device"] in own:
            ways.setdefault(event["device"], []).append((int(event["t"]), event["content"]["outcome"]))
    if not ways and not told(scope):
        raise nothing("no-answer", equipment=scope.equipment, question=TOLD)
    for device, changes in ways.items():
        scope.use(device, WAY)
        before = [outcome for t, outcome in changes if t <= scope.begin][-1:]
        during = [outcome for t, outcome in changes if scope.begin < t <= scope.end]
        if not before or {*before, *during} != {"open"}:
            raise doubtful("deaf", device=device)
