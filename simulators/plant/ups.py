"""The double-conversion UPS: rectifier with qualification and walk-in, inverter, static bypass.

`share` is the part of the power that comes through the rectifier: 1 on mains, 0 on battery, a ramp while
walking in. The output never notices anything while the battery delivers.

    ups.react(now, source_good=False); ups.mode      # 'battery'
"""

from simulators.plant.battery import Battery
from simulators.plant.lag import clamp
from simulators.plant.parameters import Parameters

IDLE_INVERTER_PU = 0.004
BYPASSED = ("bypass", "eco")  # in eco mode the load hangs on the bypass as well


class Ups:
    """Modes: online, eco, battery, walk-in, bypass, off.

    In eco mode the load hangs on the bypass and the inverter idles: cheap, but every failure of the source
    leaves a gap of `eco_gap_ms`. `gap_ms` is the one that the load sees just now.

    Knobs for faults: `rectifier_failed`, `charger_failed`, `forced_bypass`, `bypass_blocked`, `eco`, `eco_gap_ms`,
    `output_scale` (pu), `scan_period_s` (battery monitor).
    """

    __slots__ = (
        "_loss",
        "_overload",
        "_qualification_ms",
        "_restart_ms",
        "_source_bad",
        "_walk_in_ms",
        "battery",
        "battery_s",
        "bypass_blocked",
        "charger_failed",
        "deadline",
        "eco",
        "eco_gap_ms",
        "events",
        "forced_bypass",
        "gap_ms",
        "line_bads",
        "loss_w",
        "mode",
        "output_scale",
        "output_w",
        "rated_w",
        "rectifier_failed",
        "rectifier_w",
        "remaining_min",
        "scan_period_s",
        "scan_phase_s",
        "scans",
        "share",
    )

    def __init__(self, p: Parameters, battery: Battery) -> None:
        self.battery = battery
        self.rated_w = p.number("rated_power_kw") * 1000
        self._loss = [p.number(f"loss_{name}_pu") for name in ("idle", "proportional", "square")]
        self._qualification_ms = p.milliseconds("qualification_s")
        self._walk_in_ms = p.milliseconds("walk_in_s")
        self._restart_ms = p.milliseconds("restart_s")
        self.scan_period_s = p.number("battery_scan_period_s")
        self.mode, self.share, self.deadline = "online", 1.0, None
        self._overload, self._source_bad = 0.0, False
        self.output_w = self.loss_w = self.rectifier_w = 0.0
        self.battery_s = self.remaining_min = self.scan_phase_s = 0.0
        self.scans = self.line_bads = self.events = 0
        self.rectifier_failed = self.charger_failed = self.forced_bypass = False
        self.output_scale = 1.0
        self.bypass_blocked = self.eco = False
        self.eco_gap_ms = self.gap_ms = 0.0

    deadline: int | None

    @property
    def alive(self) -> bool:
        """Whether the output carries voltage."""
        return self.mode != "off"

    @property
    def on_battery(self) -> bool:
        return self.mode == "battery"

    def react(self, now: int, source_good: bool, stopped: bool) -> bool:
        """Rectifier and bypass decisions; True if something changed. `stopped`: emergency power off."""
        before = (self.mode, self.deadline)
        due = self.deadline is not None and now >= self.deadline
        good = source_good and not self.rectifier_failed
        self.gap_ms = self.eco_gap_ms if self.mode == "eco" and not source_good else 0.0
        if not source_good and not self._source_bad:
            self.line_bads += 1
        self._source_bad = not source_good
        if stopped:
            self._enter("off", None, 0.0)
        elif self.forced_bypass and source_good and not self.bypass_blocked and self.mode != "off":
            self._enter("bypass", None, 0.0)
        elif self.mode == "bypass" and source_good and self.output_w > 1.05 * self.rated_w:
            self.deadline = None
        elif self.mode in ("online", "eco") and good:
            self._enter("eco" if self.eco and not self.bypass_blocked else "online", None, 1.0)
        elif self.mode == "bypass" and self.forced_bypass and not source_good:
            self._enter("off", None, 0.0)
        elif self.mode == "bypass":
            self._enter("online" if good else "battery", None, 1.0 if good else 0.0)
        elif not good:
            if self.mode != "off":
                self._enter("battery", None, 0.0)
            else:
                self.deadline = None
        else:
            self._return(now, due)
        return before != (self.mode, self.deadline)

    def _return(self, now: int, due: bool) -> None:
        """With a good source: qualify it, walk in, be on line."""
        if self.mode == "battery":
            if self.deadline is None:
                self.deadline = now + self._qualification_ms
            elif due:
                self._enter("walk-in", now + self._walk_in_ms, 0.0)
        elif self.mode == "walk-in" and due:
            self._enter("online", None, 1.0)
        elif self.mode == "off":
            if self.deadline is None:
                self.deadline = now + self._restart_ms
            elif due:
                self._enter("online", None, 1.0)

    def _enter(self, mode: str, deadline: int | None, share: float) -> None:
        self.events += mode != self.mode
        self.mode, self.deadline, self.share = mode, deadline, share

    def fail_output(self) -> None:
        """The battery can no longer carry the load."""
        self._enter("off", None, 0.0)

    def load(self, output_w: float) -> float:
        """Set the output power; returns what is drawn from the essential bus (W), charging included."""
        self.output_w = output_w if self.alive else 0.0
        if self.mode == "off":
            self.loss_w = self.rectifier_w = self.battery.charge_w = 0.0
            return 0.0
        x = self.output_w / self.rated_w
        idle, proportional, square = self._loss
        if self.mode in BYPASSED:
            idling = IDLE_INVERTER_PU if self.mode == "eco" else 0.0
            self.loss_w = (0.003 + idling) * self.rated_w + 0.004 * self.output_w
        else:
            self.loss_w = self.rated_w * (idle + proportional * x + square * x * x)
        share = 1.0 if self.mode == "bypass" else self.share
        self.rectifier_w = share * (self.output_w + self.loss_w)
        full = self.share >= 1.0 and not self.charger_failed
        self.battery.charge_w = self.battery.charging_power() if full else 0.0
        return self.rectifier_w + self.battery.charge_w

    @property
    def battery_w(self) -> float:
        """W that the battery delivers now."""
        return max(0.0, self.output_w + self.loss_w - self.rectifier_w) if self.alive else 0.0

    def step(self, seconds: float, available: bool) -> None:
        """Advance ramp, battery, overload, and the battery monitor. `available`: bypass source is good."""
        delivered = self.battery_w
        if delivered > 0.0:
            if not self.battery.discharge(seconds, delivered):
                self.fail_output()
        else:
            self.battery.charge(seconds, self.battery.charge_w)
        if self.mode == "walk-in":
            self.share = clamp(self.share + seconds * 1000 / self._walk_in_ms, 0.0, 1.0)
        self.battery_s = self.battery_s + seconds if self.on_battery else 0.0
        self._count_overload(seconds, available)
        self._monitor(seconds)

    def _count_overload(self, seconds: float, available: bool) -> None:
        """Mixed overloads add up as shares of their allowed times; at 1 the inverter gives up."""
        x = self.output_w / self.rated_w
        if x <= 1.05:
            self._overload = max(0.0, self._overload - seconds / 300.0 * self._overload)
            return
        allowed = 3600.0 if x <= 1.10 else 600.0 if x <= 1.25 else 60.0 if x <= 1.50 else 0.2
        self._overload += seconds / allowed
        if self._overload >= 1.0 and self.mode != "bypass":
            self._overload = 0.0
            self._enter("bypass" if available and not self.bypass_blocked else "off", None, 0.0)

    def _monitor(self, seconds: float) -> None:
        """The battery monitor looks at the cells once per scan period and then updates its estimate."""
        self.scan_phase_s += seconds
        if self.scan_phase_s >= self.scan_period_s - 1e-9:
            self.scan_phase_s = 0.0
            self.scans += 1
            self.remaining_min = self.battery.autonomy(self.output_w + self.loss_w) / 60.0
