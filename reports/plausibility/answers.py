"""What a device answers about itself stays the same within a procedure.

{check: constant, question: tls-certificate, field: pem}
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from reports.judging.channels import devices_of
from reports.plausibility.examination import Examination
from reports.plausibility.recording import Recording


def asked(device: str, question: str) -> str:
    """How an examination names the answers of a device to a question."""
    return f"{device}?{question}"


def examine_constant(rule: str, case: Mapping[str, Any], unit: str, recording: Recording) -> Iterator[Examination]:
    """The field of all answers of a device that have it is one and the same."""
    for device in devices_of(recording.evidence, unit):
        signal = asked(device, case["question"])
        answers = [a for a in recording.execution.answers if (a["device"], a["question"]) == (device, case["question"])]
        given = [(int(a["t"]), str(a["content"][case["field"]])) for a in answers if a["content"].get(case["field"])]
        if len(given) < 2 or signal not in recording.used:
            continue
        blank = Examination(rule, unit, recording.execution.procedure, frozenset({signal}))
        changes = [t for t, value in given if value != given[0][1]]
        yield replace(blank, begin=given[0][0], end=changes[-1], samples=len(changes)) if changes else blank
