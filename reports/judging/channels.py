"""Which device is believed for a point of an equipment.

An instrument that the bench binds to a point stands in for the equipment's own telemetry; otherwise the
equipment's device that exposes the point is used, the first by name where several do.

    channels(evidence, "ups-1", "output.voltage.*")     analyser-1-scpi/voltage.l1, …
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from reports.evidence.evidence import BENCH_SCHEMAS, Evidence, selects

PROVENANCES = ("real", "replayed", "simulated")


@dataclass(frozen=True, slots=True)
class Channel:
    """One signal read for one point.

    `role` is the equipment's point it stands for; `owner` the equipment that the device belongs to.
    `accuracy` is (relative as a fraction, absolute in the unit) or None where it is not declared;
    `resolution` is in the unit, `refresh` in seconds; `kind` is quantity, state, time or text. `drift` is what every
    year since the calibration adds to the accuracy, `temperature` what the instrument's surroundings may add.
    """

    device: str
    point: str
    role: str
    owner: str
    unit: str | None
    kind: str
    accuracy: tuple[float, float] | None
    resolution: float
    refresh: float
    provenance: str
    drift: tuple[float, float] = (0.0, 0.0)
    temperature: tuple[float, float] = (0.0, 0.0)

    @property
    def signal(self) -> str:
        return f"{self.device}/{self.point}"

    @property
    def limit(self) -> tuple[float, float]:
        """By how much (relative, absolute) a reading may be off: its accuracy, and what the surroundings add."""
        relative, absolute = self.accuracy or (0.0, 0.0)
        return relative + self.temperature[0], absolute + self.temperature[1]

    @property
    def exact(self) -> bool:
        """Counts, states and texts carry no measurement error, and time is known by its stamp."""
        return self.kind != "quantity" or self.unit == "count"

    def record(self) -> dict[str, Any]:
        """As listed in a verdict."""
        return {"device": self.device, "point": self.point, "question": None, "provenance": self.provenance}


def channels(evidence: Evidence, equipment: str, pattern: str) -> tuple[Channel, ...]:
    """One channel for every point of the equipment that the pattern selects, sorted by point.

    A point of the device map that was never sampled is included: its absence must show.
    """
    found: dict[str, Channel] = {}
    for device in devices_of(evidence, equipment):
        for channel in device_channels(evidence, device, pattern):
            found.setdefault(channel.role, channel)
    for binding in evidence.measures:
        if binding["equipment"] == equipment:
            for point, role in binding["points"].items():
                if selects(pattern, role):
                    found[role] = _channel(evidence, binding["device"], point, role)
    return tuple(found[role] for role in sorted(found))


def device_channels(evidence: Evidence, device: str, pattern: str) -> tuple[Channel, ...]:
    """The channels of one device whose points the pattern selects, sorted by point."""
    declared = sorted(evidence.devices[device]["points"])
    points = dict.fromkeys(one for point in declared for one in _instances(evidence, device, point))
    return tuple(_channel(evidence, device, point, point) for point in points if selects(pattern, point))


def _instances(evidence: Evidence, device: str, point: str) -> Sequence[str]:
    """The recorded instances of a declared point, those of a table by its name with a *; where nothing was recorded
    the point itself, so that its absence shows.

    A device that did not answer leaves error samples of the bare point beside those of its instances.
    """
    if "*" not in point or evidence.bench_schema == BENCH_SCHEMAS[0]:
        return evidence.instances(device, point) or [point]
    bare = point.split("@", 1)[0]
    rows = [row for row in evidence.instances(device, bare) if "*" not in row]
    return [row for row in rows if fnmatchcase(row, point)] if rows else [bare]


def devices_of(evidence: Evidence, equipment: str) -> tuple[str, ...]:
    """The equipment's own devices, sorted by name."""
    return tuple(sorted(name for name, d in evidence.devices.items() if d["equipment"] == equipment))


def related(evidence: Evidence, equipment: str, subject: str, at: str, feature: str | None = None) -> tuple[str, ...]:
    """The equipment of a subject on the same host, or `at` the whole site, that declares the feature asked for."""
    host = evidence.equipment[equipment].get("host")
    if at == "host" and not host:
        return ()
    return tuple(
        name
        for name, declared in sorted(evidence.equipment.items())
        if declared["subject"] == subject
        and (at == "site" or declared.get("host") == host)
        and (feature is None or feature in declared.get("features", ()))
    )


def provenance_of(evidence: Evidence, device: str) -> str:
    """`real`, `replayed` or `simulated`; what is not declared real is not believed to be."""
    declared = evidence.devices.get(device, {}).get("provenance")
    return str(declared) if declared in PROVENANCES else "simulated"


def declared_point(record: Mapping[str, Any], point: str) -> Mapping[str, Any]:
    """What a device's record (or its calibration's) declares of a point: of this instance, else of the rows of its
    table, else of all instances; empty if nothing."""
    points: Mapping[str, Mapping[str, Any]] = record.get("points") or {}
    table = max((name for name in points if "*" in name and fnmatchcase(point, name)), key=len, default="")
    return points.get(point) or points.get(table) or points.get(point.split("@", 1)[0]) or {}


def least_real(provenances: set[str]) -> str | None:
    """The worst of several provenances; None of none."""
    return max(provenances, key=PROVENANCES.index, default=None)


def _channel(evidence: Evidence, device: str, point: str, role: str) -> Channel:
    record = evidence.devices[device]
    declared = declared_point(record, point)
    accuracy, drift = declared.get("accuracy"), declared.get("drift") or {}
    return Channel(
        device=device,
        point=point,
        role=role,
        owner=record["equipment"],
        unit=declared.get("unit"),
        kind=declared.get("kind", "quantity"),
        accuracy=None if accuracy is None else (accuracy.get("relative") or 0.0, accuracy.get("absolute") or 0.0),
        resolution=declared.get("resolution") or 0.0,
        refresh=declared.get("refresh") or 0.0,
        provenance=provenance_of(evidence, device),
        drift=(drift.get("relative") or 0.0, drift.get("absolute") or 0.0),
        temperature=_temperature(declared.get("temperature")),
    )


def _temperature(declared: Mapping[str, Any] | None) -> tuple[float, float]:
    """What a coefficient comes to where the instrument may have been furthest outside its reference temperatures."""
    if declared is None:
        return 0.0, 0.0
    (low, high), (coldest, warmest) = declared["outside"], declared["ambient"]
    kelvins = max(low - coldest, warmest - high, 0.0)
    return declared["relative"] * kelvins, declared["absolute"] * kelvins
