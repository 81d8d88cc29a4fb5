"""True values of meter, ATS, genset, UPS, rack PDU and power analyser.

meter(container, seed)["voltage.l1"]()       # V at the incoming terminals
"""

from collections.abc import Callable, Sequence

from simulators.plant.container import Container
from simulators.plant.meter import Phase
from simulators.plant.node import Node
from simulators.plant.noise import derive, uniform
from simulators.plant.points.table import Table, between_lines, constant, per_phase

JOULES_PER_KWH = 3.6e6


def _split(seed: int, name: str) -> list[float]:
    """How a load divides over the phases: within 2 % of a third each."""
    raw = [1.0 + 0.02 * (2 * uniform(derive(seed, name, "phase"), k) - 1) for k in range(3)]
    return [share / sum(raw) for share in raw]


Phases = Callable[[int], Phase]


def _load(prefix: str, phase: Phases) -> Table:
    """Current and power per phase below a prefix such as `output.`."""
    table = per_phase(f"{prefix}current", lambda k: phase(k).current)
    return table | per_phase(f"{prefix}power", lambda k: phase(k).power)


def _totals(phase: Phases) -> Table:
    def factor() -> float:
        apparent = sum(phase(k).apparent for k in range(3))
        return sum(phase(k).power for k in range(3)) / apparent if apparent > 0.0 else 1.0

    return {
        "power": lambda: sum(phase(k).power for k in range(3)),
        "reactive-power": lambda: sum(phase(k).reactive for k in range(3)),
        "apparent-power": lambda: sum(phase(k).apparent for k in range(3)),
        "power-factor": factor,
    }


def _drawn(c: Container, source: str) -> float:
    return c.bus_w if c.ats.position == source else 0.0


def meter(c: Container, seed: int) -> Table:
    """The main meter at the incoming terminals of the utility."""
    split = _split(seed, "meter")

    def phase(k: int) -> Phase:
        return Phase.of(_drawn(c, "normal") * split[k], c.mains.voltage(k), 0.6)

    table = per_phase("voltage", c.mains.voltage) | between_lines(c.mains.voltage)
    table |= _load("", phase) | _totals(phase)
    table["frequency"] = lambda: c.mains.frequency
    table["energy.import"] = lambda: 18_241.0 + c.energy.mains / JOULES_PER_KWH
    table["energy.export"] = constant(0.0)
    return table


def ats(c: Container, seed: int) -> Table:
    nominal = c.mains.nominal_voltage
    split = _split(seed, "meter")

    def output() -> float:
        if c.ats.position == "normal":
            return c.mains.voltage(0)
        return c.genset.voltage * nominal if c.ats.position == "emergency" else 0.0

    return {
        "position": lambda: c.ats.position,
        "source.normal.voltage": lambda: c.mains.voltage(0),
        "source.emergency.voltage": lambda: c.genset.voltage * nominal,
        "source.normal.frequency": lambda: c.mains.frequency,
        "source.emergency.frequency": lambda: c.genset.speed * c.mains.nominal_frequency,
        "output.voltage": output,
        "output.current": lambda: Phase.of(c.bus_w * split[0], output(), 0.6).current,
        "transfers": lambda: float(c.ats.transfers),
    }


GENSET_STATES = {"run-up": "cranking", "crank-rest": "cranking"}


def genset(c: Container, seed: int) -> Table:
    g, split = c.genset, _split(seed, "meter")
    nominal, hertz = c.mains.nominal_voltage, c.mains.nominal_frequency

    def state() -> str:
        if g.state == "running" and c.ats.cooling_down:
            return "cooling-down"
        return GENSET_STATES.get(g.state, g.state)

    def phase(k: int) -> Phase:
        return Phase.of(_drawn(c, "emergency") * split[k], g.voltage * nominal, 0.6)

    table = per_phase("voltage", lambda k: g.voltage * nominal) | between_lines(lambda k: g.voltage * nominal)
    table |= per_phase("current", lambda k: phase(k).current)
    table |= {
        "state": state,
        "power": lambda: _drawn(c, "emergency"),
        "frequency": lambda: g.speed * hertz if g.voltage > 0.05 else 0.0,
        "speed": lambda: g.speed * 1800.0 * hertz / 60.0,
        "fuel.level": lambda: 100.0 * g.fuel_l / g.tank_l,
        "coolant.temperature": lambda: g.coolant_c,
        "battery.voltage": lambda: g.battery_v,
        "run-time": lambda: g.run_s / 3600.0,
        "starts": lambda: float(g.starts),
    }
    return table


OUTPUT_SOURCES = {"online": "normal", "walk-in": "normal", "battery": "battery", "bypass": "bypass", "off": "none"}


