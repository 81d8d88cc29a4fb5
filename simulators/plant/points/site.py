"""True values of the container itself: what its controller, doors, sensors and cameras know.

container(container_plant)["smoke"]()       # 'clear'
"""

import hashlib
from collections.abc import Callable

from simulators.plant.container import Container
from simulators.plant.noise import derive, uniform
from simulators.plant.points.table import Table, Truth, constant
from simulators.plant.security import MOTION_HOLD_S

FALSE_MOTION_PER_H = 0.02
PASCALS_PER_SURPLUS = 60.0  # that the cold aisle gains when the units move twice the servers' air
ZONE_M = 8.0
CAMERA_BEAT_MS = 5000
CLOCK_PPM = 5.0
MANUFACTURED_S = 41 * 86_400.0  # for how long the controller had run before the plant's time began


def container(c: Container) -> Table:
    s, weather = c.security, c.environment

    def pressure() -> float:
        moved = sum(unit.fan_flow for unit in c.cracs)
        return PASCALS_PER_SURPLUS * (moved / c.server_flow - 1.0) if c.server_flow > 0.1 else 0.0

    return {
        "spd.state": lambda: "failed" if s.surge_protector_failed else "ok",
        "smoke": lambda: s.smoke,
        "smoke.obscuration": lambda: s.obscuration,
        "epo": lambda: "tripped" if s.emergency_off else "released",
        "ambient.temperature": lambda: weather.temperature_c,
        "ambient.humidity": lambda: weather.humidity,
        "hot-aisle.temperature": lambda: c.air.hot_c,
        "aisle.pressure": pressure,
    }


def door(c: Container, name: str) -> Table:
    leaf = c.security.doors[name]
    return {
        "state": lambda: leaf.state,
        "contact": lambda: leaf.contact,
        "badges": lambda: float(leaf.badges),
        "lock": lambda: "locked" if leaf.locked else "unlocked",
    }


def leak(c: Container, seed: int) -> Table:
    table: Table = {f"state@{zone}": _zone(c, zone) for zone in c.security.zones}
    for k, zone in enumerate(c.security.zones):
        table[f"position@{zone}"] = _position(c, zone, ZONE_M * (k + uniform(derive(seed, "leak", zone), 0)))
    return table


def _zone(c: Container, zone: str) -> Callable[[], Truth]:
    return lambda: c.security.zone(zone)


def _position(c: Container, zone: str, metres: float) -> Callable[[], Truth]:
    """m from the rope's beginning to the water; 0 in a dry zone."""
    return lambda: metres if c.security.zone(zone) == "leak" else 0.0


def intrusion(c: Container, seed: int) -> Table:
    """Motion (which now and then sees what is not there), tamper contact and shock sensor."""
    s = c.security
    table: Table = {f"motion.{k + 1}": _motion(c, derive(seed, "motion"), k) for k in range(len(s.moved_s))}
    return table | {
        "tamper": lambda: "open" if s.tampered else "closed",
        "shock": lambda: "shaken" if s.shaken_s > 0.0 else "still",
        "shocks": lambda: float(s.shocks),
    }


def _motion(c: Container, key: int, k: int) -> Callable[[], Truth]:
    hold = round(MOTION_HOLD_S * 1000)

    def state() -> str:
        mistaken = uniform(derive(key, str(k)), c.time_ms // hold) < FALSE_MOTION_PER_H * MOTION_HOLD_S / 3600
        return "motion" if mistaken or c.security.moved_s[k] > 0.0 else "clear"

    return state


def camera(c: Container) -> Table:
    return {"state": constant("recording"), "heartbeat": lambda: float(max(0, c.time_ms) // CAMERA_BEAT_MS)}


def controller(c: Container, seed: int, name: str, model: str, firmware: str) -> Table:
    """The container's controller. The checksum is that of its program and of what is set in the container."""
    own = c.controller
    drift = CLOCK_PPM * 1e-6 * (2 * uniform(derive(seed, name, "clock"), 0) - 1)

    def configured() -> str:
        settings = [model, firmware, own.mode, *(unit.setpoint_c for unit in c.cracs)]
        return hashlib.sha256(repr(settings).encode()).hexdigest()[:8]

    return {
        "heartbeat": lambda: float(own.beats),
        "clock.offset": lambda: 12.0 + drift * c.time_ms,
        "alarms": lambda: float(own.alarms),
        "alarms.unacknowledged": lambda: float(own.unacknowledged),
        "uptime": lambda: MANUFACTURED_S + c.time_ms / 1000.0,
        "configuration.checksum": configured,
        "queue": lambda: float(own.queue),
        "mode": lambda: own.mode,
        "watchdog": lambda: own.watchdog(c.time_ms),
    }
