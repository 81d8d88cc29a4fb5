"""Modbus devices behind one address, whatever the wire, and the Modbus/TCP server.

A `Box` has units and answers requests; the wires (TCP and TLS here, RTU in modbus_rtu) frame them.
By the book: every pipelined request gets its own answer, what lies outside the image is exception 2, and on
TCP a unit that is not there is exception 11.

    server, port = await serve(Box({1: [meter], 2: [crac]}))
"""

import asyncio
import ssl
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from fixtures.wire import modbus
from fixtures.wire.mbap import Frame, Splitter, encode_frame
from fixtures.wire.modbus import ExceptionResponse, IdentifyRequest, Refused, Request, Response
from simulators.servers.line import Client, Fate, Line, break_off
from simulators.servers.modbus_identity import identification, identify
from simulators.servers.modbus_image import TABLES, Image
from simulators.servers.served import Served

WRITES = {modbus.WRITE_COIL: "coil", modbus.WRITE_COILS: "coil"}
READ_ONLY = "viewer"


class Box:
    """The units behind one address. Each unit has its own image and its own line; clients are counted for all."""

    def __init__(self, units: Mapping[int, Sequence[Served]]) -> None:
        self.images = {unit: Image(devices) for unit, devices in units.items()}
        self.lines = {unit: Line(devices) for unit, devices in units.items()}
        self.line = Line([served for devices in units.values() for served in devices])

    def answer(self, unit: int, pdu: bytes, fate: Fate, role: str | None = None) -> bytes:
        """The PDU that answers this one; `role` is the client's, on a wire that knows it."""
        function = pdu[0] & 0x7F if pdu else 0
        if fate.failure is not None:
            return modbus.encode_response(ExceptionResponse(function, fate.failure.modbus))
        if role is not None and any(served.fault("device.auth_expired") for served in self.images[unit].devices):
            # Whoever is not authorised is told that there is no such function.
            return modbus.encode_response(ExceptionResponse(function, modbus.ILLEGAL_FUNCTION))
        try:
            request = modbus.decode_request(pdu)
            if role == READ_ONLY and isinstance(request, Request) and request.writes:
                raise Refused(function, modbus.ILLEGAL_FUNCTION)
            return modbus.encode_response(_respond(self.images[unit], request))
        except Refused as refused:
            return modbus.encode_response(ExceptionResponse(function, refused.code))
        except modbus.Malformed:
            return modbus.encode_response(ExceptionResponse(function, modbus.ILLEGAL_VALUE))


def _respond(image: Image, request: modbus.AnyRequest) -> modbus.AnyResponse:
    if isinstance(request, IdentifyRequest):
        return identify(request, identification(image.devices[0]))
    function = request.function
    if request.writes:
        address = request.write_address if function == modbus.READ_WRITE_REGISTERS else request.address
        image.write(function, WRITES.get(function, "holding"), address, request.values)
    if function in TABLES:
        return Response(function, image.read(function, request.address, request.count))
    return Response(function, request.values, request.address, request.count)


class Wire(asyncio.Protocol):
    """One client's connection to a box: who is let in, and one end of the line for each unit."""

    def __init__(self, box: Box) -> None:
        self.box = box
        self.clients: dict[int, Client] = {}
        self._inside = False
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not isinstance(transport, asyncio.Transport):
            return
        self._inside = self.box.line.enter()
        if not self._inside:
            break_off(transport)
            return
        self._transport = transport
        reset = partial(break_off, transport)
        # What has been delayed may come after the client has gone.
        self.clients = {unit: Client(line, self._send, reset, self.box.line) for unit, line in self.box.lines.items()}

    def connection_lost(self, exc: Exception | None) -> None:
        if self._inside:
            self.box.line.leave()
        self._inside, self._transport = False, None

    def _send(self, octets: bytes) -> None:
        if self._transport is not None:
            self._transport.write(octets)

    def give_up(self) -> None:
        """Close after something that is no Modbus."""
        if self._transport is not None:
            self._transport.close()


class TcpWire(Wire):
    """Modbus/TCP; frames are answered in the order in which they came.

    `role` tells the client's role where the wire knows it (Modbus/TCP Security).
    """

    def __init__(self, box: Box, role: Callable[[asyncio.Transport], str] | None = None) -> None:
        super().__init__(box)
        self._splitter, self._role = Splitter(), role
        self._granted: str | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if self._role is not None and self._transport is not None:
            self._granted = self._role(self._transport)

    def data_received(self, data: bytes) -> None:
        try:
            frames = self._splitter.feed(data)
        except modbus.Malformed:
            self.give_up()
            return
        for frame in frames:
            client = self.clients.get(frame.unit)
            if client is None:
                absent = ExceptionResponse(frame.pdu[0] & 0x7F if frame.pdu else 0, modbus.GATEWAY_NO_ANSWER)
                self._send(encode_frame(Frame(frame.transaction, frame.unit, modbus.encode_response(absent))))
                continue
            fate = client.request()
            if not fate.lost:
                answer = self.box.answer(frame.unit, frame.pdu, fate, self._granted)
                client.deliver(fate, encode_frame(Frame(frame.transaction, frame.unit, answer)))


async def serve(
    box: Box,
    host: str = "127.0.0.1",
    context: ssl.SSLContext | None = None,
    role: Callable[[asyncio.Transport], str] | None = None,
) -> tuple[asyncio.Server, int]:
    """Start serving Modbus/TCP, or Modbus/TCP Security with a `context`; the server and its port."""
    server = await asyncio.get_running_loop().create_server(lambda: TcpWire(box, role), host, 0, ssl=context)
    return server, server.sockets[0].getsockname()[1]
