"""One in-row air conditioner: EC fan, coil mass, variable-speed compressor with its restart rules.

The refrigerant takes heat from the coil metal and the coil from the air, so a stopped compressor leaves
a coil that warms slowly. A compressor runs again at the later of (stop + off-time) and (power + 5 s),
plus 5 s per unit so that the units do not start together. Its controller does not remember the load of before:
it begins anew in the middle, which makes compressors come and go at low load.

    unit.evaluate(cold=..., ambient_c=25.0); unit.step(0.2, hot_c=38.4, ...)
"""

from simulators.plant.humidity import LATENT, saturated_ratio
from simulators.plant.lag import approach, clamp
from simulators.plant.parameters import Parameters

AIR_CP = 1005.0  # J/kgK


class Crac:
    """Knobs for faults: `fan_failed`, `compressor_tripped`, `fan_runs_on`, `forced_setpoint_c` (0 = none),
    `refrigerant` (pu), `efficiency` (COP factor), `filter_factor` (flow), `gain_factor`,
    `off_time_ms` (least time that a compressor rests)."""

    __slots__ = (
        "_effectiveness",
        "_fan_rated_w",
        "_flow_rated",
        "_gain",
        "_integral_gain",
        "_restart_integral",
        "_stagger_ms",
        "air_flow",
        "blowing_w",
        "coil_c",
        "coil_capacity",
        "compressor_tripped",
        "compressor_w",
        "condenser_rated_w",
        "condenser_w",
        "cool_w",
        "deadline",
        "efficiency",
        "enabled",
        "fan",
        "fan_failed",
        "fan_ready",
        "fan_runs_on",
        "fan_w",
        "filter_factor",
        "forced_setpoint_c",
        "gain_factor",
        "index",
        "integral",
        "latent_w",
        "off_time_ms",
        "rated_w",
        "refrigerant",
        "refrigerant_w",
        "run_s",
        "running",
        "setpoint_c",
        "speed",
        "stopped_at",
        "supply_c",
        "tripped_at",
    )

    def __init__(self, p: Parameters, initial: Parameters, index: int) -> None:
        self.index = index
        self.rated_w = p.number("rated_cooling_kw") * 1000
        self._flow_rated = p.number("rated_air_flow_kg_per_s")
        self._fan_rated_w = p.number("fan_kw") * 1000
        self.condenser_rated_w = p.number("condenser_fan_kw") * 1000
        self.coil_capacity = p.number("coil_kj_per_k") * 1000
        self._effectiveness = p.number("coil_effectiveness")
        self._gain, self._integral_gain = p.number("gain_per_k"), p.number("integral_gain_per_k_s")
        self.off_time_ms = p.milliseconds("compressor_off_time_s")
        self._stagger_ms = p.milliseconds("restart_stagger_s")
        self._restart_integral = p.number("restart_integral_pu")
        self.setpoint_c = p.number("supply_setpoint_c")
        self.fan, self.speed = initial.number("crac_fan_pu"), initial.number("compressor_pu")
        self.coil_c, self.integral = initial.number("coil_c"), initial.number("compressor_pu")
        self.refrigerant_w = initial.number("refrigerant_kw") * 1000
        self.running, self.enabled, self.fan_ready, self.deadline = True, True, True, None
        self.stopped_at, self.tripped_at = -1_000_000, -1
        self.air_flow = self.supply_c = self.cool_w = self.latent_w = 0.0
        self.blowing_w = self.fan_w = self.compressor_w = self.condenser_w = self.run_s = 0.0
        self.fan_failed = self.compressor_tripped = False
        self.fan_runs_on = p.flag("fan_runs_on_after_trip")
        self.forced_setpoint_c = 0.0
        self.refrigerant = self.efficiency = self.filter_factor = self.gain_factor = 1.0

    deadline: int | None

    @property
    def target_c(self) -> float:
        return self.forced_setpoint_c or self.setpoint_c

    def wants_fan(self, now: int, another_healthy: bool) -> bool:
        """A unit without compressor stops its fan after 60 s if another one is healthy."""
        if not self.enabled or self.fan_failed:
            return False
        waited = self.tripped_at >= 0 and now >= self.tripped_at + 60_000
        return self.fan_runs_on or not (waited and another_healthy)

    @property
    def healthy(self) -> bool:
        return self.enabled and not self.fan_failed and not self.compressor_tripped

    @property
    def fan_flow(self) -> float:
        """kg/s that its own fan moves."""
        return self._flow_rated * self.fan * self.filter_factor

    def evaluate(self, ambient_c: float, fan_powered: bool, bus_closed: bool) -> None:
        """Electrical powers (W) from the present speeds."""
        on = self.enabled and fan_powered
        self.blowing_w = self._fan_rated_w * self.fan**3 if on and not self.fan_failed else 0.0
        self.fan_w = self.blowing_w + 120.0 if on else 0.0
        if not (self.running and bus_closed):
            self.compressor_w = self.condenser_w = 0.0
            return
        s = self.speed
        cop = max(1.2, 3.0 * (1.0 - 0.022 * (ambient_c - 35.0))) * self.efficiency
        self.compressor_w = self.rated_w / cop * (0.033 + 0.685 * s + 0.282 * s * s)
        self.condenser_w = self.condenser_rated_w * (0.2 + 0.8 * s * s)

    def exchange(self, hot_c: float, ratio: float, passing: float) -> None:
        """Air through the coil (own fan plus `passing` kg/s pulled through): supply temperature and heat."""
        self.air_flow = self.fan_flow + passing
        e = self._effectiveness
        self.supply_c = hot_c - e * (hot_c - self.coil_c)
        self.cool_w = e * self.air_flow * AIR_CP * (hot_c - self.coil_c)
        condensed = e * self.air_flow * (ratio - saturated_ratio(self.coil_c))
        self.latent_w = LATENT * condensed if condensed > 0.0 else 0.0

    def step(self, seconds: float, ambient_c: float, fan_target: float) -> None:
        self.coil_c += (self.cool_w + self.latent_w - self.refrigerant_w) * seconds / self.coil_capacity
        wanted = 0.0
        if self.running:
            wanted = self.rated_w * self.speed * (1.0 - 0.008 * (ambient_c - 35.0))
            wanted *= max(0.0, 1.0 + 0.025 * (self.coil_c - 12.0)) * self.refrigerant
            self.run_s += seconds
            self._control(seconds)
        self.refrigerant_w = approach(self.refrigerant_w, wanted, seconds, 15.0)
        self.fan = approach(self.fan, fan_target, seconds, 3.0)

    def _control(self, seconds: float) -> None:
        """PI on the own supply air with anti-windup; the speed slews by 5 %/s."""
        error = self.supply_c - self.target_c
        wanted = self._gain * self.gain_factor * error + self.integral
        if (wanted < 1.0 or error < 0.0) and (wanted > 0.15 or error > 0.0):
            self.integral += self._integral_gain * self.gain_factor * error * seconds
            self.integral = clamp(self.integral, 0.0, 1.0)
        reach = 0.05 * seconds
        self.speed += clamp(clamp(wanted, 0.15, 1.0) - self.speed, -reach, reach)

    def react(self, now: int, bus_closed: bool, power_since: int, last_start: int) -> bool:
        """Compressor start and stop; True if something changed. `last_start`: of any unit (ms)."""
        before = (self.running, self.deadline)
        self._note_trip(now)
        usable = self.healthy and bus_closed
        if self.running:
            too_cold = self.speed <= 0.15 + 1e-9 and self.supply_c < self.target_c - 4.0
            if not usable or too_cold:
                self.running, self.speed, self.stopped_at = False, 0.0, now
        if self.running or not usable or self.supply_c < self.target_c:
            self.deadline = None
        else:
            earliest = max(self.stopped_at + self.off_time_ms, power_since + 5000)
            self.deadline = max(earliest + self.index * self._stagger_ms, last_start + self._stagger_ms)
            if now >= self.deadline:
                self.running, self.speed, self.deadline = True, 0.15, None
                self.integral = self._restart_integral
        return before != (self.running, self.deadline)

    def _note_trip(self, now: int) -> None:
        if not self.compressor_tripped:
            self.tripped_at = -1
        elif self.tripped_at < 0:
            self.tripped_at = now
