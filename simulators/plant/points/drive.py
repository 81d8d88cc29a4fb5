"""True values of the drive of a pump: what it gives to the motor follows from the pump's speed and power.

drive(container, container.cdu.loop, 0, volts, equipment.section("drive-1"))["speed"]()      # %
"""

from collections.abc import Callable
from math import hypot, sqrt

from simulators.plant.container import Container
from simulators.plant.liquid.technology_loop import TechnologyLoop
from simulators.plant.parameters import Parameters
from simulators.plant.points.loads import JOULES_PER_KWH
from simulators.plant.points.table import Table

STANDING = 0.01  # of the rated speed: what is slower is stopped


def drive(c: Container, loop: TechnologyLoop, number: int, volts: Callable[[int], float], p: Parameters) -> Table:
    """Of pump `number` (from 0), fed with `volts` of each phase; `p` are the plates of drive and motor."""
    pump = loop.pumps[number]
    rated_v, rated_hz, rated_a, rated_w = (p.number(f"rated_{unit}") for unit in ("v", "hz", "a", "w"))
    efficiency, idle_a = p.number("efficiency_percent") / 100, p.number("magnetising_a")
    begun_h, begun_kwh = p.number("initial_run_time_h"), p.number("initial_energy_kwh")

    def told() -> bool:
        """Whether the controller of the loop wants this pump to run."""
        return loop.powered and loop.duty == number

    def turning() -> bool:
        return pump.power_w > 0.0 and pump.speed > STANDING

    def motor_v() -> float:
        """As much of the rated voltage as of the rated frequency."""
        return rated_v * pump.speed if turning() else 0.0

    def motor_a() -> float:
        """The part that works, and the part that magnetises."""
        return hypot(efficiency * pump.power_w / (sqrt(3.0) * motor_v()), idle_a) if turning() else 0.0

    def heat_sink() -> float:
        return c.air.cold_c + p.number("heat_sink_k_per_w") * (1.0 - efficiency) * pump.power_w

    return {
        "state": lambda: "running" if turning() else "stopped",
        "condition.alarm": lambda: "critical" if pump.failed else "ok",
        "setpoint.frequency": lambda: rated_hz if told() else 0.0,
        "setpoint.speed": lambda: 100.0 if told() else 0.0,
        "frequency": lambda: rated_hz * pump.speed if turning() else 0.0,
        "speed": lambda: 100.0 * pump.speed if turning() else 0.0,
        "voltage": motor_v,
        "current": motor_a,
        "power": lambda: efficiency * pump.power_w,
        # A rectifier charges the link to the peak between two lines.
        "dc-link.voltage": lambda: sqrt(6.0) * volts(0),
        "motor.load": lambda: 100.0 * efficiency * pump.power_w / rated_w,
        "inverter.load": lambda: 100.0 * motor_a() / rated_a,
        "temperature": heat_sink,
        "run-time": lambda: begun_h + pump.run_s / 3600.0,
        "energy": lambda: begun_kwh + pump.energy_j / JOULES_PER_KWH,
    }
