"""True values of the coolant distribution unit and of the dry cooler outside.

cdu(container, container.cdu, utc)["supply.temperature"]()       # °C
"""

from collections.abc import Callable

from simulators.plant.cdu import USUAL_PU, WATER_CP, Cdu
from simulators.plant.container import Container
from simulators.plant.humidity import dew_point
from simulators.plant.liquid.cooling import LiquidCooling
from simulators.plant.liquid.dry_cooler import FANS
from simulators.plant.liquid.facility_loop import FacilityLoop
from simulators.plant.points.table import Table, constant

RATED_RPM = 2900.0
FILTER_KPA = 8.0  # across a clean filter at the rated flow
OPERATED_H = 3571.0  # that the first pump had run before the plant's time began
FACILITY_KPA = 250.0
PILOT_FACILITY_L_PER_MIN, PILOT_KPA = 4.0, 80.0  # of the small unit, at its usual speed


def cdu(c: Container, unit: Cdu | LiquidCooling, utc: Callable[[], float]) -> Table:
    """What every unit has, and what the two plants know each in its own way."""

    def health() -> str:
        low = unit.pressure_kpa < 100.0 or unit.flow_l_per_min < 1.0
        return "critical" if low else "ok"

    def margin() -> float:
        return unit.supply_c - dew_point(c.air.ratio)

    def alarms() -> float:
        return float((health() != "ok") + (margin() < 3.0) + (leak() == "leak") + (unit.supply_c > 45.0))

    def leak() -> str:
        return c.security.zone(c.security.zones[0])

    table: Table = {
        "supply.temperature": lambda: unit.supply_c,
        "return.temperature": lambda: unit.return_c,
        "room.dew-point": lambda: dew_point(c.air.ratio),
        "dew-point.margin": margin,
        "loop.pressure": lambda: unit.pressure_kpa,
        "loop.flow": lambda: unit.flow_l_per_min,
        "level": lambda: unit.level_l,
        "power": lambda: unit.power_w,
        "leak": leak,
        "alarms": alarms,
        "mode": lambda: "manual" if isinstance(unit, LiquidCooling) and unit.loop.ordered < 1.0 else "automatic",
        "conductivity": lambda: unit.coolant.conductivity_us_per_cm(unit.supply_c),
        "acidity": lambda: unit.coolant.acidity(unit.supply_c),
        "turbidity": lambda: unit.coolant.ntu,
        "reading.time": utc,
        "health": health,
    }
    for number in (0, 1):
        table |= _pump(unit, number)
    return table | (_pilot(unit) if isinstance(unit, Cdu) else _container_loop(unit))


def _pump(unit: Cdu | LiquidCooling, number: int) -> Table:
    def speed() -> float:
        return unit.pump_speeds[number]

    def hours() -> float:
        return (OPERATED_H if number == 0 else OPERATED_H / 3) + unit.pump_run_s[number] / 3600.0

    def state() -> str:
        if isinstance(unit, LiquidCooling) and unit.loop.pumps[number].failed:
            return "failed"
        return "running" if speed() > 0.05 else "stopped"

    prefix = f"pump.{number + 1}"
    return {
        f"{prefix}.speed": lambda: 100.0 * speed(),
        f"{prefix}.rotation": lambda: RATED_RPM * speed(),
        f"{prefix}.state": state,
        f"{prefix}.run-time": hours,
    }


def _pilot(unit: Cdu) -> Table:
    """The small unit on the building's chilled water, whose flow nobody there controls."""

    def back() -> float:
        return unit.facility_c + unit.rejected_w / (PILOT_FACILITY_L_PER_MIN / 60.0 * WATER_CP)

    def difference() -> float:
        return PILOT_KPA * (unit.pump / USUAL_PU) ** 2

    return {
        "facility.supply.temperature": lambda: unit.facility_c,
        "facility.return.temperature": back,
        "facility.flow": constant(PILOT_FACILITY_L_PER_MIN),
        "supply.pressure": lambda: unit.pressure_kpa + difference(),
        "differential.pressure": difference,
        "filter.pressure": lambda: FILTER_KPA * (unit.pump / USUAL_PU) ** 2,
        "valve.position": lambda: 100.0 * unit.valve,
        "pump.duty": constant("pump-1"),
        "cooling.power": lambda: unit.rejected_w,
        "setpoint.temperature": lambda: unit.setpoint_c,
        "setpoint.pressure": constant(PILOT_KPA),
    }


def _container_loop(unit: LiquidCooling) -> Table:
    loop, facility = unit.loop, unit.facility
    return {
        "facility.supply.temperature": lambda: facility.supply_c,
        "facility.return.temperature": lambda: facility.return_c,
        "facility.flow": lambda: _flow(facility),
        "supply.pressure": lambda: unit.pressure_kpa + loop.head_kpa,
        "differential.pressure": lambda: loop.head_kpa,
        "filter.pressure": lambda: FILTER_KPA * (1.0 + loop.clog) * loop.flow_pu**2,
        "valve.position": lambda: 100.0 * loop.valve,
        "pump.duty": lambda: f"pump-{loop.duty + 1}",
        "cooling.power": unit.exchanged_w,
        "setpoint.temperature": lambda: loop.setpoint_c,
        "setpoint.pressure": lambda: loop.rated_head_kpa,
    }


def _flow(facility: FacilityLoop) -> float:
    """L/min; a kilogram of the mixture is close enough to a litre."""
    return 60.0 * facility.flow_kg_per_s


def dry_cooler(c: Container, unit: LiquidCooling) -> Table:
    """Dry cooler with the pump of the facility water: they share a controller."""
    loop, cooler = unit.facility, unit.facility.cooler

    def turning(k: int) -> Callable[[], float]:
        return lambda: 100.0 * cooler.speeds[k]

    def alarms() -> float:
        return float(cooler.fans_failed + loop.pump.failed + (not loop.running))

    table: Table = {f"fan.{k + 1}.speed": turning(k) for k in range(FANS)}
    return table | {
        "supply.temperature": lambda: loop.supply_c,
        "return.temperature": lambda: loop.return_c,
        "ambient.temperature": lambda: c.environment.temperature_c,
        "setpoint.temperature": lambda: loop.setpoint_c + loop.warmer_k,
        "flow": lambda: _flow(loop),
        "pressure": lambda: FACILITY_KPA + 60.0 * loop.flow_pu**2,
        "pump.speed": lambda: 100.0 * loop.pump.speed,
        "pump.state": lambda: "failed" if loop.pump.failed else "running" if loop.pump.speed > 0.05 else "stopped",
        "power": lambda: loop.power_w,
        "alarms": alarms,
    }
