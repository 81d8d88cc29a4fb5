"""Rules on readings: their range, their thresholds, their health, their unit, their copies, their absence."""

from collections.abc import Iterator, Mapping
from itertools import pairwise

from reports.consistency.gauges import LADDER, Gauge, gauges, number, units
from reports.consistency.rules import Place, rule
from reports.interop.tree import Tree, at

_SEVERE = ("LowerFatal", "LowerCritical", "UpperCritical", "UpperFatal")


@rule("reading-in-range")
def reading_in_range(tree: Tree, tolerance: float) -> Iterator[Place]:
    """A reading lies in the range that its own sensor says it can show."""
    for gauge in gauges(tree):
        if gauge.awake and gauge.reading is not None and (gauge.low is not None or gauge.high is not None):
            problem = ""
            if gauge.low is not None and gauge.reading < gauge.low:
                problem = f"{gauge.reading:g} is below its range, which begins at {gauge.low:g}"
            elif gauge.high is not None and gauge.reading > gauge.high:
                problem = f"{gauge.reading:g} is above its range, which ends at {gauge.high:g}"
            yield Place(gauge.uri, gauge.path, problem)


@rule("thresholds-in-order")
def thresholds_in_order(tree: Tree, tolerance: float) -> Iterator[Place]:
    """Thresholds rise from lower fatal to upper fatal."""
    for gauge in gauges(tree):
        steps = [(name, gauge.thresholds[name]) for name in LADDER if name in gauge.thresholds]
        wrong = [
            f"{one} {low:g} is above {other} {high:g}" for (one, low), (other, high) in pairwise(steps) if low > high
        ]
        if len(steps) > 1:
            yield Place(gauge.uri, gauge.path, "; ".join(wrong))


@rule("health-of-thresholds")
def health_of_thresholds(tree: Tree, tolerance: float) -> Iterator[Place]:
    """A reading beyond a critical or fatal threshold is not reported as healthy.

    A threshold that waits (`DwellTime`) may not have acted yet; such sensors are left out.
    """
    for gauge in gauges(tree):
        severe = {name: gauge.thresholds[name] for name in _SEVERE if name in gauge.thresholds}
        waits = any(at(gauge.body, f"Thresholds/{name}/DwellTime")[0] for name in severe)
        if gauge.awake and severe and not waits and gauge.reading is not None and isinstance(gauge.health, str):
            beyond = _beyond(gauge, severe) if gauge.health == "OK" else ""
            yield Place(
                gauge.uri, gauge.path, f"{gauge.reading:g} is beyond {beyond}, its health is OK" if beyond else ""
            )


def _beyond(gauge: Gauge, severe: Mapping[str, float]) -> str:
    """The first threshold that the reading has passed, where it acts in that direction; empty if none."""
    for name, limit in severe.items():
        reading = gauge.reading or 0.0
        passed, direction = (
            (reading > limit, "Decreasing") if name.startswith("Upper") else (reading < limit, "Increasing")
        )
        if passed and at(gauge.body, f"Thresholds/{name}/Activation")[1] != direction:
            return f"{name} {limit:g}"
    return ""


@rule("unit-of-reading-type")
def unit_of_reading_type(tree: Tree, tolerance: float) -> Iterator[Place]:
    """The unit is the one that the reading type prescribes. A sensor that says no unit is not looked at."""
    for gauge in gauges(tree):
        kind, unit = gauge.body.get("ReadingType"), gauge.body.get("ReadingUnits")
        if isinstance(unit, str) and (allowed := units().get(str(kind))):
            wrong = f"{kind} is in {unit}, not in {' or '.join(allowed)}" if unit not in allowed else ""
            yield Place(gauge.uri, "/ReadingUnits", wrong)


@rule("absent-parts-do-not-read")
def absent_parts_do_not_read(tree: Tree, tolerance: float) -> Iterator[Place]:
    """A part that is said to be absent has no reading: a 0 in its place is taken for a measurement."""
    for gauge in gauges(tree):
        if gauge.state == "Absent":
            problem = "" if gauge.reading is None else f"it is absent and reads {gauge.reading:g}"
            yield Place(gauge.uri, gauge.path, problem)
    for resource in tree:
        if resource.kind != "Sensor" and at(resource.document, "Status/State") == (True, "Absent"):
            read = [path for path, one in excerpts(resource.document) if number(one.get("Reading")) is not None]
            yield Place(resource.uri, "", f"it is absent and has readings: {', '.join(read)}" if read else "")


@rule("excerpt-equals-source")
def excerpt_equals_source(tree: Tree, tolerance: float) -> Iterator[Place]:
    """A copy of a reading is that of the sensor it points to, within `tolerance` % as a crawl takes time."""
    for resource in tree:
        for path, excerpt in excerpts(resource.document):
            source = tree.get(excerpt.get("DataSourceUri"))
            copy = number(excerpt.get("Reading"))
            if source is None or source.kind != "Sensor" or copy is None:
                continue
            reading = number(source.document.get("Reading"))
            problem = ""
            if reading is None:
                problem = f"it shows {copy:g}, its source {source.uri} shows nothing"
            elif abs(copy - reading) > tolerance / 100 * max(abs(copy), abs(reading)):
                problem = f"it shows {copy:g}, its source {source.uri} shows {reading:g}"
            yield Place(resource.uri, path, problem)


def excerpts(document: object, path: str = "") -> Iterator[tuple[str, Mapping[str, object]]]:
    """The objects of a resource that copy a sensor, with their pointers (DSP0266 §12.4, excerpts)."""
    if isinstance(document, Mapping):
        if "DataSourceUri" in document and "Reading" in document:
            yield path, document
        for key, value in document.items():
            yield from excerpts(value, f"{path}/{key}")
    elif isinstance(document, list):
        for n, value in enumerate(document):
            yield from excerpts(value, f"{path}/{n}")
