"""Values that the way to the client makes wrong: an old image, two refreshes mixed, another scale, sign or order.

They act on what is already encoded, so neither the plant nor the measurement knows of them.

>>> volts = MapPoint("voltage", "quantity", "V", {"type": "int16"})
>>> misread(volts, 230, {"comms.sign"}), misread(volts, 230, {"comms.scale_x10"})
(-230, 2300)
>>> registers((0x0001, 0x86A0), {"comms.word_order"}), registers((0x0001,), {"comms.byte_order"})
((34464, 1), (256,))
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from fixtures.decoding import Raw
from fixtures.map_point import INTEGER_TYPES, MapPoint, bare
from simulators.faults.registry import ActiveFault

STALE, TORN = "comms.stale", "comms.torn_read"


def aimed(faults: Iterable[ActiveFault], name: str) -> dict[str, ActiveFault]:
    """The communication faults, by name, that change this point's value."""
    ways = (fault for fault in faults if fault.layer == "communication")
    return {fault.name: fault for fault in ways if _hits(str(fault.parameters.get("point", "*")), name)}


def _hits(pattern: str, name: str) -> bool:
    return fnmatchcase(name, pattern) or fnmatchcase(bare(name), pattern)


class OldImage:
    """The values of a device as they stood when comms.stale began; `now` gives all of them."""

    def __init__(self, now: Callable[[], Mapping[str, Raw]]) -> None:
        self._now = now
        self._image: Mapping[str, Raw] | None = None

    def look(self, faults: Iterable[ActiveFault]) -> None:
        """Take or drop the image; to be called at every change of faults, with those of the device."""
        stale = any(fault.name == STALE for fault in faults)
        self._image = (self._image or self._now()) if stale else None

    def save(self) -> dict[str, Any] | None:
        """The image as plain JSON: octets as hexadecimal digits in a list of one."""
        if self._image is None:
            return None
        return {name: [raw.hex()] if isinstance(raw, bytes) else raw for name, raw in self._image.items()}

    def restore(self, saved: Mapping[str, Any] | None) -> None:
        if saved is None:
            self._image = None
        else:
            items = saved.items()
            self._image = {name: bytes.fromhex(raw[0]) if isinstance(raw, list) else raw for name, raw in items}

    def raw(self, point: MapPoint, name: str, stale: ActiveFault) -> Raw:
        """The old value; none for a time where the fault lets time stamps vanish."""
        if self._image is None or (point.kind == "time" and stale.text("timestamps") == "absent"):
            return None
        return self._image.get(name)


def misread(point: MapPoint, raw: Raw, faults: Collection[str]) -> Raw:
    """A number ten times as large or of the other sign; whole numbers wrap where their type ends."""
    factor = (10 if "comms.scale_x10" in faults else 1) * (-1 if "comms.sign" in faults else 1)
    if factor == 1 or point.kind != "quantity" or raw is None or isinstance(raw, bool | bytes):
        return raw
    if isinstance(raw, str):
        return _text(raw, factor)
    if point.wire_type in INTEGER_TYPES and isinstance(raw, int):
        lowest, highest = INTEGER_TYPES[point.wire_type]
        return (raw * factor - lowest) % (highest - lowest + 1) + lowest
    return raw * factor


def _text(raw: str, factor: int) -> str:
    try:
        return f"{float(raw) * factor:.10g}"
    except ValueError:
        return raw


def registers(words: tuple[int, ...], faults: Collection[str], earlier: Sequence[int] = ()) -> tuple[int, ...]:
    """The registers of one value: half of them from an `earlier` refresh, words or bytes in the other order."""
    half = len(words) // 2
    if TORN in faults and len(earlier) == len(words):
        words = (*earlier[:half], *words[half:])
    if "comms.word_order" in faults:
        words = words[::-1]
    if "comms.byte_order" in faults:
        words = tuple((word & 0xFF) << 8 | word >> 8 for word in words)
    return words
