"""What a Modbus device says it is: the objects of function 43/14, as many at a time as fit (Modbus V1.1b3, 6.21).

>>> told = identify(IdentifyRequest(1), {0: b"Maker", 1: b"M-1", 2: b"2.0", 4: b"Meter"})
>>> told.objects, told.more
({0: b'Maker', 1: b'M-1', 2: b'2.0'}, False)
"""

from collections.abc import Mapping

from fixtures.wire import modbus
from fixtures.wire.modbus import IdentifyRequest, IdentifyResponse, Refused
from simulators.servers.served import Served

# The numbers of the objects that belong to basic, regular and extended identification.
CATEGORIES = {1: range(0x03), 2: range(0x80), 3: range(0x100)}
ONE_OBJECT, EXTENDED_AND_SINGLE = 4, 0x83
ROOM, HEAD = 253 - 7, 2


def identify(request: IdentifyRequest, objects: Mapping[int, bytes]) -> IdentifyResponse:
    """One object, or those of a category from the one that is asked for; from the first if that is unknown.

    Refused with exception 2 if one object is asked for that is not there.
    """
    first, room = request.object_id, ROOM
    if request.category == ONE_OBJECT:
        if first not in objects:
            raise Refused(modbus.IDENTIFY, modbus.ILLEGAL_ADDRESS)
        return IdentifyResponse(request.category, EXTENDED_AND_SINGLE, {first: _fitting(objects[first])})
    known = sorted(number for number in objects if number in CATEGORIES[request.category])
    chosen: dict[int, bytes] = {}
    for number in known[known.index(first) :] if first in known else known:
        room -= HEAD + len(_fitting(objects[number]))
        if room < 0:
            return IdentifyResponse(request.category, EXTENDED_AND_SINGLE, chosen, True, number)
        chosen[number] = _fitting(objects[number])
    return IdentifyResponse(request.category, EXTENDED_AND_SINGLE, chosen)


def identification(served: Served) -> dict[int, bytes]:
    """Maker, product code and firmware; product, model and application names; the serial number as extended object."""
    described = served.world.description(served.equipment)
    texts = {n: str(described.get(key, "")) for n, key in enumerate(("maker", "model", "firmware"))}
    texts |= {4: served.map.title, 5: texts[1], 6: served.equipment, 0x80: str(described.get("serial", ""))}
    return {number: text.encode() for number, text in texts.items() if text or number in CATEGORIES[1]}


def _fitting(text: bytes) -> bytes:
    """What of an object fits into one answer, where it cannot be divided."""
    return text[: ROOM - HEAD]
