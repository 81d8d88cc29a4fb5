"""The utility supply: three phase voltages, a frequency, and the supervision that calls it healthy.

The latch drops when the lowest phase is below 0.85 pu or the frequency leaves +-6 % of nominal, and picks
up above 0.90 pu. Voltage and frequency wander a little (Ornstein-Uhlenbeck, advanced once a second).

    mains.voltage(0), mains.frequency, mains.healthy       # V, Hz, latch
"""

from math import exp, sqrt

from simulators.plant.lag import clamp
from simulators.plant.noise import derive, normal, uniform
from simulators.plant.parameters import Parameters


class Mains:
    """Knobs for faults: `scale` (pu), `forced_voltage` (V, 0 = off), `lost_phase` (1-3, 0 = none), `target_hz`,
    `distortion_percent` (of the voltage, without load), `dips_per_min` to `dip_pu` for `dip_ms`."""

    __slots__ = (
        "_dipped",
        "_drift_hz",
        "_frequency_key",
        "_lowest",
        "_voltage_key",
        "_wander_hz",
        "_wander_pu",
        "deadline",
        "dip_ms",
        "dip_pu",
        "dips_per_min",
        "distortion_percent",
        "drift_rate_hz_per_s",
        "forced_voltage",
        "frequency_window",
        "healthy",
        "lost_phase",
        "nominal_frequency",
        "nominal_voltage",
        "scale",
        "target_hz",
        "unbalance",
    )

    def __init__(self, p: Parameters, seed: int) -> None:
        self.nominal_voltage = p.number("nominal_voltage_v")
        self.nominal_frequency = p.number("nominal_frequency_hz")
        self.frequency_window = p.number("frequency_window_percent") / 100
        spread = p.number("unbalance_percent") / 100
        self.unbalance = [spread * (2 * uniform(derive(seed, "mains", "unbalance"), k) - 1) for k in range(3)]
        self._lowest = self.unbalance.index(min(self.unbalance))
        self._frequency_key = derive(seed, "mains", "frequency")
        self._voltage_key = derive(seed, "mains", "voltage")
        self._wander_hz = self._wander_pu = self._drift_hz = 0.0
        self.healthy = True
        self.scale, self.forced_voltage, self.lost_phase = 1.0, 0.0, 0
        self.target_hz, self.drift_rate_hz_per_s = 0.0, 0.05
        self.distortion_percent = 2.0
        self.dips_per_min, self.dip_pu, self.dip_ms = 0.0, 0.7, 100
        self._dipped, self.deadline = False, None

    deadline: int | None

    def phase_pu(self, phase: int) -> float:
        """Voltage of one phase (0-2) in per unit of nominal."""
        if self.lost_phase == phase + 1:
            return 0.0
        level = self.forced_voltage / self.nominal_voltage or 1.0 + self._wander_pu
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
        return self.nominal_frequency + self._wander_hz + self._drift_hz

    def step(self, time_ms: int, seconds: float) -> None:
        """Let the frequency drift, and wander at every whole second."""
        target = self.target_hz - self.nominal_frequency if self.target_hz else 0.0
        reach = self.drift_rate_hz_per_s * seconds
        self._drift_hz += clamp(target - self._drift_hz, -reach, reach)
        if time_ms % 1000 == 0:
            index = time_ms // 1000
            keep = exp(-1.0 / 60.0)
            kick = sqrt(1.0 - keep * keep)
            self._wander_hz = self._wander_hz * keep + 0.015 * kick * normal(self._frequency_key, index)
            self._wander_pu = self._wander_pu * keep + 0.001 * kick * normal(self._voltage_key, index)

    def react(self, now: int) -> None:
        """Begin or end a dip, and update the latch."""
        self._flicker(now)
        low = self.lowest_pu
        inside = abs(self.frequency / self.nominal_frequency - 1.0) <= self.frequency_window
        if self.healthy:
            self.healthy = low >= 0.85 and inside
        else:
            self.healthy = low > 0.90 and inside

    def _flicker(self, now: int) -> None:
        if self.dips_per_min <= 0.0:
            self._dipped, self.deadline = False, None
        elif self.deadline is None or now >= self.deadline:
            self._dipped = not self._dipped
            between = max(self.dip_ms, round(60_000 / self.dips_per_min) - self.dip_ms)
            self.deadline = now + (self.dip_ms if self._dipped else between)
