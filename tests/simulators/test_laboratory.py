"""A laboratory: what the instruments show follows from the card, the power supply and what is done to them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles.refusal import Refusal
from simulators.plant import parameters
from simulators.plant.bench.load import MODES
from simulators.plant.laboratory import Laboratory
from simulators.plant.parameters import load_preset
from simulators.plant.points import directory
from simulators.site import Site, load_site
from simulators.world import World
from tests.simulators.test_saving import shown


@pytest.fixture
def world() -> World:
    return World("laboratory", 0, 0)


def number(world: World, equipment: str, point: str) -> float:
    value = world.truth(equipment, point)
    assert isinstance(value, float)
    return value


def after(world: World, seconds: float) -> World:
    world.advance_to(world.time_ms + round(1000 * seconds))
    return world


def plant(world: World) -> Laboratory:
    assert isinstance(world.plant, Laboratory)
    return world.plant


def everything(world: World) -> dict[str, object]:
    return {f"{e}/{p}": world.truth(e, p) for e in world.equipment() for p in world.points(e)}


def test_what_the_direct_source_gives_is_what_card_and_leads_take(world: World) -> None:
    lab, amperes = plant(world), number(world, "dc-source-1", "current")
    given_w = number(world, "dc-source-1", "voltage") * amperes
    assert number(world, "dc-source-1", "power") == pytest.approx(given_w)
    assert given_w == pytest.approx(lab.card.power_w + lab.leads.loss_w(amperes), rel=1e-9)
    assert number(world, "multimeter-1", "voltage.dc") == pytest.approx(12.2 - lab.leads.ohms * amperes)
    assert lab.card.power_w > number(world, "npu-1", "power@npu0") > 100.0


def test_what_the_analyser_sees_is_what_the_load_sinks_and_the_supply_loses(world: World) -> None:
    lab = plant(world)
    sunk = number(world, "load-1", "voltage") * number(world, "load-1", "current")
    assert number(world, "load-1", "power") == pytest.approx(sunk)
    assert number(world, "analyser-1", "power") == pytest.approx(sunk + lab.supply.loss_w)
    apparent = number(world, "analyser-1", "voltage.l1") * number(world, "analyser-1", "current.l1")
    assert number(world, "analyser-1", "power-factor") == pytest.approx(number(world, "analyser-1", "power") / apparent)
    assert 0.9 < sunk / number(world, "analyser-1", "power") < 0.98


@pytest.mark.parametrize(
    ("mode", "level", "shown", "value"),
    [
        ("current", "setpoint.current", "current", 25.0),
        ("power", "setpoint.power", "power", 120.0),
        ("voltage", "setpoint.voltage", "voltage", 12.05),
    ],
)
def test_the_load_sinks_what_it_is_set_to(world: World, mode: str, level: str, shown: str, value: float) -> None:
    world.command("load-1", "mode", mode)
    world.command("load-1", level, value)
    assert number(after(world, 1), "load-1", shown) == pytest.approx(value, rel=1e-6)


def test_the_load_is_the_resistance_it_is_set_to(world: World) -> None:
    world.command("load-1", "mode", "resistance")
    world.command("load-1", "setpoint.resistance", 0.8)
    after(world, 1)
    assert number(world, "load-1", "voltage") / number(world, "load-1", "current") == pytest.approx(0.8)


def test_the_load_keeps_to_its_ratings_and_too_much_of_it_trips_the_supply(world: World) -> None:
    world.command("load-1", "setpoint.current", 60.0)
    assert number(after(world, 0.2), "load-1", "power") == pytest.approx(350.0)
    world.command("load-1", "mode", "voltage")
    world.command("load-1", "setpoint.voltage", 0.5)
    assert number(after(world, 1), "load-1", "power") <= 350.0 + 1e-6
    plant(world).supply.supplies.failed = 3  # what is left of the supply is rated for 137 W
    assert number(after(world, 1), "load-1", "voltage") == 0.0
    assert plant(world).supply.state == "tripped"


@pytest.mark.parametrize("air", [-20.0, 50.0])
def test_the_card_settles_where_air_power_and_resistance_put_it(world: World, air: float) -> None:
    world.command("chamber-1", "setpoint.temperature", air)
    card, before = plant(world).card, plant(world).card.die_c
    after(world, 20)
    assert number(world, "chamber-1", "air.temperature") == pytest.approx(air, abs=0.5)
    halfway = card.die_c
    after(world, 900)
    assert card.die_c - card.sink_c == pytest.approx(0.13 * card.chip_w, rel=0.01)
    blown = 0.15 + 0.85 * card.fan**0.8
    assert card.sink_c - air == pytest.approx(card.chip_w / (6.0 * blown), rel=0.01)
    # The heat sink takes its time: after 20 s it is still on its way.
    assert min(before, card.die_c) + 3.0 < halfway < max(before, card.die_c) - 3.0


def test_hot_air_makes_the_card_throttle(world: World) -> None:
    clock = number(world, "npu-1", "clock@npu0")
    world.command("chamber-1", "setpoint.temperature", 75.0)
    after(world, 600)
    assert number(world, "npu-1", "clock@npu0") < 0.9 * clock
    assert world.truth("npu-1", "throttle@npu0") == "thermal"


def test_under_a_raised_head_the_card_feels_the_room(world: World) -> None:
    world.command("chamber-1", "setpoint.temperature", -20.0)
    cold = number(after(world, 300), "chamber-1", "device.temperature")
    world.command("chamber-1", "head", "up")
    after(world, 300)
    assert number(world, "chamber-1", "device.temperature") > cold + 20.0
    assert number(world, "chamber-1", "air.temperature") == pytest.approx(-20.0, abs=0.1)
    assert number(world, "logger-1", "temperature@101") == 23.0


def test_the_chamber_brings_the_device_to_the_set_point_within_its_limits(world: World) -> None:
    world.command("chamber-1", "control", "device")
    world.command("chamber-1", "setpoint.temperature", 60.0)
    after(world, 900)
    assert number(world, "chamber-1", "device.temperature") == pytest.approx(60.0, abs=1.0)
    assert number(world, "chamber-1", "temperature") == number(world, "chamber-1", "device.temperature")
    world.command("chamber-1", "setpoint.temperature", 20.0)
    world.command("chamber-1", "limit.temperature.lowest", 5.0)
    after(world, 900)
    assert number(world, "chamber-1", "air.temperature") == pytest.approx(5.0, abs=0.1)
    assert number(world, "chamber-1", "device.temperature") > 25.0


def test_a_card_without_power_cools_down_and_boots_when_it_is_back(world: World) -> None:
    """Slowly, for its fan stands still."""
    world.command("dc-source-1", "state", "off")
    after(world, 3600)
    assert (number(world, "dc-source-1", "current"), number(world, "multimeter-1", "voltage.dc")) == (0.0, 0.0)
    assert number(world, "logger-1", "temperature@103") == pytest.approx(25.0, abs=0.5)
    world.command("dc-source-1", "state", "on")
    assert plant(after(world, 20)).card.state == "booting"
    assert plant(after(world, 20)).card.state == "on"


@pytest.mark.parametrize("volts", [10.0, 14.0])
def test_a_voltage_outside_the_card_s_window_does_not_feed_it(world: World, volts: float) -> None:
    world.command("dc-source-1", "setpoint.voltage", volts)
    assert plant(after(world, 1)).card.state == "off"


def test_a_card_that_wants_more_than_the_limit_lets_go(world: World) -> None:
    world.command("dc-source-1", "setpoint.current", 10.0)
    assert plant(after(world, 1)).card.state != "on"
    assert number(world, "dc-source-1", "current") < 10.0


def test_the_supply_starts_again_when_its_line_is_back(world: World) -> None:
    warm = number(world, "logger-1", "temperature@105")
    world.command("ac-source-1", "state", "off")
    after(world, 600)
    assert number(world, "load-1", "voltage") == number(world, "analyser-1", "power") == 0.0
    assert number(world, "logger-1", "temperature@105") < warm - 3.0
    world.command("ac-source-1", "state", "on")
    assert number(after(world, 1), "load-1", "voltage") == 0.0
    assert number(after(world, 1), "load-1", "current") == 20.0


def test_the_oscilloscope_shows_ripple_at_twice_the_line_and_nothing_on_a_free_channel(world: World) -> None:
    world.command("ac-source-1", "setpoint.frequency", 50.0)
    after(world, 1)
    assert number(world, "oscilloscope-1", "frequency.2") == 100.0
    assert number(world, "oscilloscope-1", "voltage.peak-to-peak.3") == pytest.approx(2 * 2**0.5 * 220.0)
    assert world.truth("oscilloscope-1", "frequency.4") is None
    loaded = number(world, "oscilloscope-1", "voltage.peak-to-peak.2")
    world.command("load-1", "setpoint.current", 5.0)
    assert number(after(world, 1), "oscilloscope-1", "voltage.peak-to-peak.2") < 0.5 * loaded


@pytest.mark.parametrize(
    ("equipment", "point", "value"),
    [
        ("dc-source-1", "setpoint.voltage", 31.0),
        ("ac-source-1", "setpoint.frequency", 10.0),
        ("load-1", "mode", "conductance"),
        ("chamber-1", "setpoint.temperature", float("nan")),
        ("chamber-1", "air.temperature", 25.0),
        ("multimeter-1", "voltage.dc", 1.0),
    ],
)
def test_what_a_panel_does_not_have_is_refused_and_nothing_changes(
    world: World, equipment: str, point: str, value: float | str
) -> None:
    before = world.save()
    with pytest.raises(Refusal, match=f"{equipment}: "):
        world.command(equipment, point, value)
    assert world.save() == before


def test_faults_of_the_card_and_of_the_room_act_and_those_of_a_container_are_refused(world: World) -> None:
    hot = number(world, "npu-1", "temperature@npu0")
    world.start_fault("it.chip_hot", {"equipment": "npu-1", "factor": 2.0})
    world.start_fault("env.heat_wave", {"rise": 10.0})
    after(world, 120)
    assert number(world, "npu-1", "temperature@npu0") > hot + 5.0
    assert number(world, "logger-1", "temperature@101") == 33.0
    for fault in ("mains.loss", "ups.to_bypass", "leak.water"):
        with pytest.raises(Refusal, match="laboratory: it has nothing of a container"):
            world.start_fault(fault)


def test_a_container_has_no_bench_and_a_laboratory_no_container() -> None:
    with pytest.raises(Refusal, match="laboratory: it has nothing of a container"):
        World("laboratory", 0, 0).container  # noqa: B018
    container = World("edge-40", 0, 0)
    site = directory.Site(container.plant, container._clocks, 0, container.utc)
    with pytest.raises(Refusal, match="container: it has no test bench; start the laboratory"):
        directory.tables(site, load_preset("laboratory").section("equipment"))


def test_a_saved_laboratory_repeats_the_rest_exactly(world: World) -> None:
    world.command("chamber-1", "control", "device")
    world.command("load-1", "mode", "power")
    after(world, 10)
    saved, seen = world.save(), everything(world)
    rest = [everything(after(world, 5)) for _ in range(4)]
    other = World("laboratory", 0, 0)
    other.command("dc-source-1", "state", "off")
    after(other, 30).restore(saved)
    assert everything(other) == seen
    assert [everything(after(other, 5)) for _ in range(4)] == rest


def test_what_the_instruments_show_repeats_itself_as_well() -> None:
    def wired() -> tuple[World, Site]:
        world = World("laboratory", 3, 0)
        return world, load_site("laboratory", world, 3)

    (world, site), (other, copy) = wired(), wired()
    world.command("chamber-1", "setpoint.temperature", 40.0)
    after(world, 7)
    after(other, 3).restore(world.save())
    for _ in range(3):
        assert shown(copy) == shown(site)
        after(world, 4)
        after(other, 4)


COMMANDS: list[Callable[[World], None]] = [
    lambda world: world.command("dc-source-1", "state", "off"),
    lambda world: world.command("dc-source-1", "state", "on"),
    lambda world: world.command("dc-source-1", "setpoint.current", 12.0),
    lambda world: world.command("ac-source-1", "setpoint.voltage", 100.0),
    lambda world: world.command("ac-source-1", "setpoint.current", 1.0),
    lambda world: world.command("ac-source-1", "state", "on"),
    lambda world: world.command("chamber-1", "setpoint.temperature", 120.0),
    lambda world: world.command("chamber-1", "control", "device"),
    *(lambda world, mode=mode: world.command("load-1", "mode", mode) for mode in MODES),
]


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(COMMANDS), st.integers(200, 40_000)), max_size=6))
def test_whatever_is_done_power_is_conserved_and_everything_stays_in_range(
    done: list[tuple[Callable[[World], None], int]],
) -> None:
    world = World("laboratory", 0, 0)
    lab = plant(world)
    for command, wait_ms in done:
        command(world)
        world.advance_to(world.time_ms + wait_ms)
        amperes = lab.dc_source.current_a
        if lab.dc_source.voltage_v > 0.0:
            assert lab.dc_source.power_w == pytest.approx(lab.card.power_w + lab.leads.loss_w(amperes), abs=1e-9)
        if lab.line.voltage > 0.0:
            assert lab.line.power == pytest.approx(lab.load.power_w + lab.supply.loss_w, abs=1e-9)
        assert 0.0 <= amperes <= lab.dc_source.limit_a and 0.0 <= lab.load.power_w <= 350.0 + 1e-6
        assert lab.chamber.lowest_c - 1e-6 <= lab.chamber.air_c <= lab.chamber.highest_c + 1e-6
        assert -60.0 < lab.card.die_c < 160.0


@pytest.mark.parametrize(
    ("channel", "message"),
    [
        ({"measures": "temperature", "at": "card-snik"}, "'card-snik' is no place for a thermocouple"),
        ({"measures": "voltage.dc", "at": "moon"}, "'moon' is no place for a voltage input"),
        ({"measures": "colour", "at": "card"}, "'colour' is no quantity of a voltage input"),
    ],
)
def test_a_probe_that_is_nowhere_is_refused(world: World, channel: dict[str, str], message: str) -> None:
    from simulators.plant.points.laboratory import data_logger

    with pytest.raises(Refusal, match=message):
        data_logger(plant(world), {"101": channel})


def test_a_slip_in_the_preset_is_refused_with_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (parameters.PRESETS / "laboratory.yaml").read_text(encoding="utf-8")
    monkeypatch.setattr(parameters, "PRESETS", tmp_path)
    path = tmp_path / "laboratory.yaml"
    for right, wrong, message in (
        ("set_hz: 60", "set_herz: 60", "laboratory.yaml, line 11: ac_source: 'set_hz' is missing"),
        ("mode: current", "mode: currant", r"laboratory.yaml, line \d+: load.mode"),
        ('{"1": card,', '{"1": cart,', r"laboratory.yaml, line \d+"),
    ):
        path.write_text(text.replace(right, wrong), encoding="utf-8")
        with pytest.raises(Refusal, match=message):
            load_preset("laboratory")
