"""What meters see of the sources beside their power: wander, unbalance, distortion. None of it changes the plant."""

from statistics import fmean, pstdev

import pytest

from simulators.plant.meter import unbalance
from simulators.world import World
from tests.simulators.scenarios import truth

PHASES = ("l1", "l2", "l3")


@pytest.fixture(scope="module")
def outage() -> World:
    """A minute after the genset took the load."""
    world = World("edge-40", 1, 0)
    world.start_fault("mains.loss")
    world.advance_to(120_000)
    return world


def test_the_genset_wanders_four_times_as_far_as_the_utility() -> None:
    """60 mHz and 15 mHz (section 5.6); at 60 s of correlation 20,000 s hold some 170 values of their own."""
    world = World("edge-40", 3, 0)
    genset = world.container.genset.frequency_wander
    mains = world.container.mains.frequency_wander
    values: list[tuple[float, float]] = []
    for second in range(1, 20_001):
        for wander in (genset, mains):
            wander.advance(second)
        values.append((genset.value, mains.value))
    assert pstdev(genset for genset, _ in values) == pytest.approx(0.060, rel=0.15)
    assert pstdev(mains for _, mains in values) == pytest.approx(0.015, rel=0.15)
    assert abs(fmean(genset * mains for genset, mains in values)) < 0.25 * 0.060 * 0.015


def test_whoever_looks_at_the_genset_sees_one_frequency(outage: World) -> None:
    hertz = truth(outage, "genset-1", "frequency")
    assert hertz != pytest.approx(60.0 * outage.container.genset.speed, abs=1e-6)
    assert truth(outage, "ats-1", "source.emergency.frequency") == hertz
    assert truth(outage, "ups-1", "input.frequency.l1") == hertz
    assert truth(outage, "genset-1", "speed") == pytest.approx(30 * hertz)


def test_a_genset_that_stands_has_no_frequency() -> None:
    world = World("edge-40", 1, 0)
    assert truth(world, "genset-1", "frequency") == truth(world, "ats-1", "source.emergency.frequency") == 0.0
    assert truth(world, "genset-1", "distortion.voltage") == 0.0


@pytest.mark.parametrize("seed", range(1, 6))
def test_the_phases_of_the_genset_differ_by_half_to_one_percent(seed: int) -> None:
    world = World("edge-40", seed, 0)
    world.start_fault("mains.loss")
    world.advance_to(20_000)
    volts = [truth(world, "genset-1", f"voltage.{phase}") for phase in PHASES]
    assert 0.499 <= unbalance(volts) <= 1.001
    assert [truth(world, "ats-1", f"source.emergency.voltage.{phase}") for phase in PHASES] == volts
    assert [truth(world, "ups-1", f"input.voltage.{phase}") for phase in PHASES] == pytest.approx(volts)
    assert truth(world, "ats-1", "output.voltage") == volts[0]
    assert world.container.supply_pu == pytest.approx(fmean(volts) / 220), "the plant lives on their mean"


@pytest.mark.parametrize("seed", range(1, 6))
def test_the_main_meter_shows_the_unbalance_of_the_utility(seed: int) -> None:
    world = World("edge-40", seed, 0)
    assert 0.499 <= truth(world, "meter-main", "unbalance.voltage") <= 1.001
    currents = [truth(world, "meter-main", f"current.{phase}") for phase in PHASES]
    assert truth(world, "meter-main", "unbalance.current") == pytest.approx(unbalance(currents))


def test_a_load_bends_the_voltage_of_a_genset(outage: World) -> None:
    load = outage.container.genset.load_pu
    assert load > 0.5
    assert truth(outage, "genset-1", "distortion.voltage") == pytest.approx(3.0 + 3.0 * load)
    outage.container.genset.load_pu = 0.0
    assert truth(outage, "genset-1", "distortion.voltage") == pytest.approx(3.0)
    outage.container.genset.load_pu = load


def distortions(world: World) -> list[float]:
    return [truth(world, "meter-main", f"distortion.current.{phase}") for phase in PHASES]


def test_on_bypass_the_harmonics_of_the_computers_are_seen_upstream() -> None:
    """Half loaded power supplies, with cooling beside them; the rectifier at this load keeps them to its own 4 %."""
    world = World("edge-40", 1, 0)
    plant = world.container
    on_line = distortions(world)
    world.command("ups-1", "setpoint.mode", "bypass")
    world.advance_to(1_000)
    bypassed = distortions(world)
    computers = 100 * min(0.45, 0.03 / plant.psu_ratio**0.8)
    share = plant.it_w * (1 + plant.bus.loss_share) / plant.bus_w
    assert bypassed == pytest.approx([computers * share] * 3, rel=0.05)
    assert [after / before for before, after in zip(on_line, bypassed, strict=True)] == pytest.approx(
        [1.2] * 3, abs=0.1
    )


@pytest.mark.parametrize("mode", ["online", "eco", "bypass"])
def test_the_meter_balances_in_every_mode_of_the_ups(mode: str) -> None:
    """Power of the phases is that of the bus, and both counters rise by what the meter shows."""
    world = World("edge-40", 1, 0)
    world.command("ups-1", "setpoint.mode", mode)
    world.advance_to(60_000)
    before = {name: truth(world, "meter-main", f"energy.{name}") for name in ("import", "reactive")}
    assert truth(world, "meter-main", "power") == pytest.approx(world.container.bus_w, rel=1e-9)
    assert truth(world, "meter-main", "reactive-power") == pytest.approx(world.container.reactive_var, rel=1e-6)
    shown = [truth(world, "meter-main", name) for name in ("power", "reactive-power")]
    world.advance_to(660_000)
    after = {name: truth(world, "meter-main", f"energy.{name}") for name in ("import", "reactive")}
    grown = [after[name] - before[name] for name in ("import", "reactive")]
    assert grown == pytest.approx([value / 6e3 for value in shown], rel=0.02)


def test_the_switch_measures_the_current_of_whichever_source() -> None:
    world = World("edge-40", 1, 0)
    assert truth(world, "ats-1", "output.current") == truth(world, "meter-main", "current.l1")
    world.start_fault("mains.loss")
    world.advance_to(120_000)
    assert truth(world, "ats-1", "output.current") == truth(world, "genset-1", "current.l1") > 50
