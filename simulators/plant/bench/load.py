"""An electronic load: sinks a current or a power, or is a resistance or a voltage, as far as its ratings go.

load = ElectronicLoad(p.section("load")); load.mode, load.set_w = "power", 240.0
load.sink(open_v=12.1, ohms=0.002)       # then load.current_a * load.voltage_v is 240 W
"""

from simulators.plant.bench.leads import Leads
from simulators.plant.bench.ranges import ranges
from simulators.plant.lag import clamp
from simulators.plant.parameters import Parameters

MODES = ("current", "voltage", "power", "resistance")


class ElectronicLoad:
    """`set_…` is the level of each mode, of which `mode` is in force while the input is `on`.

    `ranges` are its ratings, which it keeps to in every mode.
    """

    __slots__ = (
        *("_most_a", "_most_w", "current_a", "mode", "on", "ranges"),
        *("set_a", "set_ohm", "set_v", "set_w", "voltage_v"),
    )

    def __init__(self, p: Parameters) -> None:
        self.ranges = ranges(p)
        self._most_a, self._most_w = self.ranges["set_a"][1], self.ranges["set_w"][1]
        self.set_v, self.set_a, self.set_w = p.number("set_v"), p.number("set_a"), p.number("set_w")
        self.set_ohm, self.mode, self.on = p.number("set_ohm"), p.text("mode"), p.flag("switched_on")
        self.voltage_v = self.current_a = 0.0

    @property
    def power_w(self) -> float:
        return self.voltage_v * self.current_a

    def sink(self, open_v: float, ohms: float) -> None:
        """Take from a source of this open voltage (V) behind this resistance (Ω)."""
        wanted = self._wanted_a(open_v, ohms) if self.on else 0.0
        bearable = min(self._most_a, Leads(ohms).current_a(open_v, self._most_w))
        self.current_a = clamp(wanted, 0.0, min(bearable, open_v / ohms))
        self.voltage_v = open_v - ohms * self.current_a

    def _wanted_a(self, open_v: float, ohms: float) -> float:
        match self.mode:
            case "current":
                return self.set_a
            case "voltage":
                return (open_v - self.set_v) / ohms
            case "power":
                return Leads(ohms).current_a(open_v, self.set_w)
            case _:
                return open_v / (self.set_ohm + ohms)
