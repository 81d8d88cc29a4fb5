"""The catalogue of the specification by name (section 12), and for every fault of the plant what it changes."""

from functools import cache

import pytest

from simulators.faults.catalogue import catalogue, parse
from simulators.world import World
from tests.simulators.scenarios import FAULTS, LEFT_OUT
from tests.simulators.scenarios import LIQUID as LIQUID_FAULTS

# The 73 entries of the specification with their variants; where our name is another one, after the equals sign.
SPECIFIED = """
mains.loss mains.sag mains.swell mains.phase_loss mains.freq_drift mains.flicker mains.harmonics
ats.stuck_n ats.stuck_e ats.slow ats.position_sensor_wrong
gen.no_crank gen.no_fire gen.weak_battery gen.slow_start gen.low_fuel gen.fuel_leak gen.hunting gen.avr_drift
gen.overheat gen.trip_under_load
ups.rectifier_fail ups.battery_open ups.battery_aged ups.battery_hot ups.overload ups.to_bypass ups.eco_gap
ups.charger_fail ups.static_switch_stuck
dist.breaker_trip dist.neutral_loose
it.psu_fail it.fan_fail it.chip_hot it.cap_ignored it.cap_partial it.hang it.reboot_loop
crac.fan_fail crac.comp_trip crac.fan_runs_on crac.refrigerant_loss crac.condenser_fouling crac.filter_clog
crac.slow_restart crac.control_hunting
cdu.pump_fail cdu.pump_slow cdu.no_changeover cdu.valve_stuck cdu.clog cdu.fouling cdu.air_in_loop cdu.leak
cdu.condensing fws.pump_fail drycooler.fans_fail fws.hot_supply
env.heat_wave env.cold env.humid
sec.door_open sec.forced sec.held sec.smoke sec.motion sec.tamper sec.shock sec.epo
sensor.stuck sensor.offset sensor.gain sensor.drift sensor.spike sensor.noise_x10 sensor.open
sensor.short sensor.quantised_coarse
meter.ct_ratio meter.ct_reversed meter.phase_swap meter.counter_reset meter.wrap
comms.timeout comms.slow_reply comms.exception comms.word_order comms.byte_order comms.scale_x10 comms.sign
comms.stale comms.torn_read comms.duplicate comms.reorder comms.late comms.truncated comms.garbage comms.crc
comms.half_open comms.reset comms.max_clients comms.rate_limit
device.reboot device.clock_skew device.clock_drift device.clock_jump device.no_ntp device.firmware_change
device.alarm_blocks_reads device.auth_expired device.network_partition
"""


@pytest.mark.parametrize("entry", SPECIFIED.split())
def test_every_entry_of_the_specification_is_there(entry: str) -> None:
    fault = catalogue()[entry]
    assert set(fault.title) == {"ko", "en"}


EDGE, LIQUID = "edge-40", "lc-120"
LOSS = ("mains.loss",)

