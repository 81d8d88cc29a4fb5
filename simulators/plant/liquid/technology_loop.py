"""The coolant distribution unit and its loop: two pumps in duty and standby, three-way valve, cold plates.

    supply -> cold plates -> return -> plate exchanger -> supply

When the flow stays below 80 % of the ordered one for two seconds, the other pump starts; the next change is
blocked for five seconds and until the flow was good again, so that a clogged loop does not make them take turns for
ever.
A leak drains the loop while it runs; below a certain level the pumps draw air and the flow collapses.

    loop.evaluate(powered=True); loop.step(0.2, heat_w=95e3, taken_w=94e3, aisle_c=22.7, target_c=40.0)
"""

from math import sin

from simulators.plant.lag import clamp
from simulators.plant.liquid.controller import Controller
from simulators.plant.liquid.pump import Pump, flow_share
from simulators.plant.parameters import Parameters

BUBBLES_RAD_PER_S = 2.1
LOW_FLOW, CONFIRM_MS, BLOCK_MS = 0.8, 2000, 5000


class TechnologyLoop:
    """Knobs for faults: `clog` (more resistance, pu), `no_changeover`, `stuck_valve` (position, below 0: free),
    `air_share` (by how much bubbles make the flow fluctuate), `leak_l_per_min`, and those of the pumps.
    `ordered` is the share of their rated speed that the pumps are to turn at: 1 where nobody orders another."""

    __slots__ = (
        "_blocked_until",
        "_cp",
        "_empty_l",
        "_loss_w_per_k",
        "_low_l",
        "_low_since",
        "_rated_kg_per_s",
        "_return_l",
        "_stroke_s",
        "_supply_l",
        "_tried",
        "air_share",
        "clog",
        "controller",
        "deadline",
        "duty",
        "elapsed_s",
        "leak_l_per_min",
        "leaked_l",
        "no_changeover",
        "ordered",
        "power_w",
        "powered",
        "pumps",
        "rated_head_kpa",
        "return_c",
        "setpoint_c",
        "stuck_valve",
        "supply_c",
        "valve",
    )

    def __init__(self, p: Parameters, initial: Parameters) -> None:
        self._rated_kg_per_s, self._cp = p.number("flow_kg_per_s"), p.number("coolant_j_per_kg_k")
        self.rated_head_kpa = p.number("pump_head_kpa")
        self._supply_l, self._return_l = p.number("supply_side_l"), p.number("return_side_l")
        self._low_l, self._empty_l = p.number("low_level_l"), p.number("empty_level_l")
        self._loss_w_per_k, self._stroke_s = p.number("loss_w_per_k"), p.number("valve_stroke_s")
        self.setpoint_c = p.number("supply_setpoint_c")
        self.controller = Controller(
            p.number("valve_gain_per_k"), p.number("valve_integral_gain_per_k_s"), initial.number("coolant_valve")
        )
        self.pumps = (Pump.of(p, "pump", 1.0), Pump.of(p, "pump", 0.0))
        self.supply_c, self.return_c = initial.number("coolant_supply_c"), initial.number("coolant_return_c")
        self.valve = initial.number("coolant_valve")
        self.duty, self.powered, self.deadline = 0, True, None
        self._low_since, self._blocked_until, self._tried = -1, -1, False
        self.clog = self.air_share = self.leak_l_per_min = self.leaked_l = self.power_w = self.elapsed_s = 0.0
        self.no_changeover, self.stuck_valve, self.ordered = False, -1.0, 1.0

    deadline: int | None

    @property
    def volume_l(self) -> float:
        return self._supply_l + self._return_l

    @property
    def level_l(self) -> float:
        return self.volume_l - self.leaked_l

    @property
    def flow_pu(self) -> float:
        """Of the rated flow; the faster pump carries it, check valves keep the other from running backwards."""
        one, two = self.pumps
        speed = max(one.speed, two.speed)
        drawn = clamp((self.level_l - self._empty_l) / (self._low_l - self._empty_l), 0.0, 1.0)
        bubbles = self.air_share * sin(BUBBLES_RAD_PER_S * self.elapsed_s) if self.air_share else 0.0
        return flow_share(speed, self.clog) * drawn * (1.0 + bubbles)

    @property
    def flow_kg_per_s(self) -> float:
        return self._rated_kg_per_s * self.flow_pu

    @property
    def flow_w_per_k(self) -> float:
        return self.flow_kg_per_s * self._cp

    @property
    def head_kpa(self) -> float:
        return self.rated_head_kpa * (1.0 + self.clog) * self.flow_pu**2

    @property
    def stored_j(self) -> float:
        """Heat above 0 °C; what has leaked out took its heat with it, so the volume counts as full."""
        return self._cp * (self._supply_l * self.supply_c + self._return_l * self.return_c)

    def loss_w(self, aisle_c: float) -> float:
        """To the air of the hot aisle."""
        return self._loss_w_per_k * (self.supply_c - aisle_c)

    def evaluate(self, powered: bool) -> None:
        self.powered = powered
        for number, pump in enumerate(self.pumps):
            pump.evaluate(powered and number == self.duty)
        self.power_w = sum(pump.power_w for pump in self.pumps)

    def step(self, seconds: float, heat_w: float, taken_w: float, aisle_c: float, target_c: float) -> None:
        """`heat_w` comes from the cold plates, `taken_w` goes through the exchanger."""
        if self.leak_l_per_min > 0.0 and self.flow_pu > 0.01:
            self.leaked_l = min(self.volume_l, self.leaked_l + self.leak_l_per_min * seconds / 60.0)
        self.elapsed_s += seconds
        carried = self.flow_w_per_k * (self.return_c - self.supply_c)
        loss = self.loss_w(aisle_c)
        self.return_c += (heat_w - carried) * seconds / (self._return_l * self._cp)
        self.supply_c += (carried - taken_w - loss) * seconds / (self._supply_l * self._cp)
        for number, pump in enumerate(self.pumps):
            pump.step(seconds, self.ordered if self.powered and number == self.duty else 0.0)
        wanted = self.controller.wanted(self.supply_c - target_c, seconds)
        if self.stuck_valve >= 0.0:
            wanted = self.stuck_valve
        reach = seconds / self._stroke_s if self.powered else 0.0
        self.valve += clamp(wanted - self.valve, -reach, reach)

    def select(self, pump: int, now: int) -> None:
        """Let pump 0 or 1 be on duty; while it runs up the other is not called back."""
        if pump != self.duty:
            self.duty, self._blocked_until, self._tried = pump, now + BLOCK_MS, False

    def react(self, now: int) -> bool:
        """Change over to the other pump when the flow stays away; True if something changed."""
        before = (self.duty, self.deadline)
        if not self.powered or self.flow_pu >= LOW_FLOW * self.ordered:
            self._low_since, self._tried, self.deadline = -1, False, None
        elif self._low_since < 0:
            self._low_since = now
        if self._low_since >= 0 and not (self._tried or self.no_changeover):
            due = max(self._low_since + CONFIRM_MS, self._blocked_until)
            self.deadline = due if now < due else None
            if now >= due:
                self.duty, self._blocked_until, self._tried = 1 - self.duty, now + BLOCK_MS, True
        return before != (self.duty, self.deadline)
