"""True values of the container itself, its doors and its leak rope."""

from collections.abc import Callable

from simulators.plant.container import Container
from simulators.plant.points.table import Table, Truth


def container(c: Container) -> Table:
    s, weather = c.security, c.environment
    return {
        "spd.state": lambda: "failed" if s.surge_protector_failed else "ok",
        "smoke": lambda: s.smoke,
        "epo": lambda: "tripped" if s.emergency_off else "released",
        "ambient.temperature": lambda: weather.temperature_c,
        "ambient.humidity": lambda: weather.humidity,
    }


def door(c: Container, name: str) -> Table:
    leaf = c.security.doors[name]
    return {"state": lambda: leaf.state, "lock": lambda: "locked" if leaf.locked else "unlocked"}


def leak(c: Container) -> Table:
    return {f"state@{zone}": _zone(c, zone) for zone in c.security.zones}


def _zone(c: Container, zone: str) -> Callable[[], Truth]:
    return lambda: c.security.zone(zone)
