"""Random scenarios of faults for properties: which ones, and worlds that need not settle for every example."""

import os
from functools import cache
from math import isfinite

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from simulators.plant.container import Container
from simulators.world import World

PRESETS = ("edge-40-liquid", "lc-120")
MORE = 10 if os.environ.get("EXAMPLES") == "exploring" else 1

Parameters = dict[str, float | str]
Fault = tuple[str, Parameters]
Event = tuple[Fault, int, int]

# Whoever takes chips away takes the heat in them along, which no balance counts; a clock is no part of the plant.
LEFT_OUT = {"it.accelerator_removed", "it.chip_failed", "time.offset"}
FAULTS: list[Fault] = [
    ("mains.loss", {}),
    ("mains.sag", {"level": 0.6}),
    ("mains.swell", {"level": 1.2}),
    ("mains.phase_loss", {"phase": 2.0}),
    ("mains.freq_drift", {"frequency": 55.0, "rate": 1.0}),
    ("mains.flicker", {"rate": 20.0}),
    ("mains.undervoltage", {"voltage": 185.0}),
    ("mains.harmonics", {}),
    ("gen.no_crank", {}),
    ("gen.no_fire", {}),
    ("gen.weak_battery", {}),
    ("gen.slow_start", {}),
    ("gen.fuel_leak", {"rate": 1000.0}),
    ("gen.avr_drift", {"error": -12.0}),
    ("gen.low_fuel", {"level": 0.05}),
    ("gen.overheat", {"share": 1.0}),
    ("gen.trip_under_load", {}),
    ("gen.hunting", {}),
    ("ups.battery_open", {}),
    ("ups.battery_aged", {"health": 0.2}),
    ("ups.battery_hot", {}),
    ("ups.battery_monitor_slow", {}),
    ("ups.output_voltage", {}),
    ("ups.rectifier_fail", {}),
    ("ups.charger_fail", {}),
    ("ups.to_bypass", {}),
    ("ups.eco_gap", {"gap": 25.0}),
    ("ups.overload", {}),
    ("ups.static_switch_stuck", {}),
    ("ats.stuck_n", {}),
    ("ats.stuck_e", {}),
    ("ats.slow", {"dead_time": 3.0}),
    ("dist.breaker_trip", {}),
    ("dist.breaker_weak", {"rating": 5.0}),
    ("dist.neutral_loose", {}),
    ("dist.load_bank", {}),
    ("it.workload", {}),
    ("it.psu_fail", {"count": 3.0}),
    ("it.fan_fail", {}),
    ("it.chip_hot", {}),
    ("it.cap_ignored", {}),
    ("it.cap_partial", {}),
    ("it.swing", {}),
    ("it.training", {"frequency": 1.0}),
    ("it.hang", {}),
    ("it.reboot_loop", {"period": 5.0}),
    ("crac.fan_fail", {}),
    ("crac.comp_trip", {"equipment": "crac-2"}),
    ("crac.filter_clog", {"loss": 60.0}),
    ("crac.refrigerant_loss", {"loss": 90.0}),
    ("crac.condenser_fouling", {}),
    ("crac.control_hunting", {}),
    ("crac.slow_restart", {}),
    ("crac.fan_runs_on", {}),
    ("crac.setpoint_high", {}),
    ("env.heat_wave", {"rise": 20.0}),
    ("env.cold", {}),
    ("env.humid", {}),
    ("sec.door_open", {}),
    ("sec.forced", {}),
    ("sec.held", {}),
    ("sec.motion", {}),
    ("sec.tamper", {}),
    ("sec.shock", {}),
    ("sec.controller_hang", {}),
    ("container.spd_failed", {}),
    ("sec.epo", {}),
    ("sec.smoke", {}),
    ("leak.water", {}),
    ("leak.detector_fault", {}),
    ("cdu.condensing", {}),
    ("cdu.pressure_low", {}),
]
LIQUID: list[Fault] = [
    ("cdu.pump_fail", {"pump": "both"}),
    ("cdu.pump_fail", {"pump": "1"}),
    ("cdu.pump_slow", {}),
    ("cdu.pump_speed", {"speed": 60.0}),
    ("cdu.no_changeover", {}),
    ("cdu.valve_stuck", {"position": 10.0}),
    ("cdu.clog", {"resistance": 3.0}),
    ("cdu.fouling", {"share": 0.9}),
    ("cdu.air_in_loop", {}),
    ("cdu.leak", {"rate": 40.0}),
    ("fws.pump_fail", {}),
    ("fws.hot_supply", {}),
    ("drycooler.fans_fail", {}),
]


def few(examples: int) -> settings:
    """Some examples in the suite, ten times as many when exploring."""
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
    return settings(max_examples=examples * MORE, deadline=None, suppress_health_check=slow)


def scenarios(preset: str, latest_ms: int = 60_000) -> st.SearchStrategy[list[Event]]:
    """Up to five faults with onset and duration in milliseconds."""
    faults = FAULTS if preset in PRESETS else [fault for fault in FAULTS if not fault[0].startswith("cdu.")]
    faults = faults + (LIQUID if preset.startswith("lc-") else [])
    moment = st.integers(0, latest_ms)
    return st.lists(st.tuples(st.sampled_from(faults), moment, st.integers(1, latest_ms)), min_size=1, max_size=5)


@cache
def settled(preset: str, copy: int = 0) -> tuple[World, bytes]:
    """A world and its state at time 0. Copies are worlds of their own with the same seed."""
    world = World(preset, 1, 0)
    return world, world.save()


def fresh(preset: str, copy: int = 0) -> World:
    """The settled world at time 0; whoever asks next gets the same object back, reset."""
    world, state = settled(preset, copy)
    world.restore(state)
    return world


def begin(preset: str, scenario: list[Event], copy: int = 0) -> World:
    world = fresh(preset, copy)
    for (name, parameters), onset, duration in scenario:
        world.start_fault(name, parameters | {"onset": onset / 1000, "duration": duration / 1000})
    return world


def numbers(container: Container) -> dict[str, float]:
    """Every number in every part."""
    return {
        f"{k}.{type(part).__name__}.{name}": value
        for k, part in enumerate(container.parts())
        for name in type(part).__slots__  # type: ignore[attr-defined]
        if isinstance(value := getattr(part, name), float)
    }


def all_finite(values: dict[str, float]) -> bool:
    return all(isfinite(value) for value in values.values())


def truth(world: World, equipment: str, point: str) -> float:
    value = world.truth(equipment, point)
    assert isinstance(value, float), f"{equipment}/{point} is {value}"
    return value
