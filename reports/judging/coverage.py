"""Coverage: what was declared, what answered, and what was tested, reconciled and counted from the plan.

found = coverage(evidence, verdicts)
found["equipment"]      one line for each: devices declared and heard, instances, items planned and tested
found["gaps"]           what keeps the campaign from being complete, in Korean and English
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from reports.evidence.evidence import Evidence
from reports.judging.reasons import reason
from reports.judging.verdict import Verdict, Word
from reports.verifying.messages import Sentence

_TESTED = (Word.PASS, Word.FAIL, Word.INCONCLUSIVE)


def coverage(evidence: Evidence, verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """The reconciliation. Applicable items count as planned, decided and inconclusive ones as tested."""
    applicable = [v for v in verdicts if v.verdict is not Word.NOT_APPLICABLE]
    heard = _heard(evidence)
    rows = [_row(name, evidence, applicable, heard) for name in sorted(evidence.equipment)]
    gaps = [*_undeclared(evidence), *(gap for row in rows for gap in _missing(row))]
    return {
        "planned": len(applicable),
        "tested": sum(v.verdict in _TESTED for v in applicable),
        "equipment": rows,
        "gaps": [{"ko": gap.ko, "en": gap.en} for gap in gaps],
    }


def _row(
    name: str, evidence: Evidence, verdicts: Sequence[Verdict], heard: Mapping[str, Mapping[str, set[str]]]
) -> dict[str, Any]:
    devices = sorted(d for d, record in evidence.devices.items() if record.get("equipment") == name)
    own = [v for v in verdicts if v.equipment == name]
    seen = [len(names) for device in devices for names in heard.get(device, {}).values()]
    declared = evidence.equipment[name].get("instances")
    return {
        "equipment": name,
        "subject": evidence.equipment[name].get("subject"),
        "devices": len(devices),
        "heard": sum(device in heard for device in devices),
        "instances": {"declared": declared, "discovered": max(seen, default=0)},
        "planned": len(own),
        "tested": sum(v.verdict in _TESTED for v in own),
    }


def _heard(evidence: Evidence) -> dict[str, dict[str, set[str]]]:
    """For each device that gave a good sample or an answer: its points and their instances."""
    found: dict[str, dict[str, set[str]]] = defaultdict(dict)
    for signal in evidence.samples.good:
        device, _, point = signal.partition("/")
        bare, _, instance = point.partition("@")
        found[device].setdefault(bare, set()).update({instance} - {""})
    for event in evidence.events:
        if event["kind"] == "answer" and event.get("content"):
            found[str(event.get("device"))].setdefault("", set())
    return found


def _undeclared(evidence: Evidence) -> list[Sentence]:
    """Samples of a device that the bench does not name, and devices of equipment that nobody declared."""
    recorded = {signal.partition("/")[0] for signal in evidence.rows}
    strays = sorted(recorded - set(evidence.devices))
    owners = {str(record.get("equipment")) for record in evidence.devices.values()}
    return [
        *(reason("undeclared-device", device=device) for device in strays),
        *(reason("undeclared-equipment", equipment=name) for name in sorted(owners - set(evidence.equipment))),
    ]


def _missing(row: Mapping[str, Any]) -> list[Sentence]:
    declared, discovered = row["instances"]["declared"], row["instances"]["discovered"]
    if isinstance(declared, int) and row["planned"] and 0 < discovered < declared:
        return [reason("missing-instances", equipment=row["equipment"], declared=declared, discovered=discovered)]
    return []
