"""What a manager may write: types, ranges, who may, all or nothing, and the words of each version."""

from pathlib import Path

import pytest

from fixtures.device_map import load_map
from fixtures.wire import snmp
from fixtures.wire.snmp import Message, Pdu, Varbind, decode_message, encode_message
from simulators.servers.line import Line
from simulators.servers.served import Served
from simulators.servers.snmp import Access, Agent
from simulators.servers.snmp_table import table
from simulators.world import World

LOW_BATTERY_TIME = "1.3.6.1.2.1.33.1.9.7.0"
WRITABLE_MAP = """
schema: device-map/1
map: writable-crac
title: A cooling unit that is set over SNMP
subject: crac
protocol: snmp
source: {document: none, status: project}
defaults: {refresh: 1 s, type: integer, accuracy: {absolute: 0.5}}
points:
  setpoint.temperature: {oid: 1.3.6.1.4.1.99999.9.1.1, scale: 0.1, accuracy: {absolute: 0}, write: {range: [16, 30]}}
  state: {oid: 1.3.6.1.4.1.99999.9.1.2, states: {0: "off", 1: "on", 2: alarm}, write: {states: ["off", "on"]}}
  supply.temperature: {oid: 1.3.6.1.4.1.99999.9.2.1, scale: 0.1}
"""
SETPOINT, STATE, SUPPLY = (f"1.3.6.1.4.1.99999.9.{place}" for place in ("1.1", "1.2", "2.1"))


@pytest.fixture(scope="module")
def cooling(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, Agent]:
    path: Path = tmp_path_factory.mktemp("map") / "writable-crac.yaml"
    path.write_text(WRITABLE_MAP)
    world = World("edge-40", 1, 0)
    served = Served(world, "crac-1", "crac-1", "crac-1", load_map(path), 1)
    access = Access(lambda given: True, lambda given: given == b"secret")
    return world, Agent(table([served], "a cooling unit", "0.0"), access, Line([served]))


def put(agent: Agent, *varbinds: Varbind, community: bytes = b"secret", version: int = snmp.V2C) -> tuple[int, int]:
    answer = agent.answer(encode_message(Message(version, community, Pdu(snmp.SET, 1, varbinds=varbinds))))
    assert answer is not None
    pdu = decode_message(answer).pdu
    assert pdu.varbinds == varbinds
    return pdu.status, pdu.index


def number(oid: str, value: int) -> Varbind:
    return Varbind(oid, snmp.INTEGER, value)


def test_a_written_set_point_reaches_the_plant_and_reads_back(cooling: tuple[World, Agent]) -> None:
    world, agent = cooling
    assert put(agent, number(SETPOINT, 245)) == (snmp.NO_ERROR, 0)
    assert world.truth("crac-1", "setpoint.temperature") != 24.5
    world.advance_to(world.time_ms + 600)
    assert world.truth("crac-1", "setpoint.temperature") == 24.5
    answer = agent.respond(Pdu(snmp.GET, 1, varbinds=(Varbind(SETPOINT),)), snmp.V2C)
    assert answer is not None and answer.varbinds == (number(SETPOINT, 245),)


@pytest.mark.parametrize(
    ("varbind", "status", "old"),
    [
        (number(SETPOINT, 310), 10, 3),
        (Varbind(SETPOINT, snmp.OCTETS, b"24"), 7, 3),
        (number(STATE, 2), 10, 3),
        (number(STATE, 9), 10, 3),
        (number(SUPPLY, 200), 17, 2),
        (number("1.3.6.1.4.1.99999.9.1.7", 1), 11, 2),
        (number("1.3.6.1.4.1.99999.77.1", 1), 17, 2),
        (Varbind("1.3.6.1.2.1.1.4.0", snmp.OCTETS, b"x" * 256), 8, 3),
    ],
)
def test_what_may_not_be_written_is_refused_in_the_words_of_each_version(
    cooling: tuple[World, Agent], varbind: Varbind, status: int, old: int
) -> None:
    assert put(cooling[1], varbind) == (status, 1)
    assert put(cooling[1], varbind, version=snmp.V1) == (old, 1)


def test_a_request_is_carried_out_whole_or_not_at_all(cooling: tuple[World, Agent]) -> None:
    world, agent = cooling
    before = world.truth("crac-1", "setpoint.temperature")
    assert put(agent, number(SETPOINT, 200), number(SUPPLY, 1)) == (snmp.NOT_WRITABLE, 2)
    assert world.truth("crac-1", "setpoint.temperature") == before


def test_who_may_only_read_cannot_write(cooling: tuple[World, Agent]) -> None:
    assert put(cooling[1], number(SETPOINT, 200), community=b"public") == (snmp.NO_ACCESS, 1)
    assert put(cooling[1], number(SETPOINT, 200), community=b"public", version=snmp.V1) == (snmp.NO_SUCH_NAME, 1)


def test_settings_are_kept_over_a_restart_and_in_a_saved_state() -> None:
    world = World("edge-40", 1, 0)
    served = Served(world, "ups-1-card", "ups-1-card", "ups-1", load_map("rfc1628-ups-monitor"), 1)
    access = Access(lambda given: True, lambda given: given == b"secret")
    agent = Agent(table([served], "a UPS", "0.0"), access, Line([served]))
    wanted = number(LOW_BATTERY_TIME, 9), Varbind("1.3.6.1.2.1.1.4.0", snmp.OCTETS, "운영".encode())
    assert put(agent, *wanted) == (0, 0)
    world.start_fault("device.reboot")
    world.advance_to(80_000)
    request = Pdu(snmp.GET, 1, varbinds=tuple(Varbind(one.oid) for one in wanted))
    answer, saved = agent.respond(request, snmp.V2C), world.save()
    assert answer is not None and answer.varbinds == wanted
    assert put(agent, number(LOW_BATTERY_TIME, 3)) == (0, 0)
    world.restore(saved)
    answer = agent.respond(request, snmp.V2C)
    assert answer is not None and answer.varbinds == wanted
