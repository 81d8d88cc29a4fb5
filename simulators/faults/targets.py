"""What faults can be aimed at: the devices of a site, over which wire they are read, and what they show.

    targets.check(schedule(parse("comms.timeout:device=ups-1-crad"), 0))      # Refusal: did you mean 'ups-1-card'?

Faults of the plant name components, which the plant looks up itself.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from profiles.refusal import Refusal
from profiles.suggest import suggest
from simulators.faults.catalogue import find
from simulators.faults.registry import ActiveFault


@dataclass(frozen=True, slots=True)
class Shown:
    """One device: what it belongs to, its protocol and form of Modbus, and its points with their states, if any.

    `sensor` is the measuring part, which several interfaces of one product may share.
    """

    equipment: str
    sensor: str
    wires: frozenset[str]
    points: Mapping[str, Collection[str]]


class Targets:
    """The devices of one site by name."""

    __slots__ = ("_devices",)

    def __init__(self, devices: Mapping[str, Shown]) -> None:
        self._devices = devices

    def check(self, fault: ActiveFault) -> None:
        """Refusal if this fault would reach nothing."""
        if fault.layer == "plant":
            return
        equipment = {shown.equipment for shown in self._devices.values()}
        if "devices" in fault.parameters:
            for pattern in fault.text("devices").split():
                _known(fault, "devices", pattern, {*self._devices, *equipment})
        elif "device" in fault.parameters:
            aimed = self._aimed(fault, equipment)
            _check_points(fault, _on_its_wire(fault, aimed))
        elif "equipment" in fault.parameters:
            _known(fault, "equipment", fault.text("equipment"), equipment)

    def _aimed(self, fault: ActiveFault, equipment: Collection[str]) -> list[Shown]:
        """The devices that `device` names, or whose equipment it names where it is no matter of one sensor."""
        name = fault.text("device")
        parts = {shown.sensor for shown in self._devices.values()}
        if fault.layer == "sensor":
            _known(fault, "device", name, parts)
            return [shown for shown in self._devices.values() if name == shown.sensor]
        _known(fault, "device", name, {*self._devices, *equipment})
        return [shown for device, shown in self._devices.items() if name in (device, shown.equipment)]


def fits(name: str, pattern: str) -> bool:
    """Whether a pattern names this point, or all its instances."""
    return fnmatchcase(name, pattern) or fnmatchcase(name.partition("@")[0], pattern)


def _known(fault: ActiveFault, key: str, pattern: str, names: Collection[str]) -> None:
    if not any(fnmatchcase(name, pattern) for name in names):
        raise _refusal(fault, f"{key} '{pattern}' is not there", suggest(pattern, names))


def _on_its_wire(fault: ActiveFault, aimed: list[Shown]) -> Iterable[Shown]:
    wires = find(fault.name).wires
    reached = [shown for shown in aimed if not wires or shown.wires & set(wires)]
    if not reached:
        speaks = " over ".join(sorted(aimed[0].wires))
        raise _refusal(fault, f"'{fault.text('device')}' speaks {speaks}", f"name a device on {' or '.join(wires)}")
    return reached


def _check_points(fault: ActiveFault, aimed: Iterable[Shown]) -> None:
    if "point" not in fault.parameters:
        return
    pattern, shown = fault.text("point"), {name: states for one in aimed for name, states in one.points.items()}
    hit = {name: states for name, states in shown.items() if fits(name, pattern)}
    if not hit:
        what = f"'{fault.text('device')}' shows no point '{pattern}'"
        raise _refusal(fault, what, suggest(pattern, {name.partition("@")[0] for name in shown}))
    for name, states in hit.items() if "state" in fault.parameters else ():
        if fault.text("state") not in states:
            remedy = suggest(fault.text("state"), states) if states else "name a point that shows states"
            raise _refusal(fault, f"'{name}' has no state '{fault.text('state')}'", remedy)


def _refusal(fault: ActiveFault, what: str, remedy: str) -> Refusal:
    return Refusal(f"fault {fault.name}", what, remedy)