# Preset, fault, what provokes it, seconds, the signal that must differ from a run without it, and by how much.
CHANGES: list[tuple[str, str, tuple[str, ...], int, str, float]] = [
    (EDGE, "mains.loss", (), 5, "meter-main/power", 40_000),
    (EDGE, "mains.sag", (), 5, "meter-main/voltage.l1", 60),
    (EDGE, "mains.swell:level=1.2", (), 5, "ups-1/battery.current", 50),
    (EDGE, "mains.undervoltage", (), 5, "meter-main/voltage.l2", 20),
    (EDGE, "mains.phase_loss:phase=2", (), 5, "meter-main/voltage.l2", 200),
    (EDGE, "mains.freq_drift:rate=1", (), 5, "meter-main/frequency", 0.3),
    (EDGE, "mains.flicker", (), 15, "ups-1/input.line-bads", 1),
    (EDGE, "mains.harmonics", (), 5, "meter-main/distortion.voltage.l1", 5),
    (EDGE, "ats.stuck_n", LOSS, 15, "ats-1/position", 0),
    (EDGE, "ats.stuck_e", ("mains.loss:duration=15",), 340, "ats-1/position", 0),
    (EDGE, "ats.slow", LOSS, 11, "ats-1/position", 0),
    (EDGE, "gen.no_crank", LOSS, 15, "genset-1/state", 0),
    (EDGE, "gen.no_fire", LOSS, 15, "genset-1/state", 0),
    (EDGE, "gen.weak_battery", LOSS, 15, "genset-1/state", 0),
    (EDGE, "gen.slow_start", LOSS, 15, "genset-1/state", 0),
    (EDGE, "gen.hunting:gain=6", LOSS, 32, "genset-1/frequency", 0.02),
    (EDGE, "gen.avr_drift", LOSS, 15, "genset-1/voltage.l1", 10),
    (EDGE, "gen.fuel_leak", (), 60, "genset-1/fuel.level", 0.3),
    (EDGE, "gen.low_fuel", (), 1, "genset-1/fuel.level", 80),
    (EDGE, "gen.overheat", LOSS, 120, "genset-1/coolant.temperature", 10),
    (EDGE, "gen.trip_under_load", LOSS, 40, "genset-1/state", 0),
    (EDGE, "ups.output_voltage", (), 1, "ups-1/output.voltage.l1", 4),
    (EDGE, "ups.battery_monitor_slow", (), 60, "ups-1/battery.scans", 20),
    (EDGE, "ups.rectifier_fail", (), 60, "ups-1/battery.charge", 3),
    (EDGE, "ups.charger_fail", ("mains.loss:duration=60",), 900, "ups-1/battery.charge", 0.5),
    (EDGE, "ups.to_bypass", (), 2, "ups-1/output.source", 0),
    (EDGE, "ups.overload", (), 2, "ups-1/output.load.l1", 30),
    (EDGE, "ups.eco_gap:gap=25", ("mains.loss:onset=2",), 5, "bmc-1/boot.state", 0),
    (EDGE, "ups.static_switch_stuck", ("ups.to_bypass",), 2, "ups-1/output.source", 0),
    (EDGE, "ups.battery_open", LOSS, 2, "bmc-1/power", 9_000),
    (EDGE, "ups.battery_aged", (), 60, "ups-1/battery.time.remaining", 4),
    (EDGE, "ups.battery_hot", (), 2, "ups-1/battery.temperature", 14),
    (EDGE, "ups.battery_hot", (), 2, "ups-1/battery.voltage", 5),
    (EDGE, "dist.breaker_trip", (), 1, "pdu-1/power", 4_000),
    (EDGE, "dist.breaker_weak", ("dist.breaker_trip",), 600, "pdu-2/breaker.state", 0),
    (EDGE, "dist.neutral_loose", (), 1, "pdu-1/voltage.l1", 0.5),
    (EDGE, "dist.load_bank", (), 1, "ups-1/output.power", 19_000),
    (EDGE, "it.workload", (), 2, "meter-it/power", 15_000),
    (EDGE, "it.chip_failed", (), 2, "npu-1/health@npu0", 0),
    (EDGE, "it.accelerator_removed", (), 2, "bmc-1/power", 500),
    (EDGE, "it.fan_fail", (), 60, "npu-1/temperature@npu0", 1),
    (EDGE, "it.chip_hot", (), 60, "npu-1/temperature@npu0", 5),
    (EDGE, "it.psu_fail", (), 1, "bmc-1/power-supply.1.power", 1_000),
    (EDGE, "it.hang", (), 2, "bmc-1/power", 3_000),
    (EDGE, "it.reboot_loop", (), 60, "bmc-1/boot.state", 0),
    (EDGE, "crac.setpoint_high", (), 120, "rack-1/inlet.temperature.top", 3),
    (EDGE, "crac.fan_fail", (), 30, "rack-1/inlet.temperature.top", 2),
    (EDGE, "crac.comp_trip", (), 60, "rack-1/inlet.temperature.top", 3),
    (EDGE, "crac.fan_runs_on", ("crac.comp_trip",), 600, "rack-1/inlet.temperature.top", 3),
    (EDGE, "crac.slow_restart", ("mains.sag:level=0,duration=0.2",), 100, "rack-1/inlet.temperature.top", 10),
    (EDGE, "crac.refrigerant_loss", (), 60, "rack-1/inlet.temperature.top", 0.3),
    (EDGE, "crac.condenser_fouling", (), 2, "meter-mech/power", 500),
    (EDGE, "crac.filter_clog:loss=60", (), 60, "rack-1/inlet.temperature.top", 0.3),
    (EDGE, "crac.control_hunting", ("mains.sag:level=0,duration=0.2",), 100, "crac-1/power", 50),
    (EDGE, "container.spd_failed", (), 1, "container-1/spd.state", 0),
    (EDGE, "leak.detector_fault", (), 1, "leak-1/state@zone-1", 0),
    (EDGE, "leak.water", (), 60, "leak-1/state@zone-1", 0),
    (EDGE, "sec.door_open", (), 1, "door-1/contact", 0),
    (EDGE, "sec.forced", (), 1, "door-1/state", 0),
    (EDGE, "sec.held", (), 40, "door-1/state", 0),
    (EDGE, "sec.motion", (), 1, "intrusion-1/motion.1", 0),
    (EDGE, "sec.tamper", (), 1, "intrusion-1/tamper", 0),
    (EDGE, "sec.controller_hang", (), 7, "controller-1/watchdog", 0),
    (EDGE, "sec.shock", (), 1, "intrusion-1/shocks", 1),
    (EDGE, "sec.smoke", (), 60, "container-1/smoke", 0),
    (EDGE, "sec.epo", (), 1, "meter-main/power", 50_000),
    (EDGE, "env.heat_wave", (), 60, "meter-mech/power", 1_000),
    (EDGE, "env.cold", (), 60, "meter-mech/power", 1_000),
    (EDGE, "env.humid", (), 1, "container-1/ambient.humidity", 20),
    (EDGE, "time.offset", (), 1, "time-1/offset@node-1", 200),
    (LIQUID, "cdu.pressure_low", (), 1, "cdu-1/loop.pressure", 100),
    (LIQUID, "cdu.condensing", (), 120, "cdu-1/supply.temperature", 1),
    (LIQUID, "cdu.pump_fail:pump=both", (), 10, "npu-1/temperature@npu0", 10),
    (LIQUID, "cdu.pump_slow", (), 1, "cdu-1/loop.flow", 20),
    (LIQUID, "cdu.pump_speed", (), 10, "cdu-1/loop.flow", 20),
    (LIQUID, "cdu.no_changeover", ("cdu.pump_fail",), 10, "cdu-1/loop.flow", 100),
    (LIQUID, "cdu.valve_stuck", (), 60, "cdu-1/supply.temperature", 2),
    (LIQUID, "cdu.clog", (), 60, "npu-1/temperature@npu0", 1),
    (LIQUID, "cdu.fouling:share=0.6", (), 120, "cdu-1/supply.temperature", 1),
    (LIQUID, "cdu.air_in_loop", (), 1, "cdu-1/loop.flow", 5),
    (LIQUID, "cdu.leak", (), 60, "cdu-1/level", 1),
    (LIQUID, "fws.pump_fail", (), 60, "cdu-1/supply.temperature", 8),
    (LIQUID, "fws.hot_supply", (), 120, "cdu-1/supply.temperature", 1),
    (LIQUID, "drycooler.fans_fail", (), 120, "cdu-1/supply.temperature", 3),
]
# Seen where a command or a measurement must come first; each has a test of its own.
ELSEWHERE = {"it.cap_ignored", "it.cap_partial", "it.swing", "it.training"}


