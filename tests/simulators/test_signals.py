"""The whole inventory of signals: every one that a container of this kind should show is served and can be read."""

from collections.abc import Iterator

import pytest

from fixtures.decoding import decode
from fixtures.map_point import bare
from profiles.quality import Quality
from simulators.site import Site, load_site
from simulators.world import World

PHASES = ("l1", "l2", "l3")


def each(prefix: str, names: tuple[str, ...] = PHASES) -> list[str]:
    return [f"{prefix}.{name}" for name in names]


MAIN_METER = [
    *(*each("voltage"), *each("voltage", ("l1-l2", "l2-l3", "l3-l1")), *each("current", (*PHASES, "n"))),
    *(*each("power"), "power", "reactive-power", "apparent-power", *each("power-factor"), "power-factor", "frequency"),
    *(*each("distortion.voltage"), *each("distortion.current"), "unbalance.voltage", "unbalance.current"),
    *("energy.import", "energy.export", "energy.reactive", "demand", "demand.highest"),
]
SUB_METER = [
    *(*each("voltage"), *each("current"), "power", "reactive-power", "apparent-power", "power-factor", "frequency"),
    "energy.import",
]
ATS = [
    *(
        "position",
        "state",
        "source.normal.availability",
        "source.emergency.availability",
        *each("source.normal.voltage"),
    ),
    *(*each("source.emergency.voltage"), "source.normal.frequency", "source.emergency.frequency", "timer"),
    *("transfers", "transfer.time", "test", "alarms"),
]
GENSET = [
    *("state", "mode", *each("voltage"), *each("current"), "power", "reactive-power", "power-factor", "frequency"),
    *("speed", "coolant.temperature", "oil.pressure", "battery.voltage", "fuel.level", "fuel.volume", "run-time"),
    *("starts", "attempts", "exhaust.temperature", "warnings", "shutdowns", "energy"),
]
UPS = [
    *("mode", "output.source", "battery.status", "battery.time.on", "battery.time.remaining", "battery.charge"),
    *("battery.voltage", "battery.current", "battery.temperature", *each("input.voltage"), *each("input.current")),
    *("input.frequency.l1", "input.power", *each("bypass.voltage"), "bypass.frequency", *each("output.voltage")),
    *(*each("output.current"), "output.frequency", *each("output.power"), "output.power", *each("output.load")),
    *("output.load", "efficiency", "output.distortion", "alarms", "events", "test.result", "ambient.temperature"),
    "dc-link.voltage",
]
PDU = [*each("voltage"), *each("current"), "power", "power-factor", "energy"]
CRAC = [
    *("state", "mode", "supply.temperature", "return.temperature", "setpoint.temperature", "fan.speed"),
    *("fan.rotation", "compressor.speed", "compressor.frequency", "evaporating.pressure", "condensing.pressure"),
    *("evaporating.temperature", "superheat", "power", "cooling.power", "filter.pressure", "run-time", "alarms"),
]
RACK = [*each("inlet.temperature", ("bottom", "middle", "top")), "outlet.temperature", "inlet.humidity"]
SURROUNDINGS = ["ambient.temperature", "ambient.humidity", "hot-aisle.temperature", "aisle.pressure"]
CDU = [
    *("supply.temperature", "return.temperature", "facility.supply.temperature", "facility.return.temperature"),
    *("room.dew-point", "dew-point.margin", "loop.pressure", "supply.pressure", "differential.pressure", "loop.flow"),
    *("facility.flow", "valve.position", *each("pump.1", ("speed", "rotation", "state"))),
    *(*each("pump.2", ("speed", "rotation", "state")), "pump.duty", "level", "cooling.power", "power"),
    *("filter.pressure", "conductivity", "acidity", "turbidity", "setpoint.temperature", "setpoint.pressure", "leak"),
    *("alarms", "pump.1.run-time", "pump.2.run-time", "mode"),
]
DRY_COOLER = [
    *("supply.temperature", "return.temperature", "ambient.temperature", "setpoint.temperature", "fan.1.speed"),
    *("fan.2.speed", "fan.3.speed", "fan.4.speed", "flow", "pressure", "pump.speed", "pump.state", "power", "alarms"),
]
DOOR, CAMERA = ["state", "contact", "lock"], ["state"]
INTRUSION, SAFETY = ["motion.1", "motion.2", "tamper", "shock"], ["smoke", "smoke.obscuration", "epo"]
LEAK = [f"{point}@zone-{k}" for point in ("state", "position") for k in (1, 2, 3)]
CONTROLLER = [
    *("heartbeat", "clock.offset", "alarms", "alarms.unacknowledged", "uptime", "identity.firmware"),
    *("configuration.checksum", "queue", "mode", "watchdog"),
]
NODE = [
    *("power", *(f"power-supply.{k}.power" for k in (1, 2, 3, 4)), "inlet.temperature", "exhaust.temperature"),
    *("fan.speed", "power-state", "health", "power.limit", "boot.state"),
]
CHIP = ["power", "temperature", "clock", "utilisation", "throttle", "energy"]

