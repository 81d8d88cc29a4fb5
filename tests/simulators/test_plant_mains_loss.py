"""Timers of a mains loss that no grid and no return may change (specification of the plant, section 10.1)."""

from simulators.world import World


def test_deadlines_split_the_step_also_off_the_grid() -> None:
    world = World("edge-40", 1, 0)
    world.start_fault("mains.loss", {"onset": 12.345})
    seen: dict[str, int] = {}
    world.advance_to(12_200)
    while world.time_ms < 25_000:
        world._advance_one(world.container)
        seen.setdefault(world.container.genset.state, world.time_ms)
        seen.setdefault(world.container.ats.state, world.time_ms)
    assert seen["cranking"] == 15_345
    assert seen["run-up"] == 17_145
    assert seen["to-emergency"] == 22_645
    assert seen["on-emergency"] == 22_705


def test_a_return_during_the_start_delay_starts_no_engine() -> None:
    world = World("edge-40", 1, 0)
    world.start_fault("mains.loss", {"duration": 2.9})
    world.advance_to(20_000)
    assert world.truth("genset-1", "starts") == 57.0


def test_three_attempts_then_a_fault_at_29_6_s() -> None:
    world = World("edge-40", 1, 0)
    world.start_fault("gen.no_crank")
    world.start_fault("mains.loss")
    world.advance_to(29_400)
    assert world.truth("genset-1", "state") == "cranking"
    world.advance_to(29_600)
    assert world.truth("genset-1", "state") == "fault"
