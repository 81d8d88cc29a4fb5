"""A fault that would reach nothing is refused: whoever mistypes its aim must not take the silence for a pass."""

import pytest

from profiles.refusal import Refusal
from simulators.faults.catalogue import catalogue, parse
from simulators.faults.registry import schedule
from simulators.scenario import Entry
from simulators.site import load_site
from simulators.world import World

NOWHERE = [
    ("comms.timeout:device=ups-1-crad", "did you mean 'ups-1-card'"),
    ("device.network_partition:devices=crac-*-controller zzz*", "'zzz\\*' is not there"),
    ("sensor.offset:device=rack-1-monitor,point=inlet.temperatur.top", "did you mean 'inlet.temperature.top'"),
    ("sensor.offset:device=rack-1,point=inlet.temperature.top", "did you mean 'rack-1-monitor'"),
    ("sensor.wrong_state:state=bogus", "'output.source' has no state 'bogus'"),
    ("sensor.wrong_state:device=ups-1-card,point=battery.charge,state=bypass", "name a point that shows states"),
    ("comms.word_order:device=ups-1-card", "speaks snmp; name a device on modbus"),
    ("comms.crc:device=meter-main-modbus", "speaks modbus over tcp; name a device on rtu"),
    ("bmc.tls_old:device=meter-main-modbus", "name a device on redfish"),
    ("sensor.stuck:device=npu-1-exporter,point=utilisation@npu9", "shows no point 'utilisation@npu9'"),
    ("bench.serial_missing:equipment=crac-7", "equipment 'crac-7' is not there"),
    ("time.offset:instance=node-77", "no clock of 'node-77'"),
    ("crac.comp_trip:equipment=ups-1", "it cannot happen to equipment 'ups-1'"),
]


@pytest.fixture(scope="module")
def world() -> World:
    world = World("edge-40", 1, 0)
    load_site(world.site, world, 1)
    return world


@pytest.mark.parametrize(("text", "said"), NOWHERE)
def test_an_aim_that_is_not_there_is_refused_with_what_is(world: World, text: str, said: str) -> None:
    request = parse(text)
    with pytest.raises(Refusal, match=said):
        world.start_fault(request.name, request.parameters)
    with pytest.raises(Refusal, match=said):
        world.schedule([Entry(0, "fault", request.name, request.parameters)])
    assert world.active_faults() == []


def test_a_fault_that_a_container_begins_with_is_refused_when_its_devices_are_known() -> None:
    world = World("edge-40", 1, 0, [parse("comms.timeout:device=nosuch")])
    with pytest.raises(Refusal, match="device 'nosuch' is not there"):
        load_site(world.site, world, 1)


@pytest.mark.parametrize(
    "text",
    [
        *("comms.timeout:device=ups-1", "sensor.offset:point=*", "comms.crc", "comms.scale_x10:point=power*"),
        *(
            "sensor.stuck:device=npu-1-exporter,point=utilisation@npu0",
            "sensor.stuck:device=npu-1-exporter,point=power",
        ),
    ],
)
def test_an_aim_by_equipment_or_by_a_pattern_is_taken(world: World, text: str) -> None:
    request = parse(text)
    world.start_fault(request.name, request.parameters)
    assert [fault.name for fault in world.active_faults()] == [request.name]
    world.clear_fault(request.name)


def test_every_fault_is_aimed_at_something_of_the_reference_containers_unless_told_otherwise() -> None:
    left = {name for name, fault in catalogue().items() if fault.layer != "plant"}
    for preset in ("edge-40-liquid", "lc-120"):
        world = World(preset, 1, 0)
        load_site(world.site, world, 1)
        for name in sorted(left):
            try:
                world.start_fault(name)
            except Refusal:
                continue
            left.discard(name)
    assert left == set()


@pytest.mark.parametrize("text", ["sensor.offset:offset=inf", "mains.loss:onset=inf", "mains.loss:duration=nan"])
def test_what_is_no_quantity_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="write a finite number"):
        parse(text)


def test_a_parameter_given_twice_is_refused() -> None:
    with pytest.raises(Refusal, match="level is given twice"):
        parse("mains.sag:level=0.5,level=0.9")


def test_one_of_several_faults_of_a_name_can_be_cleared() -> None:
    world = World("edge-40", 1, 0)
    for unit in ("crac-1", "crac-2"):
        world.start_fault("crac.comp_trip", {"equipment": unit})
    world.clear_fault("crac.comp_trip", {"equipment": "crac-1"})
    assert [fault.parameters["equipment"] for fault in world.active_faults()] == ["crac-2"]
    with pytest.raises(Refusal, match="is not active"):
        world.clear_fault("crac.comp_trip", {"equipment": "crac-1"})


def test_a_fault_cleared_before_it_began_never_begins() -> None:
    world = World("edge-40", 1, 0)
    world.schedule([Entry(1_000, "fault", "mains.sag", {"onset": 20.0}), Entry(10_000, "clear", "mains.sag")])
    world.advance_to(60_000)
    assert world.active_faults() == []
    assert world.truth("ups-1", "input.line-bads") == 0


def test_the_times_of_a_fault_are_those_asked_for() -> None:
    fault = schedule(parse("mains.loss:onset=5,duration=60"), 1_000)
    assert (fault.start_ms, fault.end_ms) == (6_000, 66_000)
