"""One recording, replayed on a socket and read through a map, compared sensor by sensor with its expected values.

The file beside a recording says what an independent project decoded. Where it states a better value, that is the
one to be met; null means that a reader must not report a number.

    compared = asyncio.run(compare(RECORDINGS / "ups/netagent2", "megatec-netagent"))
    compared[0].standing          'agrees'
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
from tests.oracle.explaining import Explanation, explanation

ROOT = Path(__file__).parents[2]
TABLES = Path(__file__).with_name("recordings")
RECORDINGS = ROOT / "../shared/data/snmp-gpl3-librenms"

# A sensor's standing: the reading says the same; it says so in another object; there is nothing to read; we say
# something else and why; and what nobody has explained.
AGREES, ELSEWHERE, UNRECORDED, EXPLAINED, DIFFERS = "agrees", "agrees elsewhere", "unrecorded", "explained", "differs"

# Their sensors have the unit of a class: energy and power of any kind are in one, and pure numbers in none.
_CLASS_UNITS = {"W": ("VA", "var"), "kWh": ("kVAh", "kvarh"), "": ("1", "count", "%")}
# After °F became °C, their number is rounded to this many decimals.
_DECIMALS = 2


@dataclass(frozen=True, slots=True)
class Sensor:
    """One sensor of a recording: what is expected of it, and what our map made of it (None: nothing).

    `raw` is None where the recording lacks the object. `state` is what the code means to the other project, `stated`
    whether the expected value is one that was corrected, `instead` our reading of the object that the explanation
    names.
    """

    oid: str
    kind: str
    description: str
    raw: str | None
    expected: float | str | None
    unit: str
    reading: Reading | None
    state: str = ""
    stated: bool = False
    rounded: bool = False
    explanation: Explanation | None = None
    instead: Reading | None = None

    @property
    def agrees(self) -> bool:
        """Whether our reading says the same; what has no value must not be a number."""
        if self.reading is None:
            return False
        if self.kind == "state":
            return self.reading.quality is Quality.GOOD and _same_code(self.reading.raw, self.raw or "")
        if self.expected is None:
            return self.reading.value is None
        if isinstance(self.expected, str):
            return self.reading.value == self.expected
        return self._same_number(self.expected, self.reading)

    @property
    def standing(self) -> str:
        """Where this sensor stands, as the page counts it."""
        if self.agrees:
            return AGREES
        if self.raw is None:
            return UNRECORDED
        if self.instead is not None and str(self.instead.value).casefold() == self.state.casefold():
            return ELSEWHERE
        return EXPLAINED if self.explanation and not (self.explanation.unit or self.explanation.instead) else DIFFERS

    def _same_number(self, expected: float, reading: Reading) -> bool:
        unit = self.explanation.unit if self.explanation and self.explanation.unit else self.unit
        found = conversion(unit, reading.unit or "1")
        if found is None and reading.unit not in _CLASS_UNITS.get(unit, ()):
            return False
        value, wanted = reading.value, found.apply(expected) if found else expected
        if not isinstance(value, float):
            return False
        return math.isclose(round(value, _DECIMALS) if self.rounded else value, wanted, rel_tol=1e-6, abs_tol=1e-9)


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
    name = f"{path.parent.name}/{path.name}"
    return [_sensor(name, one, readings) for one in expectations(path)["sensors"]]


def _sensor(recording: str, one: dict[str, Any], readings: dict[str, Reading]) -> Sensor:
    expected, unit = one["value"], one["unit"]
    if "best_value" in one:
        expected, unit = one["best_value"], one.get("best_unit") or unit
    why = explanation(recording, one["oid"])
    return Sensor(
        one["oid"],
        one["class"],
        one["descr"] or "",
        one["raw"],
        float(expected) if isinstance(expected, int) else expected,
        unit,
        readings.get(one["oid"]),
        state=one.get("state") or "",
        stated="best_value" in one,
        rounded=any(flag.startswith("not-linear") for flag in one.get("flags", ())),
        explanation=why,
        instead=readings.get(why.beside(one["oid"])) if why else None,
    )


def _same_code(ours: str, theirs: str) -> bool:
    return ours.strip().strip('"') == theirs.strip().strip('"')
