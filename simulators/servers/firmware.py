"""Another firmware: the same product keeps a value elsewhere, codes a state otherwise or counts in another unit.

changed(device_map, fault)      # the map that the device now follows, while others still use the old one
"""

from collections.abc import Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from fractions import Fraction

from fixtures.device_map import DeviceMap
from fixtures.map_point import MapPoint
from simulators.faults.registry import ActiveFault

# Where a protocol keeps a value: what a new firmware may call otherwise.
NAMES = ("metric", "path", "query")


def changed(device_map: DeviceMap, fault: ActiveFault) -> DeviceMap:
    """The map after the change; points that the fault does not name stay."""
    pattern, change = fault.text("point"), fault.text("change")
    points = {
        name: _changed(point, change, fault) if fnmatchcase(name, pattern) else point
        for name, point in device_map.points.items()
    }
    return replace(device_map, points=points)


def _changed(point: MapPoint, change: str, fault: ActiveFault) -> MapPoint:
    if change == "states":
        return replace(point, states=_rotated(point.states)) if point.states else point
    if change == "unit":
        return replace(point, scale=point.scale / Fraction(str(fault.number("factor"))))
    return replace(point, locator=_moved(point.locator, round(fault.number("shift"))))


def _rotated(states: Mapping[str, str]) -> dict[str, str]:
    """Every code means what the next one meant."""
    meanings = list(states.values())
    return dict(zip(states, meanings[1:] + meanings[:1], strict=True))


def _moved(locator: Mapping[str, object], shift: int) -> dict[str, object]:
    moved = dict(locator)
    if "register" in moved:
        moved["register"] = int(str(moved["register"])) + shift
    elif "oid" in moved:
        *head, column, instance = str(moved["oid"]).split(".")
        moved["oid"] = ".".join([*head, str(int(column) + shift), instance])
    else:
        place = next(name for name in NAMES if name in moved)
        moved[place] = f"{moved[place]}_{shift}"
    return moved
