"""One recording, replayed on a socket and read through a map, compared sensor by sensor with its expected values.

The file beside a recording says what an independent project decoded. Where it states a better value, that is the
one to be met; null means that a reader must not report a number.

    compared = asyncio.run(compare(RECORDINGS / "ups/netagent2", "megatec-netagent"))
"""

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from fixtures.device_map import load_map
from fixtures.drivers.snmp import SnmpDriver
from fixtures.reading import Reading
from fixtures.units import conversion
from profiles.quality import Quality
from simulators.replay import replay

ROOT = Path(__file__).parents[2]
TABLES = Path(__file__).with_name("recordings")
RECORDINGS = ROOT / "../shared/data/snmp-gpl3-librenms"


@dataclass(frozen=True, slots=True)
class Sensor:
    """One sensor of a recording: what is expected of it, and what our map made of it (None: nothing).

    `rounding` is how far the expected number may be from the exact one: theirs are rounded after °F became °C.
    """

    oid: str
    kind: str
    description: str
    raw: str
    expected: float | str | None
    unit: str
    reading: Reading | None
    rounding: float = 0.0

    @property
    def agrees(self) -> bool:
        """Whether our reading says the same; what has no value must not be a number."""
        if self.reading is None:
            return False
        if self.kind == "state":
            return self.reading.quality is Quality.GOOD and _same_code(self.reading.raw, self.raw)
        if self.expected is None:
            return self.reading.value is None
        if isinstance(self.expected, str):
            return self.reading.value == self.expected
        # Without a unit of theirs, the numbers are compared as they are.
        value, found = self.reading.value, conversion(self.unit, self.reading.unit or "1") if self.unit else None
        wanted = found.apply(self.expected) if found else self.expected
        return isinstance(value, float) and math.isclose(value, wanted, rel_tol=1e-6, abs_tol=max(1e-9, self.rounding))


def recordings() -> dict[str, str]:
    """The map of each recording that has one, of all classes."""
    tables = (yaml.safe_load(file.read_text(encoding="utf-8")) for file in sorted(TABLES.glob("*.yaml")))
    return {name: map_name for table in tables for name, map_name in table.items()}


def expectations(path: Path) -> dict[str, Any]:
    """The expected-value file beside a recording."""
    document: dict[str, Any] = json.loads(path.with_name(path.name + ".expected.json").read_text(encoding="utf-8"))
    return document


async def compare(path: Path, map_name: str) -> list[Sensor]:
    """Every sensor of a recording (its path without suffix), read through the map of this name."""
    served = await replay(path.with_name(path.name + ".snmprec"), 0)
    credentials = {"community": served["community"]}
    driver = SnmpDriver("replayed", load_map(map_name).bind({}), served["address"], credentials=credentials, options={})
    try:
        readings = {reading.source: reading for reading in await driver.read()}
    finally:
        await driver.close()
    return [_sensor(one, readings.get(one["oid"])) for one in expectations(path)["sensors"]]


def _sensor(one: dict[str, Any], reading: Reading | None) -> Sensor:
    expected, unit = one["value"], one["unit"]
    if "best_value" in one:
        expected, unit = one["best_value"], one.get("best_unit") or unit
    expected = float(expected) if isinstance(expected, int) else expected
    rounding = 0.005 if any(flag.startswith("not-linear") for flag in one.get("flags", ())) else 0.0
    return Sensor(one["oid"], one["class"], one["descr"] or "", one["raw"], expected, unit, reading, rounding)


def _same_code(ours: str, theirs: str) -> bool:
    return ours.strip().strip('"') == theirs.strip().strip('"')
