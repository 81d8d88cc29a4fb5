"""What an operator tells UPS and rack PDUs: through the plant, and through the objects of real MIBs."""

import pytest

from fixtures.device_map import load_map
from fixtures.wire import ber, snmp
from fixtures.wire.snmp import Message, Pdu, Varbind, decode_message, encode_message
from profiles.refusal import Refusal
from simulators.servers.line import Line
from simulators.servers.served import Served
from simulators.servers.snmp import Access, Agent
from simulators.servers.snmp_seats import seated
from simulators.servers.snmp_table import table
from simulators.world import World

WELL_KNOWN = "1.3.6.1.2.1.33.1.7.7"
TEST_ID, TEST_RESULT = "1.3.6.1.2.1.33.1.7.1.0", "1.3.6.1.2.1.33.1.7.3.0"
OPERATION, STATE = (f"1.3.6.1.4.1.13742.6.4.1.2.1.{arc}.1" for arc in (2, 3))


@pytest.fixture(scope="module")
def begun() -> tuple[World, bytes]:
    world = World("edge-40", 1, 0)
    return world, world.save()


@pytest.fixture
def world(begun: tuple[World, bytes]) -> World:
    begun[0].restore(begun[1])
    return begun[0]


def tell(world: World, point: str, value: str, seconds: float = 1.0, equipment: str = "ups-1") -> None:
    world.command(equipment, point, value)
    after(world, seconds)


def after(world: World, seconds: float) -> None:
    world.advance_to(world.time_ms + round(seconds * 1000))


def seen(world: World, *points: str) -> list[object]:
    return [world.truth("ups-1", point) for point in points]


def fed(world: World) -> bool:
    return all(node.state == "on" for node in world.container.nodes)


def test_a_quick_test_discharges_for_a_minute_and_walks_in(world: World) -> None:
    tell(world, "test.request", "quick")
    assert seen(world, "mode", "output.source", "test.result", "input.power") == ["test", "battery", "running", 0.0]
    after(world, 58.8)
    assert seen(world, "mode", "test.result") == ["test", "running"]
    assert world.container.ups.battery.soc < 0.96
    after(world, 0.4)
    assert seen(world, "mode", "test.result") == ["walk-in", "passed"]
    after(world, 10.0)
    assert seen(world, "mode", "output.source") == ["online", "normal"]
    assert fed(world)


def test_a_test_finds_an_open_battery_and_keeps_the_load(world: World) -> None:
    world.start_fault("ups.battery_open")
    after(world, 60)
    assert seen(world, "battery.status", "test.result", "alarms") == ["normal", "none", 0.0]
    tell(world, "test.request", "quick")
    assert seen(world, "mode", "test.result", "alarms") == ["online", "failed", 1.0]
    assert fed(world)


def test_a_battery_that_opens_during_a_test_is_left_to_the_rectifier(world: World) -> None:
    tell(world, "test.request", "deep", 5)
    world.start_fault("ups.battery_open")
    after(world, 1)
    assert seen(world, "mode", "test.result") == ["online", "failed"]
    assert fed(world)


@pytest.mark.parametrize(("health", "result"), [(1.0, "passed"), (0.9, "passed"), (0.75, "warning")])
def test_a_deep_test_tells_a_worn_battery(world: World, health: float, result: str) -> None:
    world.start_fault("ups.battery_aged", {"health": health})
    tell(world, "test.request", "deep", 400)
    while world.truth("ups-1", "mode") == "test":
        after(world, 2)
    assert seen(world, "mode", "test.result") == ["walk-in", result]
    assert world.container.ups.battery_low or world.container.ups.battery.soc < 0.25
    assert fed(world)


def test_a_test_ends_where_the_mains_fail(world: World) -> None:
    tell(world, "test.request", "quick", 5)
    world.start_fault("mains.loss")
    after(world, 1)
    assert seen(world, "mode", "test.result", "input.line-bads") == ["battery", "aborted", 1.0]
    assert fed(world)


def test_a_test_is_stopped_by_a_word_and_cannot_begin_on_battery(world: World) -> None:
    tell(world, "test.request", "deep", 5)
    tell(world, "test.request", "quick")
    assert seen(world, "mode", "test.request") == ["test", "deep"], "one test at a time"
    tell(world, "test.request", "abort")
    assert seen(world, "mode", "test.result") == ["walk-in", "aborted"]
    after(world, 20)
    world.start_fault("mains.loss")
    after(world, 1)
    tell(world, "test.request", "quick")
    assert seen(world, "mode", "test.result") == ["battery", "aborted"]


def test_the_state_of_a_test_is_saved(world: World) -> None:
    tell(world, "test.request", "quick", 30)
    saved = world.save()
    after(world, 31)
    expected = world.save()
    world.restore(saved)
    after(world, 31)
    assert world.save() == expected
    assert seen(world, "mode", "test.result") == ["walk-in", "passed"]


def test_the_operator_selects_bypass_and_eco(world: World) -> None:
    tell(world, "setpoint.mode", "bypass")
    assert seen(world, "mode", "output.source", "setpoint.mode") == ["bypass"] * 3
    tell(world, "setpoint.mode", "eco")
    assert seen(world, "mode", "output.source") == ["eco", "bypass"]
    efficiency = world.truth("ups-1", "efficiency")
    assert efficiency == pytest.approx(98.6, abs=0.1)
    tell(world, "setpoint.mode", "online")
    assert seen(world, "mode", "output.source") == ["online", "normal"]


