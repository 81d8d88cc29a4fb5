"""What an SNMP manager may write: points that the device map opens, settings of the card, texts of the system.

PointWriter(served, point).refuses(Varbind(oid, INTEGER, 99))      # WRONG_VALUE
"""

from collections.abc import Mapping

from fixtures.decoding import decode
from fixtures.map_alarms import Setting
from fixtures.map_point import MapPoint
from fixtures.wire import ber
from fixtures.wire.snmp import NO_ERROR, TAGS, WRONG_LENGTH, WRONG_TYPE, WRONG_VALUE, Varbind
from profiles.quality import Quality
from simulators.servers.served import Served


class Kept(dict[str, int | bytes]):
    """What a card keeps, by OID; texts are saved as text."""

    def save(self) -> dict[str, int | str]:
        return {oid: value if isinstance(value, int) else value.decode("latin-1") for oid, value in self.items()}

    def restore(self, saved: Mapping[str, int | str]) -> None:
        self.clear()
        self |= {oid: value if isinstance(value, int) else value.encode("latin-1") for oid, value in saved.items()}


class PointWriter:
    """A point that the map says may be written; the plant feels it with its next step."""

    def __init__(self, served: Served, point: MapPoint) -> None:
        self._served, self._point = served, point

    def refuses(self, wanted: Varbind) -> int:
        if wanted.tag != TAGS[self._point.wire_type or "integer"]:
            return WRONG_TYPE
        value, quality = decode(self._point, wanted.value)
        writable = self._point.writable
        allowed = writable is not None and quality is Quality.GOOD and value is not None and writable.allows(value)
        return NO_ERROR if allowed else WRONG_VALUE

    def carry_out(self, wanted: Varbind) -> None:
        value, _ = decode(self._point, wanted.value)
        if value is not None:
            self._served.write(self._point.name, value)


class SettingWriter:
    """A number or a text that the card keeps, also over a restart."""

    def __init__(self, setting: Setting, kept: Kept) -> None:
        self._setting, self._kept = setting, kept

    def refuses(self, wanted: Varbind) -> int:
        setting, value = self._setting, wanted.value
        if wanted.tag != TAGS[setting.type]:
            return WRONG_TYPE
        if isinstance(value, bytes):
            return NO_ERROR if setting.low <= len(value) <= setting.high else WRONG_LENGTH
        return NO_ERROR if isinstance(value, int) and setting.low <= value <= setting.high else WRONG_VALUE

    def carry_out(self, wanted: Varbind) -> None:
        if isinstance(wanted.value, int | bytes):
            self._kept[self._setting.oid] = wanted.value

    def read(self) -> Varbind:
        """The setting as it stands."""
        oid, initial = self._setting.oid, self._setting.initial
        value = self._kept.get(oid, initial.encode() if isinstance(initial, str) else initial)
        return Varbind(oid, ber.OCTETS if isinstance(value, bytes) else ber.INTEGER, value)
