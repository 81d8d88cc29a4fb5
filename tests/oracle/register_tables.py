"""Register tables of real products as other projects know them, filled with numbers and laid out on the wire.

What a register holds is coded here by the table alone, with `struct`; the map under test has no say in it.

    table = load("embrasul-md30")
    table.cells, table.rows[0].expected      what to serve; what a reader should make of the first row
"""

import json
import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

MAPS = Path(__file__).parents[2] / "../shared/data/modbus-maps"
CHOICES = Path(__file__).with_name("register_tables.yaml")

_CODES = {"int16": "h", "uint16": "H", "int32": "i", "uint32": "I", "int64": "q", "uint64": "Q", "float32": "f"}
_CODES |= {"uint8": "H", "int8": "h"}
_UNITS = {"Cel": "°C"}
# Numbers that any product can show, by unit: a value, and what the next row of the same unit has more.
_TYPICAL = {
    "V": (229.0, 0.5),
    "A": (11.0, 0.25),
    "W": (2400.0, 60),
    "VA": (2500.0, 60),
    "var": (320.0, 20),
    "Hz": (49.9, 0.0),
    "%": (42.0, 0.5),
    "Cel": (21.5, 0.5),
    "1": (0.9, 0.002),
    "min": (37.0, 1),
    "rpm": (1500.0, 1),
    "kPa": (380.0, 10),
    "bar": (3.8, 0.1),
}
# Volts of direct current, by what a name contains.
_BATTERY = re.compile("batter|starter|supply|voltage_d_", re.IGNORECASE)

Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: where it is, and what a reader should make of it in its unit (None: it is no quantity)."""

    name: str
    place: Place
    bits: tuple[int, int] | None
    expected: float | None
    unit: str
    left: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A table filled with numbers: what is in which register, and its rows."""

    maps: tuple[str, ...]
    cells: Mapping[str, Mapping[int, int]]
    rows: tuple[Row, ...]


def choices() -> dict[str, dict[str, Any]]:
    """What we say of each table: the maps that read it, and what they leave out."""
    found: dict[str, dict[str, Any]] = yaml.safe_load(CHOICES.read_text(encoding="utf-8"))
    return found


def load(name: str, backwards: bool = False) -> Table:
    """The table as its product would hold it; `backwards`, while power flows the other way, where it has a sign."""
    said, content = choices()[name], json.loads((MAPS / f"{name}.json").read_text(encoding="utf-8"))
    cells: dict[str, dict[int, int]] = {}
    held: dict[Place, float] = {}
    rows = []
    for number, point in enumerate(content["points"]):
        place = _place(point, content["defaults"], said)
        kind = point["type"]
        code = _CODES.get(kind)
        value = held.get(place)
        if value is None:
            value = held[place] = _value(point, number) * (-1 if backwards and _turns(point) else 1)
            if code:
                words = _words(value, code, point, content["defaults"])
                cells.setdefault(place[0], {}).update(dict(enumerate(words, place[1])))
            elif kind == "bit":
                cells.setdefault(place[0], {})[place[1]] = 0
        rows.append(_row(point, place, value if code else None, said))
    for register, raw in said.get("beside", {}).items():
        cells["holding"][register] = raw
    return Table(tuple(said["maps"]), cells, tuple(rows))


def laid_out(name: str, values: Mapping[str, float]) -> dict[str, dict[int, int]]:
    """The registers of a product that has these values, by quantity of its table; all others hold 0."""
    content = json.loads((MAPS / f"{name}.json").read_text(encoding="utf-8"))
    cells: dict[str, dict[int, int]] = {}
    for point in content["points"]:
        table, address = _place(point, content["defaults"], choices()[name])
        raw = values.get(point["quantity"], 0) / _scale(point)
        words = _words(round(raw), _CODES[point["type"]], point, content["defaults"])
        cells.setdefault(table, {}).update(dict(enumerate(words, address)))
    return cells


def _place(point: Mapping[str, Any], defaults: Mapping[str, Any], said: Mapping[str, Any]) -> Place:
    table = said.get("table") or point.get("function") or defaults["function"]
    return table, point["address"] - (1 if said.get("one-based") else 0)


def _scale(point: Mapping[str, Any]) -> float:
    return float(Fraction(str(point.get("scale") or 1)))


def _value(point: Mapping[str, Any], number: int) -> float:
    """The raw number in the register: a typical value of its unit, or 0 where a register says something in codes."""
    unit = point.get("unit")
    if unit is None or (not unit and not point.get("quantity")) or "bit_width" in point:
        return 0
    battery = unit == "V" and _BATTERY.search(f"{point.get('quantity')} {point.get('source_name')}")
    first, step = (27.0, 0.1) if battery else _TYPICAL.get(unit, (1234.0, 7))
    raw = (first + step * (number % 9)) / _scale(point)
    return raw if point["type"] == "float32" else round(min(raw, 32000 if point["type"].endswith("16") else raw))


def _turns(point: Mapping[str, Any]) -> bool:
    return point.get("unit") in ("W", "var") and point["type"] in ("int16", "int32", "float32")


def _words(value: float, code: str, point: Mapping[str, Any], defaults: Mapping[str, Any]) -> list[int]:
    octets = struct.pack(">" + code, value if code == "f" else int(value))
    if point.get("byte_order") == "F2_F1_F0_EXP":
        octets = octets[::-1]
    words = list(struct.unpack(f">{len(octets) // 2}H", octets))
    return words[::-1] if point.get("word_order", defaults.get("word_order")) == "little" else words


def _row(point: Mapping[str, Any], place: Place, raw: float | None, said: Mapping[str, Any]) -> Row:
    names = [str(name) for name in (point.get("quantity"), point.get("source_name"), point["address"]) if name]
    derived = any(fnmatchcase(name, wanted) for name in names for wanted in said.get("derived", ()))
    left = any(fnmatchcase(name, str(wanted)) for name in names for wanted in said.get("left", ()))
    unit = said.get("units", {}).get(point["address"], point.get("unit")) or ""
    bits = (point["bit_offset"], point["bit_offset"] + point["bit_width"] - 1) if "bit_width" in point else None
    number = raw is not None and unit and bits is None and not derived
    if number and point["type"] == "float32":
        raw = struct.unpack(">f", struct.pack(">f", raw))[0]
    expected = raw * _scale(point) if number and raw is not None else None
    return Row(" ".join(names), place, bits, expected, _UNITS.get(unit, unit), left or derived)


def measured(table: Table) -> Iterator[Row]:
    """The rows that are quantities and have to be read."""
    return (row for row in table.rows if row.expected is not None and not row.left)
