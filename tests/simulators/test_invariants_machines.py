"""Invariants of switches, genset, compressors and battery (14 to 18 of the plant's specification)."""

from functools import cache
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.plant.battery import Battery
from simulators.plant.container import Container
from simulators.plant.parameters import Parameters, load_preset
from simulators.plant.ups import Ups
from tests.simulators.scenarios import PRESETS, Event, begin, few, fresh, scenarios

END_MS = 90_000
# Without it only few scenarios would last long enough for a transfer.
LOSS: Event = (("mains.loss", {}), 500, 60_000)


@cache
def section(preset: str, name: str) -> Parameters:
    return load_preset(preset).section(name)


@pytest.mark.parametrize("preset", (*PRESETS, "closed-transition"))
@few(20)
@given(st.data())
def test_the_transfer_switch_moves_through_open_to_a_living_source(preset: str, data: st.DataObject) -> None:
    """Invariant 14, seen at every single step: also after the full dead time, whatever happens meanwhile.

    In open transition never on both sources; in closed transition for 100 ms at most, while they agree.
    """
    closed = preset == "closed-transition"
    world = begin(preset, [LOSS, *data.draw(scenarios(preset))])
    c = world.container
    if closed:  # returns soon, that its overlaps are seen
        c.ats.return_delay_ms = data.draw(st.integers(1_000, 20_000))
    position, since, dead_time = c.ats.position, 0, c.ats.dead_time_ms

    def look() -> None:
        nonlocal position, since, dead_time
        assert c.ats.position != "both" or c.time_ms - since <= 100 or position != "both"
        if c.ats.position == position:
            return
        assert {"open", "both"} & {position, c.ats.position}
        if c.ats.position == "open":
            since, dead_time = c.time_ms, c.ats.last_transfer_ms
        elif c.ats.position == "both":
            check = c.ats.synchroniser
            assert closed and c.mains.healthy and c.genset.ready
            assert abs(check.angle_deg) < 5.0 and abs(check.slip_hz) < 0.2 and abs(check.difference_pu) < 0.05
            since = c.time_ms
        elif position == "open":
            assert c.time_ms - since >= dead_time >= 60
            assert c.mains.healthy if c.ats.position == "normal" else c.genset.ready
        else:
            assert c.time_ms - since <= 100
            alive = {"normal": c.mains.healthy, "emergency": c.genset.carries}
            assert alive[c.ats.position] or not any(alive.values())
        position = c.ats.position

    react = Container.react

    def watched(container: Container) -> None:
        react(container)
        look()

    # A step begins with what the machines do about a fault: it can open the switch, and its end close it.
    with patch.object(Container, "react", watched):
        while world.time_ms < (2 * END_MS if closed else END_MS):
            world._advance_one(c)
            look()


@pytest.mark.parametrize("preset", PRESETS)
@few(20)
@given(st.data())
def test_the_genset_keeps_its_rules(preset: str, data: st.DataObject) -> None:
    """Invariant 15: not more attempts than configured, and first loaded only when it was accepted."""
    world = begin(preset, [LOSS, *data.draw(scenarios(preset))])
    c = world.container
    was = c.ats.position
    while world.time_ms < END_MS:
        world._advance_one(c)
        assert c.genset.attempt <= c.genset.attempts
        if c.ats.position == "emergency" and was != "emergency":
            assert c.genset.voltage > 0.90 and c.genset.speed > 0.95
        assert c.genset.load_pu <= 1e-9 or c.genset.state in ("running", "fault", "stopped")
        was = c.ats.position


@few(30)
@given(st.integers(1, 4_000))
def test_a_short_loss_never_starts_the_genset(length_ms: int) -> None:
    """Invariant 15: no start command if the mains return within the start delay of 3 s; one if they do not."""
    world = fresh("edge-40-liquid")
    starts = world.container.genset.attempt
    world.start_fault("mains.loss", {"duration": length_ms / 1000})
    seen = set()
    while world.time_ms < 6_000:
        world._advance_one(world.container)
        seen.add(world.container.genset.state)
    assert starts == 0
    assert ("cranking" in seen) == (length_ms > 3_000)


