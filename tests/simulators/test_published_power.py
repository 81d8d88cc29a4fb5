"""Genset, UPS, battery, supplies and meters against figures that others have published (specification, section 11).

Each row holds the published figure and ours, with the tolerance of ours. Heat is in `test_published_heat`, how a
sampler of 25 ms in 100 ms misreads accelerators in `test_measurement`.
"""

from math import log
from typing import Any

import pytest

from simulators.plant.battery import Battery
from simulators.plant.genset import Genset
from simulators.plant.meter import Phase
from simulators.plant.parameters import Parameters, load_preset
from simulators.plant.supplies import Supplies
from simulators.plant.ups import Ups
from tests.simulators.deviations import near, ours
from tests.simulators.traces import fault, follow, it_kw, steady

EDGE, LIQUID = load_preset("edge-40"), load_preset("lc-120")
TICK_S = 0.01


def running(preset: Parameters, load: float = 0.0) -> Genset:
    """A genset half a minute after it took this share of its rating."""
    genset, now = Genset(preset.section("genset"), 1), 0
    while genset.state != "running":
        genset.react(now, requested=True)
        genset.step(0.1, 0.0, 0.0)
        now += 100
    genset.step(30.0, 0.0, load * genset.rated_w)
    return genset


# Load before and after, share of it with constant power; the class's limits of frequency and voltage (%) and of
# recovery (s); ours, and when it is back within 1 % and 2.5 %.
LOAD_STEPS = [
    pytest.param(0.0, 0.5, 0.0, (7, 15, 3), (-4.2, 1.7), (-7.7, 0.3), id="G3: 0 to 50 %"),
    pytest.param(0.5, 0.8, 0.0, (7, 15, 3), (-2.5, 1.2), (-4.6, 0.1), id="G3: 50 to 80 %"),
    pytest.param(0.8, 1.0, 0.0, (7, 15, 3), (-1.6, 0.9), (-3.1, 0.0), id="G3: 80 to 100 %"),
    pytest.param(
        *(0.0, 1.0, 0.0, (15, 30, 5), (-10.5, 4.0), (ours("11 whole load in one step, voltage"), 2.3)),
        id="procurement guide: all at once, 30 %, 3 to 5 s",
    ),
    pytest.param(0.0, 1.0, 0.7, None, (-15.2, 7.0), (-16.0, 5.2), id="no class: all at once, mostly a UPS"),
    pytest.param(1.0, 0.0, 0.0, (12, 25, 5), (8.7, 3.3), (15.4, 0.5), id="G2: load rejection"),
]


@pytest.mark.parametrize(("before", "after", "constant", "limits", "hertz", "volts"), LOAD_STEPS)
def test_a_genset_takes_load_steps_within_its_class(
    before: float,
    after: float,
    constant: float,
    limits: tuple[float, float, float] | None,
    hertz: tuple[float, float],
    volts: tuple[Any, float],
) -> None:
    """ISO 8528-5 as quoted by makers: ours 0.1 % and a tenth of a second beside the specification at most."""
    genset = running(EDGE, before)
    speeds, voltages = [], []
    for _ in range(1500):
        watts = after * genset.rated_w
        genset.step(TICK_S, constant * watts, (1.0 - constant) * watts)
        speeds.append(100.0 * (genset.speed - 1.0))
        voltages.append(100.0 * (genset.voltage - 1.0))
    speed, voltage = max(speeds, key=abs), max(voltages, key=abs)
    speed_back, voltage_back = last_outside(speeds, 1.0), last_outside(voltages, 2.5)
    assert speed == pytest.approx(hertz[0], abs=0.1)
    assert voltage == near(volts[0], abs=0.1)
    assert (speed_back, voltage_back) == (pytest.approx(hertz[1], abs=0.1), pytest.approx(volts[1], abs=0.1))
    if limits is not None:
        assert abs(speed) < limits[0] and abs(voltage) < limits[1] and speed_back < limits[2]


def last_outside(percent: list[float], band: float) -> float:
    """Seconds until it stays inside the band."""
    return max((TICK_S * (k + 1) for k, value in enumerate(percent) if abs(value) > band), default=0.0)


@pytest.mark.parametrize(
    ("preset", "load", "least", "most", "litres"),
    [
        (EDGE, 0.25, 9.1, 9.8, 8.9),
        (EDGE, 0.5, 12.9, 15.5, 13.8),
        (EDGE, 0.75, 17.4, 22.0, 18.7),
        (EDGE, 1.0, 23.1, 28.0, 23.6),
        (LIQUID, 0.25, 17.8, 17.8, 18.0),
        (LIQUID, 0.5, 29.1, 29.1, 30.0),
        (LIQUID, 0.75, 41.6, 41.6, 42.0),
        (LIQUID, 1.0, 54.5, 54.5, 54.0),
    ],
)
def test_fuel_for_an_hour(preset: Parameters, load: float, least: float, most: float, litres: float) -> None:
    """Charts for diesel sets: 80 kW lies between their rows of 75 and 100 kW, 200 kW has its own; 4 % beside them."""
    genset = running(preset, load)
    genset.step(30.0, 0.0, load * genset.rated_w)
    before = genset.fuel_l
    genset.step(360.0, 0.0, load * genset.rated_w)
    burnt = 10 * (before - genset.fuel_l)
    assert burnt == pytest.approx(litres, rel=0.005)
    assert 0.96 * least < burnt < 1.04 * most


