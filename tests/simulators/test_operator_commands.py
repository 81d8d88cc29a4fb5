"""What an operator can tell cooling and computers, by command and over the wire."""

import asyncio

import pytest

from profiles.refusal import Refusal
from simulators.site import load_site
from simulators.world import World
from tests.simulators.redfish_desk import V1, Desk, desk

EDGE, LIQUID = "edge-40", "lc-120"


def number(world: World, equipment: str, point: str) -> float:
    value = world.truth(equipment, point)
    assert isinstance(value, float)
    return value


def test_the_coolant_follows_its_setpoint() -> None:
    world = World(LIQUID, 1, 0)
    world.command("cdu-1", "setpoint.temperature", 43.0)
    world.advance_to(1_200_000)
    assert number(world, "cdu-1", "setpoint.temperature") == 43.0
    assert number(world, "cdu-1", "supply.temperature") == pytest.approx(43.0, abs=0.3)


def test_a_setpoint_that_the_facility_water_does_not_allow_opens_the_valve_wide() -> None:
    world = World(LIQUID, 1, 0)
    world.command("cdu-1", "setpoint.temperature", 35.0)
    world.advance_to(1_200_000)
    assert number(world, "cdu-1", "valve.position") == pytest.approx(100.0)
    assert 36.0 < number(world, "cdu-1", "supply.temperature") < 39.0


def test_the_facility_water_follows_its_setpoint() -> None:
    world = World(LIQUID, 1, 0)
    world.command("dry-cooler-1", "setpoint.temperature", 36.0)
    world.advance_to(900_000)
    assert number(world, "dry-cooler-1", "setpoint.temperature") == 36.0
    assert number(world, "dry-cooler-1", "supply.temperature") == pytest.approx(36.0, abs=0.3)


def test_the_pilot_unit_has_a_setpoint_and_one_pump() -> None:
    world = World("edge-40-liquid", 1, 0)
    world.command("cdu-1", "setpoint.temperature", 27.0)
    world.advance_to(1_200_000)
    assert number(world, "cdu-1", "supply.temperature") == pytest.approx(27.0, abs=0.5)
    world.command("cdu-1", "pump.duty", "pump-1")
    with pytest.raises(Refusal, match="one pump"):
        world.command("cdu-1", "pump.duty", "pump-2")


def test_the_other_pump_takes_over_and_keeps_the_duty() -> None:
    world = World(LIQUID, 1, 0)
    world.command("cdu-1", "pump.duty", "pump-2")
    world.advance_to(1_000)
    assert world.truth("cdu-1", "pump.duty") == "pump-2"
    world.command("cdu-1", "pump.duty", "pump-2")
    world.advance_to(60_000)
    assert world.truth("cdu-1", "pump.duty") == "pump-2" and world.truth("cdu-1", "pump.1.state") == "stopped"
    assert number(world, "cdu-1", "loop.flow") == pytest.approx(147.0, rel=0.01)


def test_a_pump_that_cannot_take_the_duty_gives_it_back() -> None:
    world = World(LIQUID, 1, 0)
    world.start_fault("cdu.pump_fail", {"pump": "2"})
    world.command("cdu-1", "pump.duty", "pump-2")
    world.advance_to(60_000)
    assert world.truth("cdu-1", "pump.duty") == "pump-1"
    assert number(world, "cdu-1", "loop.flow") == pytest.approx(147.0, rel=0.01)


def test_a_graceful_shutdown_takes_its_time_and_stays_off() -> None:
    world = World(EDGE, 1, 0)
    node = world.container.nodes[0]
    world.command("bmc-1", "reset", "graceful-shutdown")
    world.advance_to(29_800)
    assert node.state == "stopping" and world.truth("bmc-1", "power-state") == "on"
    assert 1_000 < number(world, "bmc-1", "power") < 6_000
    world.advance_to(30_000)
    assert node.state == "off" and world.truth("bmc-1", "power-state") == "off"
    world.advance_to(400_000)
    assert node.state == "off"
    world.command("bmc-1", "reset", "on")
    world.advance_to(639_800)
    assert node.state == "booting"
    world.advance_to(640_000)
    assert node.state == "on"


