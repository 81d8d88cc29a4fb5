"""The measurement chain: within class, on its resolution, held between refreshes, blind to its readers."""

from dataclasses import dataclass, field
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.device_map import load_map
from profiles.refusal import Refusal
from simulators.channel import YEAR_MS, Channel, quantiser, sensor_of
from simulators.measurement import Channels
from simulators.measurement_rules import Rule, rule_of
from simulators.plant.noise import derive
from simulators.sensor import refresh
from simulators.site import load_site
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
    states: dict[str, str] | None = None


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


@pytest.mark.parametrize(
    ("device_map", "equipment", "points"),
    [
        (
            "rfc1628-ups-monitor",
            "ups-1",
            ("output.voltage.l1", "output.power.l1", "output.load.l1"),
        ),
        ("pm5000-meter", "meter-main", ("voltage.l1", "current.l1", "power", "power-factor", "distortion.current.l1")),
        ("raritan-pdu2", "pdu-1", ("power", "current.l1", "voltage.l1")),
        ("redfish-bmc", "bmc-1", ("power", "power-supply.1.power", "fan.speed")),
        ("crac-controller", "crac-1", ("condensing.pressure", "supply.temperature", "fan.speed")),
        ("redfish-cdu", "cdu-1", ("loop.flow", "loop.pressure", "supply.temperature")),
        ("dcgm-exporter", "gpu-1", ("power@0", "temperature@0")),
    ],
)
def test_95_percent_of_the_units_keep_their_class(device_map: str, equipment: str, points: tuple[str, ...]) -> None:
    """And nobody leaves it by more than noise can explain; a digit of the reading has its own uncertainty."""
    world = World("edge-40-liquid", 1, 0)
    world.advance_to(10_000)
    known, units = load_map(device_map), 300
    beyond = dict.fromkeys(points, 0)
    for seed in range(units):
        channels = Channels(world, "unit", equipment, known, seed)
        for name in points:
            point, true, value = (
                known.points[name.partition("@")[0]],
                world.truth(equipment, name),
                channels.published(name),
            )
            assert isinstance(true, float) and isinstance(value, float)
            allowed = point.accuracy.relative * abs(true) + point.accuracy.absolute + 0.501 * point.resolution
            beyond[name] += abs(value - true) > allowed
            assert abs(value - true) < 1.6 * allowed
    assert all(count <= 0.05 * units for count in beyond.values()), beyond


def test_every_reading_is_a_multiple_of_its_digit_and_changes_only_at_its_refresh() -> None:
    world = World("edge-40-liquid", 1, 0)
    site = load_site("edge-40", World("edge-40-liquid", 1, 0), 1)
    devices = {
        name: (Channels(world, name, wired.served.equipment, wired.served.map, 1), wired.served.map.points)
        for name, wired in site.devices.items()
    }
    last: dict[str, object] = {}
    changed: dict[str, set[int]] = {}
    for tick in range(1, 61):
        world.advance_to(200 * tick)
        for device, (channels, points) in devices.items():
            for name in channels.points():
                point = points.get(name) or points[name.partition("@")[0]]
                value, signal = channels.published(name), f"{device}/{name}"
                if isinstance(value, float) and point.kind == "quantity" and point.resolution:
                    steps = value / point.resolution
                    assert abs(steps - round(steps)) < 1e-6 * max(1.0, abs(steps)), signal
                if signal in last and last[signal] != value:
                    period = max(1, round(point.refresh_s * 5))
                    changed.setdefault(signal, set()).add(tick % period)
                last[signal] = value
    assert len(changed) > 300
    assert [signal for signal, phases in changed.items() if len(phases) > 1] == []


@given(st.floats(-1e6, 1e6), st.sampled_from(["0.001", "0.01", "0.05", "0.1", "0.3", "0.4", "0.5", "1", "10", "25"]))
def test_a_digit_is_the_nearest_decimal_multiple_and_no_float_beside_it(value: float, digit: str) -> None:
    shown = quantiser(float(digit))(value)
    steps = round(shown / float(digit))
    assert shown == float(steps * Fraction(digit))
    assert abs(shown - value) <= float(digit) * (0.5 + 1e-9)


def test_a_digit_that_is_no_decimal_shows_nine_places() -> None:
    assert quantiser(1 / 3600)(41.29638) == 41.296388889


def test_a_meter_behind_a_transformer_of_its_class_stays_within_their_usual_sum() -> None:
    """Two members of class 0.5: 95 % of the pairs within 0.78 %, none beyond 1 %."""
    rule = rule_of("meter", "power")
    sensor = sensor_of(Spot(), lambda: 1.0, rule)
    gains = [Channel("power", Spot(), sensor, derive(seed, "m")).gain for seed in range(4000)]
    errors = sorted(100 * abs(gain - 1.0) for gain in gains)
    assert errors[3800] == pytest.approx(0.78, abs=0.02)
    assert errors[-1] <= 1.0


