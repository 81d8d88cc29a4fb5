"""The fault catalogue: every fault's name, layer, parameters and one line of explanation.

The entries are data, one YAML file per layer in this folder. Two parameters belong to every fault:
`onset` (seconds after the request) and `duration` (seconds, 0 = until cleared).

>>> catalogue()["mains.loss"].layer
'plant'
>>> parse("mains.undervoltage:voltage=190,duration=60")
FaultRequest(name='mains.undervoltage', parameters={'voltage': 190.0, 'duration': 60.0})
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from math import isfinite
from pathlib import Path
from typing import Any

from profiles.refusal import Refusal
from profiles.shipped_yaml import read_shipped

Value = float | str
EVERY_FAULT = ("onset", "duration")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its default decides its kind; a number has a unit and a range, a text perhaps choices."""

    default: Value
    unit: str = ""
    low: float = float("-inf")
    high: float = float("inf")
    choices: tuple[str, ...] = ()

    def span(self) -> str:
        """Default, range and unit as one reads them: `195 V (100 to 260)`."""
        if isinstance(self.default, str):
            return self.default + (f" ({', '.join(self.choices)})" if self.choices else "")
        reach = f" ({self.low:g} to {self.high:g})" if isfinite(self.low + self.high) else ""
        return f"{self.default:g} {self.unit}".rstrip() + reach


@dataclass(frozen=True, slots=True)
class Fault:
    """One entry of the catalogue. `layer`: plant, sensor, communication, device or bench.

    `wires` are the protocols, or forms of Modbus, on which it means anything; empty: all.
    """

    name: str
    layer: str
    title: Mapping[str, str]
    parameters: Mapping[str, Parameter]
    wires: tuple[str, ...] = ()

    def line(self) -> str:
        """Everything in one line; `onset` and `duration`, which all have, are left out."""
        own = {key: value for key, value in self.parameters.items() if key not in EVERY_FAULT}
        listed = "; ".join(f"{key}={parameter.span()}" for key, parameter in own.items())
        said = f"{self.name:28} {self.layer:14} {self.title['ko']} / {self.title['en']}"
        return f"{said} [{listed}]" if listed else said


@dataclass(frozen=True, slots=True)
class FaultRequest:
    """A fault somebody asks for, with the parameters that differ from the defaults."""

    name: str
    parameters: Mapping[str, Value] = field(default_factory=dict)

    def complete(self) -> dict[str, Value]:
        """All parameters, defaults filled in. Refusal for an unknown fault or parameter or a bad value."""
        fault = find(self.name)
        for key in self.parameters:
            if key not in fault.parameters:
                near = _nearest(key, fault.parameters)
                raise Refusal(f"fault {self.name}", f"it has no parameter '{key}'", f"write '{near}'")
        return {
            key: _checked(self.name, key, parameter, self.parameters.get(key, parameter.default))
            for key, parameter in fault.parameters.items()
        }


def parse(text: str) -> FaultRequest:
    """`name` or `name:key=value,key=value`, as written on the command line."""
    name, _, rest = text.partition(":")
    fault = find(name)
    values: dict[str, Value] = {}
    for part in filter(None, rest.split(",")):
        key, equals, value = part.partition("=")
        if not equals:
            raise Refusal(f"fault {name}", f"'{part}' has no value", f"write '{part}=VALUE'")
        if key in values:
            raise Refusal(f"fault {name}", f"{key} is given twice", "give it once")
        parameter = fault.parameters.get(key)
        values[key] = value if parameter is None or isinstance(parameter.default, str) else _number(name, key, value)
    request = FaultRequest(name, values)
    request.complete()
    return request


def find(name: str) -> Fault:
    """The named entry. Refusal with the nearest name for an unknown one."""
    entries = catalogue()
    if not name:
        raise Refusal("fault", "it has no name", "see `conformance simulate --list-faults`")
    if name not in entries:
        raise Refusal("fault", f"there is no '{name}'", f"did you mean '{_nearest(name, entries)}'?")
    return entries[name]


@cache
def catalogue() -> Mapping[str, Fault]:
    """All faults of all layers by name, sorted."""
    entries: dict[str, Fault] = {}
    for path in sorted(Path(__file__).parent.glob("*.yaml")):
        document = read_shipped(path)
        for name, entry in document["faults"].items():
            entries[name] = _entry(name, document["layer"], entry)
    return dict(sorted(entries.items()))


def _entry(name: str, layer: str, entry: Mapping[str, Any]) -> Fault:
    parameters = {key: _parameter(value) for key, value in (entry.get("parameters") or {}).items()}
    parameters.setdefault("onset", Parameter(0.0, "s", 0.0))
    parameters.setdefault("duration", Parameter(0.0, "s", 0.0))
    return Fault(name, entry.get("layer", layer), entry["title"], parameters, tuple(entry.get("wires", ())))


def _parameter(entry: Mapping[str, Any]) -> Parameter:
    default = entry["default"]
    if isinstance(default, str):
        return Parameter(default, choices=tuple(entry.get("choices", ())))
    low, high = entry.get("range", (float("-inf"), float("inf")))
    return Parameter(float(default), str(entry.get("unit", "")), float(low), float(high))


def _checked(name: str, key: str, parameter: Parameter, value: Value) -> Value:
    if isinstance(parameter.default, str):
        if parameter.choices and value not in parameter.choices:
            raise Refusal(f"fault {name}", f"{key} = '{value}' is no choice", f"write {' or '.join(parameter.choices)}")
        return str(value)
    number = _number(name, key, value)
    if not isfinite(number):
        raise Refusal(f"fault {name}", f"{key} = {number} is no quantity", "write a finite number")
    if not parameter.low <= number <= parameter.high:
        span = f"{parameter.low:g} to {parameter.high:g} {parameter.unit}".rstrip()
        raise Refusal(f"fault {name}", f"{key} = {number:g} is outside its range", f"choose {span}")
    return number


def _number(name: str, key: str, value: Value) -> float:
    try:
        return float(value)
    except ValueError:
        raise Refusal(f"fault {name}", f"{key} = '{value}' is not a number", "write a number") from None


def _nearest(word: str, words: Mapping[str, object]) -> str:
    return (get_close_matches(word, words, 1, 0.0) or [""])[0]
