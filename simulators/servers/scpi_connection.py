"""One client's TCP connection to an instrument: let in or turned away, with a session of its own.

class RawSocket(ScpiConnection): ...        `_client` and `_transport` are there once it has been let in
"""

import asyncio
from collections.abc import Callable
from functools import partial

from simulators.servers.line import Client, Line, break_off
from simulators.servers.scpi import Instrument


class ScpiConnection(asyncio.Protocol):
    """What comes is for those who know how messages are framed."""

    def __init__(self, make: Callable[[], Instrument], line: Line) -> None:
        self._instrument, self._line = make(), line
        self._client: Client | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not isinstance(transport, asyncio.Transport):
            return
        if not self._line.enter():
            transport.abort()
            return
        self._transport = transport
        self._client = Client(self._line, transport.write, partial(break_off, transport))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._client is not None:
            self._line.leave()
