"""The measurement chain: within class, on its resolution, held between refreshes, blind to its readers."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles.refusal import Refusal
from simulators.measurement import Channels
from simulators.world import World


@dataclass(frozen=True)
class Class:
    relative: float = 0.0
    absolute: float = 0.0


@dataclass(frozen=True)
class Spot:
    unit: str | None = "V"
    kind: str = "quantity"
    accuracy: Class = Class(0.01, 0.0)
    resolution: float = 0.1
    refresh_s: float = 1.0
    range: tuple[float, float] | None = None


@dataclass(frozen=True)
class Map:
    points: dict[str, Spot] = field(
        default_factory=lambda: {
            "output.voltage.l1": Spot(),
            "output.frequency": Spot(unit="Hz", accuracy=Class(0.0, 0.1), resolution=0.01),
            "output.source": Spot(unit=None, kind="state"),
            "battery.charge": Spot(unit="%", resolution=1.0, range=(0.0, 100.0)),
            "battery.scans": Spot(unit="count", resolution=1.0, refresh_s=5.0),
            "battery.time.on": Spot(unit="s", resolution=1.0),
        }
    )


RACK = {"inlet.temperature.top": Spot(unit="°C", accuracy=Class(0.0, 0.5), refresh_s=2.0)}


def ups(world: World, seed: int = 1, device: str = "ups-1-card") -> Channels:
    return Channels(world, device, "ups-1", Map(), seed)


def rack(world: World) -> Channels:
    return Channels(world, "rack-1-monitor", "rack-1", Map(dict(RACK)), 1)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32))
def test_a_healthy_reading_is_within_half_its_class(seed: int) -> None:
    world = World("edge-40", 1, 0)
    channels = ups(world, seed)
    for second in range(1, 30):
        world.advance_to(second * 1000)
        true = world.truth("ups-1", "output.voltage.l1")
        value = channels.published("output.voltage.l1")
        assert isinstance(true, float) and isinstance(value, float)
        assert abs(value - true) <= 0.5 * 0.01 * true + 0.05
        assert round(value / 0.1) * 0.1 == pytest.approx(value, abs=1e-9)


def test_a_reading_is_constant_within_a_refresh_and_changes_between() -> None:
    world = World("edge-40", 1, 0)
    channels = ups(world)
    seen: list[object] = []
    for tick in range(200):
        world.advance_to(tick * 200)
        seen.append(channels.published("output.frequency"))
    changes = [k for k in range(1, 200) if seen[k] != seen[k - 1]]
    assert len(changes) > 5
    assert len({k % 5 for k in changes}) == 1


@settings(max_examples=8, deadline=None)
@given(st.lists(st.integers(0, 20_000), max_size=20), st.lists(st.sampled_from(sorted(Map().points)), max_size=20))
def test_readers_change_nothing(times: list[int], points: list[str]) -> None:
    quiet, polled = World("edge-40", 2, 0), World("edge-40", 2, 0)
    one, other = ups(quiet), ups(polled)
    for time in sorted(times):
        polled.advance_to(time)
        for point in points:
            other.published(point)
    quiet.advance_to(20_000)
    polled.advance_to(20_000)
    assert [one.published(p) for p in one.points()] == [other.published(p) for p in reversed(other.points())][::-1]


def test_two_sensors_agree_within_the_sum_of_their_classes() -> None:
    world = World("edge-40", 1, 0)
    one, other = ups(world), ups(world, device="ups-1-second")
    first, second = one.published("output.voltage.l1"), other.published("output.voltage.l1")
    assert isinstance(first, float) and isinstance(second, float)
    assert first != second
    assert abs(first - second) <= 0.02 * 220


def test_counts_and_states_are_exact_and_charge_never_exceeds_its_range() -> None:
    world = World("edge-40", 1, 0)
    channels = ups(world)
    for second in range(60):
        world.advance_to(second * 1000)
        assert channels.published("output.source") == "normal"
        charge, scans = channels.published("battery.charge"), channels.published("battery.scans")
        assert isinstance(charge, float) and 99.0 <= charge <= 100.0
        assert isinstance(scans, float) and scans == int(scans)


def test_a_slow_probe_hides_the_peak() -> None:
    """In a mains loss a 20 s probe shows about 30.3 °C where the air reached 32.5 °C."""
    world = World("edge-40", 1, 0)
    channels = rack(world)
    world.start_fault("mains.loss")
    bias = float(world.truth("rack-1", "inlet.temperature.top") or 0.0) - world.container.air.cold_c
    highest = 0.0
    for second in range(150):
        world.advance_to(second * 1000)
        highest = max(highest, float(channels.published("inlet.temperature.top") or 0.0) - bias)
    assert highest == pytest.approx(30.3, abs=0.8)


@pytest.mark.parametrize(
    ("name", "parameters", "expected"),
    [
        ("sensor.offset", {"offset": 60.0}, 60.0),
        ("sensor.gain", {"gain": 2.0}, 23.0),
        ("sensor.spike", {"size": 30.0, "probability": 1.0}, 30.0),
    ],
)
def test_a_sensor_fault_moves_the_reading_and_not_the_plant(
    name: str, parameters: dict[str, float | str], expected: float
) -> None:
    world = World("edge-40", 1, 0)
    channels = rack(world)
    world.advance_to(10_000)
    before = channels.published("inlet.temperature.top")
    parameters |= {"device": "rack-1-monitor", "point": "inlet.temperature.*"}
    world.start_fault(name, parameters)
    world.advance_to(13_000)
    after = channels.published("inlet.temperature.top")
    assert isinstance(before, float) and isinstance(after, float)
    assert abs(after - before) == pytest.approx(expected, abs=1.0)
    assert world.truth("rack-1", "inlet.temperature.top") == pytest.approx(before, abs=0.5)
    world.clear_fault(name)
    assert channels.published("inlet.temperature.top") == pytest.approx(before, abs=0.3)


def test_an_offset_begins_and_ends_at_its_times() -> None:
    world = World("edge-40", 1, 0)
    channels = rack(world)
    world.start_fault("sensor.offset", {"offset": 60.0, "onset": 100.0, "duration": 30.0})
    hot = []
    for second in range(140):
        world.advance_to(second * 1000)
        if float(channels.published("inlet.temperature.top") or 0.0) > 50.0:
            hot.append(second)
    assert min(hot) in (100, 101, 102) and max(hot) in (129, 130, 131)


def test_a_stuck_reading_stays_while_the_truth_moves() -> None:
    world = World("edge-40", 1, 0)
    channels = rack(world)
    world.advance_to(10_000)
    before = channels.published("inlet.temperature.top")
    world.start_fault("sensor.stuck")
    world.start_fault("mains.loss")
    world.advance_to(60_000)
    assert channels.published("inlet.temperature.top") == before
    assert float(world.truth("rack-1", "inlet.temperature.top") or 0.0) > 30.0


def test_a_wrong_state_and_an_open_sensor() -> None:
    world = World("edge-40", 1, 0)
    card, probe = ups(world), rack(world)
    world.start_fault("sensor.wrong_state")
    world.start_fault("sensor.open")
    world.advance_to(2_000)
    assert card.published("output.source") == "bypass"
    assert world.truth("ups-1", "output.source") == "normal"
    assert probe.published("inlet.temperature.top") is None


def test_unknown_points_are_refused() -> None:
    world = World("edge-40", 1, 0)
    with pytest.raises(Refusal, match="colour"):
        Channels(world, "ups-1-card", "ups-1", Map({"colour": Spot()}), 1)
    with pytest.raises(Refusal, match="colour"):
        ups(world).published("colour")
