"""The diesel genset: cranking, run-up, governor with smoke limiter and turbo, exciter, fuel.

Speed and voltage are the only fast dynamics somebody can see through a protocol, so a running set is
sub-cycled at 10 ms inside a plant step. Cranking attempts and the moment "at speed" are deadlines.

    genset.react(now, requested=True); genset.step(0.2, constant_w=41_000, passive_w=9_000)
"""

from math import ceil, exp, log

from simulators.plant.lag import approach, clamp
from simulators.plant.noise import derive
from simulators.plant.parameters import Parameters
from simulators.plant.unbalance import unbalanced
from simulators.plant.wander import Wander

FRICTION = 0.08  # pu of rated torque
AT_SPEED = 0.997  # pu
RUN_UP_TARGET = 1.02  # pu
DERATING_C, DERATING_PER_K, TRIP_C = 98.0, 0.03, 108.0  # coolant: less torque above the first, off at the last
LEAST_STARTER = 0.75  # share of its strength below which the starter turns the engine too slowly to fire


class Genset:
    """`control` is the key that was pressed last: stop, automatic, manual or start.

    Whoever holds the clock advances `frequency_wander` (Hz) once a second; it comes on top of the speed.

    Knobs for faults: `no_crank`, `no_fire`, `slow_start_s`, `governor_gain`, `voltage_trim` (pu), `tripped`,
    `starter` (pu of the starter battery), `blocked` (share of the radiator), `drained_l` (missing in the tank).
    """

    __slots__ = (
        "_accepted_pu",
        "_accepted_speed",
        "_air_only",
        "_boost",
        "_crank_ms",
        "_crank_speed",
        "_distortion",
        "_droop",
        "_drop_out_pu",
        "_drop_out_speed",
        "_exciter_tau",
        "_fuel_idle",
        "_fuel_slope",
        "_fuel_tau",
        "_held_l",
        "_inertia",
        "_integral",
        "_integral_gain",
        "_later_crank_ms",
        "_proportional_gain",
        "_rest_ms",
        "_torque",
        "_turbo_tau",
        "_unbalance",
        "attempt",
        "attempts",
        "battery_v",
        "blocked",
        "control",
        "coolant_c",
        "deadline",
        "drained_l",
        "emf",
        "exhaust_c",
        "filled_l",
        "frequency_wander",
        "fuel_leak_l_per_h",
        "governor_gain",
        "load_pu",
        "no_crank",
        "no_fire",
        "oil_kpa",
        "rated_w",
        "run_s",
        "run_up_ms",
        "slow_start_s",
        "speed",
        "started",
        "starter",
        "starts",
        "state",
        "tank_l",
        "tripped",
        "voltage",
        "voltage_trim",
    )

    def __init__(self, p: Parameters, seed: int) -> None:
        self.rated_w = p.number("rated_power_kw") * 1000
        self._accepted_pu, self._accepted_speed = p.number("accepted_voltage_pu"), p.number("accepted_speed_pu")
        self._drop_out_pu, self._drop_out_speed = p.number("drop_out_voltage_pu"), p.number("drop_out_speed_pu")
        self._crank_ms = p.milliseconds("crank_s")
        self._later_crank_ms = p.milliseconds("later_crank_s")
        self._rest_ms = p.milliseconds("crank_rest_s")
        self.attempts = round(p.number("crank_attempts"))
        self._crank_speed = p.number("crank_speed_pu")
        self.run_up_ms = p.milliseconds("run_up_s")
        self._inertia = p.number("inertia_constant_s")
        self._proportional_gain = p.number("governor_gain")
        self._integral_gain = p.number("governor_integral_gain_per_s")
        self._fuel_tau, self._turbo_tau = p.number("fuel_lag_s"), p.number("turbo_lag_s")
        self._air_only = p.number("naturally_aspirated_torque_pu")
        self._droop, self._exciter_tau = p.number("transient_reactance_pu"), p.number("exciter_lag_s")
        self._fuel_idle, self._fuel_slope = p.number("fuel_idle_l_per_kwh"), p.number("fuel_slope_l_per_kwh")
        least, most = p.number("unbalance_least_percent"), p.number("unbalance_most_percent")
        self._unbalance = unbalanced(derive(seed, "genset", "unbalance"), least / 100, most / 100)
        hertz, lag_s = p.number("frequency_wander_hz"), p.number("wander_lag_s")
        self.frequency_wander = Wander(derive(seed, "genset", "frequency"), hertz, lag_s)
        self._distortion = p.number("distortion_percent"), p.number("distortion_at_rated_load_percent")
        self.tank_l = p.number("tank_l")
        self.filled_l = self._held_l = self.tank_l * p.number("initial_fuel_percent") / 100
        self.run_s = p.number("initial_run_time_h") * 3600
        self.starts = round(p.number("initial_starts"))
        self.state, self.deadline, self.attempt = "stopped", None, 0
        self.control, self.started = "automatic", False
        self.speed = self.emf = self.voltage = self.load_pu = 0.0
        self._torque = self._integral = self._boost = 0.0
        self.coolant_c, self.battery_v = 40.0, 27.2
        self.oil_kpa, self.exhaust_c = 0.0, 40.0
        self.no_crank = self.no_fire = self.tripped = False
        self.slow_start_s = self.voltage_trim = self.fuel_leak_l_per_h = 0.0
        self.governor_gain = self.starter = 1.0
        self.blocked = self.drained_l = 0.0

    deadline: int | None

    @property
    def fuel_l(self) -> float:
        return max(0.0, self._held_l - self.drained_l)

    @property
    def ready(self) -> bool:
        """Accepted as a source: at speed with voltage."""
        return self._above(self._accepted_pu, self._accepted_speed)

    @property
    def carries(self) -> bool:
        """Still good enough for a load that it has: a load step may dip it below what it is accepted at."""
        return self._above(self._drop_out_pu, self._drop_out_speed)

    def _above(self, volts: float, speed: float) -> bool:
        return self.state == "running" and self.voltage > volts and self.speed > speed

    def phase_pu(self, phase: int) -> float:
        """Voltage of one phase (0-2) in per unit of nominal, as meters see it: the plant lives on their mean."""
        return self.voltage * (1.0 + self._unbalance[phase])

    @property
    def distortion_percent(self) -> float:
        """Total harmonic distortion of the voltage, which rises with the load."""
        unloaded, more = self._distortion
        return unloaded + more * self.load_pu

    @property
    def mode(self) -> str:
        """Automatic: it runs when the transfer switch asks for it; manual: when it was started; stop: never."""
        return "manual" if self.control == "start" else self.control

    def press(self, key: str) -> None:
        """A key of the controller. Manual leaves a running engine running."""
        running = self.state not in ("stopped", "fault")
        self.started = key == "start" or (key == "manual" and running)
        self.control = key

    def react(self, now: int, requested: bool) -> bool:
        """Start, stop and the attempts; True if something changed. `requested`: by the transfer switch."""
        requested = requested if self.mode == "automatic" else self.mode == "manual" and self.started
        before = (self.state, self.deadline)
        due = self.deadline is not None and now >= self.deadline
        if not requested:
            self._rest()
        elif self.state == "stopped":
            self.attempt = 1
            self._enter("cranking", now + self._crank_ms)
        elif self.state == "cranking" and due:
            self._after_crank(now)
        elif self.state == "crank-rest" and due:
            self.attempt += 1
            self._enter("cranking", now + self._later_crank_ms)
        elif self.state == "run-up" and due:
            self._at_speed()
        elif self.state == "running" and self._fails():
            self._enter("fault", None)
        return before != (self.state, self.deadline)

    def _fails(self) -> bool:
        return self.speed < 0.2 or self.fuel_l <= 0.0 or self.tripped or self.coolant_c >= TRIP_C

    def _rest(self) -> None:
        self.attempt = 0
        if self.state != "fault" or not self.tripped:
            self._enter("stopped", None)

    def _after_crank(self, now: int) -> None:
        weak = self.starter < LEAST_STARTER
        if not (self.no_crank or self.no_fire or weak or self.fuel_l <= 0.0):
            self.starts += 1
            self._enter("run-up", now + self.run_up_ms + round(self.slow_start_s * 1000))
        elif self.attempt >= self.attempts:
            self._enter("fault", None)
        else:
            self._enter("crank-rest", now + self._rest_ms)

    def _at_speed(self) -> None:
        self.speed, self._torque, self._integral, self._boost = AT_SPEED, FRICTION, FRICTION, 0.0
        self.emf = self.voltage = 1.0 + self.voltage_trim
        self._enter("running", None)

    def _enter(self, state: str, deadline: int | None) -> None:
        self.state, self.deadline = state, deadline

    def step(self, seconds: float, constant_w: float, passive_w: float) -> None:
        """Advance with a load of constant power and one that follows the voltage squared (W at 1 pu)."""
        if self.state == "running":
            count = ceil(seconds / 0.01 - 1e-9)
            self._run(count, seconds / count, constant_w / self.rated_w, passive_w / self.rated_w)
            self._burn(seconds)
        else:
            self._turn(seconds)
        heated = self.state == "running"
        warm, lag = 85.0 + 60.0 * self.blocked, 300.0 - 180.0 * self.blocked
        self.coolant_c = approach(self.coolant_c, warm if heated else 40.0, seconds, lag if heated else 3600.0)
        self._follow(seconds)
        self._held_l = max(0.0, self._held_l - self.fuel_leak_l_per_h * seconds / 3600)
        cranking = self.state == "cranking" and not self.no_crank
        volts = 12.0 + 9.0 * self.starter if cranking else 22.0 + 5.2 * self.starter
        self.battery_v = approach(self.battery_v, volts, seconds, 0.3 if cranking else 20.0)

    def _follow(self, seconds: float) -> None:
        """What only the controller's sensors see: oil thins as the engine warms, the exhaust follows the load."""
        turning = 200.0 + 200.0 * min(1.0, self.speed) if self.speed > 0.02 else 0.0
        thinned = 1.0 - 0.15 * clamp((self.coolant_c - 40.0) / 45.0, 0.0, 1.0)
        self.oil_kpa = approach(self.oil_kpa, turning * thinned, seconds, 1.0)
        burning = 120.0 + 380.0 * self.load_pu if self.state == "running" else self.coolant_c
        self.exhaust_c = approach(self.exhaust_c, burning, seconds, 60.0)

    def _turn(self, seconds: float) -> None:
        """Speed and voltage without load: standing, cranking, running up or coasting down."""
        self.load_pu = 0.0
        if self.state == "run-up":
            tau = (self.run_up_ms / 1000 + self.slow_start_s) / log(
                (RUN_UP_TARGET - self._crank_speed) / (RUN_UP_TARGET - AT_SPEED)
            )
            self.speed = max(self._crank_speed, approach(self.speed, RUN_UP_TARGET, seconds, tau))
        elif self.state == "cranking" and not self.no_crank:
            self.speed = approach(self.speed, self._crank_speed * self.starter, seconds, 0.2)
        else:
            self.speed = approach(self.speed, 0.0, seconds, 3.0)
        excited = self.state == "run-up" and self.speed > 0.5
        self.emf = approach(self.emf, min(1.0, self.speed / 0.95) if excited else 0.0, seconds, self._exciter_tau)
        self.voltage = self.emf

    def _run(self, count: int, h: float, constant: float, passive: float) -> None:
        speed, torque, boost, integral = self.speed, self._torque, self._boost, self._integral
        emf, voltage = self.emf, self.voltage
        gain = self._proportional_gain * self.governor_gain
        rate = self._integral_gain * self.governor_gain * h
        fuel, turbo = 1.0 - exp(-h / self._fuel_tau), 1.0 - exp(-h / self._turbo_tau)
        exciter = 1.0 - exp(-h / self._exciter_tau)
        air, droop, set_point = self._air_only, self._droop, 1.0 + self.voltage_trim
        half = h / (2 * self._inertia)
        strength = clamp(1.0 - DERATING_PER_K * (self.coolant_c - DERATING_C), 0.5, 1.0)
        load = constant + passive * voltage * voltage
        for _ in range(count):
            error = 1.0 - speed
            limit = (FRICTION + air + (1.15 - air) * boost) * strength
            wanted = gain * error + integral
            if 0.0 <= wanted <= limit:
                integral += rate * error
            torque += (clamp(wanted, 0.0, limit) - torque) * fuel
            boost += (min(1.0, torque) - boost) * turbo
            load = constant + passive * voltage * voltage
            speed = max(0.0, speed + half * (torque - load / max(speed, 0.05) - FRICTION * speed))
            current = load / max(voltage, 0.3)
            emf += (min(1.0, speed / 0.95) * set_point + droop * current - emf) * exciter
            voltage = max(0.0, emf - droop * current)
        self.speed, self._torque, self._boost, self._integral = speed, torque, boost, integral
        self.emf, self.voltage, self.load_pu = emf, voltage, load

    def _burn(self, seconds: float) -> None:
        hours = seconds / 3600
        per_hour = self.rated_w / 1000 * (self._fuel_idle + self._fuel_slope * self.load_pu)
        self._held_l = max(0.0, self._held_l - per_hour * hours)
        self.run_s += seconds
