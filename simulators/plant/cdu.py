"""A small rack CDU: a pilot loop that cools the last node's heat sinks with water from the building.

Two pumps (duty, standby), an expansion vessel that sets the static pressure, and a valve on the
building's chilled water that holds the supply temperature.

    cdu.evaluate(powered=True); cdu.step(0.2, heat_w=620.0, dew_point_c=13.9, ambient_c=25.0, aisle_c=22.6)
"""

from collections.abc import Iterator, Sequence

from simulators.plant.lag import approach, clamp
from simulators.plant.liquid.coolant import Coolant
from simulators.plant.node import Node
from simulators.plant.parameters import Parameters

WATER_CP = 4186.0  # J/kgK
USUAL_PU = 0.7  # speed of the pump, of its highest


class Cdu:
    """On the UPS, cooled by the building: what hangs on the essential bus here is nothing.

    Knobs for faults: `vessel_kpa` (static pressure, 0 = as designed), `forced_margin_k` (condensing set-point)."""

    __slots__ = (
        "_exchanger_ua",
        "_flow_l_per_min",
        "_integral",
        "_least_margin_k",
        "_pump_head_kpa",
        "_pump_w",
        "_static_kpa",
        "cold_plate_ua",
        "condensing",
        "coolant",
        "facility_c",
        "forced_margin_k",
        "level_l",
        "power_w",
        "powered",
        "pump",
        "rejected_w",
        "return_c",
        "run_s",
        "setpoint_c",
        "supply_c",
        "valve",
        "vessel_kpa",
        "volume_l",
    )

    def __init__(self, p: Parameters) -> None:
        self.setpoint_c = p.number("supply_setpoint_c")
        self.cold_plate_ua = p.number("cold_plate_w_per_k")
        self.volume_l = self.level_l = p.number("loop_volume_l")
        self._flow_l_per_min = p.number("flow_l_per_min")
        self._static_kpa, self._pump_head_kpa = p.number("static_pressure_kpa"), p.number("pump_head_kpa")
        self.facility_c, self._exchanger_ua = p.number("facility_water_c"), p.number("exchanger_w_per_k")
        self._pump_w = p.number("pump_w")
        self.supply_c, self.return_c = self.setpoint_c, self.setpoint_c + 2.0
        self.pump, self.valve, self._integral = USUAL_PU, 0.1, 0.1
        self.rejected_w = self.power_w = self.run_s = 0.0
        self._least_margin_k = p.number("least_dew_margin_k")
        self.coolant = Coolant(p, self.pump / USUAL_PU)
        self.vessel_kpa, self.condensing, self.forced_margin_k = 0.0, False, 0.0
        self.powered = True

    pumps_on_ups = True
    facility_w = 0.0

    @property
    def flow_l_per_min(self) -> float:
        return self._flow_l_per_min * self.pump / USUAL_PU

    @property
    def pressure_kpa(self) -> float:
        """At the suction side of the pumps: what the vessel sets, less a little when the pump pulls."""
        static = self.vessel_kpa or self._static_kpa * self.level_l / self.volume_l
        return static - 0.05 * self._pump_head_kpa * (self.pump / USUAL_PU) ** 2

    @property
    def plate_c(self) -> float:
        return 0.5 * (self.supply_c + self.return_c)

    @property
    def pump_speeds(self) -> tuple[float, float]:
        return self.pump, 0.0

    @property
    def pump_run_s(self) -> tuple[float, float]:
        """Seconds that each pump has run since the plant began."""
        return self.run_s, 0.0

    def parts(self) -> Iterator[object]:
        yield from (self, self.coolant)

    def machines(self) -> tuple[()]:
        return ()

    def loss_w(self, aisle_c: float) -> float:
        return 0.0

    def react(self, now: int, bus_closed: bool, power_since: int) -> bool:
        return False

    def cool(self, nodes: Sequence[Node]) -> None:
        nodes[-1].cold_plate_ua, nodes[-1].cold_plate_c = self.cold_plate_ua, self.plate_c

    def evaluate(self, powered: bool) -> None:
        self.powered = powered
        self.power_w = self._pump_w * (self.pump / USUAL_PU) ** 3 + 15.0 if powered else 0.0

    def step(self, seconds: float, heat_w: float, dew_point_c: float, ambient_c: float, aisle_c: float) -> None:
        """The set-point gives way to the dew point: the interlock holds a least margin unless a fault overrides it."""
        target = max(self.setpoint_c, dew_point_c + self._least_margin_k)
        if self.condensing:
            target = dew_point_c + self.forced_margin_k
        flow = self.flow_l_per_min / 60.0 * WATER_CP
        carried = flow * (self.return_c - self.supply_c)
        self.rejected_w = self.valve * self._exchanger_ua * max(0.0, self.supply_c - self.facility_c)
        half = 0.5 * self.volume_l * WATER_CP
        self.return_c += (heat_w - carried) * seconds / half
        self.supply_c += (carried - self.rejected_w) * seconds / half
        error = self.supply_c - target
        wanted = 0.08 * error + self._integral
        if (wanted < 1.0 or error < 0.0) and (wanted > 0.0 or error > 0.0):
            self._integral = clamp(self._integral + 0.002 * error * seconds, 0.0, 1.0)
        reach = seconds / 30.0
        self.valve += clamp(clamp(wanted, 0.0, 1.0) - self.valve, -reach, reach)
        self.pump = approach(self.pump, USUAL_PU if self.powered else 0.0, seconds, 1.0)
        self.coolant.step(seconds, self.pump / USUAL_PU, 0.0)
        if self.powered:
            self.run_s += seconds

    def stored_j(self) -> float:
        return 0.5 * self.volume_l * WATER_CP * (self.supply_c + self.return_c)
