"""A wrongly wired meter: everything it shows follows from the currents that it sees, and the plant knows nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.measurement import Channels
from simulators.world import World

PHASES = ("l1", "l2", "l3")
POINTS = (
    *(f"{name}.{phase}" for name in ("voltage", "current", "power", "power-factor") for phase in PHASES),
    *("power", "apparent-power", "reactive-power", "power-factor", "energy.import", "energy.export"),
)


@dataclass(frozen=True)
class Class:
    relative: float = 0.0
    absolute: float = 0.0


@dataclass(frozen=True)
class Exact:
    """A point without errors of its own, so that only the wiring is seen."""

    unit: str | None = "W"
    kind: str = "quantity"
    accuracy: Class = Class()
    resolution: float = 0.0
    refresh_s: float = 1.0
    range: tuple[float, float] | None = None


@dataclass(frozen=True)
class Map:
    points: dict[str, Exact] = field(
        default_factory=lambda: {p: Exact("kWh" if p.startswith("energy") else "W") for p in POINTS}
    )


Shown = dict[str, float]
Meter = tuple[World, bytes, Callable[[], Shown]]


@pytest.fixture(scope="module")
def meter() -> Meter:
    world = World("edge-40", 1, 0)
    channels = Channels(world, "meter-main-modbus", "meter-main", Map(), 1)

    def shown() -> Shown:
        values = {point: channels.published(point) for point in POINTS}
        return {point: value for point, value in values.items() if isinstance(value, float)}

    return world, world.save(), shown


def after(meter: Meter, seconds: int, *faults: tuple[str, dict[str, float | str]]) -> tuple[Shown, Shown]:
    """What the meter shows with and without the faults, at the same moment."""
    world, state, shown = meter
    world.restore(state)
    world.advance_to(seconds * 1000)
    right = shown()
    world.restore(state)
    for name, parameters in faults:
        world.start_fault(name, parameters)
    world.advance_to(seconds * 1000)
    return right, shown()


def consistent(seen: Shown) -> None:
    """Invariant 24 also for what a wrongly wired meter shows."""
    assert sum(seen[f"power.{phase}"] for phase in PHASES) == pytest.approx(seen["power"], rel=0.01, abs=10.0)
    for phase in PHASES:
        apparent = seen[f"voltage.{phase}"] * seen[f"current.{phase}"]
        assert seen[f"power.{phase}"] == pytest.approx(apparent * seen[f"power-factor.{phase}"], rel=0.01, abs=10.0)
    assert seen["power"] == pytest.approx(seen["power-factor"] * seen["apparent-power"], rel=0.01, abs=10.0)


def test_a_wrong_ratio_scales_current_and_power_of_its_phase(meter: Meter) -> None:
    right, seen = after(meter, 5, ("meter.ct_ratio", {"factor": 2.0, "phase": "l2"}))
    assert seen["current.l2"] == pytest.approx(2.0 * right["current.l2"], rel=2e-3)
    assert seen["power.l2"] == pytest.approx(2.0 * right["power.l2"], rel=2e-3)
    assert seen["power.l1"] == pytest.approx(right["power.l1"], rel=2e-3)
    assert seen["power-factor.l2"] == pytest.approx(right["power-factor.l2"], rel=2e-3)
    consistent(seen)


def test_a_reversed_transformer_turns_the_power_round(meter: Meter) -> None:
    right, seen = after(meter, 5, ("meter.ct_reversed", {"phase": "l3"}))
    assert seen["power.l3"] == pytest.approx(-right["power.l3"], rel=2e-3)
    assert seen["current.l3"] == pytest.approx(right["current.l3"], rel=2e-3)
    assert seen["power"] == pytest.approx(right["power"] / 3, rel=0.03)
    consistent(seen)


def test_two_swapped_transformers_leave_almost_no_power(meter: Meter) -> None:
    """The voltages stand 120 degrees from the currents: two phases show minus a half, one shows itself."""
    right, seen = after(meter, 5, ("meter.phase_swap", {"phases": "l2-l3"}))
    assert abs(seen["power"]) < 0.03 * right["power"]
    assert seen["current.l2"] == pytest.approx(right["current.l3"], rel=2e-3)
    consistent(seen)


@settings(max_examples=8, deadline=None)
@given(st.floats(0.1, 3.0), st.sampled_from(["l1", "l2", "l3", "all"]), st.booleans(), st.booleans())
def test_powers_and_energies_stay_consistent(
    meter: Meter, factor: float, phase: str, reversed_too: bool, swapped: bool
) -> None:
    faults: list[tuple[str, dict[str, float | str]]] = [("meter.ct_ratio", {"factor": factor, "phase": phase})]
    faults += [("meter.ct_reversed", {"phase": "l1"})] * reversed_too + [("meter.phase_swap", {})] * swapped
    right, seen = after(meter, 60, *faults)
    consistent(seen)
    begin, _ = after(meter, 0)
    moved = {p: seen[p] - begin[p] for p in ("energy.import", "energy.export")}
    assert all(value >= -1e-9 for value in moved.values())
    expected = seen["power"] / right["power"] * (right["energy.import"] - begin["energy.import"])
    assert moved["energy.import"] - moved["energy.export"] == pytest.approx(expected, rel=0.05, abs=0.02)


def test_what_was_counted_wrongly_stays_counted(meter: Meter) -> None:
    right, seen = after(meter, 60, ("meter.ct_ratio", {"factor": 2.0, "duration": 30.0}))
    assert seen["power"] == pytest.approx(right["power"], rel=2e-3)
    extra = seen["energy.import"] - right["energy.import"]
    assert extra == pytest.approx(right["power"] / 1000 * 30 / 3600, rel=0.05)


def test_counters_fall_to_zero_at_once_or_when_they_overflow(meter: Meter) -> None:
    _, reset = after(meter, 20, ("meter.counter_reset", {}))
    assert 0.0 < reset["energy.import"] < 0.4
    right, before = after(meter, 20, ("meter.wrap", {"left": 0.5}))
    assert before == right
    right, wrapped = after(meter, 60, ("meter.wrap", {"left": 0.5}))
    assert wrapped["energy.import"] == pytest.approx(right["power"] / 3.6e6 * 60 - 0.5, abs=0.03)


def test_the_plant_and_other_meters_know_nothing(meter: Meter) -> None:
    """Invariant 13 for the wiring."""
    world, state, _ = meter
    world.restore(state)
    world.advance_to(20_000)
    calm = world.container.energy.source
    _ = after(meter, 20, ("meter.ct_reversed", {}), ("meter.wrap", {}), ("meter.phase_swap", {}))
    assert world.container.energy.source == calm
    assert float(world.truth("meter-main", "power.l1") or 0.0) > 0.0
