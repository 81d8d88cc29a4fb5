"""Utility and genset as sources: their limits are the preset's, their voltages and frequencies have known spreads."""

from statistics import pstdev

import pytest

from simulators.plant.genset import Genset
from simulators.plant.mains import Mains
from simulators.plant.meter import unbalance
from simulators.plant.noise import derive
from simulators.plant.parameters import Parameters, load_preset
from simulators.plant.wander import Wander

EDGE = load_preset("edge-40")


def changed(section: str, **values: float) -> Parameters:
    """A section of EDGE-40 with some values replaced."""
    return Parameters(section, {**EDGE.section(section).raw(), **values})


def healthy_at(mains: Mains, *levels: float) -> list[bool]:
    """The latch after each of these levels, one after the other."""
    seen = []
    for mains.scale in levels:
        mains.react(0)
        seen.append(mains.healthy)
    return seen


def test_the_supervision_of_the_utility_is_set_in_the_preset() -> None:
    """A small residential switch drops out at 65 % and picks up at 75 % (specification, section 5.1)."""
    levels = (0.88, 0.80, 0.88, 0.95)
    assert healthy_at(Mains(EDGE.section("mains"), 1), *levels) == [True, False, False, True]
    residential = {"drop_out_pu": 0.65, "pick_up_pu": 0.75, "unbalance_least_percent": 0.0, "unbalance_most_percent": 0}
    assert healthy_at(Mains(changed("mains", **residential), 1), *levels) == [True] * 4
    assert healthy_at(Mains(changed("mains", **residential), 1), 0.64, 0.74, 0.76) == [False, False, True]


@pytest.mark.parametrize(("percent", "healthy"), [(6, False), (10, True)])
def test_the_window_of_the_frequency_is_set_in_the_preset(percent: float, healthy: bool) -> None:
    mains = Mains(changed("mains", frequency_window_percent=percent), 1)
    mains.target_hz, mains.drift_rate_hz_per_s = 55.5, 10.0
    mains.step(1.0)
    mains.react(0)
    assert mains.healthy is healthy


@pytest.mark.parametrize(
    ("limits", "ready"),
    [({}, True), ({"accepted_voltage_pu": 1.05}, False), ({"accepted_speed_pu": 1.05}, False)],
)
def test_a_genset_is_accepted_as_the_preset_says(limits: dict[str, float], ready: bool) -> None:
    genset, now = Genset(changed("genset", **limits), 1), 0
    while now < 20_000:
        genset.react(now, requested=True)
        genset.step(0.1, 0.0, 0.0)
        now += 100
    assert genset.state == "running"
    assert genset.ready is ready


def test_frequency_and_voltage_wander_as_the_preset_says() -> None:
    """15 mHz and a minute: its deviation, and how much of it is left after a minute (section 5.6)."""
    mains = Mains(EDGE.section("mains"), 1)
    values = []
    for second in range(60_000):
        mains.frequency_wander.advance(second)
        values.append(mains.frequency - 60.0)
    assert pstdev(values) == pytest.approx(0.015, rel=0.1)
    pairs = sum(a * b for a, b in zip(values, values[60:], strict=False)) / (len(values) - 60)
    assert pairs / pstdev(values) ** 2 == pytest.approx(0.37, abs=0.1)
    still = Mains(changed("mains", frequency_wander_hz=0.0, voltage_wander_percent=0.0), 1)
    for wander in (still.frequency_wander, still.voltage_wander):
        wander.advance(1)
    assert still.frequency == 60.0
    assert Wander(derive(1, "mains", "frequency"), 0.015, 60.0).value == 0.0


@pytest.mark.parametrize("seed", range(40))
def test_the_phases_of_the_utility_differ_by_half_to_one_percent(seed: int) -> None:
    mains = Mains(EDGE.section("mains"), seed)
    assert 0.499 <= unbalance([mains.voltage(k) for k in range(3)]) <= 1.001
    assert mains.lowest_pu == min(mains.phase_pu(k) for k in range(3))


def test_a_genset_keeps_a_load_whose_step_dipped_it() -> None:
    """Below what it is accepted at, above what it drops out at."""
    genset, now = Genset(EDGE.section("genset"), 1), 0
    while genset.state != "running":
        genset.react(now, requested=True)
        genset.step(0.1, 0.0, 0.0)
        now += 100
    genset.step(0.4, 0.7 * genset.rated_w, 0.0)
    assert not genset.ready and genset.carries
    genset.speed = 0.84
    assert not genset.carries
