"""Cross-checks: what physics demands among the readings of one device, such as V·I·PF = P of every outlet.

Each reading is an interval: its digit, plus all that the bench, or else the device map, says of how far it may be off.
A contradiction is what no values inside the intervals could satisfy. The rules are data, in cross-checks.yaml.

    checked, contradictions = check(bench, readings)
"""

import functools
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from fixtures.bench import Bench
from fixtures.clock import NS
from fixtures.equipment import Device
from fixtures.map_point import MapPoint, bare
from fixtures.reading import Reading
from profiles.formula import Relation, parse_relation
from profiles.yaml_source import load_document
from reports.plausibility.interval import Interval, contradicts

RULES = Path(__file__).with_name("cross-checks.yaml")
SCHEMA = Path(__file__).parent / "schemas" / "cross-checks.schema.json"

# What the parts of a template stand for in the name of a point.
_PARTS = {"a": r"(?:[a-z0-9.-]+\.)?", "b": r"(?:@.+)?", "n": r"[123]"}


@dataclass(frozen=True, slots=True)
class Rule:
    """A relation among points; `terms` are templates of their names, the first one finds the others."""

    name: str
    terms: Mapping[str, str]
    relation: Relation
    formula: str
    slack: float

    def groups(self, points: Mapping[str, Reading]) -> Iterator[dict[str, Reading]]:
        """The readings of every place where the device has all terms."""
        first = next(iter(self.terms.values()))
        for point in points:
            match = _expression(first).fullmatch(point)
            if match is None:
                continue
            names = {term: template.format_map(match.groupdict()) for term, template in self.terms.items()}
            if all(name in points for name in names.values()):
                yield {term: points[name] for term, name in names.items()}


@functools.cache
def rules() -> tuple[Rule, ...]:
    """All rules of cross-checks.yaml, in its order."""
    return tuple(
        Rule(name, one["terms"], parse_relation(one["holds"]), one["holds"], float(one["slack"].split()[0]) / 100)
        for name, one in load_document(RULES, SCHEMA).data["rules"].items()
    )


def check(bench: Bench, readings: Sequence[Reading]) -> tuple[int, list[str]]:
    """How many checks could be made among readings that are numbers, and a line for each that cannot hold."""
    checked, contradictions = 0, []
    for name, device in bench.devices.items():
        points = {r.point: r for r in readings if r.device == name and isinstance(r.value, float)}
        spans = {point: span for point, one in points.items() if (span := interval(device, one))}
        for rule in rules():
            for group in rule.groups({point: points[point] for point in spans}):
                checked += 1
                intervals = {term: spans[one.point] for term, one in group.items()}
                if contradicts(rule.relation, intervals, rule.slack):
                    values = ", ".join(f"{one.point} {one.value:g} {one.unit}" for one in group.values())
                    contradictions.append(f"{name}: {rule.name}, not so: {values}")
    return checked, contradictions


def interval(device: Device, reading: Reading) -> Interval | None:
    """All that a reading of a quantity may stand for: a digit, and how far the device may be off; None if nobody
    knows how far."""
    point, value = _point(device.map.named, reading), float(reading.value or 0)
    limit = _digit(point, reading)
    if point is not None:
        limit += device.limit(point, value, datetime.fromtimestamp(reading.time_ns / NS, UTC).date())
    return Interval(value - limit, value + limit) if math.isfinite(limit) else None


def _digit(point: MapPoint | None, reading: Reading) -> float:
    """The last digit of the raw number in the reading's unit, or the map's resolution if that is coarser.

    Where the device says the scale itself, the map's resolution is that of an unscaled count, and says nothing.
    """
    resolution = point.resolution if point else 0.0
    match = re.fullmatch(r"\s*-?\d+(?:\.(\d+))?\s*", reading.raw)
    raw, value = float(reading.raw) if match else 0.0, float(reading.value or 0)
    if match is None or not raw or not value:
        return resolution
    digit = abs(value / raw) * 10.0 ** -len(match[1] or "")
    scaled = point is not None and any(one.role not in ("only-if", "zero-only-if") for one in point.beside)
    return digit if scaled else max(resolution, digit)


def _point(named: Mapping[str, Sequence[MapPoint]], reading: Reading) -> MapPoint | None:
    """The point of the map that a row of a table belongs to."""
    found = named.get(reading.point) or named.get(bare(reading.point)) or ()
    return found[0] if found else None


@functools.cache
def _expression(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{([abn])\}", template)
    text = "".join(f"(?P<{part}>{_PARTS[part]})" if n % 2 else re.escape(part) for n, part in enumerate(parts))
    return re.compile(text)
