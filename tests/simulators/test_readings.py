"""Sensor faults that change numbers: drift, short circuit, noise and coarse digits."""

from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import pstdev

import pytest

from simulators.measurement import Channels
from simulators.world import World

TOP = "inlet.temperature.top"
Series = Callable[..., list[float]]


@dataclass(frozen=True)
class Class:
    relative: float = 0.0
    absolute: float = 0.5


@dataclass(frozen=True)
class Probe:
    unit: str | None = "°C"
    kind: str = "quantity"
    accuracy: Class = Class()
    resolution: float = 0.01
    refresh_s: float = 2.0
    range: tuple[float, float] | None = (-40.0, 120.0)


@dataclass(frozen=True)
class Map:
    points: dict[str, Probe] = field(default_factory=lambda: {TOP: Probe()})


@pytest.fixture(scope="module")
def series() -> Series:
    """The readings of two minutes, with or without a fault."""
    world = World("edge-40", 1, 0)
    channels = Channels(world, "rack-1-monitor", "rack-1", Map(), 1)
    state = world.save()

    def read(name: str = "", **parameters: float | str) -> list[float]:
        world.restore(state)
        if name:
            world.start_fault(name, parameters)
        values = []
        for second in range(2, 121, 2):
            world.advance_to(second * 1000)
            value = channels.published(TOP)
            assert isinstance(value, float)
            values.append(value)
        return values

    return read


def test_a_drift_grows_by_its_rate_from_its_beginning(series: Series) -> None:
    calm, drifting = series(), series("sensor.drift", rate=60.0, onset=60.0)
    off = [wrong - right for wrong, right in zip(drifting, calm, strict=True)]
    assert off[:29] == [0.0] * 29
    assert off[-1] == pytest.approx(1.0, abs=0.05)
    assert off[-16] == pytest.approx(0.5, abs=0.05)


def test_a_short_circuit_shows_the_end_of_the_scale(series: Series) -> None:
    assert set(series("sensor.short")[2:]) == {-50.0}
    assert set(series("sensor.short", rail=130.0)[2:]) == {130.0}


def test_a_noisy_sensor_scatters_much_more(series: Series) -> None:
    assert pstdev(series("sensor.noise_x10", factor=20.0)[2:]) > 5 * pstdev(series()[2:])


def test_a_coarse_sensor_has_fewer_digits(series: Series) -> None:
    assert all(abs(10 * value - round(10 * value)) < 1e-9 for value in series("sensor.quantised_coarse")[2:])
    assert any(abs(10 * value - round(10 * value)) > 1e-9 for value in series())
