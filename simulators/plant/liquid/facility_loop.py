"""Facility water: one pump, the loop outside, and a dry cooler whose fans hold the supply temperature.

Pump and fans hang on the essential bus and start again five seconds after it is back.

    loop.evaluate(); loop.step(0.2, heat_w=94e3, ambient_c=25.0, alive=True)
"""

from simulators.plant.liquid.controller import Controller
from simulators.plant.liquid.dry_cooler import DryCooler
from simulators.plant.liquid.pump import Pump
from simulators.plant.parameters import Parameters


class FacilityLoop:
    """Knobs for faults: `warmer_k` (supply set-point too high) and those of pump and cooler."""

    __slots__ = (
        "_cp",
        "_half_l",
        "_rated_kg_per_s",
        "_restart_ms",
        "controller",
        "cooler",
        "deadline",
        "power_w",
        "pump",
        "rejected_w",
        "return_c",
        "running",
        "setpoint_c",
        "supply_c",
        "warmer_k",
    )

    def __init__(self, p: Parameters, initial: Parameters) -> None:
        self._rated_kg_per_s, self._cp = p.number("flow_kg_per_s"), p.number("water_j_per_kg_k")
        self._half_l = 0.5 * p.number("loop_volume_l")
        self._restart_ms = p.milliseconds("restart_delay_s")
        self.setpoint_c = p.number("supply_setpoint_c")
        fan = initial.number("dry_cooler_fan_pu")
        self.cooler = DryCooler(p, fan)
        self.controller = Controller(p.number("fan_gain_per_k"), p.number("fan_integral_gain_per_k_s"), fan)
        self.pump = Pump.of(p, "pump", 1.0)
        self.supply_c, self.return_c = initial.number("facility_supply_c"), initial.number("facility_return_c")
        self.running, self.deadline = True, None
        self.rejected_w = self.power_w = self.warmer_k = 0.0

    deadline: int | None

    @property
    def flow_pu(self) -> float:
        return self.pump.speed

    @property
    def flow_kg_per_s(self) -> float:
        return self._rated_kg_per_s * self.flow_pu

    @property
    def flow_w_per_k(self) -> float:
        return self.flow_kg_per_s * self._cp

    @property
    def stored_j(self) -> float:
        return self._half_l * self._cp * (self.supply_c + self.return_c)

    def evaluate(self) -> None:
        self.pump.evaluate(self.running)
        self.cooler.evaluate(self.running)
        self.power_w = self.pump.power_w + self.cooler.fan_w

    def step(self, seconds: float, heat_w: float, ambient_c: float) -> None:
        """`heat_w` comes through the plate exchanger; the cooler gives its own to the weather."""
        water = self.flow_w_per_k
        self.rejected_w = self.cooler.reject(water, self.return_c, ambient_c)
        carried = water * (self.return_c - self.supply_c)
        half = self._half_l * self._cp
        self.return_c += (heat_w - carried) * seconds / half
        self.supply_c += (carried - self.rejected_w) * seconds / half
        self.pump.step(seconds, float(self.running))
        wanted = self.controller.wanted(self.supply_c - self.setpoint_c - self.warmer_k, seconds)
        self.cooler.step(seconds, wanted, self.running)

    def react(self, now: int, bus_closed: bool, power_since: int) -> bool:
        """Stop with the bus, start again some seconds after it; True if something changed."""
        before = (self.running, self.deadline)
        if not bus_closed:
            self.running, self.deadline = False, None
        elif not self.running:
            due = power_since + self._restart_ms
            self.deadline = due if now < due else None
            self.running = now >= due
        return before != (self.running, self.deadline)
