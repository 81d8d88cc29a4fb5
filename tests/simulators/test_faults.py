"""The fault catalogue is complete and readable, and every fault does what its line says."""

import pytest

from profiles.refusal import Refusal
from simulators.faults.catalogue import catalogue, find, parse
from simulators.faults.effects import EFFECTS
from simulators.world import World


def test_every_plant_fault_has_an_effect_and_the_reverse() -> None:
    assert {name for name, fault in catalogue().items() if fault.layer == "plant"} == set(EFFECTS)


def test_every_entry_is_explained_in_both_languages_in_one_line() -> None:
    for name, fault in catalogue().items():
        assert set(fault.title) == {"ko", "en"}, name
        assert all(text and "\n" not in text for text in fault.title.values())
        assert fault.layer in ("plant", "sensor", "communication", "device", "bench")
        for parameter in fault.parameters.values():
            assert isinstance(parameter.default, str) or parameter.low <= parameter.default <= parameter.high


def test_a_request_is_parsed_and_completed() -> None:
    request = parse("sensor.offset:device=rack-2-monitor,offset=60,onset=100,duration=30")
    assert request.parameters["offset"] == 60.0
    assert request.complete()["point"] == "inlet.temperature.top"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("mains.lost", "did you mean 'mains.loss'"),
        ("mains.undervoltage:volts=190", "write 'voltage'"),
        ("mains.undervoltage:voltage=low", "is not a number"),
        ("mains.undervoltage:voltage=nan", "write a finite number"),
        ("mains.undervoltage:voltage=9000", "choose 100 to 260 V"),
        ("mains.undervoltage:voltage", "has no value"),
    ],
)
def test_bad_requests_name_the_way_out(text: str, message: str) -> None:
    with pytest.raises(Refusal, match=message):
        parse(text)


def settled(text: str, preset: str = "edge-40-liquid") -> World:
    return World(preset, 1, 0, [parse(text)])


@pytest.mark.parametrize(
    ("text", "equipment", "point", "expected", "within"),
    [
        ("mains.undervoltage", "meter-main", "voltage.l1", 195.0, 1.0),
        ("mains.freq_drift", "meter-main", "frequency", 59.5, 0.06),
        ("ups.output_voltage", "ups-1", "output.voltage.l1", 226.6, 0.5),
        ("crac.setpoint_high", "rack-1", "inlet.temperature.top", 29.3, 0.6),
        ("cdu.pressure_low", "cdu-1", "loop.pressure", 150.0, 5.0),
        ("time.offset", "time-1", "offset@node-1", 250.0, 3.0),
        ("it.accelerator_removed", "bmc-1", "accelerator.count", 7.0, 0.0),
        ("it.accelerator_removed", "cluster-1", "accelerator.allocatable@node-1", 7.0, 0.0),
        ("ups.battery_aged:health=0.6", "ups-1", "battery.time.remaining", 7.5, 1.5),
        ("crac.fan_fail", "crac-1", "fan.speed", 0.0, 0.01),
        ("gen.fuel_leak", "genset-1", "fuel.level", 87.0, 0.5),
    ],
)
def test_a_seeded_defect_shows_in_the_plant(
    text: str, equipment: str, point: str, expected: float, within: float
) -> None:
    assert settled(text).truth(equipment, point) == pytest.approx(expected, abs=within)


@pytest.mark.parametrize(
    ("text", "equipment", "point", "state"),
    [
        ("it.chip_failed", "npu-1", "health@npu0", "failed"),
        ("container.spd_failed", "container-1", "spd.state", "failed"),
        ("leak.detector_fault", "leak-1", "state@zone-1", "fault"),
        ("sec.smoke", "container-1", "smoke", "alarm"),
        ("sec.door_open", "door-1", "contact", "open"),
        ("sec.door_open", "door-1", "state", "held"),
        ("ups.to_bypass", "ups-1", "output.source", "bypass"),
        ("ups.rectifier_fail", "ups-1", "output.source", "none"),
        ("mains.phase_loss", "ats-1", "position", "emergency"),
    ],
)
def test_a_seeded_defect_shows_as_a_state(text: str, equipment: str, point: str, state: str) -> None:
    assert settled(text).truth(equipment, point) == state


def test_a_removed_accelerator_has_no_values_and_its_heat_is_gone() -> None:
    world = settled("it.accelerator_removed")
    assert world.truth("npu-1", "power@npu7") is None
    assert float(world.truth("bmc-1", "power") or 0.0) < 9_500.0


def test_the_coolant_comes_too_close_to_the_dew_point() -> None:
    world = settled("cdu.condensing")
    supply, dew = world.truth("cdu-1", "supply.temperature"), world.truth("cdu-1", "room.dew-point")
    assert isinstance(supply, float) and isinstance(dew, float) and 0.0 < supply - dew < 1.0


def test_a_lazy_battery_monitor_counts_every_thirty_seconds() -> None:
    world = settled("ups.battery_monitor_slow")
    scans = set()
    for second in range(61):
        world.advance_to(second * 1000)
        scans.add(world.truth("ups-1", "battery.scans"))
    assert len(scans) in (3, 4)


