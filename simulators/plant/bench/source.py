"""A bench source, AC or DC: the voltage it is set to, as long as its load lets it.

Up to the current limit the voltage is the one that is set. What hangs here takes a constant power: wanting more than
the limit it pulls the voltage down, wants still more, and so down to nothing, until it lets go.

    source = Source(p.section("dc_source")); source.feed(wanted_a=40.0)
    source.current_a, source.voltage_v       # 30.0 A and 0.0 V, with a limit of 30 A
"""

from simulators.plant.bench.ranges import ranges
from simulators.plant.parameters import Parameters


class Source:
    """`set_v`, `limit_a` and `on` are what its panel says, within the product's `ranges`."""

    __slots__ = ("current_a", "limit_a", "on", "ranges", "set_v", "voltage_v")

    def __init__(self, p: Parameters) -> None:
        self.ranges = ranges(p)
        self.set_v, self.limit_a, self.on = p.number("set_v"), p.number("limit_a"), p.flag("switched_on")
        self.voltage_v = self.current_a = 0.0

    @property
    def open_v(self) -> float:
        """Without a load."""
        return self.set_v if self.on else 0.0

    @property
    def power_w(self) -> float:
        """Of a direct current."""
        return self.voltage_v * self.current_a

    def feed(self, wanted_a: float) -> None:
        """Give what a load wants at the open voltage (A), if the limit lets it."""
        self.current_a = min(wanted_a, self.limit_a)
        self.voltage_v = self.open_v if wanted_a <= self.limit_a else 0.0


class AcSource(Source):
    """The voltage is the effective one, of a sine of the frequency that is set (Hz)."""

    __slots__ = ("set_hz",)

    def __init__(self, p: Parameters) -> None:
        super().__init__(p)
        self.set_hz = p.number("set_hz")

    @property
    def frequency_hz(self) -> float:
        return self.set_hz if self.on else 0.0


class DcSource(Source):
    """What its switching leaves on the voltage is `ripple_v` from peak to peak at `ripple_hz`."""

    __slots__ = ("ripple_hz", "ripple_v")

    def __init__(self, p: Parameters) -> None:
        super().__init__(p)
        self.ripple_v, self.ripple_hz = p.number("ripple_v"), p.number("ripple_hz")
