"""A served device: one product at one address, showing the world through its device map.

served = Served(world, "ups-1-card", "ups-1-card", "ups-1", load_map("rfc1628-ups"), seed=0)
served.raw(served.map.points["battery.charge"])      what stands on the wire: 100
"""

import asyncio
from collections.abc import Callable, Sequence

from fixtures.decoding import Raw, encode
from fixtures.device_map import DeviceMap
from fixtures.map_point import MapPoint, bare
from simulators.faults.registry import ActiveFault
from simulators.measurement import Channels
from simulators.world import World


class Served:
    """Gives raw values as the product sends them, and tells servers how to misbehave.

    `sensor` names the measuring part: devices that share it show the same measurement.
    """

    def __init__(self, world: World, sensor: str, name: str, equipment: str, device_map: DeviceMap, seed: int) -> None:
        self.world, self.name, self.equipment, self.map = world, name, equipment, device_map
        self._channels = Channels(world, sensor, equipment, device_map, seed)
        self._known = set(world.points(equipment))

    def raw(self, point: MapPoint, instance: str = "") -> Raw:
        """The raw value of a point now; None where the plant has no such value."""
        name = f"{bare(point.name)}@{instance}" if instance else point.name
        if name not in self._known:
            return None
        # What can be written is a register and not a measurement: it reads back at once and exactly.
        value = self.world.truth(self.equipment, name) if point.writable else self._channels.published(name)
        stale = self.fault("cdu.stale_readings") if point.kind == "time" else None
        if stale is not None and isinstance(value, float):
            value -= stale.number("age")
        return encode(point, value)

    def instances(self) -> tuple[str, ...]:
        return self.world.instances(self.equipment)

    def fault(self, name: str) -> ActiveFault | None:
        """The active fault of that name, if it is aimed at this device or its equipment."""
        for fault in self.world.active_faults():
            if fault.name == name and (fault.concerns(self.name) or fault.concerns(self.equipment)):
                return fault
        return None

    def silent(self) -> bool:
        """Whether the device answers nobody."""
        return self.fault("comms.timeout") is not None

    def delay_s(self) -> float:
        """How much longer than usual an answer takes, in real seconds."""
        slow = self.fault("comms.slow_reply")
        return slow.number("delay") / 1000 if slow else 0.0

    def failing(self) -> int | None:
        """The Modbus exception with which every request is refused; other protocols have their own word for it."""
        failure = self.fault("comms.exception")
        return int(failure.number("code")) if failure else None


class Manners:
    """How one address behaves. Devices behind one address are one box: what befalls one befalls all."""

    def __init__(self, devices: Sequence[Served]) -> None:
        self._devices = devices

    def deliver(self, send: Callable[..., object], *answer: object) -> None:
        """Let an answer go by `send(*answer)`: at once, late or not at all."""
        if any(served.silent() for served in self._devices):
            return
        if delay_s := max((served.delay_s() for served in self._devices), default=0.0):
            asyncio.get_running_loop().call_later(delay_s, send, *answer)
        else:
            send(*answer)

    def failing(self) -> int | None:
        return next((code for served in self._devices if (code := served.failing()) is not None), None)