@cache
def begun(preset: str) -> tuple[World, bytes]:
    world = World(preset, 1, 0)
    return world, world.save()


def value(preset: str, faults: tuple[str, ...], seconds: int, signal: str) -> float | str | None:
    world, state = begun(preset)
    world.restore(state)
    for request in map(parse, faults):
        world.start_fault(request.name, request.parameters)
    world.advance_to(seconds * 1000)
    return world.truth(*signal.split("/", 1))


calm = cache(value)


def test_the_table_has_every_fault_of_the_plant() -> None:
    of_plant = {name for name, fault in catalogue().items() if fault.layer == "plant"}
    assert {parse(row[1]).name for row in CHANGES} | ELSEWHERE == of_plant


def test_random_scenarios_draw_from_every_fault_of_the_plant() -> None:
    of_plant = {name for name, fault in catalogue().items() if fault.layer == "plant"}
    assert {name for name, _ in FAULTS + LIQUID_FAULTS} == of_plant - LEFT_OUT


@pytest.mark.parametrize(("preset", "fault", "provoked", "seconds", "signal", "least"), CHANGES)
def test_a_fault_of_the_plant_changes_what_it_must(
    preset: str, fault: str, provoked: tuple[str, ...], seconds: int, signal: str, least: float
) -> None:
    without, seen = calm(preset, provoked, seconds, signal), value(preset, (fault, *provoked), seconds, signal)
    if isinstance(without, float) and isinstance(seen, float):
        assert abs(seen - without) >= least
    else:
        assert seen != without
