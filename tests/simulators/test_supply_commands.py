"""What an operator tells transfer switch and genset: through the plant, and through SNMP and Modbus."""

import pytest

from fixtures.device_map import load_map
from fixtures.wire import modbus, snmp
from fixtures.wire.snmp import Varbind
from profiles.refusal import Refusal
from simulators.servers.modbus_image import Image, Refused
from simulators.servers.served import Served
from simulators.world import World
from tests.simulators.test_power_commands import Card

REQUEST, MODE, TEST = (f"1.3.6.1.4.1.{arc}.0" for arc in ("99999.1.2.8", "99999.1.2.9", "318.1.1.17.5.1.2"))
CONTROL = 4104


@pytest.fixture(scope="module")
def begun() -> tuple[World, bytes]:
    world = World("edge-40", 1, 0)
    return world, world.save()


@pytest.fixture
def world(begun: tuple[World, bytes]) -> World:
    begun[0].restore(begun[1])
    return begun[0]


def after(world: World, seconds: float) -> None:
    world.advance_to(world.time_ms + round(seconds * 1000))


def tell(world: World, equipment: str, point: str, value: str, seconds: float = 1.0) -> None:
    world.command(equipment, point, value)
    after(world, seconds)


def seen(world: World, *points: str, equipment: str = "ats-1") -> list[object]:
    return [world.truth(equipment, point) for point in points]


def fed(world: World) -> bool:
    return all(node.state == "on" for node in world.container.nodes)


def test_a_test_under_load_transfers_and_returns_after_its_time(world: World) -> None:
    tell(world, "ats-1", "test.request", "load")
    assert seen(world, "test", "state", "position") == ["running", "wait-emergency", "normal"]
    after(world, 8)  # 1.8 s of cranking, 3.5 s to run up, 2 s to wait
    assert seen(world, "test", "state", "position") == ["running", "on-emergency", "emergency"]
    after(world, 60)
    assert world.truth("genset-1", "power") == pytest.approx(world.container.bus_w, rel=1e-6)
    assert world.container.bus_w > 40_000
    after(world, 530)
    assert seen(world, "test", "position") == ["running", "emergency"]
    after(world, 10)
    assert seen(world, "test", "state", "position", "transfers") == ["none", "cool-down", "normal", 2.0]
    after(world, 300)
    assert seen(world, "state") == ["normal"]
    assert seen(world, "state", equipment="genset-1") == ["stopped"]
    assert fed(world)


def test_a_test_ends_by_a_word_without_the_delay_of_a_return(world: World) -> None:
    tell(world, "ats-1", "test.request", "load", 20)
    assert seen(world, "position") == ["emergency"]
    tell(world, "ats-1", "test.request", "none")
    assert seen(world, "test", "state", "position") == ["none", "cool-down", "normal"]


def test_a_test_that_ends_before_the_transfer_never_transfers(world: World) -> None:
    tell(world, "ats-1", "test.request", "load", 4)
    tell(world, "ats-1", "test.request", "none", 30)
    assert seen(world, "test", "state", "position", "transfers") == ["none", "normal", "normal", 0.0]
    assert seen(world, "state", equipment="genset-1") == ["stopped"]


def test_a_test_becomes_an_outage_where_the_mains_fail(world: World) -> None:
    """The load stays on the genset, and returns only after the whole delay."""
    tell(world, "ats-1", "test.request", "load", 20)
    world.start_fault("mains.loss", {"duration": 2})
    after(world, 5)
    assert seen(world, "test", "state", "position") == ["none", "wait-return", "emergency"]
    after(world, 290)
    assert seen(world, "position") == ["emergency"]
    after(world, 10)
    assert seen(world, "position", "transfers") == ["normal", 2.0]


def test_a_test_ends_where_the_genset_fails(world: World) -> None:
    tell(world, "ats-1", "test.request", "load", 20)
    world.start_fault("gen.trip_under_load")
    after(world, 2)
    assert seen(world, "test", "position") == ["none", "normal"]
    assert fed(world)


def test_a_test_shows_that_the_genset_does_not_start(world: World) -> None:
    world.start_fault("gen.no_crank")
    tell(world, "ats-1", "test.request", "load", 40)
    assert seen(world, "test", "state", "transfers") == ["running", "wait-emergency", 0.0]
    assert seen(world, "state", "attempts", equipment="genset-1") == ["fault", 3.0]
    assert fed(world)


def test_a_blocked_switch_stays_where_it_is(world: World) -> None:
    """The genset runs, the load stays dark, and the switch says that its transfer is overdue."""
    tell(world, "ats-1", "mode", "blocked")
    assert seen(world, "mode", "alarms") == ["blocked", 0.0]
    world.start_fault("mains.loss", {"duration": 60})
    after(world, 30)
    assert seen(world, "position", "state", "output.voltage", "alarms") == ["normal", "wait-emergency", 0.0, 2.0]
    assert seen(world, "state", equipment="genset-1") == ["running"]
    tell(world, "ats-1", "mode", "automatic")
    assert seen(world, "position") == ["emergency"]
    tell(world, "ats-1", "mode", "blocked", 400)
    assert seen(world, "position", "state", "alarms") == ["emergency", "wait-return", 1.0]
    tell(world, "ats-1", "mode", "automatic")
    assert seen(world, "position") == ["normal"]


