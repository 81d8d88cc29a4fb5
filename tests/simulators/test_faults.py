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
        ("mains.undervoltage:voltage=nan", "outside its range"),
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
        ("sec.door_open", "door-1", "state", "open"),
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
    assert [fault.name for fault in world.fault_for("sensor", "ups-1-card")] == ["sensor.wrong_state"]
    assert world.fault_for("sensor", "rack-1-monitor") == []
    assert world.fault_for("plant", "ups-1-card") == []


def test_clearing_returns_every_knob_also_of_faults_that_overlap() -> None:
    world = World("edge-40", 1, 0)
    mains = world.container.mains
    world.start_fault("mains.sag", {"level": 0.9})
    world.start_fault("mains.loss")
    assert mains.scale == 0.0
    world.clear_fault("mains.loss")
    assert mains.scale == 0.9
    world.clear_fault("mains.sag")
    assert mains.scale == 1.0
    with pytest.raises(Refusal, match="not active"):
        world.clear_fault("mains.sag")


def test_find_knows_both_layers() -> None:
    assert find("sensor.stuck").layer == "sensor"
