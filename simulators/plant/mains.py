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
    """Knobs for faults: `scale` (pu), `forced_voltage` (V, 0 = off), `lost_phase` (1-3, 0 = none), `target_hz`,
    `distortion_percent` (of the voltage, without load), `dips_per_min` to `dip_pu` for `dip_ms`.

    Whoever holds the clock advances `frequency_wander` (Hz) and `voltage_wander` (pu) once a second.
    """

    __slots__ = (
        "_dipped",
        "_drift_hz",
        "_drop_out_pu",
        "_lowest",
        "_pick_up_pu",
        "deadline",
        "dip_ms",
        "dip_pu",
        "dips_per_min",
        "distortion_percent",
        "drift_rate_hz_per_s",
        "forced_voltage",
        "frequency_wander",
        "frequency_window",
        "healthy",
        "lost_phase",
        "nominal_frequency",
        "nominal_voltage",
        "scale",
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
        self._lowest = self.unbalance.index(min(self.unbalance))
        lag_s, volts = p.number("wander_lag_s"), p.number("voltage_wander_percent") / 100
        self.frequency_wander = Wander(derive(seed, "mains", "frequency"), p.number("frequency_wander_hz"), lag_s)
        self.voltage_wander = Wander(derive(seed, "mains", "voltage"), volts, lag_s)
        self._drift_hz = 0.0
        self.healthy = True
        self.scale, self.forced_voltage, self.lost_phase = 1.0, 0.0, 0
        self.target_hz, self.drift_rate_hz_per_s = 0.0, 0.05
        self.distortion_percent = p.number("distortion_percent")
        self.dips_per_min, self.dip_pu, self.dip_ms = 0.0, 0.7, 100
        self._dipped, self.deadline = False, None

    deadline: int | None

    def phase_pu(self, phase: int) -> float:
        """Voltage of one phase (0-2) in per unit of nominal."""
        if self.lost_phase == phase + 1:
            return 0.0
        level = self.forced_voltage / self.nominal_voltage or 1.0 + self.voltage_wander.value
        dip = self.dip_pu if self._dipped else 1.0
        return self.scale * dip * level * (1.0 + self.unbalance[phase])

    def voltage(self, phase: int) -> float:
        return self.phase_pu(phase) * self.nominal_voltage

    @property
    def lowest_pu(self) -> float:
        # The phases differ by their unbalance alone.
        return 0.0 if self.lost_phase else self.phase_pu(self._lowest)

    @property
    def frequency(self) -> float:
        """Hz; 0 while no phase is alive."""
        if self.scale <= 0.0:
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