def test_a_switch_that_cannot_move_says_so_when_it_should_have(world: World) -> None:
    world.start_fault("ats.stuck_n")
    after(world, 5)
    assert seen(world, "alarms") == [0.0]
    world.start_fault("mains.loss")
    after(world, 20)
    assert seen(world, "position", "alarms") == ["normal", 2.0]


def test_a_genset_is_started_and_stopped_in_manual_mode(world: World) -> None:
    tell(world, "genset-1", "control", "manual")
    assert seen(world, "mode", "state", equipment="genset-1") == ["manual", "stopped"]
    tell(world, "genset-1", "control", "start", 10)
    assert seen(world, "mode", "control", "state", equipment="genset-1") == ["manual", "start", "running"]
    assert seen(world, "position", "source.emergency.availability") == ["normal", "available"]
    tell(world, "genset-1", "control", "manual", 10)
    assert seen(world, "state", equipment="genset-1") == ["running"]
    tell(world, "genset-1", "control", "stop", 20)
    assert seen(world, "mode", "state", "frequency", equipment="genset-1") == ["stop", "stopped", 0.0]


@pytest.mark.parametrize("key", ["stop", "manual"])
def test_only_a_genset_in_automatic_mode_starts_by_itself(world: World, key: str) -> None:
    tell(world, "genset-1", "control", key)
    world.start_fault("mains.loss")
    after(world, 30)
    assert seen(world, "state", equipment="genset-1") == ["stopped"]
    assert seen(world, "state", "position") == ["wait-emergency", "normal"]
    tell(world, "genset-1", "control", "automatic", 10)
    assert seen(world, "position") == ["emergency"]


def test_a_genset_that_runs_already_takes_the_load_sooner(world: World) -> None:
    tell(world, "genset-1", "control", "manual")
    tell(world, "genset-1", "control", "start", 10)
    world.start_fault("mains.loss")
    after(world, 5.2)  # 3 s to start it, 2 s to wait
    assert seen(world, "position") == ["emergency"]


@pytest.mark.parametrize(
    ("equipment", "point", "value"),
    [
        ("ats-1", "test.request", "no-load"),
        ("ats-1", "mode", "manual"),
        ("genset-1", "control", "test"),
        ("genset-1", "control", "start"),
        ("genset-1", "mode", "manual"),
        ("ats-1", "test", "running"),
    ],
)
def test_what_cannot_be_commanded_is_refused_and_changes_nothing(
    world: World, equipment: str, point: str, value: str
) -> None:
    before = world.save()
    with pytest.raises(Refusal, match=r"is not allowed|cannot be (started|written)"):
        world.command(equipment, point, value)
    assert world.save() == before


@pytest.mark.parametrize("why", ["blocked", "loss", "return"])
def test_a_test_begins_only_on_a_healthy_utility(world: World, why: str) -> None:
    if why == "blocked":
        tell(world, "ats-1", "mode", "blocked")
    else:
        world.start_fault("mains.loss", {"duration": 20} if why == "return" else {})
        after(world, 30)
    with pytest.raises(Refusal, match="cannot be tested now"):
        world.command("ats-1", "test.request", "load")


def test_the_state_of_commands_is_saved(world: World) -> None:
    tell(world, "ats-1", "test.request", "load", 15)
    saved = world.save()
    after(world, 700)
    expected = world.save()
    world.restore(saved)
    after(world, 700)
    assert world.save() == expected


def test_the_card_of_the_switch_takes_its_commands() -> None:
    world = World("edge-40", 1, 0)
    card = Card(world, "ats-1", "powernet-ats-controller")
    assert card.put(Varbind(REQUEST, snmp.INTEGER, 2)) == snmp.NO_ERROR
    after(world, 20)
    assert (card.get(REQUEST), card.get(MODE)) == (2, 1)
    assert card.get(TEST) != 1
    assert world.truth("ats-1", "position") == "emergency"
    assert card.put(Varbind(REQUEST, snmp.INTEGER, 1)) == snmp.NO_ERROR
    assert card.put(Varbind(MODE, snmp.INTEGER, 2)) == snmp.NO_ERROR
    assert card.put(Varbind(MODE, snmp.INTEGER, 3)) == snmp.WRONG_VALUE
    after(world, 20)
    assert (card.get(REQUEST), card.get(MODE), card.get(TEST)) == (1, 2, 1)
    assert world.truth("ats-1", "position") == "emergency", "blocked before it could return"


def test_the_controller_of_the_genset_takes_its_control_keys() -> None:
    """A key and its ones' complement in one request of two registers."""
    world = World("edge-40", 1, 0)
    served = Served(world, "genset-1-controller", "genset-1-controller", "genset-1", load_map("genset-controller"), 1)
    image = Image([served])

    def press(key: int) -> None:
        image.write(16, "holding", CONTROL, (key, 0xFFFF - key))
        after(world, 10)

    press(35702)
    press(35705)
    assert seen(world, "mode", "state", equipment="genset-1") == ["manual", "running"]
    with pytest.raises(Refused) as refused:
        image.write(16, "holding", CONTROL, (35705, 0))
    assert refused.value.code == modbus.ILLEGAL_VALUE
    press(35701)
    with pytest.raises(Refused):
        press(35705)
    assert seen(world, "mode", "state", equipment="genset-1") == ["automatic", "stopped"]
