"""The battery monitor of the UPS: it looks at the string once per scan, and now and then estimates how long it lasts.

monitor.step(0.2, battery, 42_800.0); monitor.remaining_min     # what is left at this load
"""

from math import exp

from simulators.plant.battery import Battery

ESTIMATE_S, FILTER_S = 10.0, 30.0
LOW_MIN, LOW_SOC = 2.0, 0.2


class BatteryMonitor:
    """Knob for faults: `scan_period_s`."""

    __slots__ = ("_phase_s", "_since_s", "remaining_min", "scan_period_s", "scans")

    def __init__(self, scan_period_s: float) -> None:
        self.scan_period_s = scan_period_s
        self._phase_s, self.scans, self.remaining_min = 0.0, 0, 0.0
        # The first estimate counts in full.
        self._since_s = 1e6

    def step(self, seconds: float, battery: Battery, power_w: float) -> None:
        """`power_w`: what the battery delivers, or would have to."""
        self._phase_s += seconds
        if self._phase_s < self.scan_period_s - 1e-9:
            return
        self._since_s += self._phase_s
        self._phase_s = 0.0
        self.scans += 1
        if self._since_s >= ESTIMATE_S - 1e-6:
            weight = 1.0 - exp(-self._since_s / FILTER_S)
            self.remaining_min += (battery.autonomy(power_w) / 60.0 - self.remaining_min) * weight
            self._since_s = 0.0

    def low(self, soc: float, discharging: bool) -> bool:
        """Whether the battery is nearly empty."""
        return soc < LOW_SOC or (discharging and self.remaining_min <= LOW_MIN)
