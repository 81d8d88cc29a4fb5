"""What coolant, dry cooler, cooling unit and racks show follows from what happens to them."""

import pytest

from simulators.plant.liquid.coolant import Coolant
from simulators.plant.liquid.cooling import LiquidCooling
from simulators.plant.liquid.dry_cooler import FANS, DryCooler
from simulators.plant.parameters import load_preset
from simulators.world import World


def coolant() -> Coolant:
    return Coolant(load_preset("lc-120").section("cdu"), 1.0)


def cooler(failed: int) -> DryCooler:
    made = DryCooler(load_preset("lc-120").section("facility"), 0.6)
    made.fans_failed = failed
    for _ in range(300):
        made.step(0.2, 0.6, powered=True)
    made.evaluate(powered=True)
    return made


def number(world: World, equipment: str, point: str) -> float:
    value = world.truth(equipment, point)
    assert isinstance(value, float)
    return value


def test_a_warm_coolant_conducts_more_and_its_ions_gather() -> None:
    one = coolant()
    fresh = one.conductivity_us_per_cm(40.0)
    assert one.conductivity_us_per_cm(25.0) == 37.0 and fresh == pytest.approx(37.0 * 1.3)
    one.step(10 * 86_400.0, 0.0, 0.0)
    assert one.us_per_cm == pytest.approx(37.5) and one.acidity(25.0) == pytest.approx(8.295)
    assert one.acidity(45.0) < one.acidity(25.0)


def test_a_flow_that_changes_stirs_up_what_the_filter_takes_out() -> None:
    one = coolant()
    one.step(0.2, 1.0, 0.0)
    assert one.ntu == pytest.approx(1.4)
    one.step(0.2, 0.0, 0.0)
    standing = one.ntu
    assert standing == pytest.approx(7.4)
    one.step(600.0, 0.0, 0.0)
    assert one.ntu == standing  # what does not flow is not filtered
    one.step(0.2, 1.0, 0.0)
    before = one.ntu
    for _ in range(18_000):
        one.step(0.2, 1.0, 0.0)
    assert before > standing and one.ntu == pytest.approx(1.4, abs=0.3)


def test_fouled_plates_shed_particles() -> None:
    world, clean = World("lc-120", 1, 0), World("lc-120", 1, 0)
    world.start_fault("cdu.fouling", {"share": 0.6})
    for each in (world, clean):
        each.advance_to(600_000)
    assert number(world, "cdu-1", "turbidity") > number(clean, "cdu-1", "turbidity") + 0.8


def test_the_hours_of_a_pump_are_those_it_has_run() -> None:
    world = World("lc-120", 1, 0)
    one, two = (number(world, "cdu-1", f"pump.{k}.run-time") for k in (1, 2))
    world.advance_to(180_000)
    assert number(world, "cdu-1", "pump.1.run-time") == pytest.approx(one + 0.05, abs=1e-3)
    assert number(world, "cdu-1", "pump.2.run-time") == two
    world.start_fault("cdu.pump_fail")
    world.advance_to(360_000)
    assert number(world, "cdu-1", "pump.1.run-time") == pytest.approx(one + 0.05, abs=1e-3)
    assert number(world, "cdu-1", "pump.2.run-time") == pytest.approx(two + 0.0493, abs=1e-3)


@pytest.mark.parametrize("preset", ["lc-120", "edge-40-liquid"])
def test_the_supply_gives_way_to_the_dew_point(preset: str) -> None:
    """The interlock holds 3 K where the set-point would lie in the dew."""
    world = World(preset, 1, 0)
    cdu = world.container.cdu
    assert cdu is not None
    if isinstance(cdu, LiquidCooling):
        cdu.loop.setpoint_c, cdu.facility.setpoint_c = 5.0, 2.0
    else:
        cdu.setpoint_c = 5.0
    world.start_fault("env.cold", {"fall": 25.0})
    world.container.air.ratio = 0.0085
    lowest = 99.0
    for second in range(10, 900, 10):
        world.container.air.ratio = 0.0085
        world.advance_to(second * 1000)
        lowest = min(lowest, number(world, "cdu-1", "dew-point.margin"))
    assert lowest > 0.5
    assert number(world, "cdu-1", "dew-point.margin") == pytest.approx(3.0, abs=0.8)


