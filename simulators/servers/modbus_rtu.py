"""Modbus RTU servers: a pseudo-terminal that stands for a serial line, and the same frames over TCP.

A frame ends when its length is reached and its checksum is right, or with silence. Requests to units that are
not there and frames with a wrong checksum meet silence; a broadcast is carried out by all units and not answered.
Answers on a `paced` pseudo-terminal come octet by octet, as its baud rate carries them; in lockstep they come at
once, because there time stands still while anybody asks.

    port = serve_pty(Box({10: [genset]}), baud=19200)
    port.path      /dev/pts/3
"""

import asyncio
import os
import tty
from collections.abc import Callable

from fixtures.wire import modbus
from fixtures.wire.mbap import Frame
from fixtures.wire.rtu import RtuSplitter, duration_s, encode_rtu, request_length, silence_s
from simulators.servers.line import FINE, Client, Fate
from simulators.servers.modbus import Box, Wire

# TCP does not keep the time between octets, so only a long silence says that a frame will not be finished.
SILENCE_ON_TCP_S = 0.2
# Octets of an answer that go out together: fewer than the silence that would end it.
AT_ONCE = 2


class Station:
    """The frames of one serial line or one RTU-over-TCP connection, and the timer that notices silence."""

    def __init__(self, box: Box, silent_s: float) -> None:
        self._box, self._silent_s = box, silent_s
        self._splitter = RtuSplitter(request_length)
        self._timer: asyncio.TimerHandle | None = None

    def take(self, octets: bytes, clients: dict[int, Client]) -> None:
        """Octets have come; answer the frames among them through the unit's client."""
        self.stop()
        for frame in self._splitter.feed(octets):
            self._answer(frame, clients)
        self._timer = asyncio.get_running_loop().call_later(self._silent_s, self._silence, clients)

    def stop(self) -> None:
        """Wait for no silence any more."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None

    def _silence(self, clients: dict[int, Client]) -> None:
        for frame in self._splitter.silence():
            self._answer(frame, clients)

    def _answer(self, frame: Frame, clients: dict[int, Client]) -> None:
        if frame.unit == modbus.BROADCAST:
            for unit, client in clients.items():
                if not client.request().lost:
                    self._box.answer(unit, frame.pdu, FINE)
        elif frame.unit in clients:
            client = clients[frame.unit]
            fate = client.request()
            if not fate.lost:
                answer = self._box.answer(frame.unit, frame.pdu, fate)
                client.deliver(fate, _summed(Frame(0, frame.unit, answer), fate))


def _summed(frame: Frame, fate: Fate) -> bytes:
    octets = encode_rtu(frame)
    return octets[:-1] + bytes((octets[-1] ^ 0xFF,)) if fate.bad_checksum else octets


class RtuTcpWire(Wire):
    """RTU frames over a TCP connection, as serial device servers pass them on."""

    def __init__(self, box: Box) -> None:
        super().__init__(box)
        self._station = Station(box, SILENCE_ON_TCP_S)

    def data_received(self, data: bytes) -> None:
        self._station.take(data, self.clients)

    def connection_lost(self, exc: Exception | None) -> None:
        self._station.stop()
        super().connection_lost(exc)


class SerialPort:
    """One pseudo-terminal; clients open `path`. It stays when they come and go."""

    def __init__(self, box: Box, baud: int, paced: bool = True) -> None:
        self._ours, self._theirs = os.openpty()
        tty.setraw(self._theirs)
        os.set_blocking(self._ours, False)
        self.path = os.ttyname(self._theirs)
        self._baud, self._paced, self._station = baud, paced, Station(box, silence_s(baud))
        self._clients = {unit: Client(line, self._send) for unit, line in box.lines.items()}
        self._loop = asyncio.get_running_loop()
        self._free_s = 0.0
        self._loop.add_reader(self._ours, self._readable)

    def close(self) -> None:
        """Take the terminal away."""
        self._station.stop()
        self._loop.remove_reader(self._ours)
        os.close(self._ours)
        os.close(self._theirs)
        self._ours = -1

    def _readable(self) -> None:
        octets = os.read(self._ours, 4096)
        self._occupy(octets)
        self._station.take(octets, self._clients)

    def _send(self, octets: bytes) -> None:
        """Write when the line has carried what came before, each octet in its turn."""
        if not self._paced:
            self._occupy(octets)
            self._write(octets)
            return
        for first in range(0, len(octets), AT_ONCE):
            piece = octets[first : first + AT_ONCE]
            self._occupy(piece)
            self._loop.call_at(self._free_s, self._write, piece)

    def _occupy(self, octets: bytes) -> None:
        """The line is busy for as long as these take."""
        self._free_s = max(self._free_s, self._loop.time()) + duration_s(len(octets), self._baud)

    def _write(self, octets: bytes) -> None:
        if self._ours < 0:
            return
        try:
            os.write(self._ours, octets)
        except BlockingIOError:
            # Nobody reads: on a serial line the octets would be gone too.
            return


def serve_pty(box: Box, baud: int = 19200, paced: bool = True) -> SerialPort:
    """Start serving a new pseudo-terminal."""
    return SerialPort(box, baud, paced)


async def serve_tcp(box: Box, host: str = "127.0.0.1") -> tuple[asyncio.Server, int]:
    """Start serving RTU over TCP; the server and its port."""
    make: Callable[[], asyncio.Protocol] = lambda: RtuTcpWire(box)  # noqa: E731
    server = await asyncio.get_running_loop().create_server(make, host, 0)
    return server, server.sockets[0].getsockname()[1]