def test_an_outlet_takes_its_power_supply_off_and_the_others_carry_on(world: World) -> None:
    whole = world.container.nodes[0].power_w
    tell(world, "outlet.switch@1", "off", equipment="pdu-1")
    one, two = (world.truth(name, "power") for name in ("pdu-1", "pdu-2"))
    assert one == pytest.approx(whole / 3, rel=0.01) and two == pytest.approx(2 * whole / 3, rel=0.01)
    assert world.truth("bmc-1", "power-supply.1.power") == 0.0
    assert world.truth("pdu-1", "outlet.state@1") == "off" and world.truth("pdu-1", "outlet.state@2") == "on"
    for name, outlet in (("pdu-1", 2), ("pdu-2", 1), ("pdu-2", 2)):
        tell(world, f"outlet.switch@{outlet}", "off", equipment=name)
    assert world.container.nodes[0].state == "off"
    tell(world, "outlet.switch@2", "on", equipment="pdu-2")
    assert world.container.nodes[0].state == "booting"


def test_a_rack_of_several_nodes_has_two_outlets_for_each() -> None:
    world = World("lc-120", 1, 0)
    assert "outlet.state@8" in world.points("pdu-1") and "outlet.state@9" not in world.points("pdu-1")
    tell(world, "outlet.switch@3", "off", equipment="pdu-2")
    nodes = [world.container.nodes[number - 1] for number in world.description("pdu-2")["nodes"]]
    assert [node.supplies.plugged for node in nodes[:2]] == [[True] * 4, [True, False, True, True]]


@pytest.mark.parametrize(
    ("equipment", "point", "value"),
    [("ups-1", "setpoint.mode", "off"), ("ups-1", "test.request", "none"), ("pdu-1", "outlet.switch@1", "cycle")]
    + [("pdu-1", name, "off") for name in ("outlet.switch@3", "outlet.switch@0", "outlet.switch", "outlet.switch@x")],
)
def test_what_cannot_be_commanded_is_refused_and_changes_nothing(
    world: World, equipment: str, point: str, value: str
) -> None:
    before = world.save()
    with pytest.raises(Refusal, match=r"switch one of its outlets|is not allowed"):
        world.command(equipment, point, value)
    assert world.save() == before


class Card:
    """The agent of one device."""

    def __init__(self, world: World, equipment: str, map_name: str) -> None:
        device_map = seated(load_map(map_name), world.points(equipment))
        served = Served(world, equipment, equipment, equipment, device_map, 1)
        access = Access(lambda given: True, lambda given: given == b"secret")
        self.agent = Agent(table([served], "a card", "0.0"), access, Line([served]))

    def put(self, varbind: Varbind) -> int:
        answer = self.agent.answer(encode_message(Message(snmp.V2C, b"secret", Pdu(snmp.SET, 1, varbinds=(varbind,)))))
        assert answer is not None
        return decode_message(answer).pdu.status

    def get(self, oid: str) -> object:
        answer = self.agent.respond(Pdu(snmp.GET, 1, varbinds=(Varbind(oid),)), snmp.V2C)
        assert answer is not None
        return answer.varbinds[0].value


def test_the_standard_mib_begins_and_ends_a_test() -> None:
    world = World("edge-40", 1, 0)
    card = Card(world, "ups-1", "rfc1628-ups-monitor")
    assert (card.get(TEST_ID), card.get(TEST_RESULT)) == (f"{WELL_KNOWN}.1", 6)
    assert card.put(Varbind(TEST_ID, ber.OID, f"{WELL_KNOWN}.4")) == snmp.NO_ERROR
    after(world, 10)
    assert (card.get(TEST_ID), card.get(TEST_RESULT)) == (f"{WELL_KNOWN}.4", 5)
    assert world.truth("ups-1", "mode") == "test"
    assert card.put(Varbind(TEST_ID, ber.OID, f"{WELL_KNOWN}.2")) == snmp.NO_ERROR
    after(world, 10)
    assert card.get(TEST_RESULT) == 4
    assert card.put(Varbind(TEST_ID, ber.OID, f"{WELL_KNOWN}.1")) == snmp.WRONG_VALUE
    assert card.put(Varbind(TEST_ID, snmp.INTEGER, 4)) == snmp.WRONG_TYPE


def test_the_pdu_mib_switches_an_outlet() -> None:
    world = World("edge-40", 1, 0)
    card = Card(world, "pdu-1", "raritan-pdu2-switched")
    assert card.put(Varbind(f"{OPERATION}.2", snmp.INTEGER, 0)) == snmp.NO_ERROR
    after(world, 4)
    assert [card.get(f"{STATE}.{outlet}") for outlet in (1, 2)] == [7, 8]
    assert world.truth("bmc-1", "power-supply.3.power") == 0.0
    assert card.put(Varbind(f"{OPERATION}.2", snmp.INTEGER, 2)) == snmp.WRONG_VALUE
