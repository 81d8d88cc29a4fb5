"""What is acknowledged is not done: writes take effect after a seeded latency, at a tick, in their order."""

import pytest

from fixtures.device_map import load_map
from profiles.refusal import Refusal
from simulators.calendar import GRID_MS
from simulators.servers.life import behaviour
from simulators.servers.served import Served
from simulators.underway import NEVER, Underway
from simulators.world import World

SETPOINT = "setpoint.temperature"
LIMIT_W = 6000.0


def crac(world: World) -> Served:
    return Served(world, "crac-1-controller", "crac-1-controller", "crac-1", load_map("crac-controller"), 1)


def bmc(world: World) -> Served:
    return Served(world, "bmc-1-redfish", "bmc-1-redfish", "bmc-1", load_map("redfish-bmc"), 1)


def effective_after_ms(world: World, point: str, equipment: str, value: float | str) -> int:
    begun = world.time_ms
    while world.truth(equipment, point) != value:
        world.advance_to(world.time_ms + GRID_MS)
        assert world.time_ms < begun + 5000
    return world.time_ms - begun


def test_a_register_reads_back_at_once_and_the_plant_follows_later() -> None:
    world = World("edge-40", 1, 0)
    served, other = crac(world), Served(world, "x", "x", "crac-1", load_map("crac-controller"), 1)
    before = world.truth("crac-1", SETPOINT)
    served.write(SETPOINT, 24.5)
    assert (served.value(SETPOINT), other.value(SETPOINT), world.truth("crac-1", SETPOINT)) == (24.5, before, before)
    assert 200 <= effective_after_ms(world, SETPOINT, "crac-1", 24.5) <= 600
    assert (served.value(SETPOINT), other.value(SETPOINT)) == (24.5, 24.5)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_power_cap_over_redfish_takes_what_the_management_path_takes(seed: int) -> None:
    world = World("edge-40", seed, 0)
    served = bmc(world)
    took = []
    for limit in (LIMIT_W, LIMIT_W + 100, LIMIT_W + 200):
        served.write("power.limit", limit)
        took.append(effective_after_ms(world, "power.limit", "bmc-1", limit))
    assert all(300 <= one < 2200 for one in took) and all(one % GRID_MS == 0 for one in took)
    assert len(set(took)) > 1


def test_the_same_seed_takes_the_same_time_and_another_one_another() -> None:
    def took(seed: int) -> list[int]:
        world = World("edge-40", seed, 0)
        served, result = bmc(world), []
        for number in range(6):
            served.write("power.limit", LIMIT_W + number)
            result.append(effective_after_ms(world, "power.limit", "bmc-1", LIMIT_W + number))
        return result

    assert took(1) == took(1) != took(2)


def test_writes_of_one_device_take_effect_in_their_order() -> None:
    for seed in range(20):
        underway = Underway(seed)
        for number in range(5):
            underway.accept("d", "e", "p", float(number), 100, (50, 2000))
        done: list[float | str] = []
        while underway.due_ms != NEVER:
            done += [write.value for write in underway.due(underway.due_ms)]
        assert done == [0.0, 1.0, 2.0, 3.0, 4.0]


def test_a_write_that_is_not_allowed_is_refused_at_once_and_leaves_nothing_behind() -> None:
    world = World("edge-40", 1, 0)
    served = crac(world)
    saved = world.save()
    for value in (99.0, "cold"):
        with pytest.raises(Refusal):
            served.write(SETPOINT, value)
    assert world.save() == saved and world.underway.due_ms == NEVER


def test_an_instrument_carries_out_what_it_is_told_before_it_reads_on() -> None:
    world = World("laboratory", 1, 0)
    served = Served(world, "load", "load", "load-1", load_map("keysight-el34000-load"), 1)
    served.write("state", "off")
    assert world.truth("load-1", "state") == "off"


def test_what_is_underway_is_part_of_the_saved_state() -> None:
    world = World("edge-40", 1, 0)
    served = bmc(world)
    served.write("power.limit", LIMIT_W)
    saved = world.save()
    world.advance_to(5_000)
    rest = world.save()
    again = World("edge-40", 1, 0)
    bmc(again)
    again.restore(saved)
    assert again.save() == saved and again.truth("bmc-1", "power.limit") != LIMIT_W
    again.advance_to(5_000)
    assert again.save() == rest and again.truth("bmc-1", "power.limit") == LIMIT_W


def test_every_protocol_has_a_latency() -> None:
    data = behaviour()
    assert set(data["latency_ms"]) == {*data["boot_s"]["protocol"]}
    assert all(0 <= first <= last for first, last in data["latency_ms"].values())


def test_what_a_device_had_still_to_do_is_gone_when_it_restarts() -> None:
    world = World("edge-40", 1, 0)
    served, before = bmc(world), world.truth("bmc-1", "power.limit")
    served.write("power.limit", LIMIT_W)
    world.start_fault("device.reboot", {"device": "bmc-1"})
    world.advance_to(100_000)
    assert served.reachable() and world.truth("bmc-1", "power.limit") == before
