"""Meters agree with each other and with themselves: phases and totals, main meter and sub-meters, powers and energy."""

from math import hypot

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.device_map import load_map
from simulators.measurement import Channels
from simulators.plant.meter import Phase, neutral_current, unbalance
from simulators.plant.points.loads import three_phase
from simulators.world import World

METERS = {"meter-main": "pm5000-meter", "meter-it": "iem3000-meter", "meter-mech": "iem3000-meter"}
PHASES = ("l1", "l2", "l3")

watts = st.floats(0, 60_000, allow_subnormal=False)
ratios = st.floats(0.01, 1.2)


def number(world: World, equipment: str, point: str) -> float:
    value = world.truth(equipment, point)
    assert isinstance(value, float)
    return value


def readings(world: World, seed: int) -> dict[str, dict[str, float]]:
    """What the meters and rack PDUs of a container show after ten seconds."""
    maps = METERS | {f"pdu-{k}": "raritan-pdu2" for k in range(1, 9)}
    channels = {name: Channels(world, name, name, load_map(one), seed) for name, one in maps.items()}
    world.advance_to(world.time_ms + 10_000)
    shown = {}
    for name, one in channels.items():
        values = {point: one.published(point) for point in one.points()}
        shown[name] = {point: value for point, value in values.items() if isinstance(value, float)}
    return shown


@given(st.lists(watts, min_size=3, max_size=3), ratios, st.floats(190, 250))
def test_the_parts_of_the_apparent_power_close(powers: list[float], ratio: float, volts: float) -> None:
    """S² = P² + Q² + D² in each phase, whatever the load is made of."""
    for power in powers:
        supplies, rectifier = Phase.of(power, volts, ratio), Phase.rectifier(power, volts, ratio)
        for phase in (supplies, rectifier, rectifier.beside(Phase.motor(power / 3, volts))):
            parts = hypot(phase.power, phase.reactive, phase.distortion_power)
            assert parts == pytest.approx(phase.apparent, rel=1e-9, abs=1e-9)
            assert phase.power <= phase.apparent + 1e-9


@given(st.lists(watts, min_size=3, max_size=3), ratios)
def test_totals_are_the_sums_of_the_phases(powers: list[float], ratio: float) -> None:
    table = three_phase(lambda: [Phase.of(powers[k], 220.0, ratio) for k in range(3)])
    assert table["power"]() == pytest.approx(sum(powers))
    apparent, power, reactive = (float(table[name]() or 0.0) for name in ("apparent-power", "power", "reactive-power"))
    assert apparent >= hypot(power, reactive) - 1e-6
    assert table["power-factor"]() == pytest.approx(power / apparent if apparent else 1.0)


@pytest.mark.parametrize(
    ("load", "factor", "distortion"), [(0.05, 0.82, 33), (0.10, 0.91, 19), (0.25, 0.98, 9), (0.50, 0.99, 5)]
)
def test_power_supplies_are_as_good_as_published(load: float, factor: float, distortion: float) -> None:
    phase = Phase.of(1000.0, 230.0, load)
    assert phase.power_factor == pytest.approx(factor, abs=0.006)
    assert 100 * phase.distortion == pytest.approx(distortion, abs=0.6)


def test_an_uneven_split_loads_the_neutral() -> None:
    phases = [Phase.of(power, 230.0, 0.5) for power in (16_000.0, 13_300.0, 10_700.0)]
    currents = [phase.current for phase in phases]
    assert currents == pytest.approx([70, 58, 47], abs=0.5)
    assert neutral_current(phases) == pytest.approx(20.9, abs=0.2)
    assert unbalance(currents) == pytest.approx(19.9, abs=0.4)


@given(watts, ratios)
def test_equal_phases_leave_only_triplens_in_the_neutral(power: float, ratio: float) -> None:
    phase = Phase.of(power, 220.0, ratio)
    assert neutral_current([phase] * 3) == pytest.approx(1.8 * phase.harmonic, abs=1e-6)


