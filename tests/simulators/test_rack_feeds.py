"""Two feeds of each rack: what one no longer carries, the other has to, as far as its breaker bears it."""

from math import log

import pytest

from profiles.refusal import Refusal
from simulators.plant.node import Node
from simulators.plant.rack_feed import RackFeed
from simulators.world import World


@pytest.fixture(scope="module")
def begun() -> tuple[World, bytes]:
    world = World("edge-40", 1, 0)
    return world, world.save()


@pytest.fixture
def world(begun: tuple[World, bytes]) -> World:
    begun[0].restore(begun[1])
    return begun[0]


def after(world: World, seconds: float) -> None:
    world.advance_to(world.time_ms + round(seconds * 1000))


def power(world: World, name: str) -> float:
    value = world.truth(name, "power")
    assert isinstance(value, float)
    return value


class Load:
    """A node that takes a constant power through one feed."""

    def __init__(self, watts: float) -> None:
        self.power_w, self.supplies = watts, self

    def share(self, feed: str) -> float:
        return 1.0

    def break_feed(self, feed: str, broken: bool) -> None:
        self.power_w = 0.0


def trips_after(times_its_rating: float, limit_s: int = 7200) -> int | None:
    """Seconds from cold."""
    load: list[Node] = [Load(times_its_rating * 16.0 * 3 * 230.0)]  # type: ignore[list-item]
    feed = RackFeed("A", load, 16.0)
    for second in range(1, limit_s + 1):
        feed.step(1.0, 230.0)
        if feed.tripped:
            return second
    return None


def test_a_breaker_trips_as_the_standard_says() -> None:
    """IEC 60898-1 up to 32 A: never at 1.13, within an hour at 1.45, from 1 to 60 s at 2.55 times its rating."""
    assert trips_after(1.13) is None
    at_145, at_255 = trips_after(1.45), trips_after(2.55)
    assert at_145 is not None and at_255 is not None
    square = (1.45 / 1.13) ** 2
    assert at_145 == pytest.approx(240.0 * log(square / (square - 1.0)), abs=1.0)
    assert 1 <= at_255 <= 60 < at_145 < 3600


@pytest.mark.parametrize(("preset", "whole"), [("edge-40", ("pdu-1", "pdu-2")), ("lc-120", ("pdu-1", "pdu-2"))])
def test_the_other_feed_carries_the_rack_for_an_hour(preset: str, whole: tuple[str, str]) -> None:
    world = World(preset, 1, 0)
    before = sum(power(world, name) for name in whole)
    world.start_fault("dist.breaker_trip", {"equipment": whole[0]})
    after(world, 600)
    assert power(world, whole[0]) == 0.0
    assert power(world, whole[1]) == pytest.approx(before, rel=0.02)
    assert [world.truth(name, "breaker.state") for name in whole] == ["tripped", "closed"]
    feed = world.container.feeds[whole[1]]
    current = feed.current_a(world.container.mains.nominal_voltage)
    assert 0.6 < current / feed.rating_a < 1.0, "it would bear that for ever"
    assert all(node.state == "on" for node in world.container.nodes)


def test_a_weak_breaker_shows_only_when_it_is_needed_and_darkens_the_rack(world: World) -> None:
    world.start_fault("dist.breaker_weak", {"equipment": "pdu-2", "rating": 12.0})
    after(world, 600)
    assert world.truth("pdu-2", "breaker.state") == "closed"
    world.start_fault("dist.breaker_trip", {"equipment": "pdu-1"})
    after(world, 60)
    assert world.container.nodes[0].state == "on", "16 A on 12 A last for minutes"
    after(world, 540)
    assert world.truth("pdu-2", "breaker.state") == "tripped"
    assert world.truth("pdu-2", "voltage.l1") == 0.0
    assert [node.state for node in world.container.nodes] == ["off", "on", "on", "on"]


def test_a_tripped_breaker_waits_for_somebody_who_closes_it(world: World) -> None:
    world.start_fault("dist.breaker_weak", {"equipment": "pdu-2", "rating": 5.0})
    after(world, 300)
    assert world.truth("pdu-2", "breaker.state") == "tripped"
    assert world.container.nodes[0].state == "on", "feed A carries all"
    assert power(world, "pdu-1") == pytest.approx(world.container.nodes[0].power_w, rel=0.001)
    world.clear_fault("dist.breaker_weak")
    after(world, 600)
    assert world.truth("pdu-2", "breaker.state") == "tripped"
    saved = world.save()
    world.command("pdu-2", "breaker.state", "closed")
    after(world, 1)
    assert world.truth("pdu-2", "breaker.state") == "closed"
    assert power(world, "pdu-2") == pytest.approx(power(world, "pdu-1"), rel=0.001)
    world.restore(saved)
    assert world.truth("pdu-2", "breaker.state") == "tripped"
    with pytest.raises(Refusal, match="write closed"):
        world.command("pdu-2", "breaker.state", "open")


def test_only_a_rack_pdu_has_such_a_breaker(world: World) -> None:
    with pytest.raises(Refusal, match="is no rack PDU"):
        world.start_fault("dist.breaker_weak", {"equipment": "ups-1"})


def test_failed_supplies_move_load_loss_and_power_factor(world: World) -> None:
    node = world.container.nodes[0]
    loss = node.power_w - node.dc_w
    factor = world.truth("pdu-2", "power-factor")
    world.start_fault("it.psu_fail", {"count": 2})
    after(world, 1)
    assert power(world, "pdu-1") == pytest.approx(power(world, "pdu-2"), rel=0.01), "one of two is left on each feed"
    # 20 kW at half load and 10 kW at full load: 0.96 and 0.956.
    assert node.power_w - node.dc_w > 1.08 * loss
    assert world.truth("pdu-2", "power-factor") > factor
    world.start_fault("it.psu_fail", {"count": 3})
    after(world, 1)
    assert node.state != "on", "one of four cannot carry it"
