"""What the faults of safety and security change: doors, smoke, water, sensors, emergency power off.

SECURITY["sec.forced"](plant, fault)       # [(door, "opening", 1.0), (door, "forced", True)]
"""

from collections.abc import Mapping

from profiles.refusal import Refusal
from simulators.faults.plant import Effect, Plant, Setting
from simulators.faults.registry import ActiveFault
from simulators.plant.door import Door


def _door(p: Plant, f: ActiveFault) -> Door:
    doors = p.site.container.security.doors
    if f.text("equipment") not in doors:
        raise Refusal(f"fault {f.name}", f"there is no door '{f.text('equipment')}'", "write door-1 or door-2")
    return doors[f.text("equipment")]


def _opened(p: Plant, f: ActiveFault) -> list[Setting]:
    return [(_door(p, f), "opening", f.number("opening"))]


def _forced(p: Plant, f: ActiveFault) -> list[Setting]:
    return [*_opened(p, f), (_door(p, f), "forced", True)]


def _leak(p: Plant, f: ActiveFault) -> list[Setting]:
    security = p.site.container.security
    return [(security, "leak_zone", p.zone(f)), (security, "leak_l_per_min", f.number("rate"))]


def _set(attribute: str, value: object) -> Effect:
    return lambda p, f: [(p.site.container.security, attribute, value)]


SECURITY: Mapping[str, Effect] = {
    "container.spd_failed": _set("surge_protector_failed", True),
    "leak.detector_fault": lambda p, f: [(p.site.container.security, "faulty_zone", p.zone(f))],
    "leak.water": _leak,
    "sec.door_open": _opened,
    "sec.held": _opened,
    "sec.forced": _forced,
    "sec.smoke": lambda p, f: [(p.site.container.security, "smoke_source", f.number("obscuration"))],
    "sec.epo": _set("emergency_off", True),
    "sec.motion": lambda p, f: [(p.site.container.security, "intruder", round(f.number("sensor")))],
    "sec.tamper": _set("tampered", True),
    "sec.shock": _set("shaken", True),
    "sec.controller_hang": lambda p, f: [(p.site.container.controller, "hung", True)],
}
