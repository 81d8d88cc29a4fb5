"""What an operator can tell the cooling: set-points of air and water, units on and off, the duty pump.

WRITES["cdu", "setpoint.temperature"](container, entry, "cdu-1", "setpoint.temperature", 38.0)
"""

from collections.abc import Callable, Mapping

from profiles.refusal import Refusal
from simulators.plant.container import Container
from simulators.plant.liquid.cooling import LiquidCooling
from simulators.plant.parameters import Parameters
from simulators.plant.written import Value, choice, number

Write = Callable[[Container, Parameters, str, str, Value], None]

PUMPS = {"pump-1": 0, "pump-2": 1}


def _supply_air(c: Container, entry: Parameters, equipment: str, point: str, value: Value) -> None:
    setpoint = number(equipment, point, value, 15.0, 35.0)
    c.cracs[round(entry.number("unit")) - 1].setpoint_c = setpoint


def _unit(c: Container, entry: Parameters, equipment: str, point: str, value: Value) -> None:
    enabled = choice(equipment, point, value, {"off": False, "on": True})
    c.cracs[round(entry.number("unit")) - 1].enabled = enabled


def _coolant(c: Container, entry: Parameters, equipment: str, point: str, value: Value) -> None:
    setpoint, unit = number(equipment, point, value, 15.0, 50.0), c.cdu
    if isinstance(unit, LiquidCooling):
        unit.loop.setpoint_c = setpoint
    elif unit is not None:
        unit.setpoint_c = setpoint


def _facility_water(c: Container, entry: Parameters, equipment: str, point: str, value: Value) -> None:
    setpoint = number(equipment, point, value, 5.0, 45.0)
    if isinstance(c.cdu, LiquidCooling):
        c.cdu.facility.setpoint_c = setpoint


def _duty(c: Container, entry: Parameters, equipment: str, point: str, value: Value) -> None:
    wanted = choice(equipment, point, value, PUMPS)
    if isinstance(c.cdu, LiquidCooling):
        c.cdu.loop.select(wanted, c.time_ms)
    elif wanted:
        raise Refusal(equipment, "it has one pump", "leave pump-1 on duty")


WRITES: Mapping[tuple[str, str], Write] = {
    ("crac", "setpoint.temperature"): _supply_air,
    ("crac", "state"): _unit,
    ("cdu", "setpoint.temperature"): _coolant,
    ("cdu", "pump.duty"): _duty,
    ("dry-cooler", "setpoint.temperature"): _facility_water,
}
