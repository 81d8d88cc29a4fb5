"""What the panels of a laboratory's instruments can set, and within which bounds.

WRITES["dc-source", "setpoint.voltage"](laboratory, entry, "dc-source-1", "setpoint.voltage", 12.0)
"""

from collections.abc import Callable, Mapping
from typing import Protocol

from simulators.plant.bench.load import MODES
from simulators.plant.bench.ranges import Ranges
from simulators.plant.laboratory import Laboratory
from simulators.plant.parameters import Parameters
from simulators.plant.written import Value, choice, number

Write = Callable[[Laboratory, Parameters, str, str, Value], None]

SWITCH = {"off": False, "on": True}
HEAD, CONTROL, MODE = ({word: word for word in words} for words in (("up", "down"), ("air", "device"), MODES))


class Adjustable(Protocol):
    """What every component with levels has."""

    @property
    def ranges(self) -> Ranges: ...


Part = Callable[[Laboratory], Adjustable]


def _level(part: Part, attribute: str) -> Write:
    """A number, within the component's range."""

    def write(lab: Laboratory, entry: Parameters, equipment: str, point: str, value: Value) -> None:
        component = part(lab)
        setattr(component, attribute, number(equipment, point, value, *component.ranges[attribute]))

    return write


def _choice(part: Part, attribute: str, words: Mapping[str, object]) -> Write:
    """What one of these words means to the component."""

    def write(lab: Laboratory, entry: Parameters, equipment: str, point: str, value: Value) -> None:
        setattr(part(lab), attribute, choice(equipment, point, value, words))

    return write


def _ac(lab: Laboratory) -> Adjustable:
    return lab.ac_source


def _dc(lab: Laboratory) -> Adjustable:
    return lab.dc_source


def _load(lab: Laboratory) -> Adjustable:
    return lab.load


def _chamber(lab: Laboratory) -> Adjustable:
    return lab.chamber


WRITES: Mapping[tuple[str, str], Write] = {
    ("ac-source", "state"): _choice(_ac, "on", SWITCH),
    ("ac-source", "setpoint.voltage"): _level(_ac, "set_v"),
    ("ac-source", "setpoint.current"): _level(_ac, "limit_a"),
    ("ac-source", "setpoint.frequency"): _level(_ac, "set_hz"),
    ("dc-source", "state"): _choice(_dc, "on", SWITCH),
    ("dc-source", "setpoint.voltage"): _level(_dc, "set_v"),
    ("dc-source", "setpoint.current"): _level(_dc, "limit_a"),
    ("electronic-load", "state"): _choice(_load, "on", SWITCH),
    ("electronic-load", "mode"): _choice(_load, "mode", MODE),
    ("electronic-load", "setpoint.current"): _level(_load, "set_a"),
    ("electronic-load", "setpoint.voltage"): _level(_load, "set_v"),
    ("electronic-load", "setpoint.power"): _level(_load, "set_w"),
    ("electronic-load", "setpoint.resistance"): _level(_load, "set_ohm"),
    ("thermal-chamber", "head"): _choice(_chamber, "head", HEAD),
    ("thermal-chamber", "control"): _choice(_chamber, "control", CONTROL),
    ("thermal-chamber", "setpoint.temperature"): _level(_chamber, "setpoint_c"),
    ("thermal-chamber", "setpoint.window"): _level(_chamber, "window_k"),
    ("thermal-chamber", "setpoint.soak"): _level(_chamber, "soak_s"),
    ("thermal-chamber", "limit.temperature.lowest"): _level(_chamber, "lowest_c"),
    ("thermal-chamber", "limit.temperature.highest"): _level(_chamber, "highest_c"),
    ("thermal-chamber", "limit.difference"): _level(_chamber, "difference_k"),
    ("thermal-chamber", "test.time"): _level(_chamber, "test_s"),
    ("thermal-chamber", "cycles.limit"): _level(_chamber, "cycles_limit"),
}
