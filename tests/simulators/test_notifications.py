"""Traps and informs as they leave an agent, seen with our own codec."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.device_map import load_map
from fixtures.wire import snmp
from fixtures.wire.ber import Malformed
from fixtures.wire.snmp import Message, Pdu, Varbind, decode_message, encode_message
from fixtures.wire.snmp_trap import TrapV1, decode_trap, encode_trap, v1_parts
from fixtures.wire.snmpv3 import decode_v3
from fixtures.wire.usm import unseal
from fixtures.wire.usm_agent import Incoming, LocalEngine
from fixtures.wire.usm_keys import User, localized
from profiles.refusal import Refusal
from simulators.servers.line import Line
from simulators.servers.served import Served
from simulators.servers.snmp import Access, Agent, engine_of, serve
from simulators.servers.snmp_notify import Notifier, Target, parse_target
from simulators.servers.snmp_table import table
from simulators.world import World

USER = User("conformance", "authentication", "private phrase")
UPS = "1.3.6.1.2.1.33"
ON_BATTERY, ADDED, REMOVED = f"{UPS}.2.1", f"{UPS}.2.3", f"{UPS}.2.4"
COLD_START, WRONG_COMMUNITY = "1.3.6.1.6.3.1.1.5.1", "1.3.6.1.6.3.1.1.5.5"


@dataclass
class Bench:
    """One UPS card with its agent on the loopback, and a socket that hears its notifications."""

    world: World
    served: Served
    agent: Agent
    notifier: Notifier
    engine: LocalEngine
    port: int
    heard: list[bytes] = field(default_factory=list)
    answer: Callable[[bytes], bytes | None] = lambda data: None

    async def ahead(self, seconds: float) -> list[bytes]:
        """Let plant time pass; the notifications that came with it."""
        before = len(self.heard)
        self.world.advance_to(self.world.time_ms + round(1000 * seconds))
        await asyncio.sleep(0.05)
        return self.heard[before:]


@asynccontextmanager
async def bench() -> AsyncIterator[Bench]:
    world = World("edge-40", 1, 0)
    served = Served(world, "ups-1-card", "ups-1-card", "ups-1", load_map("rfc1628-ups-monitor"), 1)
    engine = engine_of("ups-1-card", [USER])
    tree = table([served], "a UPS", "1.3.6.1.2.1.33", engine)
    notifier = Notifier([served], tree, b"public", USER, engine)
    access = Access(lambda given: given == b"public", lambda given: given == b"secret")
    agent = Agent(tree, access, Line([served]), engine, notifier)
    transport, port = await serve(agent)
    one = Bench(world, served, agent, notifier, engine, port)

    class Listener(asyncio.DatagramProtocol):
        def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
            one.heard.append(data)
            if answer := one.answer(data):
                listening.sendto(answer, addr)

    listening, _ = await asyncio.get_running_loop().create_datagram_endpoint(Listener, local_addr=("127.0.0.1", 0))
    one.port = listening.get_extra_info("sockname")[1]
    try:
        yield one
    finally:
        listening.close()
        transport.close()


def with_bench(test: Callable[[Bench], Awaitable[None]]) -> None:
    async def run() -> None:
        async with bench() as one:
            await test(one)

    asyncio.run(run())


def bindings(datagram: bytes) -> dict[str, snmp.Value]:
    return {varbind.oid: varbind.value for varbind in decode_message(datagram).pdu.varbinds}


def kind(datagram: bytes) -> snmp.Value:
    """Which notification it is."""
    return bindings(datagram)["1.3.6.1.6.3.1.1.4.1.0"]


def test_a_ups_says_that_it_is_on_battery_every_minute_and_when_that_ends() -> None:
    async def scenario(one: Bench) -> None:
        one.notifier.add(Target("127.0.0.1", one.port))
        assert await one.ahead(60) == []
        one.world.start_fault("ups.rectifier_fail")
        (first,) = await one.ahead(5)
        assert decode_message(first).pdu.kind == snmp.TRAP
        assert list(bindings(first)) == [
            "1.3.6.1.2.1.1.3.0",
            "1.3.6.1.6.3.1.1.4.1.0",
            f"{UPS}.1.2.3.0",
            f"{UPS}.1.2.2.0",
            f"{UPS}.1.9.7.0",
        ]
        assert kind(first) == ON_BATTERY
        assert [kind(trap) for trap in await one.ahead(120)].count(ON_BATTERY) == 2
        one.world.clear_fault("ups.rectifier_fail")
        ended = [bindings(trap) for trap in await one.ahead(60) if kind(trap) == REMOVED]
        assert {f"{UPS}.1.6.2.1.1.1": 1, f"{UPS}.1.6.2.1.2.1": f"{UPS}.1.6.3.2"}.items() <= ended[-1].items()

    with_bench(scenario)


def test_other_alarms_come_and_go_with_their_row_of_the_list() -> None:
    async def scenario(one: Bench) -> None:
        one.notifier.add(Target("127.0.0.1", one.port))
        one.world.start_fault("ups.to_bypass")
        (added,) = await one.ahead(5)
        assert kind(added) == ADDED
        assert bindings(added)[f"{UPS}.1.6.2.1.2.7"] == f"{UPS}.1.6.3.9"
        rows = one.agent.respond(Pdu(snmp.GETBULK, 1, 0, 2, (Varbind(f"{UPS}.1.6.2"),)), snmp.V2C)
        assert rows is not None
        assert [varbind.oid for varbind in rows.varbinds] == [f"{UPS}.1.6.2.1.2.7", f"{UPS}.1.6.2.1.3.7"]
        assert rows.varbinds[1].value == bindings(added)["1.3.6.1.2.1.1.3.0"]
        one.world.clear_fault("ups.to_bypass")
        removed = await one.ahead(30)
        assert [kind(trap) for trap in removed] == [REMOVED]

    with_bench(scenario)


def test_a_device_greets_after_a_restart_and_not_before() -> None:
    async def scenario(one: Bench) -> None:
        one.notifier.add(Target("127.0.0.1", one.port))
        one.world.start_fault("ups.to_bypass")
        await one.ahead(5)
        one.world.start_fault("device.reboot")
        assert await one.ahead(74) == []
        assert [kind(trap) for trap in await one.ahead(3)] == [COLD_START]
        assert [kind(trap) for trap in await one.ahead(11)] == [ADDED]

    with_bench(scenario)


def test_a_wrong_community_is_reported() -> None:
    async def scenario(one: Bench) -> None:
        one.notifier.add(Target("127.0.0.1", one.port))
        one.agent.answer(encode_message(Message(snmp.V2C, b"guess", Pdu(snmp.GET, 1))))
        assert [kind(trap) for trap in await one.ahead(0)] == [WRONG_COMMUNITY]

    with_bench(scenario)


def test_a_silent_device_tells_nobody() -> None:
    async def scenario(one: Bench) -> None:
        one.notifier.add(Target("127.0.0.1", one.port))
        one.world.start_fault("device.network_partition", {"devices": "ups-*"})
        one.world.start_fault("ups.to_bypass")
        assert await one.ahead(10) == []

    with_bench(scenario)


def test_version_1_has_its_own_shape() -> None:
    async def scenario(one: Bench) -> None:
        one.notifier.add(Target("127.0.0.1", one.port, "1"))
        one.world.start_fault("ups.to_bypass")
        (datagram,) = await one.ahead(5)
        trap = decode_trap(datagram)
        assert (trap.enterprise, trap.generic, trap.specific) == (f"{UPS}.2", 6, 3)
        assert trap.varbinds[1].value == f"{UPS}.1.6.3.9"

    with_bench(scenario)


def test_version_3_is_signed_and_sealed_by_the_agent() -> None:
    async def scenario(one: Bench) -> None:
        one.notifier.add(Target("127.0.0.1", one.port, "3"))
        one.world.start_fault("ups.to_bypass")
        (datagram,) = await one.ahead(5)
        message = decode_v3(datagram)
        assert (message.engine_id, message.private, message.reportable) == (one.engine.engine_id, True, False)
        pdu = unseal(message, datagram, localized(USER, one.engine.engine_id)).pdu
        assert (pdu.kind, pdu.varbinds[1].value) == (snmp.TRAP, ADDED)

    with_bench(scenario)


def test_an_inform_is_sent_again_until_it_is_acknowledged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulators.servers.snmp_notify.WAIT_S", 0.05)

    async def scenario(one: Bench) -> None:
        one.notifier.add(Target("127.0.0.1", one.port, "2c", inform=True))

        def acknowledge(data: bytes) -> bytes | None:
            pdu = decode_message(data).pdu
            answer = Pdu(snmp.RESPONSE, pdu.request_id, varbinds=pdu.varbinds)
            return encode_message(Message(snmp.V2C, b"public", answer)) if len(one.heard) == 2 else None

        one.answer = acknowledge
        one.world.start_fault("ups.to_bypass")
        await one.ahead(5)
        await asyncio.sleep(0.3)
        assert len(one.heard) == 2 and one.heard[0] == one.heard[1]
        assert decode_message(one.heard[0]).pdu.kind == snmp.INFORM
        one.answer = lambda data: None
        one.world.clear_fault("ups.to_bypass")
        await one.ahead(30)
        await asyncio.sleep(0.4)
        assert len(one.heard) == 2 + 4

    with_bench(scenario)


def test_an_inform_of_version_3_learns_the_receivers_engine_first() -> None:
    async def scenario(one: Bench) -> None:
        receiver, opened = LocalEngine(b"\x80\x00\x1f\x88\x04receiver", {USER.name: USER}), []
        one.notifier.add(Target("127.0.0.1", one.port, "3", inform=True))

        def receive(data: bytes) -> bytes | None:
            match receiver.receive(data):
                case Incoming() as incoming:
                    opened.append(incoming.pdu)
                    return receiver.reply(incoming, Pdu(snmp.RESPONSE, incoming.pdu.request_id))
                case report:
                    return report

        one.answer = receive
        one.world.start_fault("ups.to_bypass")
        await one.ahead(5)
        await asyncio.sleep(0.1)
        assert opened and opened[-1].kind == snmp.INFORM
        assert opened[-1].varbinds[1].value == ADDED

    with_bench(scenario)


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("127.0.0.1:162", Target("127.0.0.1", 162)),
        ("127.0.0.1:162/1", Target("127.0.0.1", 162, "1")),
        ("localhost:162/3/inform", Target("127.0.0.1", 162, "3", True)),
    ],
)
def test_a_target_is_written_in_one_word(text: str, target: Target) -> None:
    assert parse_target(text) == target


@pytest.mark.parametrize(
    "text", ["", "127.0.0.1", "host.example:162", "127.0.0.1:162/4", "127.0.0.1:0", "127.0.0.1:9/1/inform"]
)
def test_what_is_no_target_is_refused(text: str) -> None:
    with pytest.raises(Refusal):
        parse_target(text)


@given(
    st.integers(0, 2**32 - 1),
    st.integers(0, 6),
    st.integers(0, 2**31 - 1),
    st.lists(st.integers(0, 2**32 - 1).map(lambda n: Varbind("1.3.6.1.2.1", snmp.GAUGE32, n)), max_size=4),
)
def test_a_version_1_trap_survives_the_wire(uptime: int, generic: int, specific: int, varbinds: list[Varbind]) -> None:
    trap = TrapV1(b"public", IPv4Address("127.0.0.1"), uptime, "1.3.6.1.4.1.9", generic, specific, tuple(varbinds))
    assert decode_trap(encode_trap(trap)) == trap


@given(st.binary(max_size=80))
def test_other_octets_are_no_trap(octets: bytes) -> None:
    with pytest.raises(Malformed):
        decode_trap(octets)


def test_standard_notifications_have_generic_numbers() -> None:
    assert v1_parts(COLD_START) == ("1.3.6.1.6.3.1.1.5", 0, 0)
    assert v1_parts("1.3.6.1.4.1.5.0.7") == ("1.3.6.1.4.1.5", 6, 7)
