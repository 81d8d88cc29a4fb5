"""Invariants of the electrical side under arbitrary commands to UPS and rack PDUs, among arbitrary faults."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.scenario import Entry
from simulators.world import World
from tests.simulators.scenarios import PRESETS, Event, all_finite, begin, few, numbers, scenarios
from tests.simulators.test_invariants import in_range

END_MS = 90_000
MODES = {"online", "eco", "battery", "test", "walk-in", "bypass", "off"}
COMMANDS = [
    *(("ups-1/test.request", word) for word in ("quick", "deep", "abort")),
    *(("ups-1/setpoint.mode", word) for word in ("online", "eco", "bypass")),
    *((f"pdu-{feed}/outlet.switch@{outlet}", word) for feed in (1, 2) for outlet in (1, 2) for word in ("on", "off")),
    ("pdu-1/breaker.state", "closed"),
]
commands = st.lists(
    st.builds(
        lambda at, one: Entry(at, "command", one[0], value=one[1]), st.integers(0, 60_000), st.sampled_from(COMMANDS)
    ),
    min_size=1,
    max_size=6,
)


def commanded(preset: str, scenario: list[Event], entries: list[Entry]) -> World:
    world = begin(preset, scenario)
    world.schedule(sorted(entries, key=lambda entry: entry.at_ms))
    return world


@pytest.mark.parametrize("preset", PRESETS)
@few(20)
@given(st.data(), commands)
def test_what_an_operator_does_keeps_ranges_and_balance(preset: str, data: st.DataObject, entries: list[Entry]) -> None:
    """Invariants 2, 3, 4, 7 and 17; a test never costs the load."""
    world = commanded(preset, data.draw(scenarios(preset)), entries)
    c, e = world.container, world.container.energy
    before = {name: getattr(e, name) for name in type(e).__slots__}
    was_testing = False
    for time in range(1_000, END_MS + 1, 1_000):
        world.advance_to(time)
        assert c.ups.mode in MODES
        assert all_finite(numbers(c))
        in_range(world)
        assert (c.ups.mode == "test") is c.ups.test.running
        assert not (was_testing and c.ups.mode == "off") or not c.supply_good or c.ups.locked
        was_testing = c.ups.mode == "test"
    d = {name: getattr(e, name) - before[name] for name in before}
    incoming = d["source"] + d["battery_out"]
    outgoing = d["it"] + d["distribution"] + d["ups_loss"] + d["mechanical"] + d["bank"] + d["battery_in"]
    assert incoming == pytest.approx(outgoing, rel=1e-9, abs=1.0)


@pytest.mark.parametrize("preset", PRESETS)
@few(8)
@given(st.data(), commands, st.integers(0, 60_000))
def test_a_saved_world_goes_on_with_what_an_operator_does(
    preset: str, data: st.DataObject, entries: list[Entry], moment: int
) -> None:
    """Invariant 32."""
    world = commanded(preset, data.draw(scenarios(preset)), entries)
    world.advance_to(moment)
    saved = world.save()
    world.advance_to(END_MS)
    rest = world.save()
    world.restore(saved)
    world.advance_to(END_MS)
    assert world.save() == rest
