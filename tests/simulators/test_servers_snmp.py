"""An SNMP agent by the book: order, bulk, versions, errors; and what its faults look like."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.device_map import load_map
from fixtures.wire import snmp
from fixtures.wire.snmp import Message, Pdu, Varbind, decode_message, encode_message
from simulators.servers.line import Failure, Line
from simulators.servers.served import Served
from simulators.servers.snmp import Access, Agent
from simulators.servers.snmp_table import table
from simulators.servers.snmp_tree import ROOM, Tree
from simulators.world import World

OIDS = st.lists(st.integers(0, 300), min_size=1, max_size=5).map(lambda arcs: ".".join(map(str, [1, 3, *arcs])))
UPS = "1.3.6.1.2.1.33.1"


def constant(oid: str, value: int = 1) -> Varbind:
    return Varbind(oid, snmp.INTEGER, value)


def agent_of(objects: Tree) -> Agent:
    access = Access(lambda community: community == b"public", lambda community: community == b"private")
    return Agent(objects, access, Line(()))


def ask(agent: Agent, pdu: Pdu, version: int = snmp.V2C, community: bytes = b"public") -> Pdu | None:
    answer = agent.answer(encode_message(Message(version, community, pdu)))
    return None if answer is None else decode_message(answer).pdu


def get(agent: Agent, *oids: str, version: int = snmp.V2C) -> Pdu:
    answer = ask(agent, Pdu(snmp.GET, 7, varbinds=tuple(Varbind(oid) for oid in oids)), version)
    assert answer is not None
    return answer


@pytest.fixture(scope="module")
def world() -> World:
    return World("edge-40", 1, 0)


@pytest.fixture(scope="module")
def ups(world: World) -> Agent:
    served = Served(world, "ups-1-card", "ups-1-card", "ups-1", load_map("rfc1628-ups-monitor"), 1)
    return agent_of(table([served], "a UPS", "1.3.6.1.2.1.33"))


@given(st.sets(OIDS, min_size=1, max_size=30))
def test_stepping_visits_every_object_once_in_order(oids: set[str]) -> None:
    objects = Tree({oid: lambda oid=oid: constant(oid) for oid in oids})  # type: ignore[misc]
    found, at = [], "1.3"
    while (after := objects.after(at)).tag != snmp.END_OF_MIB_VIEW:
        found.append(after.oid)
        at = after.oid
    assert found == sorted(oids, key=lambda oid: [int(arc) for arc in oid.split(".")])


@given(st.sets(OIDS, min_size=1, max_size=30), st.integers(0, 2), st.integers(0, 40))
def test_bulk_is_stepping_many_times(oids: set[str], once: int, rounds: int) -> None:
    objects = Tree({oid: lambda oid=oid: constant(oid) for oid in oids})  # type: ignore[misc]
    asked = (Varbind("1.3"), Varbind("1.3.150"))
    found = objects.bulk(Pdu(snmp.GETBULK, 1, once, rounds, asked))
    assert list(found[:once]) == [objects.after(varbind.oid) for varbind in asked[:once]]
    previous = [varbind.oid for varbind in asked[once:]]
    width = len(previous)
    for row in range(len(found[once:]) // width if width else 0):
        step = found[once + row * width : once + (row + 1) * width]
        assert list(step) == [objects.after(oid) for oid in previous]
        previous = [varbind.oid for varbind in step]


def test_a_bulk_response_fits_one_datagram() -> None:
    oids = [f"1.3.6.1.4.1.99999.{n}" for n in range(500)]
    objects = Tree({oid: lambda oid=oid: Varbind(oid, snmp.OCTETS, b"x" * 100) for oid in oids})  # type: ignore[misc]
    answer = agent_of(objects).answer(
        encode_message(Message(snmp.V2C, b"public", Pdu(snmp.GETBULK, 1, 0, 200, (Varbind("1.3"),))))
    )
    assert answer is not None
    assert 5 < len(decode_message(answer).pdu.varbinds) < 200
    assert len(answer) < ROOM + 100


def test_what_is_missing_is_said_in_the_words_of_each_version(ups: Agent) -> None:
    there, missing = f"{UPS}.2.4.0", f"{UPS}.2.99.0"
    answer = get(ups, there, missing)
    assert answer.status == snmp.NO_ERROR
    assert [varbind.tag for varbind in answer.varbinds] == [snmp.INTEGER, snmp.NO_SUCH_INSTANCE]
    old = get(ups, there, missing, version=snmp.V1)
    assert (old.status, old.index) == (snmp.NO_SUCH_NAME, 2)


def test_a_wrong_community_or_garbage_gets_no_answer(ups: Agent) -> None:
    assert ask(ups, Pdu(snmp.GET, 1, varbinds=(Varbind("1.3.6.1.2.1.1.1.0"),)), community=b"secret") is None
    assert ups.answer(b"") is None
    assert ups.answer(b"\x30\x03\x02\x01\x01") is None


def test_bulk_does_not_exist_in_version_1(ups: Agent) -> None:
    assert ask(ups, Pdu(snmp.GETBULK, 1, 0, 5, (Varbind("1.3"),)), snmp.V1) is None


def test_the_request_comes_back_in_its_response(ups: Agent) -> None:
    assert get(ups, f"{UPS}.2.4.0").request_id == 7


def test_a_missing_object_is_missing_for_get_and_walk(world: World, ups: Agent) -> None:
    temperature, before = f"{UPS}.2.7.0", f"{UPS}.2.6.0"
    assert get(ups, temperature).varbinds[0].tag == snmp.INTEGER
    world.start_fault("ups.objects_missing")
    try:
        assert get(ups, temperature).varbinds[0].tag == snmp.NO_SUCH_INSTANCE
        step = ask(ups, Pdu(snmp.GETNEXT, 1, varbinds=(Varbind(before),)))
        assert step is not None and step.varbinds[0].oid == f"{UPS}.3.1.0"
    finally:
        world.clear_fault("ups.objects_missing")


@pytest.mark.parametrize(
    ("word", "status", "in_version_1"),
    [("genErr", snmp.GEN_ERR, snmp.GEN_ERR), ("noSuchName", 2, 2), ("tooBig", 1, 1), ("resourceUnavailable", 13, 5)],
)
def test_a_line_that_refuses_says_so_in_the_words_of_each_version(
    ups: Agent, word: str, status: int, in_version_1: int
) -> None:
    request = Pdu(snmp.GET, 7, varbinds=(Varbind(f"{UPS}.2.4.0"),))
    for version, expected in ((snmp.V2C, status), (snmp.V1, in_version_1)):
        answer = ups.respond(request, version, failure=Failure(4, word, 503))
        assert answer is not None
        assert (answer.status, answer.index, answer.varbinds) == (expected, 1, request.varbinds)
