"""Sensor faults: what becomes of a reading after the truth is known. They never reach the plant."""

from collections.abc import Sequence
from fnmatch import fnmatchcase

from simulators.faults.registry import ActiveFault
from simulators.plant.noise import derive, normal, uniform
from simulators.plant.points.table import Truth


def frozen(name: str, faults: Sequence[ActiveFault]) -> bool:
    """Whether a fault holds this signal at its last value."""
    return any(
        f.name == "sensor.stuck"
        and (fnmatchcase(name, f.text("point")) or fnmatchcase(name.partition("@")[0], f.text("point")))
        for f in faults
    )


def apply_faults(value: Truth, faults: Sequence[ActiveFault], index: int, key: int, now: int) -> Truth:
    """The reading with all faults of its signal; `index` is the refresh at `now`, `key` the signal's noise key."""
    for fault in faults:
        if "state" in fault.parameters:
            value = fault.text("state")
        elif fault.name == "sensor.open":
            value = None
        elif isinstance(value, float):
            value = _number(value, fault, index, key, now)
    return value


def _number(value: float, fault: ActiveFault, index: int, key: int, now: int) -> float:
    if fault.name == "sensor.offset":
        return value + fault.number("offset")
    if fault.name == "sensor.gain":
        return value * fault.number("gain")
    if fault.name == "sensor.drift":
        return value + fault.number("rate") * (now - fault.start_ms) / 3.6e6
    if fault.name == "sensor.short":
        return fault.number("rail")
    if fault.name == "sensor.spike" and uniform(derive(key, "spike"), index) < fault.number("probability"):
        return value + fault.number("size") * (1.0 if normal(derive(key, "side"), index) > 0.0 else -1.0)
    return value
