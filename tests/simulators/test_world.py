"""A world advances on its grid, answers for every point of the vocabulary, and can be saved."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import simulators.world
from fixtures.map_point import bare
from profiles.refusal import Refusal
from profiles.vocabulary import PointKind, load_vocabulary
from profiles.yaml_source import load_document
from simulators.plant.own_preset import SCHEMA
from simulators.plant.parameters import PRESETS, preset_line, preset_names
from simulators.site import load_site
from simulators.world import World

EPOCH = 1_793_577_600 * 10**9


def everything(world: World) -> dict[str, object]:
    return {f"{e}/{p}": world.truth(e, p) for e in world.equipment() for p in world.points(e)}


@pytest.fixture(scope="module")
def world() -> World:
    return World("edge-40-liquid", 1, EPOCH)


@pytest.mark.parametrize("preset", preset_names())
def test_every_preset_says_in_both_languages_what_it_is(preset: str) -> None:
    name, _, said = preset_line(preset).partition(" ")
    korean, _, english = said.strip().partition(" / ")
    hangul = re.compile("[가-힣]")
    assert name == preset and hangul.search(korean)
    assert english and not hangul.search(english)


@pytest.mark.parametrize("preset", [name for name in preset_names() if name != "laboratory"])
def test_every_container_keeps_to_the_published_schema(preset: str) -> None:
    """A new value stands in `preset.schema.json` as well: whoever writes a preset of his own goes by that."""
    load_document(PRESETS / f"{preset}.yaml", SCHEMA)


@pytest.mark.parametrize("preset", [name for name in preset_names() if name != "laboratory"])
def test_every_preset_makes_a_living_container(preset: str) -> None:
    world = World(preset, 1, EPOCH)
    assert world.time_ms == 0
    assert 22.0 < world.container.air.cold_c < 23.5
    assert world.container.it_w == pytest.approx(119_500 if world.site == "lc-120" else 39_900, rel=0.01)


def anew(preset: str) -> World:
    """A world that has not been settled in this process before."""
    simulators.world._SETTLED.clear()
    return World(preset, 1, EPOCH)


def test_construction_is_quick() -> None:
    begin = time.process_time()
    anew("edge-40")
    assert time.process_time() - begin < 0.7


@pytest.mark.parametrize("preset", ["edge-40-dc", "lc-120", "laboratory"])
def test_the_second_of_a_kind_is_as_the_first(preset: str) -> None:
    first, second, other = anew(preset), World(preset, 1, EPOCH), anew(preset)
    assert first.save() == second.save() == other.save()
    for world in (first, second, other):
        world.start_fault("mains.loss" if preset != "laboratory" else "sensor.noise_x10")
        world.advance_to(30_000)
    assert first.save() == second.save() == other.save()
    assert everything(first) == everything(second) == everything(other)


# The controller's battery probe is not plugged in: the UPS before the bus bar has the battery. The multimeter stands at
# a voltage, the oscilloscope's last channel is free.
UNPLUGGED = {
    ("rectifier-1", "battery.temperature"),
    ("multimeter-1", "resistance"),
    ("multimeter-1", "temperature"),
    ("oscilloscope-1", "frequency.4"),
}


def test_every_word_that_a_simulated_product_shows_has_a_true_value() -> None:
    """In every subject of the vocabulary; some equipment of the subject knows it, for a sub-meter knows less than the
    main meter. Words that only families of real products speak, such as outlets, have none."""
    shown: dict[str, set[str]] = {}
    for world in (World(preset, 1, EPOCH) for preset in ("edge-40-dc", "lc-120", "laboratory")):
        for equipment in world.equipment():
            subject = world.description(equipment)["subject"]
            points = shown.setdefault(subject, set())
            for point in world.points(equipment):
                points.add(bare(point))
                kind = load_vocabulary().subjects[subject].point(bare(point))
                if kind is not None and (equipment, point) not in UNPLUGGED:
                    assert_kind(world.truth(equipment, point), kind)
        for device in load_site(world.site, world, 1).devices.values():
            subject = device.served.map.subject
            for word in {bare(point) for point in device.served.map.points}:
                assert word.startswith("identity.") or word in shown[subject], f"{subject} {word}"
    assert load_vocabulary().subjects.keys() == shown.keys()
    assert all(len(points) > 1 for points in shown.values())


def assert_kind(value: object, kind: PointKind) -> None:
    if kind.kind == "state":
        assert value in kind.states
    elif kind.kind == "text":
        assert isinstance(value, str)
    else:
        assert isinstance(value, float)


def test_the_reference_is_comfortably_inside(world: World) -> None:
    for phase in ("l1", "l2", "l3"):
        assert world.truth("meter-main", f"voltage.{phase}") == pytest.approx(220, rel=0.01)
        assert world.truth("ups-1", f"output.voltage.{phase}") == pytest.approx(220, rel=0.003)
    assert world.truth("meter-main", "frequency") == pytest.approx(60, abs=0.06)
    for rack in ("rack-1", "rack-2", "rack-3", "rack-4"):
        for height in ("bottom", "middle", "top"):
            inlet = world.truth(rack, f"inlet.temperature.{height}")
            # The cold aisle settles at 22.65 °C within 0.2 K, and a rack lies 0.3 to 1.5 K above it.
            assert isinstance(inlet, float) and 22.45 + 0.3 < inlet < 22.85 + 1.5
    assert world.truth("cdu-1", "loop.pressure") == pytest.approx(300, abs=20)
    supply, dew = world.truth("cdu-1", "supply.temperature"), world.truth("cdu-1", "room.dew-point")
    assert isinstance(supply, float) and isinstance(dew, float) and supply - dew > 5.0
    for node in world.instances("time-1"):
        assert world.truth("time-1", f"offset@{node}") == pytest.approx(0, abs=5)


def test_instances_and_uuids(world: World) -> None:
    assert world.instances("npu-1") == tuple(f"npu{k}" for k in range(8))
    uuids = {world.truth(e, f"identity.uuid@{i}") for e in ("npu-1", "npu-2") for i in world.instances(e)}
    assert len(uuids) == 16


def test_between_grid_points_the_last_one_is_shown() -> None:
    world = World("edge-40", 1, EPOCH)
    world.advance_to(1_199)
    assert world.time_ms == 1_000
    world.advance_to(400)
    assert world.time_ms == 1_000
    assert world.truth("bmc-1", "clock") == EPOCH / 1e9 + 1.0


@settings(max_examples=8, deadline=None)
@given(st.lists(st.integers(1, 30_000), max_size=12))
def test_the_pieces_in_which_time_advances_do_not_matter(pieces: list[int]) -> None:
    """Bit for bit, and whatever is read in between."""
    one, other = World("edge-40", 3, EPOCH), World("edge-40", 3, EPOCH)
    for world in (one, other):
        world.start_fault("mains.loss", {"onset": 1.234, "duration": 20.0})
    one.advance_to(40_000)
    for piece in sorted(pieces):
        other.advance_to(piece)
        everything(other)
    other.advance_to(40_000)
    assert everything(one) == everything(other)


def test_the_seed_moves_the_noise_and_not_the_events() -> None:
    one, other = World("edge-40", 1, EPOCH), World("edge-40", 2, EPOCH)
    for world in (one, other):
        world.start_fault("mains.loss")
        world.advance_to(12_000)
    assert one.truth("ats-1", "position") == other.truth("ats-1", "position") == "emergency"
    assert one.truth("rack-1", "inlet.temperature.top") != other.truth("rack-1", "inlet.temperature.top")


def test_a_snapshot_repeats_the_rest_exactly() -> None:
    world = World("edge-40-liquid", 5, EPOCH)
    world.start_fault("mains.loss", {"duration": 30.0})
    world.advance_to(9_000)
    saved = world.save()
    world.advance_to(60_000)
    first = everything(world)
    world.restore(saved)
    assert world.time_ms == 9_000
    world.advance_to(60_000)
    assert everything(world) == first
    stranger = World("edge-40-liquid", 5, EPOCH)
    stranger.restore(saved)
    stranger.advance_to(60_000)
    assert everything(stranger) == first


def test_commands_are_idempotent_and_refused_when_wrong() -> None:
    once, twice = World("edge-40", 1, EPOCH), World("edge-40", 1, EPOCH)
    once.command("crac-1", "setpoint.temperature", 24.0)
    twice.command("crac-1", "setpoint.temperature", 24.0)
    twice.command("crac-1", "setpoint.temperature", 24.0)
    for equipment, point, value in (
        ("crac-1", "setpoint.temperature", 99.0),
        ("crac-1", "setpoint.temperature", float("nan")),
        ("crac-1", "supply.temperature", 20.0),
        ("door-1", "lock", "ajar"),
        ("nobody", "lock", "locked"),
    ):
        with pytest.raises(Refusal):
            twice.command(equipment, point, value)
    once.advance_to(60_000)
    twice.advance_to(60_000)
    assert everything(once) == everything(twice)
    assert once.truth("crac-1", "setpoint.temperature") == 24.0


def test_a_node_switched_off_boots_again() -> None:
    world = World("edge-40", 1, EPOCH)
    world.command("bmc-1", "power-state", "off")
    world.advance_to(10_000)
    assert world.truth("bmc-1", "power") == 120.0  # standby: it is still fed
    assert world.truth("cluster-1", "node.state@node-1") == "not-ready"
    world.command("bmc-1", "power-state", "on")
    world.advance_to(251_000)
    assert world.truth("cluster-1", "node.state@node-1") == "ready"


def test_unknown_names_are_refused(world: World) -> None:
    with pytest.raises(Refusal, match="choose one of"):
        World("edge-41", 1, EPOCH)
    with pytest.raises(Refusal, match="ups-9"):
        world.truth("ups-9", "battery.charge")
    with pytest.raises(Refusal, match=r"battery\.colour"):
        world.truth("ups-1", "battery.colour")


def test_plant_time_is_much_faster_than_real_time() -> None:
    world = World("edge-40", 1, EPOCH)
    begin = time.process_time()
    world.advance_to(300_000)
    assert 300.0 / (time.process_time() - begin) > 500.0
