"""Serving recorded dialogues with an instrument: the same messages get the same answers, octet for octet.

Each dialogue has an address of its own, where its messages must come as they were recorded: one that differs breaks
the connection, and a line on standard output says so. At the address of them all, and on a serial line, a message
gets the first answer that any dialogue has for it; what none has is an error in the queue, as with an instrument.

    {"address": "visa://TCPIP::127.0.0.1::5025::SOCKET", "serial": "visa://ASRL/dev/pts/3::INSTR", "dialogues": {…}}
    {"replayed": "test_voltage"}
"""

import asyncio
import json
import os
import pty
import tty
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from profiles.refusal import Refusal
from simulators.servers.scpi_status import Status
from simulators.servers.scpi_words import header_of

REMEDY = "give a command set with `transcripts`"
_ERRORS = {"SYST:ERR?", "STAT:ERR?"}
_UNDEFINED_HEADER = -113

Answering = Callable[[str], bytes | None]
"""What a message is answered with, perhaps nothing; None: it is none of the dialogue, and the line breaks."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A message without its newline, and the answer with it; empty if none was recorded."""

    message: str
    answer: bytes


async def replay(path: Path, port: int) -> dict[str, object]:
    """Start serving the file; where everything is. Refusal for a file without dialogues."""
    dialogues = read_dialogues(path)
    table = Table([exchange for dialogue in dialogues.values() for exchange in dialogue])
    return {
        "address": await _serve(lambda: table.answer, port),
        "serial": _serve_serial(table.answer),
        "dialogues": {name: await _serve(_script(name, dialogue), 0) for name, dialogue in dialogues.items()},
    }


def read_dialogues(path: Path) -> dict[str, list[Exchange]]:
    """The dialogues of a command set by name."""
    try:
        transcripts = json.loads(path.read_text(encoding="utf-8"))["transcripts"]
        found = {one["test"]: [_exchange(each) for each in one["exchanges"]] for one in transcripts}
    except OSError as error:
        raise Refusal(str(path), f"it cannot be read ({error.strerror})", REMEDY) from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Refusal(str(path), "it holds no dialogues", REMEDY) from None
    if not found:
        raise Refusal(str(path), "it holds no dialogues", REMEDY)
    return found


class Script:
    """One dialogue, from its beginning to its end."""

    def __init__(self, name: str, exchanges: Sequence[Exchange]) -> None:
        self._name, self._left = name, list(exchanges)

    def answer(self, message: str) -> bytes | None:
        """The recorded answer, while what is heard is what was recorded."""
        expected = self._left.pop(0) if self._left else None
        if expected is None or expected.message != message:
            wanted = expected and expected.message
            _tell({"differs": self._name, "heard": message, "recorded": wanted})
            return None
        if not self._left:
            _tell({"replayed": self._name})
        return expected.answer


class Table:
    """All dialogues of one instrument, whatever their order."""

    def __init__(self, exchanges: Sequence[Exchange]) -> None:
        self._answers: dict[str, bytes] = {}
        for one in exchanges:
            self._answers.setdefault(one.message, one.answer)
        self._status = Status()

    def answer(self, message: str) -> bytes:
        """The first recorded answer; an empty error queue unless another was recorded."""
        if message in self._answers:
            return self._answers[message]
        if not message.strip():
            return b""
        if header_of(message).header in _ERRORS:
            return f"{self._status.next_error()}\n".encode()
        self._status.fail(_UNDEFINED_HEADER)
        return b""


class _Messages(asyncio.Protocol):
    """A connection that takes messages, each ended by a newline."""

    def __init__(self, answering: Answering) -> None:
        self._answering, self._buffer = answering, b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self._transport = transport

    def data_received(self, data: bytes) -> None:
        *messages, self._buffer = (self._buffer + data).split(b"\n")
        for message in messages:
            if self._transport is None or self._transport.is_closing():
                return
            answer = self._answering(message.decode("latin-1"))
            if answer is None:
                self._transport.abort()
            elif answer:
                self._transport.write(answer)


async def _serve(make: Callable[[], Answering], port: int) -> str:
    try:
        server = await asyncio.get_running_loop().create_server(lambda: _Messages(make()), "127.0.0.1", port)
    except (OSError, OverflowError) as error:
        raise Refusal(f"port {port}", f"it cannot be opened ({error})", "leave --port away for a free one") from None
    return f"visa://TCPIP::127.0.0.1::{server.sockets[0].getsockname()[1]}::SOCKET"


def _serve_serial(answering: Callable[[str], bytes]) -> str:
    """A pseudo-terminal; its other end stays open, so that clients may come and go."""
    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    buffer = bytearray()

    def readable() -> None:
        buffer.extend(os.read(ours, 4096))
        while (end := buffer.find(b"\n")) >= 0:
            message = bytes(buffer[:end]).decode("latin-1").rstrip("\r")
            del buffer[: end + 1]
            os.write(ours, answering(message))

    asyncio.get_running_loop().add_reader(ours, readable)
    return f"visa://ASRL{os.ttyname(theirs)}::INSTR"


def _script(name: str, exchanges: Sequence[Exchange]) -> Callable[[], Answering]:
    return lambda: Script(name, exchanges).answer


def _exchange(recorded: Mapping[str, str | None]) -> Exchange:
    answer = recorded["receive"]
    ended = "" if answer is None else answer if answer.endswith("\n") else f"{answer}\n"
    return Exchange(str(recorded["send"]), ended.encode("latin-1"))


def _tell(line: Mapping[str, object]) -> None:
    print(json.dumps(line), flush=True)
