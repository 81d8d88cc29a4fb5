"""True values of CRAC, rack sensors and CDU.

crac(container, 0)["supply.temperature"]()       # °C
"""

from collections.abc import Callable, Sequence

from simulators.plant.cdu import Cdu
from simulators.plant.container import Container
from simulators.plant.humidity import dew_point, relative_humidity
from simulators.plant.liquid.cooling import LiquidCooling
from simulators.plant.node import Node
from simulators.plant.noise import derive, uniform
from simulators.plant.points.table import Table

HEIGHTS = ("bottom", "middle", "top")


def crac(c: Container, index: int) -> Table:
    unit = c.cracs[index]

    def state() -> str:
        if not unit.enabled:
            return "off"
        return "alarm" if unit.fan_failed or unit.compressor_tripped else "on"

    return {
        "state": state,
        "supply.temperature": lambda: unit.supply_c,
        "return.temperature": lambda: c.air.hot_c,
        "setpoint.temperature": lambda: unit.target_c,
        "fan.speed": lambda: 100.0 * unit.fan,
        "compressor.speed": lambda: 100.0 * unit.speed,
        "cooling.power": lambda: unit.cool_w,
        "power": lambda: unit.fan_w + unit.compressor_w + unit.condenser_w,
    }


def approach(c: Container, seed: int, rack: int, height: str) -> Callable[[], float]:
    """Inlet air at one height: the cold aisle plus 0.3-1.1 K, and 0.2 K per 10 % recirculation."""
    bias = 0.3 + 0.8 * uniform(derive(seed, "rack", height), rack)
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


def cdu(c: Container, unit: Cdu | LiquidCooling, utc: Callable[[], float]) -> Table:
    def health() -> str:
        low = unit.pressure_kpa < 100.0 or unit.flow_l_per_min < 1.0
        return "critical" if low else "ok"

    return {
        "supply.temperature": lambda: unit.supply_c,
        "return.temperature": lambda: unit.return_c,
        "loop.pressure": lambda: unit.pressure_kpa,
        "loop.flow": lambda: unit.flow_l_per_min,
        "level": lambda: unit.level_l,
        "room.dew-point": lambda: dew_point(c.air.ratio),
        "pump.1.speed": lambda: 100.0 * unit.pump_speeds[0],
        "pump.2.speed": lambda: 100.0 * unit.pump_speeds[1],
        "reading.time": utc,
        "health": health,
    }
