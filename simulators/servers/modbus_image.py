"""The registers of one Modbus unit, filled from the devices behind it at the moment of reading.

image = Image([served])
image.read(READ_HOLDING, 3027, 2)      # the words of one float32
image.write("holding", 0, (231,))      # a set-point, handed to the plant
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from fixtures.decoding import decode
from fixtures.map_point import MapPoint
from fixtures.wire import modbus
from fixtures.wire.modbus import Refused
from fixtures.wire.registers import BIT_TABLES, Cell, cell_of
from profiles.quality import Quality
from profiles.refusal import Refusal
from simulators.servers.misreading import TORN, aimed, registers
from simulators.servers.served import Served, Teller

TABLES = {
    modbus.READ_COILS: "coil",
    modbus.READ_DISCRETE: "discrete",
    modbus.READ_HOLDING: "holding",
    modbus.READ_INPUT: "input",
    modbus.READ_WRITE_REGISTERS: "holding",
}

# Devices keep blocks of registers: what is further apart than this belongs to two of them.
HOLE = 100


@dataclass(frozen=True, slots=True)
class Place:
    """Where one point of one device stands."""

    cell: Cell
    served: Served
    point: MapPoint
    tell: Teller

    @property
    def address(self) -> int:
        return self.cell.address

    @property
    def end(self) -> int:
        return self.cell.address + self.cell.width


class Image:
    """The four tables of one unit. Small holes between two registers of a map read as zero, large ones are none."""

    def __init__(self, devices: Sequence[Served]) -> None:
        self.devices = devices
        for served in devices:
            served.life.changed.append(self._arrange)
        self._arrange()

    def _arrange(self) -> None:
        """Take up the maps, which change with the firmware."""
        self._tables: dict[str, list[Place]] = {}
        for served in self.devices:
            for point in served.map.points.values():
                place = Place(cell_of(point), served, point, served.teller(point))
                self._tables.setdefault(place.cell.table, []).append(place)
        for places in self._tables.values():
            places.sort(key=lambda place: place.address)
        self._spans = {table: _spans(places) for table, places in self._tables.items()}
        self._widest = max((place.cell.width for places in self._tables.values() for place in places), default=1)
        # Clients ask for the same blocks again and again.
        self._touched = lru_cache(maxsize=256)(self._find)

    def read(self, function: int, address: int, count: int) -> tuple[int, ...]:
        """`count` items from `address`; Refused with exception 2 outside its blocks or where one is missing."""
        inside, touched = self._touched(TABLES[function], address, count)
        if not inside:
            raise Refused(function, modbus.ILLEGAL_ADDRESS)
        items = [0] * count
        troubled = any(served.faults() for served in self.devices)
        for place in touched:
            missing = place.served.fault("meter.register_missing") if troubled else None
            if missing and missing.text("point") == place.point.name:
                raise Refused(function, modbus.ILLEGAL_ADDRESS)
            words = _troubled(place) if troubled else place.cell.items(_present(place.tell()))
            for offset, item in enumerate(words, place.cell.address - address):
                if 0 <= offset < count:
                    items[offset] |= item
        return tuple(items)

    def _find(self, table: str, address: int, count: int) -> tuple[bool, list[Place]]:
        """Whether a block lies inside one span of registers, and the places that share an address with it."""
        end = address + count
        inside = any(begin <= address and end <= last for begin, last in self._spans.get(table, ()))
        places = self._tables.get(table, [])
        first = bisect_left(places, address - self._widest, key=lambda place: place.address)
        last = bisect_left(places, end, key=lambda place: place.address)
        return inside, [place for place in places[first:last] if place.end > address]

    def write(self, function: int, table: str, address: int, values: Sequence[int]) -> None:
        """Hand what is written to the plant, all or nothing: Refused with exception 2 or 3 where it is not allowed.

        The values must fill whole points without a gap.
        """
        end, at = address + len(values), address
        wanted = []
        for place in self._touched(table, address, len(values))[1]:
            # Several bits of one register share its address.
            if place.point.writable is None or place.address not in (at, at - 1) or place.end > end:
                raise Refused(function, modbus.ILLEGAL_ADDRESS)
            at = place.end
            wanted.append((place, self._value(function, place, values[place.address - address : at - address])))
        if at != end:
            raise Refused(function, modbus.ILLEGAL_ADDRESS)
        for place, value in wanted:
            try:
                place.served.write(place.point.name, value)
            except Refusal:
                raise Refused(function, modbus.ILLEGAL_VALUE) from None

    def _value(self, function: int, place: Place, items: Sequence[int]) -> float | str:
        point = place.point
        value, quality = decode(point, place.cell.raw(items))
        if quality is not Quality.GOOD or value is None or not point.writable or not point.writable.allows(value):
            raise Refused(function, modbus.ILLEGAL_VALUE)
        return value


def _spans(places: Sequence[Place]) -> list[tuple[int, int]]:
    """Begin and end of what can be read at a stretch."""
    spans: list[tuple[int, int]] = []
    for place in places:
        if spans and place.address <= spans[-1][1] + HOLE:
            spans[-1] = (spans[-1][0], max(spans[-1][1], place.end))
        else:
            spans.append((place.address, place.end))
    return spans


def _troubled(place: Place) -> tuple[int, ...]:
    """The items of one point, as faults on the way leave them."""
    served, point, cell = place.served, place.point, place.cell
    items = cell.items(_present(place.tell()))
    if cell.table in BIT_TABLES:
        return items
    wrong = aimed(served.faults(), point.name)
    earlier = cell.items(_present(served.before(point))) if TORN in wrong and cell.width > 1 else ()
    return registers(items, wrong, earlier) if wrong else items


def _present(raw: object) -> object:
    """Where there is no value a real device shows its type's zero."""
    return 0 if raw is None else raw
