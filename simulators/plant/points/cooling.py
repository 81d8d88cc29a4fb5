"""True values of CRAC and rack sensors.

crac(container, 1, 0)["supply.temperature"]()       # °C
"""

from collections.abc import Callable, Sequence
from math import exp

from simulators.plant.container import Container
from simulators.plant.humidity import relative_humidity
from simulators.plant.node import Node
from simulators.plant.noise import derive, normal, uniform
from simulators.plant.points.table import Table

HEIGHTS = ("bottom", "middle", "top")
FAN_RPM, COMPRESSOR_HZ = 2800.0, 90.0  # at full speed
EVAPORATOR_K = 5.0  # that the refrigerant boils below the coil's metal
CONDENSER_K = 12.0  # that it condenses above the outside air at full speed
SUPERHEAT_K, STARVED_K = 6.0, 15.0  # with all of the refrigerant; more without any
VALVE_K, VALVE_MS = 0.4, 5000  # by how much the expansion valve misses it, and how often it moves
COP_PER_K = 0.022  # that each kelvin of the condenser costs
FILTER_PA = 50.0  # across a clean filter at full speed


def saturation_kpa(temperature_c: float) -> float:
    """Absolute pressure of boiling R410A, fitted to remembered table values from -20 to 60 °C within 1 %.

    >>> round(saturation_kpa(10.0)), round(saturation_kpa(40.0))
    (1083, 2425)
    """
    return 5.1235e6 * exp(-2412.77 / (temperature_c + 275.15))


def crac(c: Container, seed: int, index: int) -> Table:
    unit, valve = c.cracs[index], derive(seed, "crac", str(index), "expansion valve")

    def state() -> str:
        if not unit.enabled:
            return "off"
        return "alarm" if unit.fan_failed or unit.compressor_tripped else "on"

    def mode() -> str:
        if unit.running:
            return "cooling"
        return "ventilation" if unit.fan > 0.05 else "standby"

    def evaporating() -> float:
        return unit.coil_c - EVAPORATOR_K if unit.running else unit.coil_c

    def condensing() -> float:
        """A fouled condenser is warmer by what its efficiency has lost."""
        if not unit.running:
            return evaporating()
        lift = CONDENSER_K + (1.0 - unit.efficiency) / COP_PER_K
        return c.environment.temperature_c + lift * unit.speed

    def superheat() -> float:
        """Of the suction gas: the valve hunts around its target, which a lack of refrigerant puts out of reach."""
        if not unit.running:
            return 0.0
        missed = VALVE_K * max(-2.0, min(2.0, normal(valve, c.time_ms // VALVE_MS)))
        return SUPERHEAT_K + STARVED_K * (1.0 - unit.refrigerant) + missed

    return {
        "state": state,
        "mode": mode,
        "supply.temperature": lambda: unit.supply_c,
        "return.temperature": lambda: c.air.hot_c,
        "setpoint.temperature": lambda: unit.target_c,
        "fan.speed": lambda: 100.0 * unit.fan,
        "fan.rotation": lambda: FAN_RPM * unit.fan,
        "compressor.speed": lambda: 100.0 * unit.speed,
        "compressor.frequency": lambda: COMPRESSOR_HZ * unit.speed,
        "evaporating.pressure": lambda: saturation_kpa(evaporating()),
        "condensing.pressure": lambda: saturation_kpa(condensing()),
        "evaporating.temperature": evaporating,
        "superheat": superheat,
        "filter.pressure": lambda: FILTER_PA * unit.fan**2 / unit.filter_factor**2,
        "run-time": lambda: 1_204.0 + 37.0 * index + unit.run_s / 3600.0,
        "alarms": lambda: float(unit.fan_failed + unit.compressor_tripped),
        "cooling.power": lambda: unit.cool_w,
        "fan.power": lambda: unit.blowing_w,
        "power": lambda: unit.fan_w + unit.compressor_w + unit.condenser_w,
    }


def approach(c: Container, seed: int, rack: int, height: str) -> Callable[[], float]:
    """Inlet air at one height: the cold aisle plus 0.3-1.5 K, and 0.2 K per 10 % recirculation."""
    bias = 0.3 + 1.2 * uniform(derive(seed, "rack", height), rack)
    return lambda: c.air.cold_c + bias + 2.0 * c.air.recirculation


def rack(c: Container, seed: int, index: int, nodes: Sequence[Node]) -> Table:
    middle = approach(c, seed, index, "middle")

    def outlet() -> float:
        flow = 1005.0 * sum(node.air_flow for node in nodes)
        return c.air.cold_c + sum(node.heat_w for node in nodes) / flow if flow > 1.0 else c.air.hot_c

    table: Table = {f"inlet.temperature.{height}": approach(c, seed, index, height) for height in HEIGHTS}
    table["outlet.temperature"] = outlet
    table["inlet.humidity"] = lambda: min(100.0, relative_humidity(c.air.ratio, middle()))
    return table
