"""What a device shows of one channel: in steps of its resolution, within its range, with the faults of its sensor.

display = Display(channel, world.aim("ups-1-card", layer="sensor"))
display.now()      # 100.0, the same until the sensor's next refresh
"""

from fnmatch import fnmatchcase
from math import inf

from simulators.channel import Channel, quantiser
from simulators.faults.registry import ActiveFault, Aim
from simulators.plant.points.table import Truth
from simulators.readings import apply_faults


class Display:
    """Shows one channel in the vocabulary's unit; `aim` gives the faults of the device's sensors.

    Reading changes nothing. `forget` is to be called when a fault begins or ends, or time is set back.
    """

    __slots__ = ("_aim", "_highest", "_lowest", "_quantity", "_sensor", "_shown", "_shown_ms", "_stepped", "channel")

    def __init__(self, channel: Channel, aim: Aim) -> None:
        point = channel.point
        self.channel, self._sensor, self._aim = channel, channel.sensor, aim
        self._quantity, self._stepped = point.kind == "quantity", quantiser(point.resolution)
        self._lowest, self._highest = point.range or (-inf, inf)
        self._shown: Truth = None
        self._shown_ms: int | None = None

    def now(self) -> Truth:
        """The value that the device shows now; None where it has none."""
        held_ms = self._sensor.held[1]
        if held_ms != self._shown_ms:
            self._shown, self._shown_ms = self._of(self.channel), held_ms
        return self._shown

    def earlier(self) -> Truth:
        """What it showed one refresh ago; None before there was one."""
        return self._of(self.channel.earlier())

    def forget(self) -> None:
        self._shown_ms = None

    def _of(self, channel: Channel) -> Truth:
        faults = self._aim.at(channel.sensor.held[1])
        if faults and (faults := [fault for fault in faults if _hits(fault, channel.name)]):
            return self._disturbed(channel, faults)
        value = channel.measured()
        if not isinstance(value, float):
            return self._word(value)
        if not self._quantity:
            return value
        value = self._stepped(value)
        if self._lowest <= value <= self._highest:
            return value
        return self._lowest if value < self._lowest else self._highest

    def _disturbed(self, channel: Channel, faults: list[ActiveFault]) -> Truth:
        """With the faults of its sensor, which know no range."""
        factors = {fault.name: fault.number("factor") for fault in reversed(faults) if "factor" in fault.parameters}
        value = channel.measured(factors.get("sensor.noise_x10", 1.0))
        _, held_ms, index = channel.sensor.held
        value = apply_faults(value, faults, index, channel.noise_key, held_ms)
        if not isinstance(value, float):
            return self._word(value)
        coarser = self.channel.point.resolution * factors.get("sensor.quantised_coarse", 1.0)
        return quantiser(coarser)(value) if self._quantity else value

    def _word(self, value: Truth) -> Truth:
        """None where the product has no word for what has happened."""
        states = self.channel.point.states
        return None if isinstance(value, str) and states and value not in states.values() else value


def _hits(fault: ActiveFault, name: str) -> bool:
    pattern = str(fault.parameters.get("point", "*"))
    return fnmatchcase(name, pattern) or fnmatchcase(name.partition("@")[0], pattern)