# What one of them shows, how many there are in each container, and how many signals that makes.
TABLE: dict[str, tuple[dict[str, list[str]], int, int, int]] = {
    "main meter": ({"meter-main": MAIN_METER}, 34, 34, 34),
    "transfer switch": ({"ats-1": ATS}, 17, 17, 17),
    "genset": ({"genset-1": GENSET}, 25, 25, 25),
    "UPS": ({"ups-1": UPS}, 43, 43, 43),
    "sub-meters": ({"meter-it": SUB_METER, "meter-mech": SUB_METER}, 12, 24, 24),
    "rack PDUs": ({f"pdu-{k}": PDU for k in range(1, 9)}, 9, 72, 54),
    "cooling units": ({f"crac-{k}": CRAC for k in (1, 2, 3)}, 18, 54, 36),
    "racks": ({f"rack-{k}": RACK for k in (1, 2, 3, 4)}, 5, 20, 15),
    "surroundings": ({"container-1": SURROUNDINGS}, 4, 4, 4),
    "CDU": ({"cdu-1": CDU}, 33, 33, 33),
    "dry cooler": ({"dry-cooler-1": DRY_COOLER}, 14, 0, 14),
    "doors": ({"door-1": DOOR, "door-2": DOOR}, 3, 6, 6),
    "intrusion": ({"intrusion-1": INTRUSION}, 4, 4, 4),
    "fire and emergency": ({"container-1": SAFETY}, 3, 3, 3),
    "leak rope": ({"leak-1": LEAK}, 6, 6, 6),
    "cameras": ({"camera-1": CAMERA, "camera-2": CAMERA}, 1, 2, 2),
    "controller": ({"controller-1": CONTROLLER}, 10, 10, 10),
    "nodes": ({f"bmc-{k}": NODE for k in range(1, 13)}, 12, 48, 144),
}
CONTAINERS = ("edge-40-liquid", "lc-120")


@pytest.fixture(scope="module")
def sites() -> dict[str, Site]:
    worlds = {name: World(name, 1, 0) for name in CONTAINERS}
    return {name: load_site(name.removesuffix("-liquid"), world, 1) for name, world in worlds.items()}


def served(site: Site, equipment: str) -> Iterator[tuple[str, Quality]]:
    """Every signal of an equipment, through the raw value that stands on the wire, with its quality."""
    for wired in site.devices.values():
        if wired.served.equipment == equipment:
            for point in wired.served.map.points.values():
                instances = wired.served.instances() if "instance" in point.locator else ()
                for instance in instances or ("",):
                    name = f"{bare(point.name)}@{instance}" if instance else point.name
                    yield name, decode(point, wired.served.raw(point, instance))[1]


@pytest.mark.parametrize("name", CONTAINERS)
@pytest.mark.parametrize("row", TABLE)
def test_the_inventory_is_served_and_every_signal_is_good(row: str, name: str, sites: dict[str, Site]) -> None:
    equipment, each_shows, *totals = TABLE[row]
    found = 0
    for one, points in equipment.items():
        assert len(set(points)) == len(points) == each_shows
        signals = dict(served(sites[name], one))
        if signals:
            assert [point for point in points if signals.get(point) is not Quality.GOOD] == []
            found += len(points)
    assert found == totals[CONTAINERS.index(name)]


def test_the_facility_has_as_many_signals_as_the_reference(sites: dict[str, Site]) -> None:
    """324 in the air-cooled container (its liquid-cooled variant has a CDU as well), 330 in LC-120."""
    rows = [row for row in TABLE if row != "nodes"]
    assert sum(TABLE[row][2] for row in rows) - TABLE["CDU"][2] == 324
    assert sum(TABLE[row][3] for row in rows) == 330


def test_accelerators_show_what_their_product_has(sites: dict[str, Site]) -> None:
    """Six signals per chip where the exporter has all of them; none is made up where it has fewer."""
    site = sites["edge-40-liquid"]
    shown = {
        one: {point.partition("@")[0] for point, quality in served(site, one) if quality is Quality.GOOD}
        for one in ("gpu-1", "npu-1", "npu-2")
    }
    assert set(CHIP) <= shown["gpu-1"]
    assert set(CHIP) - shown["npu-1"] == {"throttle", "energy"}
    assert set(CHIP) - shown["npu-2"] == {"clock", "throttle", "energy"}


def test_each_signal_has_a_class_unless_it_is_exact(sites: dict[str, Site]) -> None:
    exact = {"count", "1"}
    for site in sites.values():
        for wired in site.devices.values():
            for point in wired.served.map.points.values():
                if point.kind == "quantity" and point.unit not in exact and point.writable is None:
                    assert point.accuracy.relative or point.accuracy.absolute or point.unit == "MHz", point.name
                    assert point.refresh_s > 0, point.name
