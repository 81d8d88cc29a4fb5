"""The steady state at full load and 25 °C, and the answers to weather and load (sections 9, 10.5, 10.7, 10.9)."""

import pytest

from simulators.world import World


@pytest.fixture(scope="module")
def steady() -> World:
    world = World("edge-40", 1, 0)
    world.advance_to(600_000)
    return world


def test_powers(steady: World) -> None:
    c = steady.container
    assert c.bus_w == pytest.approx(52_940, rel=0.005)
    assert c.it_w == pytest.approx(39_940, rel=0.005)
    assert c.ups.output_w == pytest.approx(41_250, rel=0.005)
    assert c.ups.loss_w == pytest.approx(1_560, rel=0.01)
    assert sum(unit.compressor_w for unit in c.cracs) == pytest.approx(8_810, rel=0.01)
    assert c.bus_w / c.it_w == pytest.approx(1.325, abs=0.01)


def test_temperatures_and_speeds(steady: World) -> None:
    c, node, unit = steady.container, steady.container.nodes[0], steady.container.cracs[0]
    assert c.air.cold_c == pytest.approx(22.65, abs=0.2)
    assert c.air.hot_c == pytest.approx(38.4, abs=0.2)
    assert c.air.structure_c == pytest.approx(31.5, abs=0.2)
    assert node.die_c == pytest.approx(75.0, abs=0.2)
    assert node.sink_c == pytest.approx(61.0, abs=0.2)
    assert node.clock == pytest.approx(0.927, abs=0.002)
    assert unit.fan == pytest.approx(0.51, abs=0.01)
    assert unit.speed == pytest.approx(0.59, abs=0.01)
    assert c.ups.battery.voltage == pytest.approx(432, abs=0.5)


@pytest.mark.parametrize(("ambient", "pue"), [(5, 1.238), (15, 1.274), (25, 1.325), (35, 1.404), (45, 1.535)])
def test_pue_rises_with_the_weather(ambient: float, pue: float) -> None:
    world = World("edge-40", 1, 0)
    world.start_fault("env.heat_wave", {"rise": ambient - 25.0})
    world.advance_to(3_600_000)
    c = world.container
    assert c.bus_w / c.it_w == pytest.approx(pue, abs=0.01)


def test_air_that_only_warms_becomes_drier() -> None:
    """25 °C and 50 % hold 9.9 g/kg; at 35 °C that is 28 %, and 5 °C cannot hold it."""
    for change, percent in ((0.0, 50.0), (10.0, 28.2), (-20.0, 100.0)):
        world = World("edge-40", 1, 0)
        world.start_fault("env.heat_wave", {"rise": change})
        world.advance_to(1_000)
        assert world.truth("container-1", "ambient.humidity") == pytest.approx(percent, abs=0.1)


def peak(world: World, seconds: int) -> tuple[float, float]:
    """Hottest cold aisle (°C) and when (s)."""
    best = (0.0, 0.0)
    start = world.time_ms
    while world.time_ms < start + seconds * 1000:
        world.advance_to(world.time_ms + 200)
        best = max(best, (world.container.air.cold_c, (world.time_ms - start) / 1000))
    return best


def test_a_fan_that_runs_on_keeps_the_inlet_warm() -> None:
    world = World("edge-40", 1, 0)
    world.start_fault("crac.fan_runs_on")
    world.advance_to(2_400_000)
    assert world.container.air.cold_c == pytest.approx(29.9, abs=0.2)


def test_a_load_step() -> None:
    world = World("edge-40", 1, 0)
    for name in ("npu-1", "npu-2"):
        world.command(name, "utilisation", 5.0)
    for node in world.container.nodes[2:]:
        node.utilisation = 0.05
    world.advance_to(1_500_000)
    assert world.container.it_w == pytest.approx(15_500, rel=0.005)
    for node in world.container.nodes:
        node.utilisation = 1.0
    hottest, when = peak(world, 400)
    assert hottest == pytest.approx(25.0, abs=0.2)
    assert when == pytest.approx(59, abs=3)
