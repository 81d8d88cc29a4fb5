"""Closed transition: both sources overlap for a moment, but only if they agree; the switch opens otherwise."""

import pytest

from simulators.plant.container import Container
from simulators.plant.parameters import load_preset
from simulators.plant.synchroniser import Synchroniser
from simulators.world import World

OUTAGE = {"duration": 30}


@pytest.fixture(scope="module")
def begun() -> tuple[World, bytes]:
    """Just before the return, five minutes after an outage of half a minute."""
    world = World("closed-transition", 1, 0)
    world.start_fault("mains.loss", OUTAGE)
    world.advance_to(329_000)
    return world, world.save()


@pytest.fixture
def world(begun: tuple[World, bytes]) -> World:
    begun[0].restore(begun[1])
    return begun[0]


def steps(world: World, seconds: float) -> list[tuple[int, str, float]]:
    """Time, position and voltage of the load (pu) after every single step."""
    plant, seen = world.container, []
    end = world.time_ms + round(seconds * 1000)
    while world.time_ms < end:
        world._advance_one(plant)
        seen.append((plant.time_ms, plant.ats.position, plant.supply_pu))
    return seen


def test_the_return_does_not_dip_the_load(world: World) -> None:
    """No gap, no battery, and an overlap of exactly 100 ms in phase."""
    plant = world.container
    bads = plant.ups.line_bads
    assert (plant.ats.position, plant.ats.state) == ("emergency", "wait-return")
    seen = steps(world, 130)
    positions = [position for _, position, _ in seen]
    assert list(dict.fromkeys(positions)) == ["emergency", "both", "normal"]
    assert min(volts for _, _, volts in seen) > 0.95
    begin, end = (next(time for time, position, _ in seen if position == name) for name in ("both", "normal"))
    assert end - begin == 100
    assert abs(plant.ats.synchroniser.angle_deg) < 5.0
    assert abs(plant.ats.synchroniser.slip_hz) < 0.2
    assert (plant.ups.mode, plant.ups.line_bads) == ("online", bads)
    assert world.truth("ats-1", "transfer.time") == 0.0
    assert world.truth("ats-1", "transfers") == 2.0


def test_in_the_overlap_the_utility_carries_the_load(world: World) -> None:
    plant = world.container
    while plant.ats.position != "both":
        world._advance_one(plant)
    plant.evaluate()
    assert world.truth("ats-1", "state") == "overlap"
    assert [world.truth("ats-1", f"source.{name}.switch") for name in ("normal", "emergency")] == ["closed"] * 2
    assert world.truth("meter-main", "power") == pytest.approx(plant.bus_w, rel=1e-6)
    assert world.truth("genset-1", "power") == 0.0
    mains, source = plant.energy.mains, plant.energy.source
    world._advance_one(plant)
    assert plant.energy.mains - mains == pytest.approx(plant.energy.source - source)


def opens(world: World) -> bool:
    return "open" in [position for _, position, _ in steps(world, 130)]


@pytest.mark.parametrize(
    ("fault", "parameters", "expected"),
    [
        ("mains.freq_drift", {"frequency": 60.5, "rate": 10.0}, True),
        ("mains.freq_drift", {"frequency": 59.5, "rate": 10.0}, True),
        ("mains.freq_drift", {"frequency": 60.1, "rate": 10.0}, False),
        ("gen.avr_drift", {"error": 8.0}, True),
        ("gen.avr_drift", {"error": 3.0}, False),
        ("mains.sag", {"level": 0.93}, True),
    ],
)
def test_sources_that_differ_too_much_are_not_connected(
    world: World, fault: str, parameters: dict[str, float | str], expected: bool
) -> None:
    """Beyond 0.2 Hz or 5 % it waits in vain and then opens: the load is dark for the dead time."""
    world.start_fault(fault, parameters)
    assert opens(world) is expected
    plant = world.container
    assert plant.ats.position == "normal"
    assert plant.ats.last_transfer_ms == (60 if expected else 0)


def test_an_angle_alone_keeps_them_apart() -> None:
    check = Synchroniser(load_preset("closed-transition").section("ats"), 1)
    check.begin(0)
    assert not check.agrees
    check.angle_deg = -12.0
    check.step(0.2, 0.1, 0.01)  # 7.2 degrees nearer
    assert check.angle_deg == pytest.approx(-4.8)
    assert check.agrees
    check.angle_deg = -5.1
    assert not check.agrees
    assert check.wait_ms() == pytest.approx(1000 * 5.1 / 36, abs=1)
    check.step(0.0, -0.1, 0.01)
    assert check.wait_ms() == pytest.approx(1000 * 354.9 / 36, abs=1)


@pytest.mark.parametrize("moment", ["synchronising", "overlap"])
@pytest.mark.parametrize(("fault", "position"), [("mains.loss", "emergency"), ("gen.trip_under_load", "normal")])
def test_a_source_that_fails_meanwhile_is_left(world: World, moment: str, fault: str, position: str) -> None:
    plant = world.container
    while plant.ats.state != moment:
        world._advance_one(plant)
    world.start_fault(fault)
    steps(world, 3)
    assert plant.ats.position == position
    assert plant.supply_pu > 0.9


def test_a_test_under_load_overlaps_both_ways() -> None:
    world = World("closed-transition", 1, 0)
    plant: Container = world.container
    world.command("ats-1", "test.request", "load")
    out = steps(world, 130)
    world.command("ats-1", "test.request", "none")
    back = steps(world, 130)
    ways = [list(dict.fromkeys(position for _, position, _ in seen)) for seen in (out, back)]
    assert ways == [["normal", "both", "emergency"], ["emergency", "both", "normal"]]
    assert plant.ups.line_bads == 0
    assert min(volts for _, _, volts in (*out, *back)) > 0.85


def test_an_outage_still_transfers_through_open() -> None:
    world = World("closed-transition", 1, 0)
    world.start_fault("mains.loss", OUTAGE)
    positions = [position for _, position, _ in steps(world, 25)]
    assert list(dict.fromkeys(positions)) == ["normal", "open", "emergency"]


def test_the_shipped_containers_open() -> None:
    for name in ("edge-40", "lc-120"):
        assert load_preset(name).section("ats").text("transition") == "open"
