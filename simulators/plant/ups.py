"""The double-conversion UPS: rectifier with qualification and walk-in, inverter, static bypass.

`share` is the part of the power that comes through the rectifier: 1 on mains, 0 on battery, a ramp while
walking in. The output never notices anything while the battery delivers.

    ups.react(now, source_good=False); ups.mode      # 'battery'
"""

from simulators.plant.battery import Battery
from simulators.plant.battery_monitor import BatteryMonitor
from simulators.plant.battery_test import BatteryTest
from simulators.plant.lag import clamp
from simulators.plant.load_steps import LoadSteps
from simulators.plant.noise import derive, uniform
from simulators.plant.overload import Overload
from simulators.plant.parameters import Parameters

IDLE_INVERTER_PU = 0.004
BYPASSED = ("bypass", "eco")  # in eco mode the load hangs on the bypass as well
DISCHARGING = ("battery", "test")
SHORTEST_GAP_MS, LONGEST_GAP_MS = 2.0, 10.0
DEAD_PU, DROP_OUT_MS = 0.5, 40  # a bypass that has so little for so long is none
SLEW_HZ_PER_S = 1.0


class Ups:
    """Modes: online, eco, battery, test, walk-in, bypass, off. `selected` is what the operator wants: online, eco
    or bypass. An overload for which there is no bypass has it `locked` off until he selects anew.

    In eco mode the load hangs on the bypass and the inverter idles: cheap, but every failure of the source
    leaves a gap of 2 to 10 ms. `gap_ms` is the one that the load sees just now, `transfer_ms` the last one.

    Knobs for faults: `rectifier_failed`, `charger_failed`, `forced_bypass`, `bypass_blocked`, `eco`, `forced_gap_ms`
    (0: as it comes), `output_scale` (pu).
    """

    __slots__ = (
        "_gap_key",
        "_loss",
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
        "events",
        "forced_bypass",
        "forced_gap_ms",
        "gap_ms",
        "hertz",
        "line_bads",
        "locked",
        "loss_w",
        "mode",
        "monitor",
        "output_scale",
        "output_w",
        "overload",
        "rated_w",
        "record",
        "rectifier_failed",
        "rectifier_w",
        "selected",
        "share",
        "test",
        "transfer_ms",
    )

    def __init__(self, p: Parameters, battery: Battery, nominal_hz: float = 60.0, seed: int = 0) -> None:
        self.battery, self.hertz = battery, nominal_hz
        self.rated_w = p.number("rated_power_kw") * 1000
        self._loss = [p.number(f"loss_{name}_pu") for name in ("idle", "proportional", "square")]
        self._qualification_ms = p.milliseconds("qualification_s")
        self._walk_in_ms = p.milliseconds("walk_in_s")
        self._restart_ms = p.milliseconds("restart_s")
        self._gap_key = derive(seed, "ups", "eco-gap")
        self.monitor = BatteryMonitor(p.number("battery_scan_period_s"))
        self.test = BatteryTest(p.milliseconds("battery_test_s"))
        self.overload, self.record = Overload(), LoadSteps()
        self.mode, self.selected, self.share, self.deadline = "online", "online", 1.0, None
        self._source_bad = self.locked = False
        self.output_w = self.loss_w = self.rectifier_w = self.battery_s = 0.0
        self.line_bads = self.events = 0
        self.rectifier_failed = self.charger_failed = self.forced_bypass = False
        self.output_scale = 1.0
        self.bypass_blocked = self.eco = False
        self.forced_gap_ms = self.gap_ms = self.transfer_ms = 0.0

    deadline: int | None

    @property
    def alive(self) -> bool:
        """Whether the output carries voltage."""
        return self.mode != "off"

    def select(self, mode: str) -> None:
        """How the operator wants it to run: online, eco or bypass."""
        self.selected, self.locked = mode, False

    @property
    def on_battery(self) -> bool:
        """Whether the battery carries the load, in a test as well."""
        return self.mode in DISCHARGING

    @property
    def battery_low(self) -> bool:
        return self.monitor.low(self.battery.soc, self.on_battery)

    def react(self, now: int, source_good: bool, stopped: bool, source_pu: float = 1.0) -> bool:
        """Rectifier and bypass decisions; True if something changed. `stopped`: emergency power off."""
        before = (self.mode, self.deadline, self.test.result)
        due = self.deadline is not None and now >= self.deadline
        good = source_good and not self.rectifier_failed
        self._notice(source_good)
        if self.test.pending and self.mode not in ("online", "eco"):
            self.test.end("aborted")
        if stopped:
            self._enter("off", None, 0.0)
        elif self.mode == "off":
            self._restart(now, due, good)
        elif self._stays_on_bypass(now, due, source_good, source_pu):
            pass
        elif not good:
            self._fall_back()
        elif self.mode == "test":
            self._finish_test(now, due)
        else:
            self._return(now, due)
        return before != (self.mode, self.deadline, self.test.result)

    def _notice(self, source_good: bool) -> None:
        """Count the failures of the source; in eco mode each leaves a gap."""
        self.gap_ms = 0.0
        if not source_good and not self._source_bad:
            if self.mode == "eco":
                drawn = SHORTEST_GAP_MS + (LONGEST_GAP_MS - SHORTEST_GAP_MS) * uniform(self._gap_key, self.line_bads)
                self.gap_ms = self.forced_gap_ms or drawn
                self.record.gap()
            self.line_bads += 1
            self.transfer_ms = self.gap_ms
        self._source_bad = not source_good

    def _restart(self, now: int, due: bool, good: bool) -> None:
        if not good or self.locked:
            self.deadline = None
        elif self.deadline is None:
            self.deadline = now + self._restart_ms
        elif due:
            self._enter("online", None, 1.0)

    def _stays_on_bypass(self, now: int, due: bool, source_good: bool, source_pu: float) -> bool:
        """Whether the load hangs on the bypass: by somebody's wish as long as the source is not dead, after an
        overload as long as that lasts."""
        wanted = (self.forced_bypass or self.selected == "bypass") and not self.bypass_blocked
        if self.mode != "bypass":
            if wanted and source_good:
                self._enter("bypass", None, 0.0)
            return self.mode == "bypass"
        if source_good and (wanted or self.output_w > 1.05 * self.rated_w):
            self.deadline = None
            return True
        if not wanted:
            return False
        if source_pu >= DEAD_PU:
            self.deadline = None
        elif self.deadline is None:
            self.deadline = now + DROP_OUT_MS
        elif due:
            self._enter("off", None, 0.0)
        return True

    def _fall_back(self) -> None:
        """The rectifier has nothing to give: the battery takes the load, if it can."""
        if self.mode == "battery":
            self.deadline = None
        elif self.battery.delivers(self.output_w + self.loss_w):
            self._enter("battery", None, 0.0)
        else:
            self._enter("off", None, 0.0)

    def _return(self, now: int, due: bool) -> None:
        """With a good source: qualify it, walk in, be on line."""
        if self.mode == "battery":
            if self.deadline is None:
                self.deadline = now + self._qualification_ms
            elif due:
                self._walk_in(now)
        elif self.mode != "walk-in" or due:
            self._be_on_line(now)

    def _be_on_line(self, now: int) -> None:
        eco = (self.eco or self.selected == "eco") and not self.bypass_blocked
        if not self.test.pending:
            self._enter("eco" if eco else "online", None, 1.0)
        elif self.battery_low:
            self.test.end("aborted")
        elif self.battery.delivers(self.output_w + self.loss_w):
            self._enter("test", self.test.begin(now, self.battery.soc), 0.0)
        else:
            self.test.end("failed")

    def _finish_test(self, now: int, due: bool) -> None:
        low = self.battery_low
        if self.test.stopping:
            self.test.end("aborted")
        elif due or low:
            self.test.end(self.test.conclude(self.battery, low))
        else:
            return
        self._walk_in(now)

    def _walk_in(self, now: int) -> None:
        self._enter("walk-in", now + self._walk_in_ms, 0.0)

    def _enter(self, mode: str, deadline: int | None, share: float) -> None:
        if self.test.running and self.mode == "test" and mode != "test":
            self.test.end("aborted")
        self.events += mode != self.mode
        self.mode, self.deadline, self.share = mode, deadline, share

    def _battery_fails(self) -> None:
        """The battery can no longer carry its part: the rectifier does so alone, where there is one."""
        if self.mode == "test":
            self.test.end("failed")
        if self.mode in ("test", "walk-in"):
            self._enter("online", None, 1.0)
        else:
            self._enter("off", None, 0.0)

    def load(self, output_w: float) -> float:
        """Set the output power; returns what is drawn from the essential bus (W), charging included."""
        self.output_w = output_w if self.alive else 0.0
        if self.mode == "off":
            self.loss_w = self.rectifier_w = self.battery.charge_w = 0.0
            return 0.0
        x = self.output_w / self.rated_w
        self.record.follow(x, self.mode not in BYPASSED)
        idle, proportional, square = self._loss
        if self.mode in BYPASSED:
            idling = IDLE_INVERTER_PU if self.mode == "eco" else 0.0
            self.loss_w = (0.003 + idling) * self.rated_w + 0.004 * self.output_w
        else:
            self.loss_w = self.rated_w * (idle + proportional * x + square * x * x)
        share = 1.0 if self.mode == "bypass" else self.share
        self.rectifier_w = share * (self.output_w + self.loss_w)
        self.battery.charge_w = self.battery.charging_power() if self._charges else 0.0
        return self.rectifier_w + self.battery.charge_w

    @property
    def _charges(self) -> bool:
        """Whether the charger holds the string at its voltage: beside a whole rectifier."""
        return self.share >= 1.0 and not self.charger_failed

    @property
    def battery_w(self) -> float:
        """W that the battery delivers now."""
        return max(0.0, self.output_w + self.loss_w - self.rectifier_w) if self.alive else 0.0

    def step(self, now: int, seconds: float, available: bool) -> None:
        """Advance ramp, battery, overload and the battery monitor to `now`. `available`: bypass source is good."""
        delivered = self.battery_w
        if delivered > 0.0:
            carried = self.battery.discharge(seconds, delivered)
            if self.mode == "test":
                self.test.follow(seconds, self.battery)
            if not carried:
                self._battery_fails()
        else:
            self.battery.charge(seconds, self.battery.charge_w, held=self._charges)
        if self.mode == "walk-in":
            self.share = clamp(self.share + seconds * 1000 / self._walk_in_ms, 0.0, 1.0)
        self.battery_s = self.battery_s + seconds if self.on_battery else 0.0
        # On bypass the inverter carries nothing.
        load = 0.0 if self.mode in BYPASSED else self.output_w / self.rated_w
        if self.overload.step(now, seconds, load):
            self.locked = not available or self.bypass_blocked
            self._enter("off" if self.locked else "bypass", None, 0.0)
        self.monitor.step(seconds, self.battery, self.output_w + self.loss_w)

    def synchronise(self, seconds: float, target_hz: float) -> None:
        """Let the inverter's frequency follow, at most 1 Hz per second."""
        if self.hertz != target_hz:
            reach = SLEW_HZ_PER_S * seconds
            self.hertz += clamp(target_hz - self.hertz, -reach, reach)
