"""A Modbus/TCP server: the register images of one or several devices behind one address.

Answers by the book: every pipelined request gets its own answer, what lies outside the image is exception 2,
and a unit that is not there is exception 11.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from fixtures.decoding import decode
from fixtures.map_point import MapPoint
from fixtures.wire import modbus
from fixtures.wire.mbap import Frame, Splitter, encode_frame
from fixtures.wire.modbus import ExceptionResponse, IdentifyRequest, IdentifyResponse, Refused, Response
from fixtures.wire.registers import address_of, items_of, raw_of, table_of, width_of
from profiles.quality import Quality
from profiles.refusal import Refusal
from simulators.servers.served import Manners, Served

TABLES = {
    modbus.READ_COILS: "coil",
    modbus.READ_DISCRETE: "discrete",
    modbus.READ_HOLDING: "holding",
    modbus.READ_INPUT: "input",
}
WRITES = {modbus.WRITE_COIL: "coil", modbus.WRITE_REGISTER: "holding", modbus.WRITE_COILS: "coil"}
WRITES[modbus.WRITE_REGISTERS] = "holding"


class Image:
    """The registers of one unit. Addresses between two registers of a map read as zero."""

    def __init__(self, devices: Sequence[Served]) -> None:
        self.devices, self.manners = devices, Manners(devices)
        self._places: dict[str, dict[int, tuple[Served, MapPoint]]] = {}
        for served in devices:
            for point in served.map.points.values():
                self._places.setdefault(table_of(point), {})[address_of(point)] = (served, point)

    def read(self, function: int, address: int, count: int) -> tuple[int, ...]:
        """`count` items from `address`; Refused with exception 2 outside the image or where one is missing."""
        places = self._places.get(TABLES[function], {})
        items = [0] * count
        last = max((at + width_of(point) for at, (_, point) in places.items()), default=0)
        if not places or address < min(places) or address + count > last:
            raise Refused(function, modbus.ILLEGAL_ADDRESS)
        for at, (served, point) in places.items():
            width = width_of(point)
            if at + width <= address or at >= address + count:
                continue
            if (missing := served.fault("meter.register_missing")) and missing.text("point") == point.name:
                raise Refused(function, modbus.ILLEGAL_ADDRESS)
            for offset, item in enumerate(items_of(point, _present(served, point))):
                if 0 <= at + offset - address < count:
                    items[at + offset - address] |= item
        return tuple(items)

    def write(self, function: int, address: int, values: Sequence[int]) -> None:
        """Hand the decoded value to the plant; Refused with exception 2 or 3 where that is not allowed."""
        found = self._places.get(WRITES[function], {}).get(address)
        if found is None or found[1].writable is None or width_of(found[1]) != len(values):
            raise Refused(function, modbus.ILLEGAL_ADDRESS)
        served, point = found
        value, quality = decode(point, raw_of(point, values))
        if quality is not Quality.GOOD or value is None or not point.writable or not point.writable.allows(value):
            raise Refused(function, modbus.ILLEGAL_VALUE)
        try:
            served.world.command(served.equipment, point.name, value)
        except Refusal:
            raise Refused(function, modbus.ILLEGAL_VALUE) from None


def _present(served: Served, point: MapPoint) -> object:
    """The raw value; where there is none a real device shows its type's zero."""
    raw = served.raw(point)
    return 0 if raw is None else raw


class Connection(asyncio.Protocol):
    """One client; frames are answered in the order in which they came."""

    def __init__(self, units: Mapping[int, Image]) -> None:
        self._units, self._splitter = units, Splitter()
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.WriteTransport):
            self._transport = transport

    def data_received(self, data: bytes) -> None:
        if self._transport is None:
            return
        try:
            frames = self._splitter.feed(data)
        except modbus.Malformed:
            self._transport.close()
            return
        for frame in frames:
            image = self._units.get(frame.unit)
            if image is None:
                self._transport.write(encode_frame(_refusal(frame, modbus.GATEWAY_NO_ANSWER)))
            else:
                image.manners.deliver(self._transport.write, encode_frame(self._answer(image, frame)))

    def _answer(self, image: Image, frame: Frame) -> Frame:
        if (code := image.manners.failing()) is not None:
            return _refusal(frame, code)
        try:
            response = self._respond(image, modbus.decode_request(frame.pdu))
        except Refused as refused:
            return _refusal(frame, refused.code)
        except modbus.Malformed:
            return _refusal(frame, modbus.ILLEGAL_VALUE)
        return Frame(frame.transaction, frame.unit, modbus.encode_response(response))

    def _respond(self, image: Image, request: modbus.AnyRequest) -> modbus.AnyResponse:
        if isinstance(request, IdentifyRequest):
            return IdentifyResponse(request.category, 1, identification(image.devices[0]))
        if request.function in TABLES:
            return Response(request.function, image.read(request.function, request.address, request.count))
        image.write(request.function, request.address, request.values)
        return Response(request.function, request.values, request.address, request.count)


def _refusal(frame: Frame, code: int) -> Frame:
    function = frame.pdu[0] if frame.pdu else 0
    return Frame(frame.transaction, frame.unit, modbus.encode_response(ExceptionResponse(function, code)))


def identification(served: Served) -> dict[int, bytes]:
    """Maker, model and firmware, as function 43/14 tells them."""
    described = served.world.description(served.equipment)
    return {n: str(described.get(key, "")).encode() for n, key in enumerate(("maker", "model", "firmware"))}


async def serve(units: Mapping[int, Sequence[Served]], host: str = "127.0.0.1") -> tuple[asyncio.Server, int]:
    """Start serving; the server and its port."""
    images = {unit: Image(devices) for unit, devices in units.items()}
    make: Callable[[], asyncio.Protocol] = lambda: Connection(images)  # noqa: E731
    server = await asyncio.get_running_loop().create_server(make, host, 0)
    return server, server.sockets[0].getsockname()[1]
