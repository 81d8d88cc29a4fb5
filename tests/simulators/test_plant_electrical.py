"""Genset, battery, UPS and the synthesis of phases, each alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.plant.battery import Battery
from simulators.plant.genset import Genset
from simulators.plant.meter import Phase
from simulators.plant.parameters import load_preset
from simulators.plant.ups import Ups

EDGE = load_preset("edge-40")


def running_genset() -> Genset:
    genset, now = Genset(EDGE.section("genset")), 0
    while genset.state != "running":
        genset.react(now, requested=True)
        genset.step(0.1, 0.0, 0.0)
        now += 100
    return genset


@pytest.mark.parametrize(
    ("before", "after", "dip_percent", "recovery_s"),
    [(0.0, 0.5, -4.2, 1.7), (0.5, 0.8, -2.5, 1.2), (0.8, 1.0, -1.6, 0.9)],
)
def test_block_loads(before: float, after: float, dip_percent: float, recovery_s: float) -> None:
    """Passive blocks within class G3 (section 5.2); recovery to +-1 %."""
    genset = running_genset()
    genset.step(30.0, 0.0, before * genset.rated_w)
    lowest, recovered = 1.0, 0.0
    for tick in range(1000):
        genset.step(0.01, 0.0, after * genset.rated_w)
        lowest = min(lowest, genset.speed)
        if abs(genset.speed - 1.0) > 0.01:
            recovered = (tick + 1) * 0.01
    assert 100 * (lowest - 1.0) == pytest.approx(dip_percent, abs=0.3)
    assert recovered == pytest.approx(recovery_s, abs=0.2)


@pytest.mark.parametrize(("load", "litres"), [(0.25, 8.9), (0.5, 13.8), (0.75, 18.7), (1.0, 23.6)])
def test_fuel_per_hour(load: float, litres: float) -> None:
    genset = running_genset()
    genset.step(60.0, load * genset.rated_w, 0.0)
    before = genset.fuel_l
    genset.step(360.0, load * genset.rated_w, 0.0)
    assert 10 * (before - genset.fuel_l) == pytest.approx(litres, rel=0.01)


@pytest.mark.parametrize(("load", "percent"), [(0.10, 90.0), (0.25, 95.0), (0.5, 96.3), (0.75, 96.3), (1.0, 96.0)])
def test_ups_efficiency(load: float, percent: float) -> None:
    ups = Ups(EDGE.section("ups"), Battery(EDGE.section("battery")))
    drawn = ups.load(load * ups.rated_w)
    assert 100 * load * ups.rated_w / drawn == pytest.approx(percent, abs=0.1)


@pytest.mark.parametrize(
    ("kilowatt", "health", "seconds"), [(42.8, 1.0, 858), (32.3, 1.0, 1214), (22.0, 1.0, 1933), (42.8, 0.6, 457)]
)
def test_battery_runtime(kilowatt: float, health: float, seconds: float) -> None:
    """Within 1 % of the specification (section 5.4)."""
    battery = Battery(EDGE.section("battery"))
    battery.health = health
    time = 0.0
    while battery.discharge(0.5, kilowatt * 1000):
        time += 0.5
    assert time == pytest.approx(seconds, rel=0.01)


def test_recharge_takes_about_three_hours() -> None:
    battery = Battery(EDGE.section("battery"))
    battery.soc, time = 0.05, 0.0
    while battery.soc < 0.90:
        battery.charge(1.0, battery.charging_power())
        time += 1.0
    assert time / 60 == pytest.approx(194, rel=0.1)


@given(st.floats(1.0, 30_000.0), st.floats(100.0, 260.0), st.floats(0.01, 1.0))
def test_phase_powers_close(power: float, volts: float, ratio: float) -> None:
    """S is the hypotenuse of P, Q and a distortion power that is never negative."""
    phase = Phase.of(power, volts, ratio)
    distortion = phase.apparent**2 - phase.power**2 - phase.reactive**2
    assert distortion >= -1e-6 * phase.apparent**2
    assert 0.0 < phase.power_factor <= 1.0


@pytest.mark.parametrize(("ratio", "factor"), [(0.05, 0.82), (0.10, 0.91), (0.25, 0.98), (0.50, 0.99)])
def test_power_factor_of_power_supplies(ratio: float, factor: float) -> None:
    assert Phase.of(5_000.0, 220.0, ratio).power_factor == pytest.approx(factor, abs=0.01)