def test_a_graceful_restart_comes_back_after_the_boot() -> None:
    world = World(EDGE, 1, 0)
    node = world.container.nodes[1]
    world.command("bmc-2", "reset", "graceful-restart")
    world.advance_to(10_000)
    world.command("bmc-2", "reset", "graceful-restart")  # told twice, done once
    world.advance_to(30_000)
    assert node.state == "booting"
    world.advance_to(276_800)
    assert node.state == "booting"
    world.advance_to(277_000)
    assert node.state == "on"


def test_a_forced_restart_begins_at_once_and_a_power_cycle_after_ten_seconds() -> None:
    world = World(EDGE, 1, 0)
    one, two = world.container.nodes[:2]
    world.command("bmc-1", "reset", "force-restart")
    world.command("bmc-2", "reset", "power-cycle")
    world.advance_to(200)
    assert (one.state, two.state) == ("booting", "off")
    world.advance_to(9_800)
    assert number(world, "bmc-2", "power") == pytest.approx(120.0, rel=0.02)
    world.advance_to(10_000)
    assert two.state == "booting"
    world.advance_to(240_200)
    assert one.state == "on" and two.state == "booting"
    world.advance_to(257_000)
    assert two.state == "on"


@pytest.mark.parametrize("word", ["graceful-restart", "force-restart", "power-cycle"])
def test_what_is_off_or_has_tripped_is_not_started_by_a_restart(word: str) -> None:
    world = World(EDGE, 1, 0)
    world.command("bmc-1", "power-state", "off")
    world.container.nodes[1].state = "tripped"
    world.advance_to(1_000)
    for bmc in ("bmc-1", "bmc-2"):
        world.command(bmc, "reset", word)
    world.advance_to(60_000)
    assert [node.state for node in world.container.nodes[:2]] == ["off", "tripped"]
    world.command("bmc-2", "reset", "on")
    world.advance_to(60_200)
    assert world.container.nodes[1].state == "booting"


def test_a_node_that_still_boots_cannot_be_asked() -> None:
    world = World(EDGE, 1, 0)
    world.command("bmc-1", "reset", "force-restart")
    world.advance_to(5_000)
    world.command("bmc-1", "reset", "graceful-shutdown")
    world.advance_to(5_200)
    assert world.container.nodes[0].state == "off"


@pytest.mark.parametrize(("cap", "clock"), [(600.0, 0.843), (500.0, 0.749), (350.0, 0.582)])
def test_a_chip_keeps_its_cap_at_the_clock_of_the_reference(cap: float, clock: float) -> None:
    world = World(EDGE, 1, 0)
    world.command("npu-1", "power.limit", cap)
    world.advance_to(400_000)
    node = world.container.nodes[0]
    assert number(world, "npu-1", "power.limit@npu3") == cap
    assert node.chip_w == pytest.approx(cap, rel=0.005) and node.clock == pytest.approx(clock, abs=0.002)
    assert world.truth("npu-1", "throttle@npu0") == "power"


def test_the_lower_of_the_caps_of_chip_and_node_binds() -> None:
    world = World(EDGE, 1, 0)
    node = world.container.nodes[0]
    world.command("bmc-1", "power.limit", 7_000.0)
    of_node = node.cap_w
    assert of_node < 650.0
    world.command("npu-1", "power.limit", 690.0)
    assert node.cap_w == of_node
    world.command("npu-1", "power.limit", 300.0)
    assert node.cap_w == 300.0
    world.command("bmc-1", "power.limit", 10_000.0)
    assert node.cap_w == 300.0


@pytest.mark.parametrize(
    ("equipment", "point", "value"),
    [
        ("cdu-1", "setpoint.temperature", 70.0),
        ("cdu-1", "pump.duty", "both"),
        ("dry-cooler-1", "setpoint.temperature", 60.0),
        ("bmc-1", "reset", "Nmi"),
        ("npu-1", "power.limit", 1_001.0),
        ("npu-1", "power.limit", 100.0),
    ],
)
def test_what_is_out_of_range_is_refused_and_changes_nothing(equipment: str, point: str, value: float | str) -> None:
    world = World(LIQUID, 1, 0)
    before = world.save()
    with pytest.raises(Refusal, match="is not allowed"):
        world.command(equipment, point, value)
    assert world.save() == before