def test_each_fan_of_the_dry_cooler_fails_by_itself() -> None:
    world = World("lc-120", 1, 0)
    world.start_fault("drycooler.fans_fail", {"fans": 1})
    world.advance_to(300_000)
    one, *others = (number(world, "dry-cooler-1", f"fan.{k}.speed") for k in (1, 2, 3, 4))
    assert one < 0.1 and all(speed > 65.0 for speed in others)
    assert number(world, "dry-cooler-1", "alarms") == 1
    assert number(world, "cdu-1", "supply.temperature") == pytest.approx(40.0, abs=0.5)


def test_a_cooler_with_fewer_fans_rejects_and_takes_less() -> None:
    rejected = [cooler(failed).reject(9450.0, 44.0, 25.0) for failed in range(FANS + 1)]
    taken = [cooler(failed).fan_w for failed in range(FANS + 1)]
    assert rejected == sorted(rejected, reverse=True) and rejected[-1] > 0.02 * rejected[0]
    assert taken == pytest.approx([3000.0 * 0.6**3 * (FANS - failed) / FANS for failed in range(FANS + 1)], rel=1e-6)


def test_a_fouled_condenser_shows_at_its_head() -> None:
    world, clean = World("edge-40", 1, 0), World("edge-40", 1, 0)
    world.start_fault("crac.condenser_fouling")
    for each in (world, clean):
        each.advance_to(60_000)
    assert number(world, "crac-1", "condensing.pressure") > 1.15 * number(clean, "crac-1", "condensing.pressure")
    assert number(world, "crac-1", "evaporating.pressure") == pytest.approx(
        number(clean, "crac-1", "evaporating.pressure"), rel=0.01
    )


def test_superheat_hunts_around_six_kelvin_and_rises_without_refrigerant() -> None:
    world = World("edge-40", 1, 0)
    seen = []
    for k in range(1, 41):
        world.advance_to(k * 5000)
        seen.append(number(world, "crac-1", "superheat"))
    assert sum(seen) / len(seen) == pytest.approx(6.0, abs=0.3) and 0.5 < max(seen) - min(seen) <= 1.6
    world.start_fault("crac.refrigerant_loss", {"loss": 40})
    world.advance_to(205_000)
    assert number(world, "crac-1", "superheat") > 11.0


def test_racks_lie_between_three_tenths_and_one_and_a_half_kelvin_above_the_aisle() -> None:
    above = []
    for seed in (1, 2, 3):
        world = World("edge-40", seed, 0)
        above += [
            number(world, f"rack-{k}", f"inlet.temperature.{height}") - world.container.air.cold_c
            for k in (1, 2, 3, 4)
            for height in ("bottom", "middle", "top")
        ]
    assert all(0.3 < kelvin < 1.5 for kelvin in above) and max(above) > 1.2 and min(above) < 0.6


def test_bubbles_move_the_flow_by_their_share() -> None:
    world, flows = World("lc-120", 1, 0), []
    world.start_fault("cdu.air_in_loop")
    for k in range(1, 151):
        world.advance_to(k * 200)
        flows.append(number(world, "cdu-1", "loop.flow") / 147.0)
    assert max(flows) == pytest.approx(1.15, abs=0.01) and min(flows) == pytest.approx(0.85, abs=0.01)


def test_without_changeover_the_nodes_trip_as_without_pumps() -> None:
    world, first = World("lc-120", 1, 0), 0.0
    world.start_fault("cdu.no_changeover")
    world.start_fault("cdu.pump_fail", {"pump": "1"})
    while not first and world.time_ms < 80_000:
        world.advance_to(world.time_ms + 200)
        first = world.time_ms / 1000 * any(node.state == "tripped" for node in world.container.nodes)
    assert first == pytest.approx(49.0, abs=2.0)
    assert world.truth("cdu-1", "pump.duty") == "pump-1"