def test_a_lightly_loaded_rectifier_distorts_more() -> None:
    full, half = Phase.rectifier(60_000.0, 220.0, 1.0), Phase.rectifier(30_000.0, 220.0, 0.5)
    assert 100 * full.distortion == pytest.approx(3.0)
    assert 100 * half.distortion == pytest.approx(6.0)
    assert full.power_factor == pytest.approx(0.99, abs=0.001)


@pytest.mark.parametrize("preset", ["edge-40", "lc-120"])
def test_what_comes_in_is_what_is_used(preset: str) -> None:
    """Main meter = IT with its distribution + mechanical + loss and charge of the UPS."""
    world = World(preset, 1, 0)
    ups = world.container.ups
    parts = number(world, "meter-it", "power") + number(world, "meter-mech", "power")
    parts += ups.loss_w + ups.battery.charge_w
    assert number(world, "meter-main", "power") == pytest.approx(parts, rel=1e-9)


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_readings_balance_within_the_classes(seed: int) -> None:
    world = World("edge-40", seed, 0)
    shown = readings(world, seed)
    ups = world.container.ups
    for meter in METERS:
        values = shown[meter]
        total = sum(values[f"power.{phase}"] for phase in PHASES)
        assert values["power"] == pytest.approx(total, rel=0.02)
        assert values["apparent-power"] >= 0.98 * hypot(values["power"], values["reactive-power"])
        for phase in PHASES:
            apparent = values[f"voltage.{phase}"] * values[f"current.{phase}"]
            assert values[f"power.{phase}"] <= apparent * 1.02
    main, it, mechanical = (shown[meter]["power"] for meter in METERS)
    used = it + mechanical + ups.loss_w + ups.battery.charge_w
    assert main == pytest.approx(used, rel=0.02)
    racks = sum(shown[f"pdu-{k}"]["power"] for k in range(1, 9))
    distribution = 1.0 + world.container.bus.loss_share
    assert it == pytest.approx(racks * distribution, rel=0.02)


def test_energy_is_the_power_over_time() -> None:
    world = World("edge-40", 1, 0)
    counters = ("energy.import", "energy.reactive")
    before = [number(world, "meter-main", counter) for counter in counters]
    world.advance_to(600_000)
    after = [number(world, "meter-main", counter) for counter in counters]
    power, reactive = number(world, "meter-main", "power"), number(world, "meter-main", "reactive-power")
    assert after[0] - before[0] == pytest.approx(power / 6e3, rel=0.01)
    assert after[1] - before[1] == pytest.approx(reactive / 6e3, rel=0.02)


def test_demand_is_the_mean_of_a_quarter_of_an_hour() -> None:
    """In an outage of four minutes the genset carries the load, so the utility's quarter is lower by its share."""
    world = World("edge-40", 1, 0)
    world.advance_to(900_200)
    usual = number(world, "meter-main", "demand")
    assert usual == pytest.approx(number(world, "meter-main", "power"), rel=0.01)
    world.start_fault("mains.loss", {"duration": 240.0})
    world.advance_to(1_800_200)
    lower, highest = number(world, "meter-main", "demand"), number(world, "meter-main", "demand.highest")
    assert lower < 0.7 * usual
    assert highest == pytest.approx(usual)


def test_the_voltage_bends_with_the_load() -> None:
    world = World("edge-40", 1, 0)
    loaded = number(world, "meter-main", "distortion.voltage.l1")
    assert loaded == pytest.approx(2.0 + 0.05 * number(world, "meter-main", "power") / 1000, abs=0.01)


def test_the_engine_warms_its_exhaust_and_thins_its_oil() -> None:
    world = World("edge-40", 1, 0)
    world.start_fault("mains.loss")
    world.advance_to(15_000)
    cold = number(world, "genset-1", "oil.pressure")
    world.advance_to(900_000)
    assert 395 < cold <= 400
    assert number(world, "genset-1", "oil.pressure") == pytest.approx(0.85 * 400, abs=5)
    load = world.container.genset.load_pu
    assert number(world, "genset-1", "exhaust.temperature") == pytest.approx(120 + 380 * load, abs=8)
    assert number(world, "genset-1", "energy") > 611.0
    assert number(world, "genset-1", "fuel.volume") < 276.0
