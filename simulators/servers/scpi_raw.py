"""Bench instruments over a plain TCP connection: a message ends with a newline, and answers go out by themselves.

server, port = await serve_raw(lambda: Instrument(served, identity), line)
"""

import asyncio
from collections.abc import Callable

from simulators.servers.line import Client, Fate, Line
from simulators.servers.scpi import Instrument
from simulators.servers.scpi_connection import ScpiConnection

LARGEST = 1 << 20


class RawSocket(ScpiConnection):
    """One connection."""

    def __init__(self, make: Callable[[], Instrument], line: Line) -> None:
        super().__init__(make, line)
        self._buffer = b""

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
