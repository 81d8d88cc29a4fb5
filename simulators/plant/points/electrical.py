"""True values of UPS, rack PDU and power analyser.

ups(container, seed)["output.voltage.l1"]()       # V
"""

from collections.abc import Callable, Sequence

from simulators.plant.container import Container
from simulators.plant.meter import Phase, Phases
from simulators.plant.node import Node
from simulators.plant.noise import derive, uniform
from simulators.plant.points.loads import JOULES_PER_KWH, division, each, kept, loads, three_phase, total
from simulators.plant.points.supply import bank_phases, supply_distortion, supply_voltage, ups_input
from simulators.plant.points.table import Table, Truth, by_phase, constant, per_phase
from simulators.plant.supplies import COUNT, FEEDS, Supplies
from simulators.plant.ups import BYPASSED

OUTPUT_SOURCES = {"online": "normal", "walk-in": "normal", "battery": "battery", "test": "battery", "off": "none"}
SWITCHED = {True: "on", False: "off"}


def output_voltage(c: Container, seed: int) -> Callable[[int], float]:
    """V at the UPS output: tightly regulated, or the bypass source as it is."""
    trim = [1.0 + 0.001 * (2 * uniform(derive(seed, "ups", "trim"), k) - 1) for k in range(3)]

    def volts(phase: int) -> float:
        if c.ups.mode in BYPASSED:
            return supply_voltage(c, phase)
        return c.mains.nominal_voltage * trim[phase] * c.output_pu

    return volts


def output_frequency(c: Container) -> float:
    """The inverter follows a good source and free-runs at nominal otherwise; the bypass is the source."""
    if not c.ups.alive:
        return 0.0
    return c.supply_hz if c.ups.mode in BYPASSED else c.ups.hertz


def _output_phases(c: Container, seed: int) -> Phases:
    volts, split = output_voltage(c, seed), division(seed, "ups")
    return each(c, lambda k: Phase.of(c.ups.output_w * split[k], volts(k), 0.5))


def ups(c: Container, seed: int) -> Table:
    split = division(seed, "meter")
    out, phases = each(c, output_voltage(c, seed)), _output_phases(c, seed)
    supply = each(c, lambda k: supply_voltage(c, k))
    rated = c.ups.rated_w

    def drawn(k: int) -> Phase:
        return ups_input(c, supply()[k], split[k])

    def bypass(k: int) -> Phase:
        power = c.ups.output_w if c.ups.mode in BYPASSED else 0.0
        return Phase.of(power * split[k], supply()[k], 0.5)

    def hertz(k: int = 0) -> float:
        return c.supply_hz if c.supply_pu > 0.1 else 0.0

    taken = each(c, drawn)
    table = _battery(c) | _condition(c)
    table |= {f"{side}.lines": constant(3.0) for side in ("input", "output", "bypass")}
    table |= by_phase("input.voltage", lambda k: lambda: supply()[k])
    table |= by_phase("bypass.voltage", lambda k: lambda: supply()[k])
    table |= by_phase("output.voltage", lambda k: lambda: out()[k])
    table |= per_phase("input.frequency", hertz)
    table |= loads("input.", taken) | loads("bypass.", each(c, bypass)) | loads("output.", phases)
    table |= by_phase("output.load", lambda k: lambda: 300.0 * phases()[k].power / rated)
    return table | {
        "input.power": lambda: total(taken),
        "output.power": lambda: total(phases),
        "output.load": lambda: 100.0 * total(phases) / rated,
        "output.frequency": lambda: output_frequency(c),
        "bypass.frequency": hertz,
    }


def _battery(c: Container) -> Table:
    u, b = c.ups, c.ups.battery

    def status() -> str:
        if b.soc <= 0.01:
            return "depleted"
        return "low" if u.battery_low else "normal"

    return {
        "battery.status": status,
        "battery.time.on": lambda: u.battery_s,
        "battery.time.remaining": lambda: float(int(u.monitor.remaining_min)),
        "battery.charge": lambda: 100.0 * b.soc,
        "battery.voltage": lambda: b.voltage,
        "battery.current": lambda: b.current,
        "battery.temperature": lambda: b.temperature_c + b.warmer_k,
        "battery.scans": lambda: float(u.monitor.scans),
    }