@pytest.mark.parametrize("preset", PRESETS)
@few(20)
@given(st.data())
def test_compressors_rest_and_start_one_after_the_other(preset: str, data: st.DataObject) -> None:
    """Invariant 16."""
    world = begin(preset, data.draw(scenarios(preset)))
    c = world.container
    running, last = [unit.running for unit in c.cracs], -1_000_000
    while world.time_ms < END_MS:
        world._advance_one(c)
        for k, unit in enumerate(c.cracs):
            if unit.running and not running[k]:
                assert c.time_ms - unit.stopped_at >= 30_000
                assert c.time_ms - last >= 5_000
                last = c.time_ms
        running = [unit.running for unit in c.cracs]


@pytest.mark.parametrize("preset", PRESETS)
@few(20)
@given(st.data())
def test_the_battery_discharges_without_and_charges_with_the_whole_rectifier(preset: str, data: st.DataObject) -> None:
    """Invariant 17. On bypass the rectifier rests and so does the battery."""
    world = begin(preset, data.draw(scenarios(preset)))
    c = world.container
    while world.time_ms < END_MS:
        world._advance_one(c)
        c.evaluate()
        soc = c.ups.battery.soc
        share = 1.0 if c.ups.mode in ("bypass", "eco") else c.ups.share
        assert c.ups.battery_w <= 1e-6 or share < 1.0
        assert c.ups.battery.charge_w == 0.0 or c.ups.share == 1.0
        assert 0.0 <= soc <= 1.0


def battery(preset: str, health: float = 1.0) -> Battery:
    result = Battery(section(preset, "battery"))
    result.health = health
    return result


def runtime_s(preset: str, power: float, health: float) -> float:
    string, seconds = battery(preset, health), 0.0
    while string.discharge(2.0, power):
        seconds += 2.0
    return seconds


@pytest.mark.parametrize("preset", PRESETS)
@few(3)
@given(st.floats(0.3, 0.9), st.floats(0.6, 1.0))
def test_runtime_falls_with_load_and_age(preset: str, share: float, health: float) -> None:
    """Invariant 18, measured by discharging."""
    power = share * section(preset, "ups").number("rated_power_kw") * 1000
    usual = runtime_s(preset, power, health)
    assert 0.0 < runtime_s(preset, 1.1 * power, health) < usual
    assert runtime_s(preset, power, health - 0.1) < usual


@pytest.mark.parametrize("preset", PRESETS)
@few(20)
@given(st.floats(5e3, 2e5), st.floats(1.1, 4.0))
def test_the_estimate_follows_the_exponent_of_the_battery(preset: str, power: float, factor: float) -> None:
    """Invariant 18: runtimes at two loads stand in the ratio of the loads to the power of k."""
    string, k = battery(preset), section(preset, "battery").number("peukert_exponent")
    assert string.autonomy(power) / string.autonomy(factor * power) == pytest.approx(factor**k)
    worse = battery(preset)
    worse._exponent = k + 0.1
    rated_c_rate = power * factor / worse.open_voltage() * worse._hours / worse._capacity_ah
    # Beyond the rated current a higher exponent costs time.
    assert rated_c_rate < 1.1 or worse.autonomy(power * factor) < string.autonomy(power * factor)


@pytest.mark.parametrize("preset", PRESETS)
def test_the_efficiency_of_the_ups_has_one_maximum(preset: str) -> None:
    """Invariant 18."""
    ups = Ups(section(preset, "ups"), battery(preset))
    curve = []
    for percent in range(2, 121):
        ups.load(ups.rated_w * percent / 100)
        curve.append(ups.output_w / (ups.output_w + ups.loss_w))
    best = curve.index(max(curve))
    assert 0 < best < len(curve) - 1
    assert curve[: best + 1] == sorted(curve[: best + 1])
    assert curve[best:] == sorted(curve[best:], reverse=True)
