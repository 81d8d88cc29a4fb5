"""Invariants of conservation and range under arbitrary faults (1 to 8 of the plant's specification)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.plant.liquid.cooling import LiquidCooling
from simulators.world import World
from tests.simulators.scenarios import PRESETS, all_finite, begin, few, fresh, numbers, scenarios

END_MS = 90_000
COUNTERS = (
    "source",
    "mains",
    "it",
    "distribution",
    "ups_loss",
    "mechanical",
    "bank",
    "battery_in",
    "battery_out",
    "generated",
)


@pytest.mark.parametrize("preset", PRESETS)
@few(25)
@given(st.data())
def test_heat_and_electricity_balance(preset: str, data: st.DataObject) -> None:
    """Invariants 1 and 2: residuals below 1e-9 of the throughput."""
    world = begin(preset, data.draw(scenarios(preset)))
    c, e = world.container, world.container.energy
    before = {name: getattr(e, name) for name in type(e).__slots__}
    stored = c.stored_heat_j()
    world.advance_to(END_MS)
    d = {name: getattr(e, name) - before[name] for name in before}
    incoming = d["source"] + d["battery_out"]
    outgoing = d["it"] + d["distribution"] + d["ups_loss"] + d["mechanical"] + d["bank"] + d["battery_in"]
    assert incoming == pytest.approx(outgoing, rel=1e-9, abs=1.0)
    gained = d["generated"] + d["latent"] + d["ambient"] - d["rejected"]
    assert abs(c.stored_heat_j() - stored - gained) <= 1e-9 * (d["generated"] + d["rejected"] + c.stored_heat_j())


def in_range(world: World) -> None:
    """Invariants 4, 5 and 7 at one moment; a machine that has just switched has its powers from the next look on."""
    c = world.container
    c.evaluate()
    coldest = min(c.environment.temperature_c, 15.0) - 10.0
    assert 0.0 <= c.ups.battery.soc <= 1.0 and 0.0 <= c.ups.share <= 1.0
    assert 0.0 <= c.genset.speed <= 1.3 and c.genset.fuel_l >= 0.0 and c.genset.load_pu >= 0.0
    for unit in c.cracs:
        assert 0.0 <= unit.fan <= 1.0 and 0.0 <= unit.speed <= 1.0 and coldest - 20.0 < unit.coil_c < 130.0
        assert unit.compressor_w >= 0.0 and unit.fan_w >= 0.0 and unit.condenser_w >= 0.0
    for node in c.nodes:
        assert 0.25 - 1e-9 <= node.clock <= 1.0 and 0.0 <= node.fan <= 1.0 and coldest < node.die_c < 160.0
        assert node.power_w >= 0.0 and node.chip_w >= 0.0
    assert coldest < c.air.cold_c < 130.0 and coldest < c.air.hot_c < 130.0 and c.air.ratio >= 0.0
    assert min(c.it_w, c.mechanical_w, c.bus_w, c.ups.rectifier_w, c.ups.battery_w, c.ups.output_w) >= 0.0
    assert not c.ups.alive or c.ups.loss_w > 0.0
    if isinstance(c.cdu, LiquidCooling):
        liquid_in_range(c.cdu, coldest)


def liquid_in_range(cooling: LiquidCooling, coldest: float) -> None:
    loop, facility = cooling.loop, cooling.facility
    assert (
        0.0 <= loop.valve <= 1.0
        and all(0.0 <= fan <= 1.0 for fan in facility.cooler.speeds)
        and 0.0 <= loop.level_l <= loop.volume_l
    )
    assert all(0.0 <= pump.speed <= 1.0 for pump in (*loop.pumps, facility.pump))
    assert all(coldest < t < 130.0 for t in (loop.supply_c, loop.return_c, facility.supply_c, facility.return_c))
    assert cooling.power_w >= 0.0 and cooling.facility_w >= 0.0


@pytest.mark.parametrize("preset", PRESETS)
@few(25)
@given(st.data())
def test_states_stay_in_their_ranges(preset: str, data: st.DataObject) -> None:
    """Invariants 3, 4, 5, 6 and 7."""
    scenario = data.draw(scenarios(preset))
    # Who ends this fault fills the tank; without it fuel only falls.
    refilled = any(name == "gen.low_fuel" for (name, _), _, _ in scenario)
    world = begin(preset, scenario)
    c = world.container
    fuel, level, counters = c.genset.fuel_l, 1e9, [0.0] * (len(COUNTERS) + 1)
    for second in range(2, END_MS // 1000 + 1, 2):
        world.advance_to(second * 1000)
        assert all_finite(numbers(c))
        in_range(world)
        assert refilled or c.genset.fuel_l <= fuel
        assert c.cdu is None or c.cdu.level_l <= level
        now = [*(getattr(c.energy, name) for name in COUNTERS), c.genset.run_s]
        assert all(new >= old for new, old in zip(now, counters, strict=True))
        fuel, level, counters = c.genset.fuel_l, c.cdu.level_l if c.cdu else 0.0, now


@pytest.mark.parametrize("preset", PRESETS)
@few(15)
@given(st.data())
def test_every_true_value_is_a_number_a_word_or_nothing(preset: str, data: st.DataObject) -> None:
    """Invariant 3 for what can be published."""
    world = begin(preset, data.draw(scenarios(preset, 20_000)))
    for time in (5_000, 15_000, 30_000):
        world.advance_to(time)
        values = {f"{e}/{p}": world.truth(e, p) for e in world.equipment() for p in world.points(e)}
        assert all_finite({name: value for name, value in values.items() if isinstance(value, float)})
        assert all(isinstance(value, float | str | None) for value in values.values())


UPSTREAM = st.sampled_from(["mains.loss", "mains.phase_loss", "mains.sag", "mains.flicker", "mains.freq_drift"])
BEYOND = st.sampled_from(["", "gen.no_crank", "gen.slow_start", "gen.hunting", "ats.stuck_n", "ats.slow"])


@pytest.mark.parametrize("preset", PRESETS)
@few(20)
@given(UPSTREAM, BEYOND, st.integers(0, 20_000))
def test_nothing_upstream_of_a_living_ups_reaches_the_servers(preset: str, first: str, second: str, onset: int) -> None:
    """Invariant 8, first half: only the warmer air of stopped compressors may be felt, by the fans."""
    world = fresh(preset)
    usual = world.container.it_w
    for name in filter(None, (first, second)):
        world.start_fault(name, {"onset": onset / 1000})
    for time in range(0, 40_000, 400):
        world.advance_to(time)
        assert world.container.ups.alive
        assert all(node.state == "on" for node in world.container.nodes)
        assert world.container.it_w == pytest.approx(usual, rel=0.02)


@pytest.mark.parametrize("preset", PRESETS)
@few(20)
@given(st.data())
def test_a_dead_ups_leaves_the_servers_dark(preset: str, data: st.DataObject) -> None:
    """Invariant 8, second half: within a step of 200 ms, which no hold-up time outlasts."""
    killers = [("sec.epo", {}), ("ups.battery_open", {}), ("ups.static_switch_stuck", {}), ("ups.to_bypass", {})]
    killer = (data.draw(st.sampled_from(killers)), 1_000, 40_000)
    loss = (("mains.loss", {}), data.draw(st.integers(0, 20_000)), 20_000)
    world = begin(preset, [killer, loss, *data.draw(scenarios(preset, 30_000))])
    dead = 0
    for time in range(0, 45_000, 200):
        world.advance_to(time)
        dead = 0 if world.container.ups.alive else dead + 1
        assert dead < 3 or world.container.it_w == 0.0