def test_a_fault_for_parts_the_container_does_not_have_is_refused_and_forgotten() -> None:
    world = World("edge-40", 1, 0)
    for name, parameters in (("cdu.pressure_low", {}), ("it.chip_failed", {"equipment": "npu-9"})):
        with pytest.raises(Refusal):
            world.start_fault(name, parameters)
    assert world.active_faults() == []


def test_faults_are_found_by_layer_and_target() -> None:
    world = World("edge-40", 1, 0)
    world.start_fault("sensor.wrong_state")
    assert [fault.name for fault in world.aim("ups-1-card", layer="sensor").at(0)] == ["sensor.wrong_state"]
    assert [fault.name for fault in world.aim("ups-1-card").at(0)] == ["sensor.wrong_state"]
    assert world.aim("rack-1-monitor", layer="sensor").at(0) == []
    assert world.aim("ups-1-card", layer="plant").at(0) == []


def test_an_aim_follows_what_begins_and_ends() -> None:
    world = World("edge-40", 1, 0)
    aim = world.aim("ups-1-card")
    assert aim.at(0) == []
    world.start_fault("sensor.wrong_state", {"onset": 5.0, "duration": 10.0})
    assert [bool(aim.at(time_ms)) for time_ms in (4_999, 5_000, 14_999, 15_000)] == [False, True, True, False]
    world.clear_fault("sensor.wrong_state")
    assert aim.at(5_000) == []


def test_clearing_returns_every_knob_also_of_faults_that_overlap() -> None:
    world = World("edge-40", 1, 0)
    mains = world.container.mains
    world.start_fault("mains.sag", {"level": 0.9})
    world.start_fault("mains.swell", {"level": 1.1})
    assert mains.scale == 1.1
    world.clear_fault("mains.swell")
    assert mains.scale == 0.9
    world.clear_fault("mains.sag")
    assert mains.scale == 1.0
    with pytest.raises(Refusal, match="not active"):
        world.clear_fault("mains.sag")


def test_find_knows_both_layers() -> None:
    assert find("sensor.stuck").layer == "sensor"


@pytest.fixture(scope="module")
def begun() -> tuple[World, bytes]:
    world = World("edge-40", 1, 0)
    return world, world.save()


# Faults, how long they last (s), and what somebody then sees.
CONSEQUENCES = [
    (["mains.flicker:rate=12"], 26, {"ups-1/input.line-bads": 6.0, "crac-1/mode": "ventilation"}),
    (["mains.flicker:rate=12,dip=20"], 26, {"ups-1/input.line-bads": 6.0, "crac-1/mode": "cooling"}),
    (["mains.loss", "gen.weak_battery"], 40, {"genset-1/state": "fault", "genset-1/attempts": 3.0}),
    (["mains.loss", "gen.weak_battery:strength=0.8"], 12, {"genset-1/state": "running"}),
    (["mains.loss", "gen.low_fuel:level=0"], 40, {"genset-1/state": "fault", "genset-1/fuel.level": 0.0}),
    (["mains.loss", "gen.low_fuel:level=0.2"], 240, {"genset-1/state": "fault", "ups-1/mode": "battery"}),
    (["mains.loss", "gen.overheat"], 180, {"genset-1/warnings": 1.0, "genset-1/state": "running"}),
    (["mains.loss", "gen.overheat"], 260, {"genset-1/state": "fault", "ups-1/mode": "battery"}),
    (["ups.overload"], 50, {"ups-1/mode": "online"}),
    (["ups.overload"], 75, {"ups-1/mode": "bypass"}),
    (["ups.overload", "ups.static_switch_stuck"], 75, {"ups-1/mode": "off", "bmc-1/power": 0.0}),
    (["ups.to_bypass", "ups.static_switch_stuck"], 5, {"ups-1/mode": "online"}),
    (["ups.to_bypass", "mains.loss:onset=2"], 5, {"ups-1/mode": "off"}),
    (["ups.eco_gap:gap=10", "mains.loss:onset=2"], 5, {"ups-1/mode": "battery", "bmc-1/boot.state": "running"}),
    (["ups.eco_gap:gap=25", "mains.loss:onset=2"], 5, {"ups-1/mode": "battery", "bmc-1/boot.state": "starting"}),
    (["dist.breaker_trip"], 1, {"pdu-1/power": 0.0, "pdu-1/voltage.l1": 0.0, "bmc-1/boot.state": "running"}),
    (["dist.breaker_trip", "dist.breaker_trip:equipment=pdu-2"], 1, {"bmc-1/boot.state": "none"}),
    (["it.psu_fail:count=4"], 1, {"bmc-1/power": 0.0, "bmc-1/boot.state": "none"}),
    (["it.hang"], 1, {"npu-1/utilisation@npu0": 0.0, "cluster-1/node.state@node-1": "ready"}),
    (["it.reboot_loop"], 600, {"cluster-1/node.state@node-1": "not-ready", "bmc-1/boot.state": "starting"}),
    (["mains.sag:level=0,duration=0.2"], 45, {"crac-1/mode": "cooling"}),
    (["mains.sag:level=0,duration=0.2", "crac.slow_restart"], 175, {"crac-1/mode": "ventilation"}),
    (["env.cold:fall=20"], 1, {"container-1/ambient.temperature": 5.0}),
    (["env.heat_wave:rise=5,ramp=360"], 30, {"container-1/ambient.temperature": 28.0}),
    (["sec.forced"], 1, {"door-1/state": "forced"}),
    (["sec.held"], 1, {"door-1/state": "open"}),
    (["sec.held"], 40, {"door-1/state": "held"}),
    (["sec.motion:sensor=2"], 1, {"intrusion-1/motion.2": "motion", "intrusion-1/motion.1": "clear"}),
    (["sec.tamper"], 1, {"intrusion-1/tamper": "open"}),
    (["sec.shock:duration=0.5"], 5, {"intrusion-1/shock": "still", "intrusion-1/shocks": 1.0}),
]


