"""Doors, leak rope, smoke, surge protector and emergency power off.

security.leak["zone-1"], security.smoke, security.emergency_off      # 'ok', 'clear', False
"""

from simulators.plant.door import Door, air_exchange
from simulators.plant.lag import approach
from simulators.plant.parameters import Parameters

PRE_ALARM, ALARM = 0.08, 0.2  # obscuration, %/m
MOTION_SENSORS, MOTION_HOLD_S, SHOCK_HOLD_S = 2, 5.0, 1.0


class Security:
    """Knobs for faults: doors' `opening` and `forced`, `leak_l_per_min`, `leak_zone`, `faulty_zone`, `smoke_source`,
    `surge_protector_failed`, `emergency_off`, `intruder` (the motion sensor that sees somebody, 0: none),
    `tampered`, `shaken`."""

    __slots__ = (
        "doors",
        "emergency_off",
        "faulty_zone",
        "intruder",
        "leak_l_per_min",
        "leak_zone",
        "leaked_l",
        "moved_s",
        "obscuration",
        "shaken",
        "shaken_s",
        "shocks",
        "smoke_source",
        "surge_protector_failed",
        "tampered",
        "wet_s",
        "zones",
    )

    def __init__(self, p: Parameters) -> None:
        self.doors = {"door-1": Door(), "door-2": Door()}
        self.zones = [f"zone-{k + 1}" for k in range(round(p.number("leak_zones")))]
        self.leak_zone, self.faulty_zone, self.leak_l_per_min = "zone-1", "", 0.0
        self.leaked_l = self.wet_s = self.obscuration = self.smoke_source = 0.0
        self.surge_protector_failed = self.emergency_off = self.tampered = self.shaken = False
        self.intruder, self.shocks, self.shaken_s = 0, 0, 0.0
        self.moved_s = [0.0] * MOTION_SENSORS

    def step(self, seconds: float) -> None:
        for door in self.doors.values():
            door.step(seconds)
        for k, rest in enumerate(self.moved_s):
            self.moved_s[k] = MOTION_HOLD_S if self.intruder == k + 1 else max(0.0, rest - seconds)
        if self.shaken and self.shaken_s <= 0.0:
            self.shocks += 1
        self.shaken_s = SHOCK_HOLD_S if self.shaken else max(0.0, self.shaken_s - seconds)
        self.obscuration = approach(self.obscuration, self.smoke_source, seconds, 20.0)
        if self.leak_l_per_min > 0.0:
            self.leaked_l += self.leak_l_per_min * seconds / 60.0
            self.wet_s = self.wet_s + seconds if self.leaked_l >= 0.2 else 0.0

    def door_exchange(self, difference_k: float) -> float:
        """m3/s through all doors."""
        return sum(air_exchange(door.opening, difference_k) for door in self.doors.values())

    def zone(self, zone: str) -> str:
        """State of one zone of the rope: it needs 0.2 L and 10 s of electronics to notice, and latches."""
        if zone == self.faulty_zone:
            return "fault"
        return "leak" if self.wet_s >= 10.0 and zone == self.leak_zone else "ok"

    @property
    def smoke(self) -> str:
        return "alarm" if self.obscuration >= ALARM else "pre-alarm" if self.obscuration >= PRE_ALARM else "clear"
