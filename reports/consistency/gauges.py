"""Everything in a tree that reads: Sensor resources, and the entries of the older Thermal and Power resources.

    for gauge in gauges(tree):
        gauge.reading, gauge.low, gauge.high, gauge.thresholds["UpperCritical"]

Source: DMTF DSP8010 2025.4, Sensor 1.11, Thermal 1.7, Power 1.7 (deprecated, still in the field).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from profiles.shipped_yaml import read_shipped
from reports.interop.tree import Resource, Tree, at

# States in which a part does not measure (DSP0268, Status.State).
ASLEEP = frozenset({"Absent", "Disabled", "UnavailableOffline", "StandbyOffline", "Deferring", "Updating", "Starting"})
LADDER = ("LowerFatal", "LowerCritical", "LowerCaution", "UpperCaution", "UpperCritical", "UpperFatal")

# Names of the older resources: array, reading, lowest, highest.
_OLDER = {
    "Thermal": (
        ("Temperatures", "ReadingCelsius", "MinReadingRangeTemp", "MaxReadingRangeTemp"),
        ("Fans", "Reading", "MinReadingRange", "MaxReadingRange"),
    ),
    "Power": (("Voltages", "ReadingVolts", "MinReadingRange", "MaxReadingRange"),),
}
_OLDER_THRESHOLDS = {
    "LowerThresholdFatal": "LowerFatal",
    "LowerThresholdCritical": "LowerCritical",
    "LowerThresholdNonCritical": "LowerCaution",
    "UpperThresholdNonCritical": "UpperCaution",
    "UpperThresholdCritical": "UpperCritical",
    "UpperThresholdFatal": "UpperFatal",
}


@dataclass(frozen=True, slots=True)
class Gauge:
    """One reading with what surrounds it; whatever is not said, or is no number, is None."""

    uri: str
    path: str
    body: Mapping[str, Any]
    reading: float | None
    low: float | None
    high: float | None
    thresholds: Mapping[str, float]

    @property
    def state(self) -> object:
        return at(self.body, "Status/State")[1]

    @property
    def health(self) -> object:
        return at(self.body, "Status/Health")[1]

    @property
    def awake(self) -> bool:
        """Whether it measures, as far as it says."""
        return self.state not in ASLEEP


def gauges(tree: Tree) -> Iterator[Gauge]:
    """Every gauge, in the order of the tree."""
    for resource in tree:
        if resource.kind == "Sensor":
            yield _sensor(resource)
        for array, reading, low, high in _OLDER.get(resource.kind, ()):
            entries = resource.document.get(array)
            for n, body in enumerate(entries if isinstance(entries, list) else ()):
                if isinstance(body, Mapping):
                    yield _older(resource.uri, f"/{array}/{n}/{reading}", body, (reading, low, high))


def _sensor(resource: Resource) -> Gauge:
    body = resource.document
    thresholds = {}
    for name in LADDER:
        step = at(body, f"Thresholds/{name}")[1]
        value = number(at(step, "Reading")[1])
        if value is not None and at(step, "Activation")[1] != "Disabled":
            thresholds[name] = value
    low, high = number(body.get("ReadingRangeMin")), number(body.get("ReadingRangeMax"))
    return Gauge(resource.uri, "/Reading", body, number(body.get("Reading")), low, high, thresholds)


def _older(uri: str, path: str, body: Mapping[str, Any], names: Sequence[str]) -> Gauge:
    reading, low, high = (number(body.get(name)) for name in names)
    thresholds = {new: value for old, new in _OLDER_THRESHOLDS.items() if (value := number(body.get(old))) is not None}
    return Gauge(uri, path, body, reading, low, high, thresholds)


def number(value: object) -> float | None:
    """A JSON number; None for anything else, true and false included."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


@cache
def units() -> Mapping[str, tuple[str, ...]]:
    """The units that each reading type may have."""
    document = read_shipped(Path(__file__).with_name("reading-types.yaml"))
    return {kind: tuple(allowed) for kind, allowed in document["units"].items()}
