"""The expected timeline of a mains loss at full load (specification of the plant, section 10.1)."""

from dataclasses import dataclass, field

import pytest

from simulators.world import World

TIMER = 0.25  # s
KELVIN = 0.2


@dataclass
class Record:
    """What happened, seen at every step."""

    times: dict[str, float] = field(default_factory=dict)
    inlet: list[tuple[float, float]] = field(default_factory=list)
    die: list[tuple[float, float]] = field(default_factory=list)
    it_steps: list[float] = field(default_factory=list)
    lowest_charge: float = 1.0
    lowest_hz: float = 99.0
    highest_hz: float = 0.0

    def first(self, event: str, time: float) -> None:
        self.times.setdefault(event, time)

    def crosses(self, limit: float) -> float:
        return next(time for time, value in self.inlet if value > limit)

    def below_again(self, limit: float) -> float:
        return max(time for time, value in self.inlet if value > limit and time < 590.0)


@pytest.fixture(scope="module")
def record() -> Record:
    """Mains lost at 0, back at 600 s, recorded to 1300 s."""
    world, record = World("edge-40", 1, 0), Record()
    world.start_fault("mains.loss", {"duration": 600.0})
    plant = world.container
    it = plant.it_w
    for tick in range(1, 6501):
        world.advance_to(tick * 200)
        time = tick * 0.2
        record.first(f"ats {plant.ats.state}", time)
        record.first(f"genset {world.truth('genset-1', 'state')}", time)
        record.first(f"ups {plant.ups.mode}", time)
        if time > 590.0:
            record.first(f"returned: ats {plant.ats.state}", time)
            record.first(f"returned: genset {world.truth('genset-1', 'state')}", time)
            record.highest_hz = max(record.highest_hz, plant.genset.speed * 60.0)
        else:
            for unit in plant.cracs:
                record.first(f"compressor {unit.index} {unit.running}", time)
            if time > 11.0:
                record.lowest_hz = min(record.lowest_hz, plant.genset.speed * 60.0)
            record.lowest_charge = min(record.lowest_charge, plant.ups.battery.soc)
        record.inlet.append((time, plant.air.cold_c))
        record.die.append((time, plant.nodes[0].die_c))
        record.it_steps.append(abs(plant.it_w - it) / it)
        it = plant.it_w
    return record


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ("genset cranking", 3.0),
        ("genset running", 8.3),
        ("ats on-emergency", 10.36),
        ("ups walk-in", 20.36),
        ("ups online", 30.36),
        ("compressor 1 True", 35.04),
        ("compressor 2 True", 40.04),
        ("returned: ats wait-return", 600.0),
        ("returned: ats cool-down", 900.06),
        ("returned: ats normal", 1200.06),
        ("returned: genset stopped", 1200.06),
    ],
)
def test_the_timers_are_exact(record: Record, event: str, expected: float) -> None:
    assert record.times[event] == pytest.approx(expected, abs=TIMER)


def test_deadlines_split_the_step_also_off_the_grid() -> None:
    world = World("edge-40", 1, 0)
    world.start_fault("mains.loss", {"onset": 12.345})
    seen: dict[str, int] = {}
    world.advance_to(12_200)
    while world.time_ms < 25_000:
        world._advance_one(world.container)
        seen.setdefault(world.container.genset.state, world.time_ms)
        seen.setdefault(world.container.ats.state, world.time_ms)
    assert seen["cranking"] == 15_345
    assert seen["run-up"] == 17_145
    assert seen["to-emergency"] == 22_645
    assert seen["on-emergency"] == 22_705


def test_the_inlet_peaks_as_expected(record: Record) -> None:
    time, peak = max((pair for pair in record.inlet if pair[0] < 590.0), key=lambda pair: pair[1])
    assert peak == pytest.approx(32.5, abs=KELVIN)
    assert time == pytest.approx(51.8, abs=TIMER)
    assert record.crosses(27.0) == pytest.approx(26.4, abs=TIMER)
    assert record.crosses(32.0) == pytest.approx(45.9, abs=TIMER)
    assert record.below_again(27.0) == pytest.approx(76.9, abs=0.75)


def test_the_die_peaks_as_expected(record: Record) -> None:
    time, peak = max((pair for pair in record.die if pair[0] < 590.0), key=lambda pair: pair[1])
    assert peak == pytest.approx(78.6, abs=KELVIN)
    assert time == pytest.approx(70.2, abs=TIMER)


def test_the_it_load_never_notices(record: Record) -> None:
    """Fans follow the inlet, but no step of 200 ms changes the load by a tenth of a percent."""
    assert max(record.it_steps) < 0.001


def test_battery_and_genset_stay_as_expected(record: Record) -> None:
    assert record.lowest_charge == pytest.approx(0.973, abs=0.001)
    assert record.lowest_hz == pytest.approx(49.66 * 1.2, abs=0.03)
    assert record.highest_hz == pytest.approx(52.9 * 1.2, abs=0.1)


def test_the_return_is_a_second_interruption(record: Record) -> None:
    peak = max(value for time, value in record.inlet if time > 900.0)
    assert peak == pytest.approx(32.5, abs=KELVIN)


@pytest.mark.parametrize(
    ("level", "seconds", "battery", "cooling_stops"),
    [(0.0, 0.02, True, False), (0.0, 0.1, True, True), (0.88, 1.0, False, False), (0.7, 0.5, True, False)],
)
def test_short_disturbances(level: float, seconds: float, battery: bool, cooling_stops: bool) -> None:
    """A dip of 100 ms costs as much cooling as an outage of 10 s (section 10.2)."""
    world = World("edge-40", 1, 0)
    world.start_fault("mains.sag", {"level": level, "duration": seconds})
    world.advance_to(1_000)
    assert world.container.ups.on_battery is battery
    assert (not world.container.cracs[0].running) is cooling_stops


def test_a_return_during_the_start_delay_starts_no_engine() -> None:
    world = World("edge-40", 1, 0)
    world.start_fault("mains.loss", {"duration": 2.9})
    world.advance_to(20_000)
    assert world.truth("genset-1", "starts") == 57.0


def test_three_attempts_then_a_fault_at_29_6_s() -> None:
    world = World("edge-40", 1, 0)
    world.start_fault("gen.no_crank")
    world.start_fault("mains.loss")
    world.advance_to(29_400)
    assert world.truth("genset-1", "state") == "cranking"
    world.advance_to(29_600)
    assert world.truth("genset-1", "state") == "fault"
