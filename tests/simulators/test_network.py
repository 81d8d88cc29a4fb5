"""The network follows the plant: ports their nodes, the line outside what the nodes answer."""

import pytest

from profiles.vocabulary import load_vocabulary
from simulators.site import load_site
from simulators.world import World


@pytest.fixture
def world() -> World:
    return World("edge-40-liquid", 0, 0)


def ports(world: World, what: str) -> list[object]:
    return [world.truth("switch-1", f"port.{what}@{name}") for name in ("node-1", "node-2", "uplink")]


def test_every_subject_of_the_vocabulary_is_served_by_a_simulated_product() -> None:
    served = set()
    for preset in ("edge-40-dc", "lc-120", "laboratory"):
        world = World(preset, 0, 0)
        served |= {wired.served.map.subject for wired in load_site(world.site, world, 0).devices.values()}
    assert set(load_vocabulary().subjects) == served


def test_a_port_falls_back_with_its_node_and_dies_with_the_feed(world: World) -> None:
    assert ports(world, "speed") == [25e9, 25e9, 25e9]
    world.command("bmc-1", "power-state", "off")
    world.advance_to(10_000)
    assert ports(world, "speed") == [1e9, 25e9, 25e9]
    world.start_fault("sec.epo")
    world.advance_to(20_000)
    assert ports(world, "state") == ["down", "down", "down"]
    assert ports(world, "speed") == [0.0, 0.0, 0.0]


def test_the_line_carries_what_the_nodes_answer(world: World) -> None:
    world.advance_to(10_000)
    busy = world.truth("link-1", "rate")
    world.command("bmc-1", "power-state", "off")
    world.advance_to(20_000)
    calm = world.truth("link-1", "rate")
    assert isinstance(busy, float) and isinstance(calm, float)
    assert 0.0 < calm < 0.8 * busy
    assert world.truth("link-1", "loss") == 0.0


def test_a_line_that_is_too_small_queues_and_loses() -> None:
    from simulators.plant.points.network import site_link

    container = World("edge-40", 0, 0).container
    wide, narrow = (site_link(container, capacity, 6.0, 1600.0) for capacity in (100e6, 1e6))
    assert wide["loss"]() == 0.0 and narrow["loss"]() > 50.0
    assert 6.0 < wide["latency"]() < 6.1 and narrow["latency"]() > 100.0


def test_without_power_nothing_comes_back(world: World) -> None:
    world.start_fault("sec.epo")
    world.advance_to(5_000)
    assert world.truth("link-1", "state") == "down"
    assert world.truth("link-1", "latency") is None
    assert world.truth("link-1", "loss") == 100.0
