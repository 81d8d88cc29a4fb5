"""VXI-11: SCPI over ONC remote procedure calls, the core channel without a portmapper.

Source: VXIbus TCP/IP Instrument Protocol Specification VXI-11, revision 1.0, section B.6.
"""

import asyncio
import struct
from collections.abc import Callable

from simulators.servers.scpi import Instrument

CORE_PROGRAM = 0x0607AF
CREATE_LINK, WRITE, READ, READ_STATUS, CLEAR, DESTROY_LINK = 10, 11, 12, 13, 15, 23
# Trigger, remote, local, lock, unlock, enable and create interrupt: accepted without effect.
WITHOUT_EFFECT = {14, 16, 17, 18, 19, 20, 25, 26}
TIMED_OUT = 15
ENDED = 4
LARGEST = 1 << 20
PROGRAM_UNAVAILABLE, PROCEDURE_UNAVAILABLE = 1, 3


class CoreChannel(asyncio.Protocol):
    """One client connection, one link."""

    def __init__(self, make: Callable[[], Instrument]) -> None:
        self._instrument = make()
        self._buffer, self._message, self._output = bytearray(), b"", b""
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.WriteTransport):
            self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Collect the fragments of a record; answer each whole one."""
        self._buffer += data
        while len(self._buffer) >= 4:
            mark = struct.unpack_from(">I", self._buffer)[0]
            length, last = mark & 0x7FFFFFFF, bool(mark & 0x80000000)
            if length > LARGEST and self._transport is not None:
                self._transport.close()
                return
            if len(self._buffer) < 4 + length:
                return
            self._message += bytes(self._buffer[4 : 4 + length])
            del self._buffer[: 4 + length]
            if last:
                message, self._message = self._message, b""
                self._reply(message)

    def _reply(self, message: bytes) -> None:
        try:
            answer = self.call(message)
        except struct.error:
            answer = None
        if self._transport is None:
            return
        if answer is None:
            self._transport.close()
        else:
            record = struct.pack(">I", 0x80000000 | len(answer)) + answer
            self._instrument.manners.deliver(self._transport.write, record)

    def call(self, message: bytes) -> bytes:
        """The reply to one remote procedure call."""
        xid, _, _, program, _, procedure = struct.unpack_from(">6I", message)
        at = 24
        for _ in range(2):  # credentials and verifier
            length = struct.unpack_from(">I", message, at + 4)[0]
            at += 8 + (length + 3 & ~3)
        accepted = struct.pack(">5I", xid, 1, 0, 0, 0)
        if program != CORE_PROGRAM:
            return accepted + struct.pack(">I", PROGRAM_UNAVAILABLE)
        result = self._perform(procedure, message[at:])
        if result is None:
            return accepted + struct.pack(">I", PROCEDURE_UNAVAILABLE)
        return accepted + struct.pack(">I", 0) + result

    def _perform(self, procedure: int, arguments: bytes) -> bytes | None:
        if procedure == 0:
            return b""
        if procedure == CREATE_LINK:
            self._output = b""
            return struct.pack(">4I", 0, 1, 0, LARGEST)
        if procedure == WRITE:
            length = struct.unpack_from(">I", arguments, 16)[0]
            self._output += self._instrument.handle(arguments[20 : 20 + length])
            return struct.pack(">2I", 0, length)
        if procedure == READ:
            return self._read(struct.unpack_from(">I", arguments, 4)[0])
        if procedure == READ_STATUS:
            return struct.pack(">2I", 0, self._instrument.status())
        if procedure == CLEAR:
            self._output = b""
            return struct.pack(">I", 0)
        return struct.pack(">I", 0) if procedure in WITHOUT_EFFECT or procedure == DESTROY_LINK else None

    def _read(self, size: int) -> bytes:
        if not self._output:
            return struct.pack(">3I", TIMED_OUT, 0, 0)
        part, self._output = self._output[:size], self._output[size:]
        reason = 0 if self._output else ENDED
        return struct.pack(">3I", 0, reason, len(part)) + part + b"\0" * (-len(part) % 4)


async def serve(make: Callable[[], Instrument], host: str = "127.0.0.1") -> tuple[asyncio.Server, int]:
    """Start serving the core channel; the server and its port."""
    server = await asyncio.get_running_loop().create_server(lambda: CoreChannel(make), host, 0)
    return server, server.sockets[0].getsockname()[1]
