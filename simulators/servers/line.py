"""The line between an address and its clients: what becomes of an answer on its way, and how that is decided.

A server has one `Line` per address, and one `Client` per connection (an agent on UDP has one in all):

    line = Line([served])                                  # the devices behind this address
    client = Client(line, transport.write, transport.abort)
    if not line.enter(): transport.abort()                 # comms.max_clients; line.leave() when it has gone
    fate = client.request()                                # once per request, before answering it
    answer = refusal(fate.failure) if fate.failure else ...
    client.deliver(fate, answer)                           # or deliver(fate, answer, peer) for transport.sendto

`deliver` does everything else: nothing, late, twice, after the next one, cut off, as garbage, a reset. A server
that cannot hand over octets (HTTP) looks at the fields of the `Fate` by itself. Chance is a function of seed,
fault and request number. What a value becomes (scale, sign, order of words) is in `misreading`.

>>> fault = ActiveFault("comms.truncated", "communication", {"keep": 25.0, "probability": 1.0}, 0, None)
>>> fate([fault], key=7, number=0, recent=1).arriving(b"12345678")
b'12'
"""

import asyncio
import socket
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import shake_128
from typing import Any, Protocol

from simulators.faults.registry import ActiveFault
from simulators.plant.noise import derive, uniform
from simulators.world import World


@dataclass(frozen=True, slots=True)
class Failure:
    """The word for "no" in each protocol: a Modbus exception, an SNMP error status, an HTTP status."""

    modbus: int
    snmp: str
    http: int


BUSY = Failure(modbus=6, snmp="resourceUnavailable", http=429)


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one request and its answer.

    `lost`: the request is gone and must not be carried out; `dead`: so are all others on this connection;
    `reset`: the connection breaks instead; `held`: the answer goes out after the next one; `keep`: the share of
    its octets that arrive; `noise`: whence other octets come instead; `bad_checksum`: for protocols with a
    checksum of their own.
    """

    lost: bool = False
    dead: bool = False
    reset: bool = False
    delay_s: float = 0.0
    failure: Failure | None = None
    copies: int = 1
    held: bool = False
    keep: float = 1.0
    noise: str = ""
    bad_checksum: bool = False

    def arriving(self, octets: bytes) -> bytes:
        """What arrives of these octets."""
        if self.noise:
            octets = shake_128(self.noise.encode()).digest(len(octets))
        return octets if self.keep >= 1.0 else octets[: int(len(octets) * self.keep)]


FINE = Fate()
OUTCOMES: Mapping[str, Callable[[ActiveFault], dict[str, Any]]] = {
    "comms.timeout": lambda f: {"lost": True},
    "comms.slow_reply": lambda f: {"delay_s": f.number("delay") / 1000},
    "comms.late": lambda f: {"delay_s": f.number("delay") / 1000},
    "comms.exception": lambda f: {"failure": Failure(int(f.number("code")), f.text("snmp"), int(f.number("http")))},
    "comms.rate_limit": lambda f: {"failure": BUSY},
    "comms.duplicate": lambda f: {"copies": 2},
    "comms.reorder": lambda f: {"held": True},
    "comms.truncated": lambda f: {"keep": f.number("keep") / 100},
    "comms.garbage": lambda f: {"noise": "garbage"},
    "comms.crc": lambda f: {"bad_checksum": True},
    "comms.half_open": lambda f: {"dead": True, "lost": True},
    "comms.reset": lambda f: {"reset": True},
}


def fate(faults: Sequence[ActiveFault], key: int, number: int, recent: int) -> Fate:
    """The fate of request `number`; `recent` counts the requests of this second, this one included."""
    changes: dict[str, Any] = {}
    for fault in faults:
        if fault.name in OUTCOMES and _happens(fault, key, number, recent):
            changes |= OUTCOMES[fault.name](fault)
    if "noise" in changes:
        changes["noise"] = f"{key}/{number}"
    return replace(FINE, **changes) if changes else FINE


def _happens(fault: ActiveFault, key: int, number: int, recent: int) -> bool:
    if "rate" in fault.parameters:
        return recent > fault.number("rate")
    return uniform(derive(key, fault.name), number) < float(fault.parameters.get("probability", 1.0))


class Device(Protocol):
    """What a line needs to know of a device (a `Served`)."""

    @property
    def world(self) -> World: ...

    @property
    def name(self) -> str: ...

    @property
    def equipment(self) -> str: ...

    @property
    def clients(self) -> int | None:
        """How many clients it lets in at once; None: any number."""

    @property
    def boots(self) -> int:
        """How often it has restarted."""

    def booting(self) -> bool:
        """Whether it has power but no service yet."""

    def reachable(self) -> bool:
        """Whether the device is there at all, whatever the line does."""


class Line:
    """The line of one address. Devices behind one address are one box: what befalls one befalls all.

    A box without power is silence. One that boots refuses connections and knows none of those from before; a gateway
    keeps its own while one of the devices behind it is there.
    """

    def __init__(self, devices: Sequence[Device]) -> None:
        self._devices = devices
        self._limits = [device.clients for device in devices if device.clients is not None]
        self._key = derive(devices[0].world.seed, devices[0].name, "line") if devices else 0
        self._number = self._second = self._recent = self.clients = 0
        if devices:
            devices[0].world.keep(f"line/{devices[0].name}", self)

    def save(self) -> list[int]:
        """How many requests have come, and in this second; clients come anew after a restore."""
        return [self._number, self._second, self._recent]

    def restore(self, saved: Sequence[int]) -> None:
        self._number, self._second, self._recent = saved

    def faults(self) -> list[ActiveFault]:
        """The communication faults of this address that are active now."""
        if not self._devices:
            return []
        active = [f for f in self._devices[0].world.active_faults() if f.layer == "communication"]
        return [f for f in active if any(f.concerns(d.name) or f.concerns(d.equipment) for d in self._devices)]

    def request(self) -> Fate:
        """Count a request and decide its fate. Seconds (of the rate limit) are the plant's."""
        if not self._devices:
            return FINE
        world = self._devices[0].world
        second = world.time_ms // 1000
        self._recent = self._recent + 1 if second == self._second else 1
        self._number, self._second = self._number + 1, second
        # Where there has never been a fault, none is on the way.
        faults = self.faults() if world.fault_version else ()
        decided = fate(faults, self._key, self._number, self._recent) if faults else FINE
        return decided if all(device.reachable() for device in self._devices) else replace(decided, lost=True)

    def generation(self) -> int:
        """Rises when the box has restarted."""
        return min((device.boots for device in self._devices), default=0)

    def enter(self) -> bool:
        """Whether one more client is let in; it is counted if so, until it leaves."""
        if self._devices and all(device.booting() for device in self._devices):
            return False
        limits = self._limits + [f.number("clients") for f in self.faults() if f.name == "comms.max_clients"]
        if any(self.clients >= limit for limit in limits):
            return False
        self.clients += 1
        return True

    def leave(self) -> None:
        """A client that had been let in has gone."""
        self.clients -= 1