@pytest.mark.parametrize(("faults", "seconds", "seen"), CONSEQUENCES)
def test_a_fault_has_its_consequence(
    begun: tuple[World, bytes], faults: list[str], seconds: int, seen: dict[str, float | str]
) -> None:
    world, state = begun
    world.restore(state)
    for request in map(parse, faults):
        world.start_fault(request.name, request.parameters)
    world.advance_to(seconds * 1000)
    for signal, expected in seen.items():
        value = world.truth(*signal.split("/", 1))
        assert value == (pytest.approx(expected, abs=0.05) if isinstance(expected, float) else expected), signal


def number(world: World, signal: str) -> float:
    value = world.truth(*signal.split("/", 1))
    assert isinstance(value, float)
    return value


def test_the_remaining_power_supplies_and_the_other_feed_take_the_load(begun: tuple[World, bytes]) -> None:
    world, state = begun
    world.restore(state)
    before = number(world, "pdu-1/power") + number(world, "pdu-2/power")
    world.start_fault("it.psu_fail")
    world.advance_to(1_000)
    assert number(world, "bmc-1/power-supply.1.power") == 0.0
    assert number(world, "pdu-1/power") == pytest.approx(before / 3, rel=0.01)
    world.start_fault("dist.breaker_trip", {"equipment": "pdu-1"})
    world.advance_to(2_000)
    assert number(world, "pdu-1/power") == 0.0
    assert number(world, "pdu-2/power") == pytest.approx(before, rel=0.01)


def test_a_load_that_somebody_has_plugged_in_warms_the_hot_aisle(begun: tuple[World, bytes]) -> None:
    world, state = begun
    world.restore(state)
    before = world.container.air.hot_c
    world.start_fault("ups.overload", {"load": 20.0})
    world.advance_to(20_000)
    assert world.container.air.hot_c > before + 1.0


def test_a_loose_neutral_spreads_the_phases_and_leaves_their_power(begun: tuple[World, bytes]) -> None:
    world, state = begun
    world.restore(state)
    calm, power = [number(world, f"pdu-1/voltage.l{k}") for k in (1, 2, 3)], number(world, "pdu-1/power")
    world.start_fault("dist.neutral_loose")
    shifted = [number(world, f"pdu-1/voltage.l{k}") for k in (1, 2, 3)]
    assert max(shifted) - min(shifted) > 5 * (max(calm) - min(calm))
    assert sum(shifted) == pytest.approx(sum(calm), rel=0.01)
    assert number(world, "pdu-1/power") == power


def test_a_power_cap_is_obeyed_in_part_or_not_at_all(begun: tuple[World, bytes]) -> None:
    world, state = begun
    power = {}
    for fault in ("", "it.cap_partial", "it.cap_ignored"):
        world.restore(state)
        world.command("bmc-1", "power.limit", 8000.0)
        if fault:
            world.start_fault(fault)
        world.advance_to(10_000)
        power[fault] = number(world, "bmc-1/power")
    assert power[""] <= 8_000.0 < power["it.cap_partial"] < power["it.cap_ignored"]
    assert power["it.cap_ignored"] == pytest.approx(10_000, rel=0.01)


def test_distorted_mains_are_seen_and_harm_nobody(begun: tuple[World, bytes]) -> None:
    world, state = begun
    world.restore(state)
    before = number(world, "meter-main/distortion.voltage.l1")
    world.start_fault("mains.harmonics", {"distortion": 12.0})
    world.advance_to(1_000)
    assert number(world, "meter-main/distortion.voltage.l1") == pytest.approx(before + 10.0, abs=0.1)
    assert world.truth("ups-1", "mode") == "online"


def test_every_fault_is_explained_with_its_parameters_in_one_line() -> None:
    line = find("mains.sag").line()
    assert "전압 강하 / The utility voltage sags" in line and "[level=0.7 pu (0 to 1); phase=0 (0 to 3)]" in line
    assert all("\n" not in fault.line() for fault in catalogue().values())