@pytest.mark.parametrize(("load", "efficiency"), [(0.1, 90.0), (0.25, 95.0), (0.5, 96.3), (0.75, 96.3), (1.0, 96.0)])
def test_efficiency_of_a_ups(load: float, efficiency: float) -> None:
    """Units of today advertise 96 to 97 %; older ones fell to 85 % at a quarter of their load."""
    ups = Ups(EDGE.section("ups"), Battery(EDGE.section("battery")))
    found = 100.0 * load * ups.rated_w / ups.load(load * ups.rated_w)
    assert found == pytest.approx(efficiency, abs=0.05)
    assert 85.0 < found < 97.0


def test_eco_mode_saves_two_percent_and_leaves_a_gap() -> None:
    """98.5 % published for a container; ours 98.6 %. A gap of 10 ms is within the hold-up, one of 25 ms is not."""
    for gap, survives in ((2.0, True), (10.0, True), (25.0, False)):
        world = steady("edge-40")
        ups = world.container.ups
        follow(world, 2, fault("ups.eco_gap", gap=gap))
        assert 100.0 * ups.output_w / (ups.output_w + ups.loss_w) == pytest.approx(98.6, abs=0.05)
        trace = follow(world, 2, fault("mains.loss"), it=it_kw)
        assert ups.mode == "battery"
        assert (trace.lowest("it")[0] > 39.9) is survives


@pytest.mark.parametrize(("preset", "label", "ours"), [(EDGE, 94.98, 95.99), (LIQUID, 95.55, 95.99)])
def test_a_ups_earns_its_label(preset: Parameters, label: float, ours: float) -> None:
    """Double conversion above 10 kW, weighted 25/50/75 %, for 60 and 160 kW."""
    ups = Ups(preset.section("ups"), Battery(preset.section("battery")))
    weights = {0.25: 0.25, 0.5: 0.5, 0.75: 0.25}
    efficiency = sum(w * 100.0 * x * ups.rated_w / ups.load(x * ups.rated_w) for x, w in weights.items())
    assert efficiency == pytest.approx(ours, abs=0.01)
    assert efficiency > label


def test_a_lead_battery_lasts_longer_than_in_proportion() -> None:
    """136 : 194 : 323 min at 100 : 75 : 50 %: an exponent of 1.23 to 1.25; ours 1.22 to 1.24, 5 % more load later."""
    whole = runtime(42.8)
    for share, ratio in ((0.755, 1.41), (0.515, 2.26)):
        longer = runtime(42.8 * share) / whole
        assert longer == pytest.approx(ratio, abs=0.01)
        assert 1.22 < log(longer) / -log(share) < 1.24


def runtime(kilowatt: float) -> float:
    battery, time = Battery(EDGE.section("battery")), 0.0
    while battery.discharge(1.0, kilowatt * 1000):
        time += 1.0
    return time


def test_a_lead_battery_floats_and_ends_at_a_makers_voltages() -> None:
    """2.25 V a cell floating, 1.67 V at the end."""
    battery, cells = Battery(EDGE.section("battery")), 192
    assert battery.voltage == cells * 2.25
    while battery.discharge(1.0, 11_800.0):
        assert battery.voltage > cells * 1.67
    assert battery.voltage == pytest.approx(cells * 1.67, rel=0.001) or battery.soc == 0.0


@pytest.mark.parametrize(
    ("load", "least", "ours"), [(0.1, 0.65, 0.91), (0.2, 0.80, 0.97), (0.5, 0.90, 0.99), (1.0, 0.95, 0.99)]
)
def test_power_factor_of_servers(load: float, least: float, ours: float) -> None:
    """The least that the energy label for servers asks for."""
    factor = Phase.of(load * 2000.0, 230.0, load).power_factor
    assert factor == pytest.approx(ours, abs=0.005)
    assert factor > least


@pytest.mark.parametrize(
    ("load", "platinum", "ours"), [(0.1, 82, 90.9), (0.2, 90, 94.4), (0.5, 94, 96.0), (1.0, 91, 95.6)]
)
def test_efficiency_of_power_supplies(load: float, platinum: float, ours: float) -> None:
    """80 PLUS Platinum asks less: ours are meant to be of the next class. A leadership machine has stages of 96 %."""
    supplies = Supplies(20_000.0)
    delivered = load * supplies.rated_w
    efficiency = 100.0 * delivered / (delivered + supplies.loss(delivered))
    assert efficiency == pytest.approx(ours, abs=0.05)
    assert efficiency > platinum


@pytest.mark.parametrize(("preset", "efficiency"), [("edge-40", 95.95), ("lc-120", 95.95)])
def test_power_conversion_in_a_node(preset: str, efficiency: float) -> None:
    """0.98 and 0.96 of the stages in a leadership machine; our power supplies, all in one, 95.6 to 96.0 %."""
    node = steady(preset).container.nodes[0]
    assert 100.0 * node.dc_w / node.power_w == pytest.approx(efficiency, abs=0.05)


def test_a_rack_of_ten_kilowatt_holds_a_server_of_eight() -> None:
    """A server of eight accelerators: 8.4 kW measured of 10.2 kW rated; the rack adds storage and switches to it."""
    node = steady("edge-40").container.nodes[0]
    assert node.power_w / 1000.0 == pytest.approx(9.99, abs=0.01)
    assert 8.4 < node.power_w / 1000.0 < 10.2
    assert node.chips * node.chip_w == pytest.approx(8 * 700.0)
