"""Direct liquid cooling of a whole container: from the cold plates to the weather.

chips -> technology loop (CDU) -> plate exchanger -> facility water -> dry cooler -> outside

cooling.evaluate(powered=True); cooling.step(0.2, heat_w=95e3, dew_point_c=11.0, ambient_c=25.0, aisle_c=22.7)
cooling.cool(nodes)                       # what the cold plates of each node feel next
"""

from collections.abc import Iterator, Sequence
from math import exp

from simulators.plant.liquid.coolant import Coolant
from simulators.plant.liquid.exchanger import counter_flow
from simulators.plant.liquid.facility_loop import FacilityLoop
from simulators.plant.liquid.technology_loop import TechnologyLoop
from simulators.plant.node import Node
from simulators.plant.parameters import Parameters


class LiquidCooling:
    """Knobs for faults: `fouling` (share of the exchanger lost), `condensing` with `forced_margin_k` (K over dew),
    `vessel_kpa` (static pressure, 0: as designed), and those of the loops and pumps."""

    __slots__ = (
        "_exchanger_ua",
        "_least_margin_k",
        "_plate_exponent",
        "_plate_ua",
        "_static_kpa",
        "condensing",
        "coolant",
        "facility",
        "forced_margin_k",
        "fouling",
        "loop",
        "pumps_on_ups",
        "vessel_kpa",
    )

    def __init__(self, p: Parameters, facility: Parameters, initial: Parameters) -> None:
        self.loop = TechnologyLoop(p, initial)
        self.facility = FacilityLoop(facility, initial)
        self._exchanger_ua = p.number("exchanger_w_per_k")
        self._plate_ua, self._plate_exponent = p.number("cold_plate_w_per_k"), p.number("cold_plate_exponent")
        self._static_kpa = p.number("static_pressure_kpa")
        self._least_margin_k = p.number("least_dew_margin_k")
        self.coolant = Coolant(p, self.loop.flow_pu)
        self.pumps_on_ups = p.flag("pumps_on_ups")
        self.fouling = self.vessel_kpa = self.forced_margin_k = 0.0
        self.condensing = False

    @property
    def power_w(self) -> float:
        """Of the CDU's pumps."""
        return self.loop.power_w

    @property
    def facility_w(self) -> float:
        """Of facility pump and dry cooler."""
        return self.facility.power_w

    @property
    def rejected_w(self) -> float:
        return self.facility.rejected_w

    @property
    def supply_c(self) -> float:
        return self.loop.supply_c

    @property
    def return_c(self) -> float:
        return self.loop.return_c

    @property
    def flow_l_per_min(self) -> float:
        """The coolant is close enough to a kilogram per litre."""
        return 60.0 * self.loop.flow_kg_per_s

    @property
    def level_l(self) -> float:
        return self.loop.level_l

    @property
    def pressure_kpa(self) -> float:
        """At the suction side of the pumps: what the vessel sets, less a little when they pull."""
        static = self.vessel_kpa or self._static_kpa * self.loop.level_l / self.loop.volume_l
        return static - 0.05 * self.loop.head_kpa

    @property
    def pump_speeds(self) -> tuple[float, float]:
        one, two = self.loop.pumps
        return one.speed, two.speed

    @property
    def pump_run_s(self) -> tuple[float, float]:
        """Seconds that each pump has run since the plant began."""
        one, two = self.loop.pumps
        return one.run_s, two.run_s

    def parts(self) -> Iterator[object]:
        yield from (self, self.loop, self.loop.controller, *self.loop.pumps, self.coolant)
        yield from (self.facility, self.facility.controller, self.facility.pump, self.facility.cooler)

    def machines(self) -> tuple[TechnologyLoop, FacilityLoop]:
        return self.loop, self.facility

    def stored_j(self) -> float:
        return self.loop.stored_j + self.facility.stored_j

    def loss_w(self, aisle_c: float) -> float:
        return self.loop.loss_w(aisle_c)

    def evaluate(self, powered: bool) -> None:
        self.loop.evaluate(powered)
        self.facility.evaluate()

    def exchanged_w(self) -> float:
        """Through the plates; only what the three-way valve lets by takes part."""
        loop, facility = self.loop, self.facility
        passing = loop.valve * facility.flow_w_per_k
        ours, theirs = loop.flow_pu, loop.valve * facility.flow_pu
        if ours < 1e-6 or theirs < 1e-6:
            return 0.0
        film = 2.0 / (ours**-0.7 + theirs**-0.7)
        ua = self._exchanger_ua * film * (1.0 - 0.8 * self.fouling)
        carried = loop.flow_w_per_k
        return counter_flow(ua, carried, passing) * min(carried, passing) * (loop.return_c - facility.supply_c)

    def step(self, seconds: float, heat_w: float, dew_point_c: float, ambient_c: float, aisle_c: float) -> None:
        """The set-point gives way to the dew point: the interlock holds a least margin unless a fault overrides it."""
        target = max(self.loop.setpoint_c, dew_point_c + self._least_margin_k)
        if self.condensing:
            target = dew_point_c + self.forced_margin_k
        through = self.exchanged_w()
        self.loop.step(seconds, heat_w, through, aisle_c, target)
        self.coolant.step(seconds, self.loop.flow_pu, self.fouling)
        self.facility.step(seconds, through, ambient_c)

    def cool(self, nodes: Sequence[Node]) -> None:
        """Share the flow among all chips; each plate sees the supply temperature."""
        share = self.loop.flow_w_per_k / sum(node.chips for node in nodes)
        ua = self._plate_ua * self.loop.flow_pu**self._plate_exponent
        conductance = share * (1.0 - exp(-ua / share)) if share > 1e-9 else 0.0
        supply_c = self.loop.supply_c
        for node in nodes:
            node.cold_plate_ua, node.cold_plate_c = node.working * conductance, supply_c

    def react(self, now: int, bus_closed: bool, power_since: int) -> bool:
        changed = self.loop.react(now)
        return self.facility.react(now, bus_closed, power_since) or changed
