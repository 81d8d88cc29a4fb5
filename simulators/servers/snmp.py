"""An SNMP agent: v1 and v2c by community, v3 with authentication and privacy, GET, GETNEXT and GETBULK.

The table of objects comes from device maps (or from a recording); the agent knows only OIDs in their order.
"""

import asyncio
import bisect
from collections.abc import Callable, Mapping, Sequence
from typing import cast

from fixtures.wire import ber
from fixtures.wire.snmp import (
    END_OF_MIB_VIEW,
    GEN_ERR,
    GET,
    GETBULK,
    GETNEXT,
    NO_ERROR,
    NO_SUCH_INSTANCE,
    NO_SUCH_NAME,
    NOT_WRITABLE,
    RESPONSE,
    SET,
    TIMETICKS,
    V1,
    Message,
    Pdu,
    Varbind,
    decode_message,
    encode_message,
    encode_varbind,
    version_of,
)
from fixtures.wire.snmprec import sort_key
from fixtures.wire.usm import User
from fixtures.wire.usm_agent import Incoming, LocalEngine
from simulators.servers.served import Manners

# A response must fit one datagram that no network on the way has to split.
ROOM = 1300


class Table:
    """All objects of an agent: a function per OID that gives its value now, or None where it is missing."""

    def __init__(self, objects: Mapping[str, Callable[[], Varbind | None]]) -> None:
        self._objects = objects
        self._order = sorted(sort_key(oid) for oid in objects)
        self._names = {key: ".".join(map(str, key)) for key in self._order}

    def get(self, oid: str) -> Varbind:
        value = self._objects[oid]() if oid in self._objects else None
        return value if value is not None else Varbind(oid, NO_SUCH_INSTANCE)

    def after(self, oid: str) -> Varbind:
        """The next object that has a value; the end of the view behind the last one."""
        at = bisect.bisect_right(self._order, sort_key(oid))
        for key in self._order[at:]:
            value = self._objects[self._names[key]]()
            if value is not None:
                return value
        return Varbind(oid, END_OF_MIB_VIEW)

    def bulk(self, request: Pdu) -> tuple[Varbind, ...]:
        """RFC 3416 §4.2.3: the non-repeaters once, then rounds of the others while there is room."""
        once, rounds = max(0, request.status), max(0, request.index)
        found = [self.after(varbind.oid) for varbind in request.varbinds[:once]]
        size = sum(len(encode_varbind(varbind)) for varbind in found)
        current = [varbind.oid for varbind in request.varbinds[once:]]
        for _ in range(rounds if current else 0):
            row = [self.after(oid) for oid in current]
            size += sum(len(encode_varbind(varbind)) for varbind in row)
            if found and size > ROOM:
                break
            found += row
            if all(varbind.tag == END_OF_MIB_VIEW for varbind in row):
                break
            current = [varbind.oid for varbind in row]
        return tuple(found)


class Agent(asyncio.DatagramProtocol):
    """One agent. `community` answers whether a v1/v2c community is let in; None of `engine`: no v3."""

    def __init__(
        self, table: Table, community: Callable[[bytes], bool], engine: LocalEngine | None, manners: Manners
    ) -> None:
        self._table, self._community, self._engine, self._manners = table, community, engine, manners
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # asyncio's own UDP transport is not declared as one.
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        answer = self.answer(data)
        if answer is not None and self._transport is not None:
            self._manners.deliver(self._transport.sendto, answer, addr)

    def answer(self, datagram: bytes) -> bytes | None:
        """The datagram to send back; None where an agent stays silent."""
        try:
            if version_of(datagram) == 3:
                return self._answer_v3(datagram)
            message = decode_message(datagram)
        except ber.Malformed:
            return None
        if not self._community(message.community):
            return None
        pdu = self.respond(message.pdu, message.version)
        return None if pdu is None else encode_message(Message(message.version, message.community, pdu))

    def _answer_v3(self, datagram: bytes) -> bytes | None:
        if self._engine is None:
            return None
        incoming = self._engine.receive(datagram)
        if not isinstance(incoming, Incoming):
            return incoming
        pdu = self.respond(incoming.pdu, 3)
        return None if pdu is None else self._engine.reply(incoming, pdu)

    def respond(self, request: Pdu, version: int) -> Pdu | None:
        """The response to a request; None for what an agent does not answer."""
        if self._manners.failing() is not None and request.kind != RESPONSE:
            return Pdu(RESPONSE, request.request_id, GEN_ERR, min(1, len(request.varbinds)), request.varbinds)
        match request.kind:
            case kind if kind == GET:
                found = tuple(self._table.get(varbind.oid) for varbind in request.varbinds)
            case kind if kind == GETNEXT:
                found = tuple(self._table.after(varbind.oid) for varbind in request.varbinds)
            case kind if kind == GETBULK and version != V1:
                found = self._table.bulk(request)
            case kind if kind == SET:
                refusal = NO_SUCH_NAME if version == V1 else NOT_WRITABLE
                return Pdu(RESPONSE, request.request_id, refusal, 1, request.varbinds)
            case _:
                return None
        missing = next((n for n, v in enumerate(found, 1) if v.tag in (NO_SUCH_INSTANCE, END_OF_MIB_VIEW)), 0)
        if version == V1 and missing:
            return Pdu(RESPONSE, request.request_id, NO_SUCH_NAME, missing, request.varbinds)
        return Pdu(RESPONSE, request.request_id, NO_ERROR, 0, found)


async def serve(agent: Agent, port: int = 0, host: str = "127.0.0.1") -> tuple[asyncio.DatagramTransport, int]:
    """Start answering; the transport and its port."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: agent, local_addr=(host, port))
    return transport, transport.get_extra_info("sockname")[1]


def system_group(
    description: str, object_id: str, name: str, uptime: Callable[[], float]
) -> dict[str, Callable[[], Varbind]]:
    """The objects of the SNMPv2-MIB system group that every agent has; `uptime` in seconds."""
    root = "1.3.6.1.2.1.1"
    fixed = {f"{root}.1.0": description, f"{root}.4.0": "", f"{root}.5.0": name, f"{root}.6.0": "container"}

    def text(oid: str, content: str) -> Callable[[], Varbind]:
        return lambda: Varbind(oid, ber.OCTETS, content.encode())

    objects: dict[str, Callable[[], Varbind]] = {oid: text(oid, content) for oid, content in fixed.items()}
    objects[f"{root}.2.0"] = lambda: Varbind(f"{root}.2.0", ber.OID, object_id)
    objects[f"{root}.3.0"] = lambda: Varbind(f"{root}.3.0", TIMETICKS, int(uptime() * 100) % (1 << 32))
    return objects


def engine_of(name: str, users: Sequence[User]) -> LocalEngine:
    """An engine whose id follows from the agent's name (RFC 3411: text format under an example enterprise)."""
    engine_id = bytes.fromhex("8000a2b304") + name.encode()[:27]
    return LocalEngine(engine_id, {user.name: user for user in users})
