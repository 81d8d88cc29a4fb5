"""Traps and informs of one agent: what its devices report, sent to whoever is to know.

    notifier.add(parse_target("127.0.0.1:1162/2c/inform"))
    world.start_fault("mains.loss"); world.advance_to(10_000)      # upsTrapOnBattery goes out

An inform is sent again until it is acknowledged, three times at most; the seconds between are real ones.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from ipaddress import IPv4Address

from fixtures.wire import ber
from fixtures.wire.ber import Malformed
from fixtures.wire.snmp import (
    INFORM,
    REPORT,
    RESPONSE,
    TRAP,
    V2C,
    Message,
    Pdu,
    Varbind,
    decode_message,
    encode_message,
)
from fixtures.wire.snmp_trap import (
    AUTHENTICATION_FAILURE,
    COLD_START,
    TrapV1,
    encode_trap,
    notification,
    v1_parts,
)
from fixtures.wire.usm import NotAuthentic
from fixtures.wire.usm_agent import LocalEngine
from fixtures.wire.usm_keys import User
from fixtures.wire.usm_manager import RemoteEngine
from profiles.refusal import Refusal
from simulators.servers.alarms import Event, Present
from simulators.servers.served import Served
from simulators.servers.snmp_table import ticks
from simulators.servers.snmp_tree import Tree

VERSIONS = ("1", "2c", "3")
TRIES, WAIT_S = 4, 1.0


@dataclass(frozen=True, slots=True)
class Target:
    """Somebody who is to know: address, version, and whether it must acknowledge."""

    host: str
    port: int
    version: str = "2c"
    inform: bool = False


def parse_target(text: str) -> Target:
    """`host:port`, and behind it perhaps a version and `inform`. Refusal for anything else."""
    place, *rest = text.split("/")
    host, _, port = place.rpartition(":")
    inform = "inform" in rest
    versions = [word for word in rest if word != "inform"] or ["2c"]
    try:
        address = str(IPv4Address(host.replace("localhost", "127.0.0.1")))
        if len(versions) != 1 or versions[0] not in VERSIONS or not 0 < int(port) < 65536:
            raise ValueError(text)
    except ValueError:
        remedy = "write ADDRESS:PORT/2c (or /1, /3) and perhaps /inform"
        raise Refusal("trap target", f"'{text}' is none", remedy) from None
    if inform and versions == ["1"]:
        raise Refusal("trap target", "version 1 has no informs", "write /2c/inform or /3/inform")
    return Target(address, int(port), versions[0], inform)


@dataclass(slots=True)
class _Peer:
    """What is known of a target of version 3 informs, and what waits until it is known."""

    engine: RemoteEngine
    waiting: list[Pdu] = field(default_factory=list)


class Notifier:
    """The notifications of one agent. `user` signs those of version 3, `community` the others."""

    def __init__(
        self, devices: Sequence[Served], tree: Tree, community: bytes, user: User, engine: LocalEngine
    ) -> None:
        self._devices, self._tree, self._community = devices, tree, community
        self._user, self._engine = user, engine
        self._send: Callable[[bytes, tuple[str, int]], object] | None = None
        self._targets: list[Target] = []
        self._peers: dict[Target, _Peer] = {}
        self._open: set[int] = set()
        self._number = 0
        for served in devices:
            if served.alarms is not None:
                served.alarms.listeners.append(partial(self._report, served))

    @property
    def engine_id(self) -> bytes:
        """The engine that signs the traps of version 3; a receiver has to know it."""
        return self._engine.engine_id

    def connect(self, send: Callable[[bytes, tuple[str, int]], object]) -> None:
        self._send = send

    def add(self, target: Target) -> None:
        """From now on this target is told as well."""
        if target not in self._targets:
            self._targets.append(target)
            self._peers[target] = _Peer(RemoteEngine(self._user))

    def authentication_failure(self) -> None:
        """Somebody asked with a wrong community."""
        self.notify(self._devices[0], AUTHENTICATION_FAILURE)

    def heard(self, data: bytes, addr: tuple[str, int]) -> bool:
        """Whether a datagram came from a target; then it was an acknowledgement or a report."""
        targets = [target for target in self._targets if (target.host, target.port) == addr and target.inform]
        for target in targets:
            try:
                self._acknowledged(target, data)
            except (Malformed, NotAuthentic):
                continue
        return bool(targets)

    def notify(self, served: Served, trap: str, varbinds: tuple[Varbind, ...] = ()) -> None:
        """Tell every target; nobody is told while the device cannot be reached."""
        if served.silent():
            return
        uptime = ticks(served.life.uptime_s())
        for target in self._targets:
            self._number += 1
            if target.version == "1":
                where = IPv4Address("127.0.0.1")
                self._out(target, encode_trap(TrapV1(self._community, where, uptime, *v1_parts(trap), varbinds)))
                continue
            kind = INFORM if target.inform else TRAP
            pdu = Pdu(kind, self._number, varbinds=notification(trap, uptime, varbinds))
            if target.inform:
                self._open.add(pdu.request_id)
                self._inform(target, pdu, TRIES)
            else:
                self._out(target, self._sealed(target, pdu))

    def _report(self, served: Served, event: Event) -> None:
        if event.present is None:
            self.notify(served, COLD_START)
            return
        alarm = event.present.alarm
        trap = alarm.end if event.kind == "end" else alarm.begin
        if trap:
            self.notify(served, trap, self._carried(served, event.present, event.kind == "end"))

    def _carried(self, served: Served, present: Present, ends: bool) -> tuple[Varbind, ...]:
        """What the map says; else the alarm's row in the list, where there is one; else the point."""
        reporting, names = served.map.reporting, present.alarm.carries
        if reporting.table and (ends or not names):
            number = present.index
            code = Varbind(f"{reporting.table}.2.{number}", ber.OID, present.alarm.code)
            return (Varbind(f"{reporting.table}.1.{number}", ber.INTEGER, number), code)
        settings = {setting.name: setting.oid for setting in reporting.settings}
        points = served.map.points
        oids = [settings.get(name) or str(points[name].locator["oid"]) for name in names or (present.alarm.point,)]
        return tuple(varbind for varbind in map(self._tree.get, oids) if varbind.value is not None)

    def _sealed(self, target: Target, pdu: Pdu) -> bytes:
        if target.version == "2c":
            return encode_message(Message(V2C, self._community, pdu))
        return self._engine.notification(self._user, pdu.request_id, pdu)

    def _inform(self, target: Target, pdu: Pdu, tries: int) -> None:
        """Send an inform, and again later unless it has been acknowledged by then."""
        if pdu.request_id not in self._open or not tries:
            self._open.discard(pdu.request_id)
            return
        if target.version == "2c":
            self._out(target, self._sealed(target, pdu))
        else:
            peer = self._peers[target]
            if peer.engine.known:
                self._out(target, peer.engine.request(pdu.request_id, pdu))
            else:
                peer.waiting += [pdu] if pdu not in peer.waiting else []
                self._out(target, peer.engine.discovery(pdu.request_id))
        asyncio.get_running_loop().call_later(WAIT_S, self._inform, target, pdu, tries - 1)

    def _acknowledged(self, target: Target, data: bytes) -> None:
        if target.version == "2c":
            pdu = decode_message(data).pdu
        else:
            peer = self._peers[target]
            answer = peer.engine.receive(data)
            pdu = answer.pdu
            if answer.learnt and pdu.kind == REPORT:
                for waiting in peer.waiting:
                    self._out(target, peer.engine.request(waiting.request_id, waiting))
                peer.waiting.clear()
        if pdu.kind == RESPONSE:
            self._open.discard(pdu.request_id)

    def _out(self, target: Target, datagram: bytes) -> None:
        if self._send is not None:
            self._send(datagram, (target.host, target.port))
