"""From device maps to the objects of an agent: the system group, one object per point, alarms and settings."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from fixtures.map_alarms import Setting
from fixtures.map_point import MapPoint
from fixtures.wire import ber
from fixtures.wire.snmp import TAGS, TIMETICKS, Varbind
from fixtures.wire.usm_agent import LocalEngine
from simulators.servers.served import Served
from simulators.servers.snmp_seats import beside
from simulators.servers.snmp_tree import Object, Tree, Writer
from simulators.servers.snmp_writers import Kept, PointWriter, SettingWriter

SYSTEM, HOST_DATE, ENGINE = "1.3.6.1.2.1.1", "1.3.6.1.2.1.25.1.2.0", "1.3.6.1.6.3.10.2.1"
LARGEST = 65507


def table(
    devices: Sequence[Served],
    description: str,
    object_id: str,
    engine: LocalEngine | None = None,
) -> Tree:
    """The objects of all devices behind one agent; they follow the firmware of the devices, and its engine boots."""
    kept, tree = Kept(), Tree({})
    devices[0].world.keep(f"settings/{devices[0].name}", kept)

    def build() -> None:
        writers: dict[str, Writer] = {}
        objects = dict(_system(devices[0], description, object_id)) | _engine(engine)
        for setting in _settings(devices):
            writer = writers[setting.oid] = SettingWriter(setting, kept)
            objects[setting.oid] = writer.read
        for served in devices:
            objects |= _alarms(served)
            for point in served.map.points.values():
                oid = str(point.locator["oid"])
                objects |= {other: constant(varbind) for other, varbind in beside(point).items()}
                if oid not in objects:
                    objects[oid] = _object(served, point, oid)
                    if point.writable:
                        writers[oid] = PointWriter(served, point)
        tree.load(objects, writers)

    def boot() -> None:
        if engine is not None:
            engine.booted(1 + devices[0].life.boots)

    build()
    boot()
    devices[0].life.changed.append(boot)
    for served in devices:
        served.life.changed.append(build)
    return tree


def ticks(seconds: float) -> int:
    """Hundredths as TimeTicks count them: they begin again after 497 days."""
    return int(seconds * 100) % (1 << 32)


def constant(varbind: Varbind) -> Object:
    """An object that never changes."""
    return lambda: varbind


def _settings(devices: Sequence[Served]) -> list[Setting]:
    """What the cards keep, and the three texts of the system group that every agent lets be written."""
    texts = {4: "", 5: devices[0].equipment, 6: "container"}
    system = [Setting(f"system-{n}", f"{SYSTEM}.{n}.0", "octets", text) for n, text in texts.items()]
    own = {setting.oid: setting for served in devices for setting in served.map.reporting.settings}
    return system + list(own.values())


def _system(served: Served, description: str, object_id: str) -> dict[str, Object]:
    life = served.life
    return {
        f"{SYSTEM}.1.0": lambda: Varbind(f"{SYSTEM}.1.0", ber.OCTETS, description.encode()),
        f"{SYSTEM}.2.0": lambda: Varbind(f"{SYSTEM}.2.0", ber.OID, object_id),
        f"{SYSTEM}.3.0": lambda: Varbind(f"{SYSTEM}.3.0", TIMETICKS, ticks(life.uptime_s())),
        f"{SYSTEM}.7.0": lambda: Varbind(f"{SYSTEM}.7.0", ber.INTEGER, 72),
        HOST_DATE: lambda: Varbind(HOST_DATE, ber.OCTETS, date_and_time(served.utc())),
    }


def date_and_time(utc: float) -> bytes:
    """DateAndTime of RFC 2579 with its zone."""
    at = datetime.fromtimestamp(utc, UTC)
    fields = (at.month, at.day, at.hour, at.minute, at.second, at.microsecond // 100_000)
    return at.year.to_bytes(2, "big") + bytes(fields) + b"+\0\0"


def _engine(engine: LocalEngine | None) -> dict[str, Object]:
    """The snmpEngine group of RFC 3411."""
    if engine is None:
        return {}
    numbers: dict[int, Callable[[], int]] = {2: lambda: engine.boots, 3: lambda: engine.time, 4: lambda: LARGEST}

    def number(n: int) -> Object:
        return lambda: Varbind(f"{ENGINE}.{n}.0", ber.INTEGER, numbers[n]())

    first = f"{ENGINE}.1.0"
    return {first: lambda: Varbind(first, ber.OCTETS, engine.engine_id)} | {
        f"{ENGINE}.{n}.0": number(n) for n in numbers
    }


def _alarms(served: Served) -> dict[str, Object]:
    """The rows of the table of present alarms: what it is and since when."""
    entry, kept = served.map.reporting.table, served.alarms
    if not entry or kept is None:
        return {}
    objects: dict[str, Object] = {}
    for number, alarm in enumerate(served.map.reporting.alarms, 1):

        def code(oid: str = f"{entry}.2.{number}", name: str = alarm.name, code: str = alarm.code) -> Varbind | None:
            return Varbind(oid, ber.OID, code) if name in kept.present() else None

        def since(oid: str = f"{entry}.3.{number}", name: str = alarm.name) -> Varbind | None:
            present = kept.present().get(name)
            return Varbind(oid, TIMETICKS, ticks(present.since_s)) if present else None

        objects[f"{entry}.2.{number}"], objects[f"{entry}.3.{number}"] = code, since
    return objects


def _object(served: Served, point: MapPoint, oid: str) -> Object:
    tag, tell = TAGS[point.wire_type or "integer"], served.teller(point)

    def read() -> Varbind | None:
        missing = served.fault("ups.objects_missing")
        if missing is not None and missing.text("point") == point.name:
            return None
        raw = tell()
        if raw is None:
            return None
        if tag == ber.OCTETS:
            return Varbind(oid, tag, raw if isinstance(raw, bytes) else str(raw).encode())
        if tag == ber.OID:
            return Varbind(oid, tag, str(raw))
        return Varbind(oid, tag, int(raw))

    return read
