"""VXI-11: SCPI over ONC remote procedure calls, the core channel without a portmapper.

An answer waits until it is read; who writes again before, or reads what was not asked for, finds -410 or -420
in the error queue. Source: VXIbus TCP/IP Instrument Protocol Specification VXI-11, revision 1.0, section B.6.
"""

import asyncio
import struct
from collections.abc import Callable

from simulators.servers.line import Line
from simulators.servers.scpi import Instrument
from simulators.servers.scpi_connection import ScpiConnection

CORE_PROGRAM, VERSION = 0x0607AF, 1
CREATE_LINK, WRITE, READ, READ_STATUS, CLEAR, DESTROY_LINK = 10, 11, 12, 13, 15, 23
# Trigger, remote, local, lock, unlock, enable and create interrupt: accepted without effect.
WITHOUT_EFFECT = {14, 16, 17, 18, 19, 20, 25, 26}
NOT_ACCESSIBLE, INVALID_LINK, TIMED_OUT = 3, 4, 15
COUNT_REACHED, CHARACTER_SEEN, ENDED = 1, 2, 4
END_FLAG, CHARACTER_FLAG = 8, 128
LARGEST = 1 << 20
PROGRAM_UNAVAILABLE, PROGRAM_MISMATCH, PROCEDURE_UNAVAILABLE = 1, 2, 3
NAMES = (b"inst0", b"")


class CoreChannel(ScpiConnection):
    """One client connection with its links; they share one session with the instrument."""

    def __init__(self, make: Callable[[], Instrument], line: Line) -> None:
        super().__init__(make, line)
        self._buffer, self._message = bytearray(), b""
        self._input, self._output = b"", b""
        self._links: set[int] = set()
        self._failing = False

    def data_received(self, data: bytes) -> None:
        """Collect the fragments of a record; answer each whole one."""
        self._buffer += data
        while len(self._buffer) >= 4:
            mark = struct.unpack_from(">I", self._buffer)[0]
            length, last = mark & 0x7FFFFFFF, bool(mark & 0x80000000)
            if length + len(self._message) > 2 * LARGEST and self._transport is not None:
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
        if self._transport is None or self._client is None:
            return
        fate = self._client.request()
        if fate.lost and not fate.reset:
            return
        self._failing = fate.failure is not None
        try:
            answer = self.call(message)
        except struct.error:
            self._transport.close()
            return
        self._client.deliver(fate, struct.pack(">I", 0x80000000 | len(answer)) + answer)

    def call(self, message: bytes) -> bytes:
        """The reply to one remote procedure call; struct.error if it is cut off."""
        xid, _, _, program, version, procedure = struct.unpack_from(">6I", message)
        at = 24
        for _ in range(2):  # credentials and verifier
            length = struct.unpack_from(">I", message, at + 4)[0]
            at += 8 + (length + 3 & ~3)
        accepted = struct.pack(">5I", xid, 1, 0, 0, 0)
        if program != CORE_PROGRAM:
            return accepted + struct.pack(">I", PROGRAM_UNAVAILABLE)
        if version != VERSION:
            return accepted + struct.pack(">3I", PROGRAM_MISMATCH, VERSION, VERSION)
        result = self._perform(procedure, message[at:])
        if result is None:
            return accepted + struct.pack(">I", PROCEDURE_UNAVAILABLE)
        return accepted + struct.pack(">I", 0) + result

    def _perform(self, procedure: int, arguments: bytes) -> bytes | None:
        if procedure == 0:
            return b""
        if procedure == CREATE_LINK:
            return self._create_link(arguments)
        if procedure in WITHOUT_EFFECT:
            return struct.pack(">I", 0)
        if procedure not in (WRITE, READ, READ_STATUS, CLEAR, DESTROY_LINK):
            return None
        link = struct.unpack_from(">I", arguments)[0]
        if link not in self._links:
            return struct.pack(">I", INVALID_LINK) + bytes(8 if procedure == READ else 4 * (procedure in (WRITE, 13)))
        if procedure == WRITE:
            return self._write(arguments)
        if procedure == READ:
            return self._read(arguments)
        if procedure == READ_STATUS:
            return struct.pack(">2I", 0, self._instrument.status.byte(bool(self._output)))
        if procedure == CLEAR:
            self._input = self._output = b""
        else:
            self._links.discard(link)
        return struct.pack(">I", 0)

    def _create_link(self, arguments: bytes) -> bytes:
        length = struct.unpack_from(">I", arguments, 12)[0]
        if arguments[16 : 16 + length].lower() not in NAMES:
            return struct.pack(">4I", NOT_ACCESSIBLE, 0, 0, 0)
        link = max(self._links, default=0) + 1
        self._links.add(link)
        return struct.pack(">4I", 0, link, 0, LARGEST)

    def _write(self, arguments: bytes) -> bytes:
        """Collect a message until its end is marked; then carry it out."""
        flags, length = struct.unpack_from(">2I", arguments, 12)
        self._input += arguments[20 : 20 + length]
        if flags & END_FLAG or self._input.endswith(b"\n"):
            if self._output:
                self._instrument.status.fail(-410)
            message, self._input = self._input, b""
            self._output = self._instrument.handle(message, self._failing)
        return struct.pack(">2I", 0, length)

    def _read(self, arguments: bytes) -> bytes:
        size, _, _, flags, character = struct.unpack_from(">5I", arguments, 4)
        if not self._output:
            self._instrument.status.fail(-420)
            return struct.pack(">3I", TIMED_OUT, 0, 0)
        part, reason = self._output[:size], 0
        if flags & CHARACTER_FLAG and (at := part.find(bytes((character & 0xFF,)))) >= 0:
            part, reason = part[: at + 1], CHARACTER_SEEN
        self._output = self._output[len(part) :]
        reason |= (COUNT_REACHED if len(part) == size else 0) | (0 if self._output else ENDED)
        return struct.pack(">3I", 0, reason, len(part)) + part + b"\0" * (-len(part) % 4)


async def serve(make: Callable[[], Instrument], line: Line, host: str = "127.0.0.1") -> tuple[asyncio.Server, int]:
    """Start serving the core channel; the server and its port."""
    server = await asyncio.get_running_loop().create_server(lambda: CoreChannel(make, line), host, 0)
    return server, server.sockets[0].getsockname()[1]