class Client:
    """One client's end of the line. `send` takes octets and whatever else `deliver` was given.

    `box` is the line of the box that ends the connection, where that is not the device's own.
    """

    def __init__(
        self,
        line: Line,
        send: Callable[..., object],
        reset: Callable[[], object] | None = None,
        box: Line | None = None,
    ) -> None:
        self._line, self._send, self._reset = line, send, reset
        self._box = box or line
        self._generation = self._box.generation()
        self._dead = False
        self._held: tuple[object, ...] | None = None

    def request(self) -> Fate:
        """The fate of the request that has just come."""
        decided = self._line.request()
        if self._reset is not None and self._box.generation() != self._generation:
            self._reset()
            return replace(decided, lost=True)
        # Who was cut off stays cut off: only a new connection helps.
        self._dead = self._reset is not None and (self._dead or decided.dead)
        return replace(decided, lost=True) if self._dead else decided

    def deliver(self, fate: Fate, octets: bytes, *where: object) -> None:
        """Let an answer go as its fate wants it."""
        if fate.reset and self._reset is not None:
            self._reset()
        if fate.reset or fate.lost:
            return
        answer = (fate.arriving(octets), *where)
        if fate.held and self._held is None:
            self._held = answer
            return
        answers, self._held = [answer] * fate.copies + [self._held] * (self._held is not None), None
        for one in filter(None, answers):
            if fate.delay_s:
                asyncio.get_running_loop().call_later(fate.delay_s, self._send, *one)
            else:
                self._send(*one)


def break_off(transport: asyncio.Transport) -> None:
    """End a TCP connection with a reset instead of an orderly end."""
    plain = transport.get_extra_info("socket")
    if plain is not None:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