@pytest.mark.parametrize(("hertz", "error"), [(1.0, 0.0), (2.5, -7.5), (10.0, -7.0), (10.3, 0.0), (0.2, 0.0)])
def test_a_sampler_of_25_ms_in_100_ms_misreads_what_swings_in_step_with_it(hertz: float, error: float) -> None:
    """Against the energy that it has really taken; 63 % less work puts 75 % of the mean power between the levels."""
    ratios = []
    for depth in (0.0, 63.0):
        world = World("edge-40", 1, 0)
        chips, node = (
            Channels(world, "npu-1-exporter", "npu-1", load_map("furiosa-exporter"), 1),
            world.container.nodes[0],
        )
        world.start_fault("it.swing", {"frequency": hertz, "depth": depth})
        world.advance_to(60_000)
        before, readings = node.chip_j, []
        for eighth in range(1, 61):
            world.advance_to(60_000 + 8_000 * eighth)
            readings.append(float(chips.published("power@npu0") or 0.0))
        ratios.append(sum(readings) / len(readings) / ((node.chip_j - before) / 480))
    assert 100 * (ratios[1] / ratios[0] - 1) == pytest.approx(error, abs=0.6)


@pytest.mark.parametrize(("hertz", "levels"), [(5.0, (0.748,)), (0.2, (0.37, 1.0))])
def test_energy_is_that_of_the_mean_of_each_step(hertz: float, levels: tuple[float, ...]) -> None:
    """Full work for 60 % of a period, 63 % less for the rest: a swing of 5 Hz is constant in steps of 200 ms."""
    world = World("edge-40", 1, 0)
    world.start_fault("it.swing", {"frequency": hertz, "depth": 63.0})
    node, seen = world.container.nodes[0], []
    for step in range(1, 251):
        world.advance_to(200 * step)
        seen.append(node.rhythm)
    assert sum(seen) / len(seen) == pytest.approx(0.6 + 0.4 * 0.37, abs=0.001)
    assert (min(seen), max(seen)) == pytest.approx((levels[0], levels[-1]), abs=0.001)
    assert world.container.nodes[1].rhythm == 1.0
    world.clear_fault("it.swing")
    world.advance_to(world.time_ms + 400)
    assert node.rhythm == 1.0 and node.chip_swing() is None


def test_a_mean_covers_its_window_and_nothing_before_it() -> None:
    """The first reading after a step shows it in part, the next one in full."""
    world = World("edge-40", 1, 0)
    point = Spot(unit="W", accuracy=Class(), resolution=0.0)
    channels = Channels(world, "m", "meter-main", Map({"power": point}), 1)
    world.advance_to(10_000)
    before = float(channels.published("power") or 0.0)
    world.start_fault("mains.loss")
    seen = []
    for tick in range(1, 16):
        world.advance_to(10_000 + 200 * tick)
        seen.append(float(channels.published("power") or 0.0))
    steps = list(dict.fromkeys(seen))
    assert steps[0] == pytest.approx(before, rel=0.01)
    assert steps[-1] == 0.0
    assert len(steps) <= 3


def test_drift_grows_with_the_years() -> None:
    rule = Rule(drift_per_year=1.0)
    inlet = Spot(accuracy=Class(0.0, 1.0))
    channel = Channel("inlet", inlet, sensor_of(inlet, lambda: 100.0, rule), derive(3, "d"))
    refresh([channel.sensor], 0, 1000)
    new = float(channel.measured() or 0.0)
    refresh([channel.sensor], YEAR_MS, 1000)
    old = float(channel.measured() or 0.0)
    assert 0.01 < abs(old - new) <= 1.0


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


def test_a_state_that_the_product_has_no_word_for_is_no_value() -> None:
    world = World("edge-40", 1, 0)
    channels = Channels(world, "genset-1-controller", "genset-1", load_map("genset-controller"), 1)
    assert channels.published("state") == "stopped"
    world.start_fault("gen.no_crank")
    world.start_fault("mains.loss")
    world.advance_to(60_000)
    assert world.truth("genset-1", "state") == "fault"
    assert channels.published("state") is None
    assert channels.published("shutdowns") == 1.0


def test_unknown_points_are_refused() -> None:
    world = World("edge-40", 1, 0)
    with pytest.raises(Refusal, match="colour"):
        Channels(world, "ups-1-card", "ups-1", Map({"colour": Spot()}), 1)
    with pytest.raises(Refusal, match="colour"):
        ups(world).published("colour")


def test_what_two_interfaces_show_of_one_product_is_taken_once() -> None:
    world = World("edge-40", 1, 0)
    true, taken = world.reader("meter-main", "voltage.l1"), 0

    def read() -> object:
        nonlocal taken
        taken += 1
        return true()

    world._tables["meter-main"]["voltage.l1"] = read
    one, other = (Channels(world, "meter-main", "meter-main", load_map("pm5000-meter"), 1) for _ in range(2))
    taken = 0
    world.advance_to(60_000)
    alone, refresh_s = taken, load_map("pm5000-meter").points["voltage.l1"].refresh_s
    assert alone == 60 / refresh_s * one.display("voltage.l1").channel.sensor.window
    assert one.published("voltage.l1") == other.published("voltage.l1")
