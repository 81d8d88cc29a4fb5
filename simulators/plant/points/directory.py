"""From the preset's list of equipment to its tables of true values.

tables(container, load_preset("edge-40"), seed=1, utc=clock)["ups-1"]["battery.charge"]()
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from profiles.refusal import Refusal
from simulators.plant.clocks import Clocks
from simulators.plant.container import Container
from simulators.plant.installation import Installation
from simulators.plant.laboratory import Laboratory
from simulators.plant.liquid.cooling import LiquidCooling
from simulators.plant.node import Node
from simulators.plant.noise import derive
from simulators.plant.parameters import Parameters
from simulators.plant.points import (
    climate,
    compute,
    cooling,
    drive,
    electrical,
    laboratory,
    liquid,
    network,
    rectifier,
    site,
    supply,
)
from simulators.plant.points.table import Table, identity

INSTRUMENTS = (
    *("ac-source", "data-logger", "dc-source", "electronic-load", "multimeter", "oscilloscope", "power-analyser"),
    "thermal-chamber",
)
IDENTITY = ("maker", "model", "serial", "firmware", "driver", "name")


@dataclass(frozen=True, slots=True)
class Site:
    """What the tables read from."""

    plant: Installation
    clocks: Clocks
    seed: int
    utc: Callable[[], float]

    @property
    def container(self) -> Container:
        """Refusal in a laboratory."""
        if not isinstance(self.plant, Container):
            raise Refusal("laboratory", "it has nothing of a container", "start a container, such as edge-40")
        return self.plant

    @property
    def laboratory(self) -> Laboratory:
        """Refusal in a container."""
        if not isinstance(self.plant, Laboratory):
            raise Refusal("container", "it has no test bench", "start the laboratory")
        return self.plant

    def node(self, entry: Parameters) -> Node:
        return self.plant.nodes[round(entry.number("node")) - 1]

    def nodes(self, entry: Parameters) -> list[Node]:
        """Those of a rack: `nodes: [1, 2]`, or the one that is its `node`."""
        if "nodes" not in entry:
            return [self.node(entry)]
        return [self.plant.nodes[number - 1] for number in entry.raw()["nodes"]]

    def cooling_air(self) -> Callable[[], float]:
        """°C of the air that cools the nodes."""
        if isinstance(self.plant, Laboratory):
            bench = self.plant
            return lambda: bench.card_air_c
        air = self.container.air
        return lambda: air.cold_c

    def inlet(self, entry: Parameters) -> Callable[[], float]:
        return cooling.approach(self.container, self.seed, round(entry.number("node")) - 1, "middle")


def tables(s: Site, equipment: Parameters) -> dict[str, Table]:
    """Equipment id -> table. Refusal for a subject that the plant does not have."""
    result: dict[str, Table] = {}
    for name in equipment:
        entry = equipment.section(name)
        subject = entry.text("subject")
        if subject not in FACTORIES:
            raise Refusal(f"equipment {name}", f"the plant has no '{subject}'", "remove it from the preset")
        table = FACTORIES[subject](s, name, entry)
        if subject in INSTRUMENTS:
            table["identity.text"] = _idn(entry)
        texts = [(key, entry.text(key)) for key in IDENTITY if key in entry]
        result[name] = identity(texts) | table if "@" not in next(iter(table)) else table
    return result


def _idn(entry: Parameters) -> Callable[[], str]:
    text = ",".join(entry.text(key) for key in ("maker", "model", "serial", "firmware"))
    return lambda: text


def _meter(s: Site, name: str, entry: Parameters) -> Table:
    """The main meter, or the sub-meter that the entry's `measures` names."""
    if "measures" not in entry:
        return supply.main_meter(s.container, s.seed)
    if entry.text("measures") == "mechanical":
        return supply.mechanical_meter(s.container, s.seed)
    volts = electrical.output_voltage(s.container, s.seed)
    hertz = partial(electrical.output_frequency, s.container)
    if entry.text("measures") == "load-bank":
        return supply.bank_meter(s.container, volts, hertz)
    return supply.it_meter(s.container, s.seed, volts, hertz)


def _ups(s: Site, name: str, entry: Parameters) -> Table:
    return electrical.ups(s.container, s.seed)


def _ats(s: Site, name: str, entry: Parameters) -> Table:
    return supply.ats(s.container, s.seed)


def _genset(s: Site, name: str, entry: Parameters) -> Table:
    return supply.genset(s.container, s.seed)


def _pdu(s: Site, name: str, entry: Parameters) -> Table:
    return electrical.pdu(s.container, s.seed, name, s.nodes(entry), entry.text("feed"))


def _analyser(s: Site, name: str, entry: Parameters) -> Table:
    """Of the UPS or of a load bank in a container, of the power supply under test in a laboratory."""
    if isinstance(s.plant, Laboratory):
        return laboratory.analyser(s.plant)
    return electrical.analyser(s.container, s.seed, of_bank="measures" in entry)


def _crac(s: Site, name: str, entry: Parameters) -> Table:
    return cooling.crac(s.container, s.seed, round(entry.number("unit")) - 1)


def _rack(s: Site, name: str, entry: Parameters) -> Table:
    index = round(entry.number("rack" if "rack" in entry else "node")) - 1
    return cooling.rack(s.container, s.seed, index, s.nodes(entry))


def _cdu(s: Site, name: str, entry: Parameters) -> Table:
    if s.container.cdu is None:
        raise Refusal(f"equipment {name}", "the preset has no section 'cdu'", "add one")
    return liquid.cdu(s.container, s.container.cdu, s.utc)