def _output_voltage(c: Container, seed: int) -> Callable[[int], float]:
    """V at the UPS output: tightly regulated, or the bypass source as it is."""
    trim = [1.0 + 0.001 * (2 * uniform(derive(seed, "ups", "trim"), k) - 1) for k in range(3)]

    def volts(phase: int) -> float:
        if not c.ups.alive:
            return 0.0
        if c.ups.mode == "bypass":
            return c.supply_pu * c.mains.nominal_voltage
        return c.mains.nominal_voltage * trim[phase] * c.ups.output_scale

    return volts


def _output_frequency(c: Container) -> float:
    """The inverter follows a good source and free-runs at nominal otherwise."""
    if not c.ups.alive:
        return 0.0
    return c.supply_hz if c.supply_good else c.mains.nominal_frequency


def _output_phase(c: Container, seed: int) -> Phases:
    volts, split = _output_voltage(c, seed), _split(seed, "ups")
    return lambda k: Phase.of(c.ups.output_w * split[k], volts(k), 0.5)


def ups(c: Container, seed: int) -> Table:
    table = _ups_battery(c)
    out, phase, split = _output_voltage(c, seed), _output_phase(c, seed), _split(seed, "meter")

    def supply(phase: int) -> float:
        scale = c.mains.phase_pu(phase) if c.ats.position == "normal" else c.supply_pu
        return (scale if c.supply_pu > 0.0 or c.ats.position == "normal" else 0.0) * c.mains.nominal_voltage

    def drawn(k: int) -> Phase:
        return Phase.of((c.ups.rectifier_w + c.ups.battery.charge_w) * split[k], supply(k), 0.9)

    def bypass(k: int) -> Phase:
        return Phase.of(c.ups.output_w * split[k] if c.ups.mode == "bypass" else 0.0, supply(k), 0.5)

    lines = {"input.lines": 3.0, "output.lines": 3.0, "bypass.lines": 3.0}
    table |= {name: constant(count) for name, count in lines.items()}
    table |= per_phase("input.voltage", supply) | per_phase("bypass.voltage", supply)
    table |= per_phase("input.frequency", lambda k: c.supply_hz if c.supply_pu > 0.1 else 0.0)
    table |= _load("input.", drawn) | _load("bypass.", bypass)
    table |= per_phase("output.voltage", out) | _load("output.", phase)
    rated = c.ups.rated_w / 3.0
    table |= per_phase("output.load", lambda k: 100.0 * phase(k).power / rated)
    table |= {
        "input.line-bads": lambda: float(c.ups.line_bads),
        "output.source": lambda: OUTPUT_SOURCES[c.ups.mode],
        "output.frequency": lambda: _output_frequency(c),
        "bypass.frequency": lambda: c.supply_hz if c.supply_pu > 0.1 else 0.0,
        "alarms": lambda: float(c.ups.on_battery + c.ups.rectifier_failed + (not c.ups.alive)),
    }
    return table


def _ups_battery(c: Container) -> Table:
    u, b = c.ups, c.ups.battery

    def status() -> str:
        if b.soc <= 0.01 or b.open_circuit:
            return "depleted"
        low = u.on_battery and u.remaining_min < 2.0
        return "low" if low or b.soc < 0.2 else "normal"

    return {
        "battery.status": status,
        "battery.time.on": lambda: u.battery_s,
        "battery.time.remaining": lambda: float(int(u.remaining_min)),
        "battery.charge": lambda: 100.0 * b.soc,
        "battery.voltage": lambda: b.voltage,
        "battery.current": lambda: b.current,
        "battery.temperature": lambda: b.temperature_c + b.warmer_k,
        "battery.scans": lambda: float(u.scans),
    }


def pdu(c: Container, seed: int, name: str, nodes: Sequence[Node], share: float) -> Table:
    """One feed of one rack: `share` of its nodes' power."""
    volts, split = _output_voltage(c, seed), _split(seed, name)
    rated = sum(node.psu_rated_w for node in nodes)

    def phase(k: int) -> Phase:
        power = sum(node.power_w for node in nodes)
        return Phase.of(power * share * split[k], volts(k) * 0.998, power / rated)

    table = per_phase("voltage", lambda k: volts(k) * 0.998) | _load("", phase) | _totals(phase)
    table["frequency"] = lambda: _output_frequency(c)
    table["energy"] = lambda: 4_120.0 + sum(node.energy_j for node in nodes) * share / JOULES_PER_KWH
    return table


def analyser(c: Container, seed: int) -> Table:
    """A power analyser clamped to the UPS output."""
    phase = _output_phase(c, seed)
    table = per_phase("voltage", _output_voltage(c, seed)) | _load("", phase) | _totals(phase)
    table["frequency"] = lambda: _output_frequency(c)
    return table
