"""A bench instrument: program messages in, response messages out, with an error queue and status bytes.

Which queries there are comes from the device map; numbers are written as instruments write them.

>>> split(b"*CLS;:NUM:NORM:VAL?")
['*CLS', ':NUM:NORM:VAL?']
"""

import asyncio
from collections import deque
from collections.abc import Callable

from simulators.servers.served import Manners, Served

NO_ERROR = '0,"No error"'
UNDEFINED_HEADER = '-113,"Undefined header"'
SYSTEM_ERROR = '-310,"System error"'
DEVICE_ERROR = 1 << 3
COMMAND_ERROR = 1 << 5
OPERATION_COMPLETE = 1
EVENT_SUMMARY = 1 << 5
ERROR_AVAILABLE = 1 << 2


class Instrument:
    """One session with the instrument behind a device map."""

    def __init__(self, served: Served, identity: str) -> None:
        self._served, self._identity, self.manners = served, identity, Manners((served,))
        self._errors: deque[str] = deque(maxlen=20)
        self._events = 0
        self._queries: dict[str, list[str]] = {}
        for point in served.map.points.values():
            self._queries.setdefault(_header(str(point.locator["query"])), []).append(point.name)
        setups = {str(point.locator.get("setup", "")) for point in served.map.points.values()}
        self._setups = {_header(setup) for setup in setups if setup}
        errors = {str(point.locator.get("errors", "")) for point in served.map.points.values()}
        self._error_queries = {_header(error) for error in errors if error} | {"SYST:ERR?", "STAT:ERR?"}

    def handle(self, message: bytes) -> bytes:
        """The response message, ended by a newline; empty if nothing was asked."""
        answers = [answer for command in split(message) if (answer := self._command(command)) is not None]
        return (";".join(answers) + "\n").encode() if answers else b""

    def _command(self, command: str) -> str | None:
        header = _header(command)
        if self.manners.failing() is not None and not header.startswith("*") and header not in self._error_queries:
            self._fail(SYSTEM_ERROR, DEVICE_ERROR)
            return None
        match header:
            case "*IDN?":
                return self._identity
            case "*CLS":
                self._errors.clear()
                self._events = 0
                return None
            case "*RST" | "*WAI":
                return None
            case "*OPC":
                self._events |= OPERATION_COMPLETE
                return None
            case "*OPC?":
                return "1"
            case "*ESR?":
                events, self._events = self._events, 0
                return str(events)
            case "*STB?":
                return str(self.status())
        if header in self._error_queries:
            return self._errors.popleft() if self._errors else NO_ERROR
        if header in self._queries:
            return self._values(header)
        if header.split(" ")[0] in {setup.split(" ")[0] for setup in self._setups}:
            return None
        self._fail(UNDEFINED_HEADER, COMMAND_ERROR)
        return None

    def _fail(self, error: str, event: int) -> None:
        self._errors.append(error)
        self._events |= event

    def status(self) -> int:
        """The status byte: whether errors and events wait to be read."""
        return (ERROR_AVAILABLE if self._errors else 0) | (EVENT_SUMMARY if self._events else 0)

    def _values(self, header: str) -> str:
        points = self._served.map.points
        names = sorted(self._queries[header], key=lambda name: int(str(points[name].locator.get("index", 0))))
        return ",".join(_number(self._served.raw(points[name])) for name in names)


def split(message: bytes) -> list[str]:
    """The commands of a program message, in order."""
    return [part.strip() for part in message.decode("ascii", "replace").strip().split(";") if part.strip()]


def _header(command: str) -> str:
    return command.strip().lstrip(":").upper()


def _number(raw: object) -> str:
    """Scientific notation as analysers send it; 9.91E+37 is their word for no number."""
    if isinstance(raw, int | float):
        return f"{raw:+.5E}"
    return "+9.91E+37" if raw is None else str(raw)


class RawSocket(asyncio.Protocol):
    """SCPI over a plain TCP connection: a message ends with a newline."""

    def __init__(self, make: Callable[[], Instrument]) -> None:
        self._instrument, self._buffer = make(), b""
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.WriteTransport):
            self._transport = transport

    def data_received(self, data: bytes) -> None:
        *messages, self._buffer = (self._buffer + data).split(b"\n")
        for message in messages:
            answer = self._instrument.handle(message)
            if answer and self._transport is not None:
                self._instrument.manners.deliver(self._transport.write, answer)


async def serve_raw(make: Callable[[], Instrument], host: str = "127.0.0.1") -> tuple[asyncio.Server, int]:
    """Start serving the raw socket; the server and its port."""
    server = await asyncio.get_running_loop().create_server(lambda: RawSocket(make), host, 0)
    return server, server.sockets[0].getsockname()[1]