def _dry_cooler(s: Site, name: str, entry: Parameters) -> Table:
    if not isinstance(s.container.cdu, LiquidCooling):
        raise Refusal(f"equipment {name}", "the preset has no section 'facility'", "add one")
    return liquid.dry_cooler(s.container, s.container.cdu)


def _drive(s: Site, name: str, entry: Parameters) -> Table:
    if not isinstance(s.container.cdu, LiquidCooling):
        raise Refusal(f"equipment {name}", "the preset has no section 'facility'", "add one")
    volts = electrical.output_voltage(s.container, s.seed)
    return drive.drive(s.container, s.container.cdu.loop, round(entry.number("pump")) - 1, volts, entry)


def _monitor(s: Site, name: str, entry: Parameters) -> Table:
    return climate.monitor(s.container, entry.section("probes").raw())


def _rectifier(s: Site, name: str, entry: Parameters) -> Table:
    bus_v, rise_k = entry.number("bus_v"), entry.number("rise_at_full_load_k")
    return rectifier.shelf(s.container, s.seed, s.node(entry), s.inlet(entry), bus_v, rise_k)


def _container(s: Site, name: str, entry: Parameters) -> Table:
    return site.container(s.container)


def _door(s: Site, name: str, entry: Parameters) -> Table:
    return site.door(s.container, name)


def _leak(s: Site, name: str, entry: Parameters) -> Table:
    return site.leak(s.container, s.seed)


def _intrusion(s: Site, name: str, entry: Parameters) -> Table:
    return site.intrusion(s.container, s.seed)


def _camera(s: Site, name: str, entry: Parameters) -> Table:
    return site.camera(s.container)


def _controller(s: Site, name: str, entry: Parameters) -> Table:
    return site.controller(s.container, s.seed, name, entry.text("model"), entry.text("firmware"))


def _bmc(s: Site, name: str, entry: Parameters) -> Table:
    return compute.bmc(s.node(entry), s.inlet(entry), s.utc, derive(s.seed, name))


def _accelerator(s: Site, name: str, entry: Parameters) -> Table:
    texts = {key: entry.text(key) for key in ("model", "firmware", "driver", "memory-gb")}
    return compute.accelerator(s.node(entry), s.seed, name, entry.texts("instances"), texts, s.cooling_air())


def _cluster(s: Site, name: str, entry: Parameters) -> Table:
    nodes = {host: s.container.nodes[k] for k, host in enumerate(entry.texts("instances"))}
    return compute.cluster(nodes)


def _endpoint(s: Site, name: str, entry: Parameters) -> Table:
    return compute.endpoint(s.container)


def _time(s: Site, name: str, entry: Parameters) -> Table:
    return compute.clocks(s.clocks, lambda: s.container.time_ms)


def _switch(s: Site, name: str, entry: Parameters) -> Table:
    nodes = {host: s.container.nodes[k] for k, host in enumerate(entry.texts("instances"))}
    return network.switch(s.container, nodes, 1e9 * entry.number("gbit_per_s"))


def _site_link(s: Site, name: str, entry: Parameters) -> Table:
    capacity, round_trip = 1e6 * entry.number("mbit_per_s"), entry.number("round_trip_ms")
    return network.site_link(s.container, capacity, round_trip, entry.number("bits_per_token"))


def _ac_source(s: Site, name: str, entry: Parameters) -> Table:
    return laboratory.ac_source(s.laboratory)


def _dc_source(s: Site, name: str, entry: Parameters) -> Table:
    return laboratory.dc_source(s.laboratory)


def _electronic_load(s: Site, name: str, entry: Parameters) -> Table:
    return laboratory.electronic_load(s.laboratory)


def _thermal_chamber(s: Site, name: str, entry: Parameters) -> Table:
    return laboratory.thermal_chamber(s.laboratory)


def _multimeter(s: Site, name: str, entry: Parameters) -> Table:
    return laboratory.multimeter(s.laboratory, entry.text("probes"), entry.number("line_hz"))


def _oscilloscope(s: Site, name: str, entry: Parameters) -> Table:
    return laboratory.oscilloscope(s.laboratory, entry.section("probes").raw())


def _data_logger(s: Site, name: str, entry: Parameters) -> Table:
    return laboratory.data_logger(s.laboratory, entry.section("channels").raw())


FACTORIES: Mapping[str, Callable[[Site, str, Parameters], Table]] = {
    "meter": _meter,
    "ups": _ups,
    "ats": _ats,
    "genset": _genset,
    "pdu": _pdu,
    "power-analyser": _analyser,
    "crac": _crac,
    "rack": _rack,
    "cdu": _cdu,
    "dry-cooler": _dry_cooler,
    "drive": _drive,
    "environment-monitor": _monitor,
    "rectifier": _rectifier,
    "container": _container,
    "door": _door,
    "leak-detector": _leak,
    "intrusion-detector": _intrusion,
    "camera": _camera,
    "controller": _controller,
    "bmc": _bmc,
    "accelerator": _accelerator,
    "cluster": _cluster,
    "inference-endpoint": _endpoint,
    "time-service": _time,
    "switch": _switch,
    "site-link": _site_link,
    "ac-source": _ac_source,
    "dc-source": _dc_source,
    "electronic-load": _electronic_load,
    "thermal-chamber": _thermal_chamber,
    "multimeter": _multimeter,
    "oscilloscope": _oscilloscope,
    "data-logger": _data_logger,
}
