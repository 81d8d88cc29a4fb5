"""What a device's record of calibration says of a channel, and whether its readings count as calibrated.

    certified(evidence, channel)           {"expanded": 0.06, "k": 2.0, "range": [90.0, 250.0]}
    doubt(evidence, channel, readings)     the reason why they do not count, None if they do
    instruments(evidence, devices)         {"m-1": "K-1, KRISS", "m-2": "K-1, KRISS", "n": "n"}

A quantity counts only from a device whose calibration was valid to the end of the run, and only while its readings stay
in the range that the certificate covers. Where the record states no range, every reading is covered.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from reports.evidence.evidence import BENCH_SCHEMAS, Evidence
from reports.judging.channels import Channel, declared_point
from reports.judging.reasons import reason
from reports.measurands.records import day
from reports.verifying.messages import Sentence


def calibration_of(evidence: Evidence, device: str) -> Mapping[str, Any]:
    """The device's record of calibration, empty if it has none."""
    return evidence.devices[device].get("calibration") or {}


def certified(evidence: Evidence, channel: Channel) -> Mapping[str, Any]:
    """What the certificate states for the channel's point: expanded uncertainty, k, degrees of freedom, range; empty
    if nothing. Records of the first version state it for all instances of a point only."""
    stated = {} if channel.exact else calibration_of(evidence, channel.device)
    first = evidence.bench_schema == BENCH_SCHEMAS[0]
    return declared_point(stated, channel.point.split("@", 1)[0] if first else channel.point)


def instruments(evidence: Evidence, devices: Iterable[str]) -> dict[str, str]:
    """For each device the name of the calibrated instrument that it belongs to: its own, or where others have the same
    certificate, that certificate's number and laboratory.

    Records of the first version are judged as they were then: each device for itself.
    """
    papers = {device: _paper(evidence, device) for device in devices}
    shared = Counter(papers.values()) if evidence.bench_schema != BENCH_SCHEMAS[0] else {}
    return {device: paper if paper and shared.get(paper, 0) > 1 else device for device, paper in papers.items()}


def doubt(evidence: Evidence, channel: Channel, readings: Iterable[float]) -> Sentence | None:
    """Why these readings of a channel may not be relied upon, None if they may."""
    return None if channel.exact else _out_of_date(evidence, channel) or _uncovered(evidence, channel, readings)


def _paper(evidence: Evidence, device: str) -> str:
    """What identifies a certificate: numbers are unique within a laboratory. "" if it has no number."""
    stated = calibration_of(evidence, device)
    number, laboratory = stated.get("certificate"), stated.get("laboratory")
    return f"{number}, {laboratory}" if number and laboratory else str(number or "")


def _out_of_date(evidence: Evidence, channel: Channel) -> Sentence | None:
    try:
        due = date.fromisoformat(str(calibration_of(evidence, channel.device)["due"]))
    except (KeyError, ValueError):
        return reason("no-calibration", device=channel.device)
    today = day(evidence.ended)
    return reason("expired", device=channel.device, due=due, date=today) if due < today else None


def _uncovered(evidence: Evidence, channel: Channel, readings: Iterable[float]) -> Sentence | None:
    covered = certified(evidence, channel).get("range")
    if covered is None:
        return None
    low, high = covered
    furthest = max(readings, key=lambda value: max(low - value, value - high), default=low)
    if low <= furthest <= high:
        return None
    numbers = {name: f"{number:.12g}" for name, number in (("value", furthest), ("low", low), ("high", high))}
    return reason("uncovered", signal=channel.signal, device=channel.device, unit=channel.unit, **numbers)
