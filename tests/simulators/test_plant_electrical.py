"""Battery and the synthesis of phases, each alone; gensets and UPS stand in `test_published_power`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.plant.battery import Battery
from simulators.plant.meter import Phase
from simulators.plant.parameters import load_preset

EDGE = load_preset("edge-40")


@pytest.mark.parametrize(
    ("preset", "kilowatt", "health", "seconds"),
    [
        ("edge-40", 42.8, 1.0, 858),
        ("edge-40", 32.3, 1.0, 1214),
        ("edge-40", 22.0, 1.0, 1933),
        ("edge-40", 11.8, 1.0, 4090),
        ("edge-40", 42.8, 0.8, 652),
        ("edge-40", 42.8, 0.6, 457),
        ("lc-120", 126.6, 1.0, 701),
        ("lc-120", 126.6, 0.8, 549),
        ("lc-120", 126.6, 0.6, 402),
    ],
)
def test_battery_runtime(preset: str, kilowatt: float, health: float, seconds: float) -> None:
    """Within 1 % of the specification (section 5.4)."""
    battery = Battery(load_preset(preset).section("battery"))
    battery.health = health
    time = 0.0
    while battery.discharge(0.5, kilowatt * 1000):
        time += 0.5
    assert time == pytest.approx(seconds, rel=0.01)


@pytest.mark.parametrize(("preset", "minutes"), [("edge-40", 194), ("lc-120", 97)])
def test_recharge_from_5_to_90_percent(preset: str, minutes: float) -> None:
    """Within 2 % of the specification (section 5.4); above 80 % the charger takes back in proportion."""
    battery = Battery(load_preset(preset).section("battery"))
    battery.soc, time, powers = 0.05, 0.0, {}
    while battery.soc < 0.90:
        powers[battery.soc] = battery.charging_power()
        battery.charge(1.0, powers[battery.soc])
        time += 1.0
    assert time / 60 == pytest.approx(minutes, rel=0.02)
    assert {power for soc, power in powers.items() if soc < 0.8} == {battery.charger_w}
    assert battery.charging_power() == pytest.approx(0.5 * battery.charger_w, rel=0.01)


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
