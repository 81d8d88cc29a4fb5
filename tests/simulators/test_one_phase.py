"""Disturbances of one phase of the utility: the lowest decides, or the highest where the voltage is too high."""

import pytest

from simulators.faults.catalogue import parse
from simulators.world import World
from tests.simulators.scenarios import truth

PHASES = ("l1", "l2", "l3")


@pytest.fixture(scope="module")
def begun() -> tuple[World, bytes]:
    world = World("edge-40", 1, 0)
    return world, world.save()


@pytest.fixture
def world(begun: tuple[World, bytes]) -> World:
    begun[0].restore(begun[1])
    return begun[0]


def begin(world: World, *faults: str) -> None:
    for text in faults:
        request = parse(text)
        world.start_fault(request.name, dict(request.parameters))


def volts(world: World) -> list[float]:
    return [truth(world, "meter-main", f"voltage.{phase}") for phase in PHASES]


ONE_PHASE = [
    ("mains.sag:level=0.7,phase={}", 0.7),
    ("mains.swell:level=1.2,phase={}", 1.2),
    ("mains.undervoltage:voltage=160,phase={}", 160 / 220),
    ("mains.phase_loss:phase={}", 0.0),
]


@pytest.mark.parametrize("phase", [1, 2, 3])
@pytest.mark.parametrize(("fault", "level"), ONE_PHASE)
def test_only_the_named_phase_changes_and_the_ups_takes_to_its_battery(
    world: World, fault: str, level: float, phase: int
) -> None:
    begin(world, fault.format(phase))
    world.advance_to(1_000)
    shares = [value / 220 for value in volts(world)]
    for k, share in enumerate(shares, 1):
        assert share == pytest.approx(level if k == phase else 1.0, abs=0.015)
    assert truth(world, "ups-1", "input.line-bads") == 1.0
    assert world.truth("ups-1", "mode") == "battery"
    assert all(node.state == "on" for node in world.container.nodes)


@pytest.mark.parametrize(("fault", "healthy"), [(fault, level > 1) for fault, level in ONE_PHASE])
def test_the_transfer_switch_leaves_a_utility_with_one_low_phase(world: World, fault: str, healthy: bool) -> None:
    """A phase that is too high is no reason for it: its supervision knows only a lower limit."""
    begin(world, fault.format(2))
    world.advance_to(20_000)
    assert world.truth("ats-1", "source.normal.availability") == ("available" if healthy else "unavailable")
    assert world.truth("ats-1", "position") == ("normal" if healthy else "emergency")


def test_dips_of_one_phase_leave_the_others_alone(world: World) -> None:
    begin(world, "mains.flicker:rate=60,level=0.4,dip=400,phase=3")
    seen = []
    while world.time_ms < 5_000:
        world.advance_to(world.time_ms + 200)
        seen.append(volts(world))
    lowest = [min(row[k] for row in seen) / 220 for k in range(3)]
    assert lowest[:2] == pytest.approx([1.0, 1.0], abs=0.015)
    assert lowest[2] == pytest.approx(0.4, abs=0.01)
    assert truth(world, "ups-1", "input.line-bads") >= 1.0


def test_sags_of_two_phases_add_up_and_end_one_by_one(world: World) -> None:
    begin(world, "mains.sag:level=0.8,phase=1,duration=4", "mains.sag:level=0.6,phase=2,duration=2")
    levels = []
    for time in (1_000, 3_000, 5_000):
        world.advance_to(time)
        levels.append([round(value / 220, 1) for value in volts(world)])
    assert levels == [[0.8, 0.6, 1.0], [0.8, 1.0, 1.0], [1.0, 1.0, 1.0]]


def test_two_phases_can_be_lost_one_after_the_other(world: World) -> None:
    begin(world, "mains.phase_loss:phase=1,duration=4", "mains.phase_loss:phase=3,duration=2")
    dead = []
    for time in (1_000, 3_000, 5_000):
        world.advance_to(time)
        dead.append([value == 0.0 for value in volts(world)])
    assert dead == [[True, False, True], [True, False, False], [False, False, False]]


@pytest.mark.parametrize("more", ["mains.sag:level=0.9", "mains.swell:level=1.1", "mains.undervoltage:voltage=200"])
def test_a_dead_utility_stays_dead_whatever_else_happens(world: World, more: str) -> None:
    begin(world, "mains.loss", more)
    world.advance_to(1_000)
    assert volts(world) == [0.0, 0.0, 0.0]
    assert truth(world, "meter-main", "frequency") == 0.0
