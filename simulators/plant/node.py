"""A rack's node: accelerators with clock, die and heat sink, chassis mass, fans, power supplies, booting.

All accelerators of a node are one averaged chip times their number. The power cap always binds under full
load: each step solves P(clock) = cap and the clock follows within a tenth of a second.

    node.evaluate(); node.power_w            # AC input from the present state
    node.step(0.2, cold_c=22.6)              # -> then node.heat_w went into the air
"""

from math import exp

from simulators.plant.lag import approach, clamp
from simulators.plant.parameters import Parameters
from simulators.plant.resetting import Reset
from simulators.plant.supplies import Supplies
from simulators.plant.swing import Swing

AIR_CP = 1005.0  # J/kgK
USUAL_FAN_SHARE = 0.45  # of the fans' power at full speed, under full load


class Node:
    """States: on, booting, stopping, off, tripped; the last two take standby power while the node is `fed`.

    Knobs for faults: `missing`, `failed` (chips), `sink_factor`, `fan_factor`, `hung`, `reboot_ms` (starts anew
    that often), `cap_followed` (share of a power cap that is obeyed), `swing_hz` and `swing_depth` (how often the work
    swings, and what share of it is missing in between). `rhythm` is the mean of a swing over the present step."""

    __slots__ = (
        "_aux_base",
        "_aux_load",
        "_boot_ms",
        "_budget_w",
        "_clock_lag",
        "_coolant_trip_c",
        "_cycle_ms",
        "_die_capacity",
        "_dynamic",
        "_fan_follows_die",
        "_fan_least",
        "_fan_power",
        "_flow",
        "_leakage",
        "_mass_capacity",
        "_mass_ua",
        "_rated_cap_w",
        "_resistance",
        "_rests_until",
        "_shutdown_ms",
        "_sink_capacity",
        "_sink_ua",
        "_standby_w",
        "_still_mass_ua",
        "_still_share",
        "_trip_c",
        "_voltage_floor",
        "air_flow",
        "base_w",
        "cap_followed",
        "cap_w",
        "chip_j",
        "chip_limit_w",
        "chip_w",
        "chips",
        "clock",
        "cold_plate_c",
        "cold_plate_ua",
        "comes_back",
        "dc_w",
        "deadline",
        "die_c",
        "failed",
        "fan",
        "fan_factor",
        "fed",
        "heat_w",
        "hung",
        "index",
        "limit_w",
        "liquid_w",
        "mass_c",
        "missing",
        "power_w",
        "psu_rated_w",
        "reboot_ms",
        "rhythm",
        "sink_c",
        "sink_factor",
        "state",
        "supplies",
        "swing_depth",
        "swing_hz",
        "tokens",
        "utilisation",
        "wanted",
    )

    def __init__(self, p: Parameters, initial: Parameters, index: int) -> None:
        self.index = index
        self.chips = round(p.number("chips"))
        self.base_w, self._leakage = p.number("chip_base_w"), p.number("chip_leakage_at_60c_w")
        self._dynamic, self.cap_w = p.number("chip_dynamic_w"), p.number("chip_power_cap_w")
        self._voltage_floor, self._clock_lag = p.number("voltage_floor_pu"), p.number("clock_lag_s")
        self._resistance = p.number("die_to_sink_k_per_w")
        self._die_capacity, self._sink_capacity = p.number("die_j_per_k"), p.number("sink_j_per_k")
        self._sink_ua, self._still_share = p.number("sink_to_air_w_per_k"), p.number("sink_in_still_air_pu")
        self._mass_capacity, self._mass_ua = p.number("chassis_j_per_k"), p.number("chassis_to_air_w_per_k")
        self._still_mass_ua = self._mass_ua * p.number("chassis_in_still_air_pu")
        self._aux_base, self._aux_load = p.number("auxiliary_base_w"), p.number("auxiliary_load_w")
        self._fan_power, self._flow = p.number("fan_w"), p.number("air_flow_kg_per_s")
        self._fan_least, self._fan_follows_die = p.number("fan_least_pu"), p.flag("fan_follows_die")
        self.psu_rated_w = p.number("power_supply_rated_w")
        self.supplies = Supplies(self.psu_rated_w)
        self._standby_w = p.number("standby_w")
        self._boot_ms = p.milliseconds("boot_s") + p.milliseconds("boot_stagger_s") * index
        self._trip_c = p.number("inlet_trip_c") + p.number("inlet_trip_spread_k") * index
        self._coolant_trip_c = p.number("coolant_trip_c")
        self._shutdown_ms, self._cycle_ms = p.milliseconds("shutdown_s"), p.milliseconds("power_cycle_s")
        self._rests_until, self.comes_back = -1, True
        self.utilisation = p.number("utilisation")
        self.die_c, self.sink_c = initial.number("die_c"), initial.number("sink_c")
        self.mass_c, self.clock = initial.number("chassis_c"), initial.number("clock_pu")
        self.fan = initial.number("server_fan_pu")
        self.state, self.deadline, self.wanted, self.fed = "on", None, True, True
        self.power_w = self.dc_w = self.chip_w = self.heat_w = self.liquid_w = 0.0
        self.chip_j = self.tokens = 0.0
        self.air_flow = self._flow * self.fan
        self.cold_plate_ua, self.cold_plate_c = 0.0, 30.0
        self.missing = self.failed = 0
        self.hung, self.reboot_ms = False, 0
        self.cap_followed, self._rated_cap_w = 1.0, self.cap_w
        self._budget_w = self.chip_limit_w = self.cap_w
        self.limit_w = 0.5 * self.psu_rated_w
        self.swing_hz = self.swing_depth = 0.0
        self.rhythm = 1.0
        self.sink_factor = self.fan_factor = 1.0

    deadline: int | None

    @property
    def powered(self) -> bool:
        """Whether more than its management controller runs."""
        return self.state not in ("off", "tripped")

    @property
    def present(self) -> int:
        """Accelerators plugged in."""
        return self.chips - self.missing

    @property
    def working(self) -> int:
        return self.chips - self.missing - self.failed

    def load(self) -> float:
        """Utilisation that the node works at now."""
        if self.hung:
            return 0.0
        return (
            self.utilisation * self.rhythm
            if self.state == "on"
            else 0.05
            if self.state in ("booting", "stopping")
            else 0.0
        )

    def swing(self, begin_s: float, end_s: float) -> None:
        """Work at the mean of the swing between these two moments."""
        moves = self.swing_hz > 0.0 and self.swing_depth > 0.0
        self.rhythm = Swing(self.swing_hz, 1.0 - self.swing_depth, 1.0).mean(begin_s, end_s) if moves else 1.0

    def chip_swing(self) -> Swing | None:
        """W of a chip between the two levels of its work, at its present clock; None while it does not swing."""
        if self.swing_hz <= 0.0 or self.swing_depth <= 0.0 or self.hung or self.state != "on":
            return None
        idle, full = self._idle_w(), self._work_w(self.utilisation)
        return Swing(self.swing_hz, idle + (1.0 - self.swing_depth) * full, idle + full)

    def _idle_w(self) -> float:
        return self.base_w + self._leakage * exp(0.015 * (self.die_c - 60.0))

    def _work_w(self, load: float) -> float:
        volts = self._voltage_floor + (1.0 - self._voltage_floor) * self.clock
        return self._dynamic * load * self.clock * volts * volts

    def evaluate(self) -> None:
        """Chip power, DC power and AC input power from the present temperatures and clock (W)."""
        self.air_flow = self._flow * self.fan * self.fan_factor
        if not self.powered:
            self.chip_w = 0.0
            self.power_w = self.dc_w = self._standby_w if self.fed else 0.0
            return
        u = self.load()
        self.chip_w = self._idle_w() + self._work_w(u)
        auxiliary = self._aux_base + self._aux_load * u + self._fan_power * self.fan**3
        self.dc_w = self.working * self.chip_w + self.failed * self.base_w + auxiliary
        self.power_w = self.dc_w + self.supplies.loss(self.dc_w)

    def step(self, seconds: float, cold_c: float) -> None:
        """Integrate with the powers of `evaluate`; sets `heat_w` (to air) and `liquid_w` (to the cold plate)."""
        chips = self.working
        n, cp_flow = self.fan, self.air_flow * AIR_CP
        upward = (self.die_c - self.sink_c) / (self._resistance * self.sink_factor)
        blown = self._still_share + (1.0 - self._still_share) * n**0.8
        sink = self._sink_ua * blown * self.fan_factor * (self.sink_c - cold_c)
        plate = self.cold_plate_ua * (self.sink_c - self.cold_plate_c)
        share = plate / chips if chips else 0.0
        other = self.power_w - chips * self.chip_w
        ua = self._mass_ua * (0.1 + 0.9 * n**0.6)
        mass_w_per_k = (1.0 - exp(-ua / cp_flow)) * cp_flow if cp_flow > 1e-6 else 0.0
        if not self.powered:
            # Nothing blows, so the air finds its own way through.
            mass_w_per_k = max(mass_w_per_k, self._still_mass_ua)
        mass = mass_w_per_k * (self.mass_c - cold_c)
        self.liquid_w = plate if chips else 0.0
        stored = 0.5 * other
        self.heat_w = chips * sink + other - stored + mass
        self.die_c += (self.chip_w - upward) * seconds / self._die_capacity
        self.sink_c += (upward - sink - share) * seconds / self._sink_capacity
        self.mass_c += (stored - mass) * seconds / self._mass_capacity
        self.supplies.count(self.power_w * seconds)
        self.chip_j += self.chip_w * seconds
        self._control(seconds, cold_c)

    def stored_j(self) -> float:
        """Heat stored above 0 °C (J), for the energy balance."""
        chips = self.working * (self._die_capacity * self.die_c + self._sink_capacity * self.sink_c)
        return chips + self._mass_capacity * self.mass_c

    def tokens_per_s(self) -> float:
        """What the node answers now."""
        return self.load() * self.clock * 1000.0 if self.powered else 0.0

    def _control(self, seconds: float, cold_c: float) -> None:
        """Fans follow the inlet, and the die where air cools it; the clock follows cap and thermal limit."""
        if not self.powered:
            self.fan = approach(self.fan, 0.0, seconds, 4.0)
            self.clock = approach(self.clock, 0.25, seconds, self._clock_lag)
            return
        wanted = 0.70 + 0.03 * (cold_c - 25.0)
        if self._fan_follows_die:
            wanted = max(wanted, 0.35 + (self.die_c - 55.0) / 30.0 * 0.65)
        self.fan = approach(self.fan, clamp(wanted, self._fan_least, 1.0), seconds, 4.0)
        self.clock = approach(self.clock, self._allowed_clock(), seconds, self._clock_lag)
        self.tokens += self.tokens_per_s() * seconds

    def _allowed_clock(self) -> float:
        """At most three Newton steps for P(clock) = cap, then the linear thermal limit from 87 to 97 °C."""
        u, floor = self.load(), self._voltage_floor
        f, limit = self.clock, 1.0
        if u > 0.0:
            cap = self._rated_cap_w + (self.cap_w - self._rated_cap_w) * self.cap_followed
            budget = cap - self.base_w - self._leakage * exp(0.015 * (self.die_c - 60.0))
            scale = self._dynamic * u
            for _ in range(3):
                volts = floor + (1.0 - floor) * f
                slope = scale * (volts * volts + 2.0 * f * volts * (1.0 - floor))
                limit = clamp(f - (scale * f * volts * volts - budget) / slope, 0.25, 1.0)
                if limit == f:
                    break
                f = limit
        if self.die_c > 87.0:
            limit = min(limit, max(0.25, 1.0 - 0.075 * (self.die_c - 87.0)))
        return limit

    def react(self, now: int, powered: bool, inlet_c: float, gap_ms: float = 0.0) -> bool:
        """Power loss, boot, and thermal protection; True if something changed. `gap_ms`: how long power was away."""
        before = (self.state, self.deadline)
        # Who has gone off in a gap does not come back before its end.
        self.fed = powered and self.supplies.carry(self.power_w, gap_ms) and (self.fed or gap_ms <= 0.0)
        if not (self.fed and self.wanted):
            if self.state != "tripped":
                self.state = "off"
            self.deadline = None
        elif self.state == "off":
            if now >= self._rests_until:
                self.state, self.deadline = "booting", now + self._boot_ms
            else:
                self.deadline = self._rests_until
        elif self.state == "stopping":
            if self.deadline is not None and now >= self.deadline:
                self.state, self.deadline, self.wanted = "off", None, self.comes_back
        elif self.reboot_ms and self.state != "tripped":
            self._reboot_again(now)
        elif self.state == "booting" and self.deadline is not None and now >= self.deadline:
            self.state, self.deadline = "on", None
        too_hot = inlet_c > self._trip_c or self.die_c > 105.0
        if self.cold_plate_ua > 0.0:
            too_hot = too_hot or self.cold_plate_c > self._coolant_trip_c
        if self.powered and too_hot:
            self.state, self.deadline = "tripped", None
        return before != (self.state, self.deadline)

    def _reboot_again(self, now: int) -> None:
        """What never comes up starts anew, over and over."""
        if self.state == "on" or self.deadline is None or now >= self.deadline:
            self.state, self.deadline = "booting", now + self.reboot_ms

    def limit(self, power_w: float) -> None:
        """Cap the chips so that the whole node stays below this AC input power under full load."""
        self.limit_w = power_w
        others = self._aux_base + self._aux_load + USUAL_FAN_SHARE * self._fan_power
        budget = (power_w - self.supplies.loss(power_w) - others) / self.chips
        self._budget_w = clamp(budget, *self.chip_limits_w)
        self.cap_w = min(self._budget_w, self.chip_limit_w)

    @property
    def chip_limits_w(self) -> tuple[float, float]:
        """The least and the most that a chip can be capped to."""
        return 2.0 * self.base_w, self._rated_cap_w

    def limit_chips(self, power_w: float) -> None:
        """Cap each chip; the lower one of this and of the whole node's limit binds."""
        self.chip_limit_w = power_w
        self.cap_w = min(self._budget_w, power_w)

    def switch(self, on: bool) -> None:
        """A power command of the management controller; switching on also frees a tripped node."""
        self.wanted, self._rests_until = on, -1
        if on and self.state == "tripped":
            self.state = "off"
        if on and self.state == "stopping":
            self.comes_back = True

    def reset(self, how: Reset, now: int) -> None:
        """Shut down or start anew; what is off stays so, and a trip is freed by switching on alone."""
        if not self.powered:
            return
        # Who still boots has no operating system that could be asked.
        if how.asks and self.state in ("on", "stopping"):
            if self.state == "on":
                self.state, self.deadline = "stopping", now + self._shutdown_ms
            self.comes_back = how.comes_back
            return
        self.state, self.deadline, self.wanted = "off", None, how.comes_back
        self._rests_until = now + self._cycle_ms if how.rests else -1
