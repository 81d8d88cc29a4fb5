"""The utility supply: three phase voltages, a frequency, and the supervision that calls it healthy.

The latch drops when the lowest phase falls below `drop_out_pu` or the frequency leaves its window around nominal, and
picks up above `pick_up_pu`. Voltage and frequency wander a little.

    mains.voltage(0), mains.frequency, mains.healthy       # V, Hz, latch
"""

from simulators.plant.lag import clamp
from simulators.plant.noise import derive
from simulators.plant.parameters import Parameters
from simulators.plant.unbalance import unbalanced
from simulators.plant.wander import Wander


class Mains:
    """Knobs for faults: `dead`, `lost_l1` to `lost_l3`, `scale` (pu) of all phases and `scale_l1` to `scale_l3` of one,
    `forced_voltage` (V, 0 = off) on `forced_phase`, `target_hz`, `distortion_percent` (of the voltage, without load),
    `dips_per_min` to `dip_pu` for `dip_ms` on `dip_phase`. A phase is 1-3, or 0 for all.

    Whoever holds the clock advances `frequency_wander` (Hz) and `voltage_wander` (pu) once a second.
    """

    __slots__ = (
        "_dipped",
        "_drift_hz",
        "_drop_out_pu",
        "_highest",
        "_lowest",
        "_pick_up_pu",
        "dead",
        "deadline",
        "dip_ms",
        "dip_phase",
        "dip_pu",
        "dips_per_min",
        "distortion_percent",
        "drift_rate_hz_per_s",
        "forced_phase",
        "forced_voltage",
        "frequency_wander",
        "frequency_window",
        "healthy",
        "lost_l1",
        "lost_l2",
        "lost_l3",
        "nominal_frequency",
        "nominal_voltage",
        "scale",
        "scale_l1",
        "scale_l2",
        "scale_l3",
        "target_hz",
        "unbalance",
        "voltage_wander",
    )

    def __init__(self, p: Parameters, seed: int) -> None:
        self.nominal_voltage = p.number("nominal_voltage_v")
        self.nominal_frequency = p.number("nominal_frequency_hz")
        self.frequency_window = p.number("frequency_window_percent") / 100
        self._drop_out_pu, self._pick_up_pu = p.number("drop_out_pu"), p.number("pick_up_pu")
        least, most = p.number("unbalance_least_percent"), p.number("unbalance_most_percent")
        self.unbalance = unbalanced(derive(seed, "mains", "unbalance"), least / 100, most / 100)
        self._lowest, self._highest = (self.unbalance.index(end(self.unbalance)) for end in (min, max))
        lag_s, volts = p.number("wander_lag_s"), p.number("voltage_wander_percent") / 100
        self.frequency_wander = Wander(derive(seed, "mains", "frequency"), p.number("frequency_wander_hz"), lag_s)
        self.voltage_wander = Wander(derive(seed, "mains", "voltage"), volts, lag_s)
        self._drift_hz = 0.0
        self.healthy, self.dead = True, False
        self.scale = self.scale_l1 = self.scale_l2 = self.scale_l3 = 1.0
        self.forced_voltage, self.forced_phase, self.dip_phase = 0.0, 0, 0
        self.lost_l1 = self.lost_l2 = self.lost_l3 = False
        self.target_hz, self.drift_rate_hz_per_s = 0.0, 0.05
        self.distortion_percent = p.number("distortion_percent")
        self.dips_per_min, self.dip_pu, self.dip_ms = 0.0, 0.7, 100
        self._dipped, self.deadline = False, None

    deadline: int | None

    def phase_pu(self, phase: int) -> float:
        """Voltage of one phase (0-2) in per unit of nominal."""
        if self.dead or (self.lost_l1, self.lost_l2, self.lost_l3)[phase]:
            return 0.0
        forced = self.forced_voltage if self.forced_phase in (0, phase + 1) else 0.0
        level = forced / self.nominal_voltage or 1.0 + self.voltage_wander.value
        dip = self.dip_pu if self._dipped and self.dip_phase in (0, phase + 1) else 1.0
        own = (self.scale_l1, self.scale_l2, self.scale_l3)[phase]
        return self.scale * own * dip * level * (1.0 + self.unbalance[phase])

    def voltage(self, phase: int) -> float:
        return self.phase_pu(phase) * self.nominal_voltage

    @property
    def lowest_pu(self) -> float:
        if self._lost:
            return 0.0
        return self.phase_pu(self._lowest) if self._alike else min(map(self.phase_pu, range(3)))

    @property
    def highest_pu(self) -> float:
        return self.phase_pu(self._highest) if self._alike else max(map(self.phase_pu, range(3)))

    @property
    def _lost(self) -> bool:
        return self.lost_l1 or self.lost_l2 or self.lost_l3

    @property
    def _alike(self) -> bool:
        """Whether the phases differ by their unbalance alone."""
        one = self._lost or self.forced_phase or self.dip_phase
        return not one and self.scale_l1 == self.scale_l2 == self.scale_l3

    @property
    def frequency(self) -> float:
        """Hz; 0 while no phase is alive."""
        if self.dead or self.scale <= 0.0:
            return 0.0
        return self.nominal_frequency + self.frequency_wander.value + self._drift_hz

    def step(self, seconds: float) -> None:
        """Let the frequency drift."""
        target = self.target_hz - self.nominal_frequency if self.target_hz else 0.0
        reach = self.drift_rate_hz_per_s * seconds
        self._drift_hz += clamp(target - self._drift_hz, -reach, reach)

    def react(self, now: int) -> None:
        """Begin or end a dip, and update the latch."""
        self._flicker(now)
        low = self.lowest_pu
        inside = abs(self.frequency / self.nominal_frequency - 1.0) <= self.frequency_window
        if self.healthy:
            self.healthy = low >= self._drop_out_pu and inside
        else:
            self.healthy = low > self._pick_up_pu and inside

    def _flicker(self, now: int) -> None:
        if self.dips_per_min <= 0.0:
            self._dipped, self.deadline = False, None
        elif self.deadline is None or now >= self.deadline:
            self._dipped = not self._dipped
            between = max(self.dip_ms, round(60_000 / self.dips_per_min) - self.dip_ms)
            self.deadline = now + (self.dip_ms if self._dipped else between)
