"""HiSLIP: SCPI over two TCP connections, one for messages and one for status, in synchronised mode.

A message that comes before the answer to the last was delivered finds -410 in the error queue; the server does
not announce it with Interrupted. Source: IVI-6.1 High-Speed LAN Instrument Protocol, revision 1.1, sections 3 and 6.
"""

import asyncio
import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from simulators.servers.line import Client, Fate, Line, break_off
from simulators.servers.scpi import Instrument

HEADER = struct.Struct(">2sBBIQ")
VERSION, VENDOR, LARGEST = 0x0100, 0x5858, 1 << 20
INITIALIZE, INITIALIZED, FATAL, ERROR = 0, 1, 2, 3
LOCK, DATA, DATA_END, CLEAR_COMPLETE, CLEARED, REMOTE = 4, 6, 7, 8, 9, 10
TRIGGER, SIZE, ASYNC_INITIALIZE, ASYNC_CLEAR, STATUS, LOCK_INFO = 12, 15, 17, 19, 21, 24
# What an asynchronous request is answered with.
ANSWERS = {LOCK: 5, REMOTE: 11, SIZE: 16, ASYNC_INITIALIZE: 18, STATUS: 22, ASYNC_CLEAR: 23, LOCK_INFO: 25}
UNKNOWN_MESSAGE, BAD_HEADER, BAD_SESSION = 1, 1, 3


@dataclass(slots=True)
class Session:
    """One client's session: its instrument, and whether an answer is on its way that was not yet confirmed."""

    instrument: Instrument
    message: bytes = b""
    answered: bool = False


class Server:
    """The instrument's door: sessions by their number, from 1."""

    def __init__(self, make: Callable[[], Instrument], line: Line) -> None:
        self.make, self.line = make, line
        self.sessions: dict[int, Session] = {}
        self._last = 0

    def open(self) -> tuple[int, Session]:
        """A new session and its number."""
        self._last = self._last % 0xFFFF + 1
        session = self.sessions[self._last] = Session(self.make())
        return self._last, session


class Channel(asyncio.Protocol):
    """One of the two connections of a session; its first message says which."""

    def __init__(self, server: Server) -> None:
        self._server, self._buffer = server, bytearray()
        self._session: Session | None = None
        self._number = 0
        self._client: Client | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self._transport = transport
            self._client = Client(self._server.line, transport.write, partial(break_off, transport))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._number:
            del self._server.sessions[self._number]
            self._server.line.leave()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while len(self._buffer) >= HEADER.size and self._transport is not None and not self._transport.is_closing():
            mark, kind, code, parameter, length = HEADER.unpack_from(self._buffer)
            if mark != b"HS" or length > LARGEST:
                self._transport.write(message(FATAL, BAD_HEADER))
                self._transport.close()
                return
            if len(self._buffer) < HEADER.size + length:
                return
            payload = bytes(self._buffer[HEADER.size : HEADER.size + length])
            del self._buffer[: HEADER.size + length]
            self._receive(kind, code, parameter, payload)

    def _receive(self, kind: int, code: int, parameter: int, payload: bytes) -> None:
        if self._client is None or self._transport is None:
            return
        fate = self._client.request()
        if fate.lost and not fate.reset:
            return
        answer = self._answer(kind, code, parameter, payload, fate)
        if answer or fate.reset:
            self._client.deliver(fate, answer)
        if answer[2:3] == bytes((FATAL,)):
            self._transport.close()

    def _answer(self, kind: int, code: int, parameter: int, payload: bytes, fate: Fate) -> bytes:
        if kind == INITIALIZE:
            return self._initialize()
        if kind == ASYNC_INITIALIZE:
            self._session = self._server.sessions.get(parameter)
        if self._session is None:
            return message(FATAL, BAD_SESSION)
        if kind in (DATA, DATA_END):
            return self._data(self._session, kind, code, parameter, payload, fate.failure is not None)
        if kind == TRIGGER:
            return b""
        if kind == CLEAR_COMPLETE:
            self._session.message, self._session.answered = b"", False
            return message(CLEARED)
        if kind not in ANSWERS:
            return message(ERROR, UNKNOWN_MESSAGE)
        return self._asynchronous(self._session, kind, code)

    def _asynchronous(self, session: Session, kind: int, code: int) -> bytes:
        answer = partial(message, ANSWERS[kind])
        if kind == ASYNC_INITIALIZE:
            return answer(0, VENDOR)
        if kind == SIZE:
            return answer(payload=struct.pack(">Q", LARGEST))
        if kind == STATUS:
            # A client says only once that it has the answer, with whichever message it sends next.
            session.answered = session.answered and not code & 1
            return answer(session.instrument.status.byte(session.answered))
        return answer(1 if kind == LOCK else 0)

    def _initialize(self) -> bytes:
        if self._number or not self._server.line.enter():
            return message(FATAL, BAD_SESSION)
        self._number, self._session = self._server.open()
        return message(INITIALIZED, 0, VERSION << 16 | self._number)

    def _data(self, session: Session, kind: int, code: int, number: int, payload: bytes, failing: bool) -> bytes:
        """Collect a message to its end and carry it out; the answer bears the number of its question."""
        if session.answered and not code & 1:
            session.instrument.status.fail(-410)
        session.answered = False
        session.message += payload
        if kind == DATA:
            return b""
        question, session.message = session.message, b""
        answer = session.instrument.handle(question, failing)
        session.answered = bool(answer)
        return message(DATA_END, 0, number, answer) if answer else b""


def message(kind: int, code: int = 0, parameter: int = 0, payload: bytes = b"") -> bytes:
    """One HiSLIP message.

    >>> message(DATA_END, 0, 0xFFFFFF00, b"1").hex()
    '48530700ffffff00000000000000000131'
    """
    return HEADER.pack(b"HS", kind, code, parameter, len(payload)) + payload


async def serve(make: Callable[[], Instrument], line: Line, host: str = "127.0.0.1") -> tuple[asyncio.Server, int]:
    """Start serving; the server and its port."""
    door = Server(make, line)
    server = await asyncio.get_running_loop().create_server(lambda: Channel(door), host, 0)
    return server, server.sockets[0].getsockname()[1]
