"""Bench instruments over a plain TCP connection: a message ends with a newline, and answers go out by themselves.

server, port = await serve_raw(lambda: Instrument(served, identity), line)
"""

import asyncio
from collections.abc import Callable
from functools import partial

from simulators.servers.line import Client, Fate, Line, break_off
from simulators.servers.scpi import Instrument

LARGEST = 1 << 20


class RawSocket(asyncio.Protocol):
    """One connection, with a session of its own."""

    def __init__(self, make: Callable[[], Instrument], line: Line) -> None:
        self._instrument, self._line, self._buffer = make(), line, b""
        self._client: Client | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not isinstance(transport, asyncio.Transport):
            return
        if self._line.enter():
            self._transport, self._client = (
                transport,
                Client(self._line, transport.write, partial(break_off, transport)),
            )
        else:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._client is not None:
            self._line.leave()

    def data_received(self, data: bytes) -> None:
        *messages, self._buffer = (self._buffer + data).split(b"\n")
        for message in messages:
            if self._client is not None:
                self._answer(message, self._client, self._client.request())
        if len(self._buffer) > LARGEST and self._transport is not None:
            self._transport.abort()

    def _answer(self, message: bytes, client: Client, fate: Fate) -> None:
        answer = b"" if fate.lost else self._instrument.handle(message, fate.failure is not None)
        if answer or fate.reset:
            client.deliver(fate, answer)


async def serve_raw(make: Callable[[], Instrument], line: Line, host: str = "127.0.0.1") -> tuple[asyncio.Server, int]:
    """Start serving the raw socket; the server and its port."""
    server = await asyncio.get_running_loop().create_server(lambda: RawSocket(make, line), host, 0)
    return server, server.sockets[0].getsockname()[1]
