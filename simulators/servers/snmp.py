"""An SNMP agent: v1 and v2c by community, v3 with authentication and privacy; reading, writing and notifications.

The tree of objects comes from device maps (or from a recording); the agent knows only OIDs in their order.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import cast

from fixtures.wire import ber
from fixtures.wire.snmp import (
    BAD_VALUE,
    END_OF_MIB_VIEW,
    GEN_ERR,
    GET,
    GETBULK,
    GETNEXT,
    NO_ACCESS,
    NO_ERROR,
    NO_SUCH_INSTANCE,
    NO_SUCH_NAME,
    RESPONSE,
    SET,
    TOO_BIG,
    V1,
    Message,
    Pdu,
    decode_message,
    encode_message,
    version_of,
)
from fixtures.wire.usm_agent import Incoming, LocalEngine
from fixtures.wire.usm_keys import User
from simulators.servers.line import Client, Failure, Line
from simulators.servers.snmp_notify import Notifier
from simulators.servers.snmp_tree import Tree

LARGEST = 65507
# What a line may make an agent say; anything else is a general error.
WORDS = {"noSuchName": NO_SUCH_NAME, "tooBig": TOO_BIG, "genErr": GEN_ERR, "resourceUnavailable": 13}
# RFC 3584 section 4.3: the errors of version 1 that stand for the finer ones of version 2.
IN_V1: Mapping[int, int] = {
    **dict.fromkeys((7, 8, 9, 10, 12), BAD_VALUE),
    **dict.fromkeys((6, 11, 16, 17, 18), NO_SUCH_NAME),
}


def nobody(community: bytes) -> bool:
    """The answer where no community is let in."""
    return False


@dataclass(frozen=True, slots=True)
class Access:
    """Which communities may read and which may also write; users of version 3 may do both."""

    reads: Callable[[bytes], bool] = nobody
    writes: Callable[[bytes], bool] = nobody


class Agent(asyncio.DatagramProtocol):
    """One agent behind a line. None of `engine`: no v3."""

    def __init__(
        self,
        tree: Tree,
        access: Access,
        line: Line,
        engine: LocalEngine | None = None,
        notifier: Notifier | None = None,
    ) -> None:
        self._tree, self._access, self._line = tree, access, line
        self._engine, self._notifier = engine, notifier
        self._client: Client | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # asyncio's own UDP transport is not declared as one.
        datagrams = cast(asyncio.DatagramTransport, transport)
        self._client = Client(self._line, datagrams.sendto)
        if self._notifier is not None:
            self._notifier.connect(datagrams.sendto)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if self._client is None or (self._notifier is not None and self._notifier.heard(data, addr)):
            return
        fate = self._client.request()
        answer = None if fate.lost else self.answer(data, fate.failure)
        if answer is not None:
            self._client.deliver(fate, answer, addr)

    def answer(self, datagram: bytes, failure: Failure | None = None) -> bytes | None:
        """The datagram to send back; None where an agent stays silent."""
        try:
            if version_of(datagram) == 3:
                return self._answer_v3(datagram, failure)
            message = decode_message(datagram)
        except ber.Malformed:
            return None
        writes = self._access.writes(message.community)
        if not (writes or self._access.reads(message.community)):
            if self._notifier is not None:
                self._notifier.authentication_failure()
            return None

        def sealed(pdu: Pdu) -> bytes:
            return encode_message(Message(message.version, message.community, pdu))

        return self._fitting(message.pdu, message.version, writes, failure, sealed)

    def _answer_v3(self, datagram: bytes, failure: Failure | None) -> bytes | None:
        if self._engine is None:
            return None
        incoming = self._engine.receive(datagram)
        if not isinstance(incoming, Incoming):
            return incoming
        return self._fitting(incoming.pdu, 3, True, failure, partial(self._engine.reply, incoming))

    def _fitting(
        self, request: Pdu, version: int, writes: bool, failure: Failure | None, sealed: Callable[[Pdu], bytes]
    ) -> bytes | None:
        """The datagram with the response, or with the word that it would be too big for one."""
        pdu = self.respond(request, version, writes, failure)
        answer = None if pdu is None else sealed(pdu)
        if answer is not None and len(answer) > LARGEST:
            return sealed(Pdu(RESPONSE, request.request_id, TOO_BIG, 0, request.varbinds if version == V1 else ()))
        return answer

    def respond(self, request: Pdu, version: int, writes: bool = False, failure: Failure | None = None) -> Pdu | None:
        """The response to a request; None for what an agent does not answer."""
        if failure is not None and request.kind != RESPONSE:
            return refusal(request, WORDS.get(failure.snmp, GEN_ERR), min(1, len(request.varbinds)), version)
        match request.kind:
            case kind if kind == GET:
                found = tuple(self._tree.get(varbind.oid) for varbind in request.varbinds)
            case kind if kind == GETNEXT:
                found = tuple(self._tree.after(varbind.oid) for varbind in request.varbinds)
            case kind if kind == GETBULK and version != V1:
                found = self._tree.bulk(request)
            case kind if kind == SET:
                status, place = self._tree.set(request.varbinds) if writes else (NO_ACCESS, 1)
                return refusal(request, status, place, version)
            case _:
                return None
        missing = next((n for n, v in enumerate(found, 1) if v.tag in (NO_SUCH_INSTANCE, END_OF_MIB_VIEW)), 0)
        if version == V1 and missing:
            return refusal(request, NO_SUCH_NAME, missing, version)
        return Pdu(RESPONSE, request.request_id, NO_ERROR, 0, found)


def refusal(request: Pdu, status: int, place: int, version: int) -> Pdu:
    """The response with an error status, in the words of the version; its bindings are the request's."""
    if version == V1:
        status = status if status <= GEN_ERR else IN_V1.get(status, GEN_ERR)
    return Pdu(RESPONSE, request.request_id, status, place, request.varbinds)


async def serve(agent: Agent, port: int = 0, host: str = "127.0.0.1") -> tuple[asyncio.DatagramTransport, int]:
    """Start answering; the transport and its port."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: agent, local_addr=(host, port))
    return transport, transport.get_extra_info("sockname")[1]


def engine_of(name: str, users: Sequence[User], admits: Callable[[], bool] = lambda: True) -> LocalEngine:
    """An engine whose id follows from the agent's name (RFC 3411: text format under an example enterprise)."""
    engine_id = bytes.fromhex("8000a2b304") + name.encode()[:27]
    return LocalEngine(engine_id, {user.name: user for user in users}, admits=admits)