def test_a_node_is_worn_when_a_supply_or_a_chip_is_gone() -> None:
    world = World(EDGE, 1, 0)
    assert world.truth("bmc-1", "health") == "ok"
    for fault in ("it.psu_fail", "it.chip_failed", "it.fan_fail"):
        world.start_fault(fault)
        world.advance_to(world.time_ms + 1_000)
        assert world.truth("bmc-1", "health") == "warning", fault
        world.clear_fault(fault)
        world.advance_to(world.time_ms + 1_000)
        assert world.truth("bmc-1", "health") == "ok"


def test_every_type_of_reset_is_taken_over_redfish() -> None:
    async def play() -> None:
        async with desk(World(EDGE, 1, 0)) as ours:
            await told_everything(ours)

    asyncio.run(play())


async def told_everything(ours: Desk) -> None:
    system = f"{V1}/Systems/1"
    told = (await ours.ask("GET", system)).body["Actions"]["#ComputerSystem.Reset"]
    for word in told["ResetType@Redfish.AllowableValues"]:
        assert (await ours.ask("POST", told["target"], {"ResetType": word})).status == 204, word
        ours.world.advance_to(ours.world.time_ms + 3_000)
    world, node = ours.world, ours.world.container.nodes[0]
    assert node.state == "off"  # the second of them switched it off, and none of the others switches it on
    await ours.ask("POST", told["target"], {"ResetType": "On"})
    world.advance_to(world.time_ms + 300_000)
    assert node.state == "on"
    assert (await ours.ask("POST", told["target"], {"ResetType": "GracefulShutdown"})).status == 204
    world.advance_to(world.time_ms + 33_000)
    assert (await ours.ask("GET", system)).body["PowerState"] == "Off"


def test_the_coolant_is_set_and_its_pump_chosen_over_redfish() -> None:
    async def play() -> None:
        async with desk(World(LIQUID, 1, 0), "cdu-1", "redfish-cdu-sensors") as ours:
            unit = f"{V1}/ThermalEquipment/CDUs/1"
            loop = f"{unit}/SecondaryCoolantConnectors/1"
            setpoint = {"SupplyTemperatureControlCelsius": {"SetPoint": 38}}
            assert (await ours.ask("PATCH", loop, setpoint)).status == 200
            assert (await ours.ask("PATCH", unit, {"Oem": {"Project": {"DutyPump": "Pump2"}}})).status == 200
            wrong = await ours.ask("PATCH", unit, {"Oem": {"Project": {"DutyPump": "Pump3"}}})
            assert (wrong.status, wrong.messages) == (400, ["PropertyValueNotInList"])
            ours.world.advance_to(4_000)
            assert ours.world.truth("cdu-1", "setpoint.temperature") == 38.0
            assert ours.world.truth("cdu-1", "pump.duty") == "pump-2"

    asyncio.run(play())


def test_an_exporter_of_accelerators_is_there_when_its_node_has_booted() -> None:
    world = World(EDGE, 1, 0)
    site = load_site(EDGE, world, 1)
    exporter = site.devices["npu-1-exporter"].served
    controller = site.devices["bmc-1-redfish"].served
    assert exporter.reachable()
    world.command("bmc-1", "reset", "graceful-restart")
    world.advance_to(200)
    assert not exporter.reachable() and controller.reachable()
    world.advance_to(269_800)
    assert not exporter.reachable()
    world.advance_to(270_000)
    assert exporter.reachable()


def test_chips_of_a_node_without_power_take_none_and_cool_down() -> None:
    world = World(EDGE, 1, 0)
    warm = number(world, "npu-1", "temperature@npu0")
    world.command("bmc-1", "power-state", "off")
    world.advance_to(200)
    assert number(world, "npu-1", "power@npu0") == 0.0
    assert number(world, "npu-1", "temperature@npu0") == pytest.approx(warm, abs=5.0)
    world.advance_to(900_000)
    # In still air a heat sink keeps its heat for 700 J/K / (22 W/K * 0.05) = 636 s: 61 °C falls to 32 °C.
    assert number(world, "npu-1", "temperature@npu0") == pytest.approx(32.0, abs=1.0)


def test_a_failed_chip_takes_what_the_node_counts_for_it() -> None:
    world = World(LIQUID, 1, 0)
    world.start_fault("it.chip_failed", {"equipment": "npu-1"})
    world.advance_to(1_000)
    assert number(world, "npu-1", "power@npu0") == 60.0
