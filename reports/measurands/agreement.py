"""Statistics of two views of the same quantity."""

import math
from itertools import combinations

from reports.judging.channels import Channel, device_channels, devices_of
from reports.judging.reasons import doubtful, nothing
from reports.measurands.registry import Value, measurand
from reports.measurands.scope import Scope
from reports.measurands.signals import averaged


@measurand("transport-difference", judges_records=True)
def transport_difference(scope: Scope, *, of: str, average: float | None = None) -> Value:
    """y = max |a - b| / ((|a| + |b|) / 2) · 100 in %, over the means a and b of the same window.

    a and b are the same point of the equipment, read through devices of different protocols.
    """
    pairs = _pairs(scope, of)
    if not pairs:
        raise nothing("no-partner", equipment=scope.equipment, point=of)
    differences = []
    for first, second in pairs:
        a, b = (averaged(scope, scope.number(channel), average).value for channel in (first, second))
        if first.unit != second.unit:
            raise doubtful("no-unit", points=f"{first.signal}, {second.signal}")
        if average is None:
            a, b = [math.fsum(a) / len(a)], [math.fsum(b) / len(b)]
        if len(a) != len(b):
            raise doubtful("no-overlap", points=f"{first.signal}, {second.signal}")
        differences += [_relative(x, y) for x, y in zip(a, b, strict=True)]
    return Value(max(differences), "%")


def _relative(a: float, b: float) -> float:
    scale = (abs(a) + abs(b)) / 2
    return 100 * abs(a - b) / scale if scale else 0.0


def _pairs(scope: Scope, point: str) -> list[tuple[Channel, Channel]]:
    evidence = scope.evidence
    found = [c for d in devices_of(evidence, scope.equipment) for c in device_channels(evidence, d, point)]
    return [
        (a, b)
        for a, b in combinations(found, 2)
        if a.point == b.point and evidence.devices[a.device]["protocol"] != evidence.devices[b.device]["protocol"]
    ]
