"""All objects of an agent in the order of their OIDs, and the writers of those that may be written.

>>> tree = Tree({"1.3.6.1.2.1.1.5.0": lambda: Varbind("1.3.6.1.2.1.1.5.0", 4, b"ups-1")})
>>> tree.after("1.3").oid
'1.3.6.1.2.1.1.5.0'
"""

import bisect
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from fixtures.wire.snmp import (
    COMMIT_FAILED,
    END_OF_MIB_VIEW,
    NO_CREATION,
    NO_ERROR,
    NO_SUCH_INSTANCE,
    NOT_WRITABLE,
    Pdu,
    Varbind,
    encode_varbind,
)
from fixtures.wire.snmprec import sort_key
from profiles.refusal import Refusal

# A response must fit one datagram that no network on the way has to split.
ROOM = 1300

Object = Callable[[], Varbind | None]


class Writer(Protocol):
    """How one object is written."""

    def refuses(self, wanted: Varbind) -> int:
        """The error status of RFC 3416 section 4.2.5, NO_ERROR if the value is allowed."""

    def carry_out(self, wanted: Varbind) -> None:
        """Write it. Refusal if the plant does not take it, and then nothing has changed."""


class Tree:
    """A function per OID gives its value now, or None where it is missing."""

    def __init__(self, objects: Mapping[str, Object], writers: Mapping[str, Writer] | None = None) -> None:
        self.load(objects, writers or {})

    def load(self, objects: Mapping[str, Object], writers: Mapping[str, Writer]) -> None:
        """Replace all objects, as another firmware does."""
        self._objects, self._writers = objects, writers
        self._order = sorted(sort_key(oid) for oid in objects)
        self._names = {key: ".".join(map(str, key)) for key in self._order}

    def get(self, oid: str) -> Varbind:
        value = self._objects[oid]() if oid in self._objects else None
        return value if value is not None else Varbind(oid, NO_SUCH_INSTANCE)

    def after(self, oid: str) -> Varbind:
        """The next object that has a value; the end of the view behind the last one."""
        at = bisect.bisect_right(self._order, sort_key(oid))
        for key in self._order[at:]:
            value = self._objects[self._names[key]]()
            if value is not None:
                return value
        return Varbind(oid, END_OF_MIB_VIEW)

    def bulk(self, request: Pdu) -> tuple[Varbind, ...]:
        """RFC 3416 §4.2.3: the non-repeaters once, then rounds of the others while there is room."""
        once, rounds = max(0, request.status), max(0, request.index)
        found = [self.after(varbind.oid) for varbind in request.varbinds[:once]]
        size = sum(len(encode_varbind(varbind)) for varbind in found)
        current = [varbind.oid for varbind in request.varbinds[once:]]
        for _ in range(rounds if current else 0):
            row = [self.after(oid) for oid in current]
            size += sum(len(encode_varbind(varbind)) for varbind in row)
            if found and size > ROOM:
                break
            found += row
            if all(varbind.tag == END_OF_MIB_VIEW for varbind in row):
                break
            current = [varbind.oid for varbind in row]
        return tuple(found)

    def set(self, wanted: Sequence[Varbind]) -> tuple[int, int]:
        """Write all or nothing; the error status and the place of the first binding that is refused, from 1."""
        for place, varbind in enumerate(wanted, 1):
            if status := self._refusal(varbind):
                return status, place
        done: list[Varbind] = []
        for place, varbind in enumerate(wanted, 1):
            before = self.get(varbind.oid)
            try:
                self._writers[varbind.oid].carry_out(varbind)
            except Refusal:
                for old in reversed(done):
                    self._writers[old.oid].carry_out(old)
                return COMMIT_FAILED, place
            done.append(before)
        return NO_ERROR, 0

    def _refusal(self, varbind: Varbind) -> int:
        writer = self._writers.get(varbind.oid)
        if writer is not None:
            return writer.refuses(varbind)
        column = varbind.oid.rpartition(".")[0]
        known = {oid.rpartition(".")[0] for oid in self._writers}
        return NO_CREATION if varbind.oid not in self._objects and column in known else NOT_WRITABLE