def _condition(c: Container) -> Table:
    """Modes, counts, and what the UPS measures of itself."""
    u = c.ups

    def efficiency() -> float:
        taken = u.output_w + u.loss_w
        return 100.0 * u.output_w / taken if taken > 0.0 else 0.0

    def distortion() -> float:
        if not u.alive:
            return 0.0
        return supply_distortion(c) if u.mode in BYPASSED else 0.8 + 0.9 * (u.output_w / u.rated_w) ** 2

    def link() -> float:
        """The link is boosted to 1.5 times the peak between lines; on battery it sags a little."""
        boosted = 1.5 * 2.0**0.5 * 3.0**0.5 * c.mains.nominal_voltage
        return (0.97 if u.on_battery else 1.0) * boosted if u.alive else 0.0

    def alarms() -> float:
        # On battery beside a good source that nobody qualifies: the rectifier is dead.
        dead = u.mode == "battery" and u.deadline is None and c.supply_good
        return float(u.on_battery + dead + (not u.alive) + (u.test.result in ("warning", "failed")))

    return {
        "mode": lambda: u.mode,
        "setpoint.mode": lambda: u.selected,
        "output.source": lambda: OUTPUT_SOURCES.get(u.mode, "bypass"),
        "efficiency": efficiency,
        "output.distortion": distortion,
        "dc-link.voltage": link,
        "ambient.temperature": lambda: c.air.cold_c + 2.0,
        "input.line-bads": lambda: float(u.line_bads),
        "events": lambda: float(u.events),
        "transfer.time": lambda: u.transfer_ms,
        "output.lowest-voltage": lambda: c.mains.nominal_voltage * u.output_scale * u.record.lowest_pu,
        "output.highest-voltage": lambda: c.mains.nominal_voltage * u.output_scale * u.record.highest_pu,
        "test.request": lambda: u.test.request,
        "test.result": lambda: u.test.result,
        "alarms": alarms,
    }


def pdu(c: Container, seed: int, name: str, nodes: Sequence[Node], feed: str) -> Table:
    """One feed of one rack: what its power supplies take. Dead behind a tripped breaker."""
    output, split = output_voltage(c, seed), division(seed, name)

    lean = [1.0 / (3.0 * share) - 1.0 for share in split]

    def volts() -> Sequence[float]:
        if all(node.supplies.dead(feed) for node in nodes):
            return (0.0, 0.0, 0.0)
        return [0.998 * output(k) * (1.0 + c.bus.neutral_shift * lean[k]) for k in range(3)]

    def drawn() -> Sequence[Phase]:
        power = rated = 0.0
        for node in nodes:
            supplies = node.supplies
            power += node.power_w * supplies.share(feed)
            rated += supplies.rated_w * supplies.working(feed) / COUNT
        ratio = power / rated if rated > 0.0 else 0.0
        present = volts()
        return [Phase.of(power * split[k], present[k], ratio) for k in range(3)]

    phases = kept(c, drawn)
    table = by_phase("voltage", lambda k: lambda: phases()[k].voltage) | three_phase(phases)
    table["frequency"] = lambda: output_frequency(c)
    table["energy"] = lambda: 4_120.0 + sum(node.supplies.energy_j(feed) for node in nodes) / JOULES_PER_KWH
    table["breaker.state"] = lambda: c.feeds[name].state
    for k, (supplies, number) in enumerate(outlets(nodes, feed), 1):
        table |= {f"outlet.{point}@{k}": _outlet(supplies, number) for point in ("state", "switch")}
    return table


def outlets(nodes: Sequence[Node], feed: str) -> list[tuple[Supplies, int]]:
    """What hangs on the outlets of a rack PDU in their order: of each node the power supplies on this feed."""
    numbers = range(FEEDS.index(feed), COUNT, len(FEEDS))
    return [(node.supplies, number) for node in nodes for number in numbers]


def _outlet(supplies: Supplies, number: int) -> Callable[[], Truth]:
    return lambda: SWITCHED[supplies.plugged[number]]


def analyser(c: Container, seed: int, *, of_bank: bool) -> Table:
    """A power analyser clamped to the UPS output, or to the cable of a load bank there."""
    volts = output_voltage(c, seed)
    phases = bank_phases(c, volts) if of_bank else _output_phases(c, seed)
    table = per_phase("voltage", volts) | three_phase(phases)
    table["frequency"] = lambda: output_frequency(c)
    return table
