"""Whether attestations are of now: {check: fresh, question: attestation}.

What a component signed belongs to one question alone, so neither side's nonce ever comes again, and the time at which a
component was last asked never goes back.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from reports.judging.channels import devices_of
from reports.measurands.spdm import read_transcript
from reports.plausibility.examination import Examination
from reports.plausibility.recording import Recording
from reports.plausibility.replies import signal


def examine_fresh(rule: str, case: Mapping[str, Any], unit: str, recording: Recording) -> Iterator[Examination]:
    """No nonce in the transcripts of a device comes twice, and `updated` of each component never falls."""
    for device in devices_of(recording.evidence, unit):
        name = signal(device, case["question"])
        own = (a for a in recording.execution.answers if (a["device"], a["question"]) == (device, case["question"]))
        answers = [answer for answer in own if answer["content"].get("transcript")]
        if name not in recording.used or not answers:
            continue
        seen: set[bytes] = set()
        latest: dict[str, datetime] = {}
        stale: list[int] = []
        for answer in answers:
            nonces, content = _nonces(answer), answer["content"]
            updated, before = _time(content.get("updated")), latest.get(content["component"])
            if nonces & seen or (updated and before and updated < before):
                stale.append(int(answer["t"]))
            seen |= nonces
            latest |= {content["component"]: updated} if updated else {}
        blank = Examination(rule, unit, recording.execution.procedure, frozenset({name}))
        yield replace(blank, begin=stale[0], end=stale[-1], samples=len(stale)) if stale else blank


def _nonces(answer: Mapping[str, Any]) -> set[bytes]:
    """The nonces of both sides; none of a transcript that cannot be read, which no verdict relies upon."""
    try:
        transcript = read_transcript(str(answer["content"]["transcript"]))
    except ValueError:
        return set()
    return {transcript.asked, transcript.answered}


def _time(text: object) -> datetime | None:
    try:
        time = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)
