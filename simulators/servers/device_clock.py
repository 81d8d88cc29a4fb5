"""How far a device's own clock is off: skew, drift, a jump that the time service puts right, free running.

>>> from simulators.faults.registry import ActiveFault
>>> offset_s([ActiveFault("device.clock_skew", "device", {"offset": -3.0}, 0, None)], 1000, 7)
-3.0
"""

from collections.abc import Iterable

from simulators.faults.registry import ActiveFault
from simulators.plant.noise import uniform


def offset_s(faults: Iterable[ActiveFault], now_ms: int, key: int) -> float:
    """Seconds by which the clock is ahead; `key` is the device's own, for what differs between units."""
    return sum(_one(fault, (now_ms - fault.start_ms) / 1000.0, key) for fault in faults)


def _one(fault: ActiveFault, passed_s: float, key: int) -> float:
    match fault.name:
        case "device.clock_skew":
            return fault.number("offset")
        case "device.clock_drift":
            return fault.number("rate") * 1e-6 * passed_s
        case "device.clock_jump":
            return fault.number("jump") if passed_s < fault.number("corrected") else 0.0
        case "device.no_ntp":
            # Without the time service a crystal keeps its own pace, within the tolerance of its kind.
            return fault.number("tolerance") * 1e-6 * (2.0 * uniform(key, 0) - 1.0) * passed_s
        case _:
            return 0.0
