"""True values of what feeds the essential bus: main meter, sub-meters, transfer switch, genset.

main_meter(container, seed)["voltage.l1"]()       # V at the incoming terminals
"""

from collections.abc import Callable, Sequence

from simulators.plant.container import Container
from simulators.plant.meter import Phase, Phases, neutral_current, unbalance
from simulators.plant.points.loads import JOULES_PER_KWH, currents, division, each, three_phase, total, totals, voltages
from simulators.plant.points.table import Table, by_phase, constant, per_phase
from simulators.plant.ups import BYPASSED

OPERATING_PERCENT_PER_KW = 0.05  # by which a load distorts the voltage
RPM_PER_HZ = 30.0  # of a generator with four poles


def _drawn(c: Container, source: str) -> float:
    return c.bus_w if (c.ats.on_mains if source == "normal" else c.ats.position == source) else 0.0


def ups_input(c: Container, volts: float, share: float) -> Phase:
    """What the UPS draws in one phase: a rectifier, or on bypass its load as it is, with that load's harmonics."""
    power = c.ups.rectifier_w + c.ups.battery.charge_w
    if c.ups.mode not in BYPASSED:
        return Phase.rectifier(power * share, volts, power / c.ups.rated_w)
    compute = min(c.it_w * (1.0 + c.bus.loss_share), c.ups.output_w)
    load = Phase.of(compute * share, volts, c.psu_ratio)
    motors = c.ups.output_w - compute - c.bank_w
    load = load.beside(Phase.motor(motors * share, volts)).beside(Phase.resistor(c.bank_w * share, volts))
    rest = power - c.ups.output_w
    return load.beside(Phase.rectifier(rest * share, volts, rest / c.ups.rated_w))


def _incoming(c: Container, seed: int, drawn: Callable[[], float], volts: Callable[[], Sequence[float]]) -> Phases:
    """The load of the essential bus on one source: the UPS beside everything with a motor."""
    split = division(seed, "meter")

    def phase(k: int) -> Phase:
        power, present = drawn(), volts()[k]
        if power <= 0.0:
            return Phase.motor(0.0, present)
        ups = ups_input(c, present, split[k])
        return ups.beside(Phase.motor(power * split[k] - ups.power, present))

    return each(c, phase)


def supply_distortion(c: Container) -> float:
    """Total harmonic distortion (%) of the voltage on the essential bus."""
    if c.ats.on_mains:
        return c.mains.distortion_percent + OPERATING_PERCENT_PER_KW * c.bus_w / 1000
    return c.genset.distortion_percent if c.ats.position == "emergency" else 0.0


def main_meter(c: Container, seed: int) -> Table:
    """The meter at the incoming terminals of the utility."""
    volts = each(c, c.mains.voltage)
    phases = _incoming(c, seed, lambda: _drawn(c, "normal"), volts)

    def distortion(k: int) -> float:
        if volts()[k] <= 0.0:
            return 0.0
        return c.mains.distortion_percent + OPERATING_PERCENT_PER_KW * _drawn(c, "normal") / 1000 * (1.0 + 0.03 * k)

    table = voltages(volts) | three_phase(phases)
    table |= by_phase("power-factor", lambda k: lambda: phases()[k].power_factor)
    table |= per_phase("distortion.voltage", distortion)
    table |= by_phase("distortion.current", lambda k: lambda: 100.0 * phases()[k].distortion)
    return table | {
        "current.n": lambda: neutral_current(phases()),
        "unbalance.voltage": lambda: unbalance(volts()),
        "unbalance.current": lambda: unbalance([phase.current for phase in phases()]),
        "frequency": lambda: c.mains.frequency,
        "energy.import": lambda: 18_241.0 + c.energy.mains / JOULES_PER_KWH,
        "energy.export": constant(0.0),
        "energy.reactive": lambda: 2_455.0 + c.energy.reactive / JOULES_PER_KWH,
        "demand": lambda: c.demand.present_w,
        "demand.highest": lambda: max(c.demand.highest_w, c.demand.present_w),
    }


def it_meter(c: Container, seed: int, volts: Callable[[int], float], hertz: Callable[[], float]) -> Table:
    """The sub-meter behind the UPS, before the distribution to the racks."""
    split = division(seed, "meter-it")

    def phase(k: int) -> Phase:
        power = c.it_w * (1.0 + c.bus.loss_share)
        return Phase.of(power * split[k], volts(k), c.psu_ratio)

    def energy() -> float:
        return 12_907.0 + (c.energy.it + c.energy.distribution) / JOULES_PER_KWH

    return _sub_meter(each(c, volts), each(c, phase), hertz, energy)


def mechanical_meter(c: Container, seed: int) -> Table:
    """The sub-meter of cooling and auxiliaries; what of them hangs on the UPS is metered here as well."""
    split = division(seed, "meter-mech")

    volts = each(c, lambda k: supply_voltage(c, k))

    def phase(k: int) -> Phase:
        return Phase.motor(c.mechanical_w * split[k], volts()[k])

    def energy() -> float:
        return 4_122.0 + c.energy.mechanical / JOULES_PER_KWH

    return _sub_meter(volts, each(c, phase), lambda: c.supply_hz if c.supply_pu > 0.1 else 0.0, energy)


def bank_phases(c: Container, volts: Callable[[int], float]) -> Phases:
    """A load bank behind the UPS: a third of its power in each phase."""
    return each(c, lambda k: Phase.resistor(c.bank_w / 3, volts(k)))


def bank_meter(c: Container, volts: Callable[[int], float], hertz: Callable[[], float]) -> Table:
    """The sub-meter of a load bank."""
    return _sub_meter(each(c, volts), bank_phases(c, volts), hertz, lambda: 3.0 + c.energy.bank / JOULES_PER_KWH)


def _sub_meter(
    volts: Callable[[], Sequence[float]], phases: Phases, hertz: Callable[[], float], energy: Callable[[], float]
) -> Table:
    table = voltages(volts) | three_phase(phases)
    table |= by_phase("power-factor", lambda k: lambda: phases()[k].power_factor)
    table |= by_phase("distortion.current", lambda k: lambda: 100.0 * phases()[k].distortion)
    return table | {
        "current.n": lambda: neutral_current(phases()),
        "frequency": hertz,
        "energy.import": energy,
        "energy.export": constant(0.0),
    }


def supply_voltage(c: Container, k: int) -> float:
    """V of one phase of the essential bus."""
    if c.supply_pu <= 0.0 and not c.ats.on_mains:
        return 0.0
    scale = c.mains.phase_pu(k) if c.ats.on_mains else c.genset.phase_pu(k)
    return 0.0 if c.security.emergency_off else scale * c.mains.nominal_voltage


def ats(c: Container, seed: int) -> Table:
    nominal = c.mains.nominal_voltage

    def emergency(k: int) -> float:
        return c.genset.phase_pu(k) * nominal

    def behind(k: int) -> float:
        if c.ats.on_mains:
            return c.mains.voltage(k)
        return emergency(k) if c.ats.position == "emergency" else 0.0

    output = each(c, behind)
    load = _incoming(c, seed, lambda: c.bus_w, output)

    def remaining() -> float:
        return max(0.0, (c.ats.deadline - c.time_ms) / 1000.0) if c.ats.deadline is not None else 0.0

    def alarms() -> float:
        overdue = c.ats.deadline is not None and c.time_ms > c.ats.deadline
        return float((not c.mains.healthy) + (c.ats.position == "open") + overdue)

    def switch(source: str) -> Callable[[], str]:
        return lambda: "closed" if c.ats.position in (source, "both") else "open"

    table = per_phase("source.normal.voltage", c.mains.voltage) | per_phase("source.emergency.voltage", emergency)
    return table | {
        "position": lambda: "normal" if c.ats.on_mains else c.ats.position,
        "state": lambda: c.ats.state,
        "source.normal.availability": lambda: "available" if c.mains.healthy else "unavailable",
        "source.emergency.availability": lambda: "available" if c.genset.ready else "unavailable",
        "source.normal.frequency": lambda: c.mains.frequency,
        "source.emergency.frequency": lambda: c.genset_hz,
        "source.normal.switch": switch("normal"),
        "source.emergency.switch": switch("emergency"),
        "output.voltage": lambda: output()[0],
        "output.current": lambda: load()[0].current,
        "timer": remaining,
        "transfers": lambda: float(c.ats.transfers),
        "transfer.time": lambda: float(c.ats.last_transfer_ms),
        "mode": lambda: c.ats.mode,
        "test": lambda: "none" if c.ats.test == "none" else "running",
        "test.request": lambda: c.ats.test,
        "alarms": alarms,
    }


GENSET_STATES = {"run-up": "cranking", "crank-rest": "cranking"}


def genset(c: Container, seed: int) -> Table:
    g = c.genset
    nominal = c.mains.nominal_voltage

    def state() -> str:
        if g.state == "running" and g.mode == "automatic" and c.ats.cooling_down:
            return "cooling-down"
        return GENSET_STATES.get(g.state, g.state)

    volts = each(c, lambda k: g.phase_pu(k) * nominal)
    phases = _incoming(c, seed, lambda: _drawn(c, "emergency"), volts)

    def warnings() -> float:
        return float((g.coolant_c > 95.0) + (g.fuel_l < 0.15 * g.tank_l) + (g.battery_v < 23.0))

    table = voltages(volts) | currents("", phases)
    both = totals(phases)
    return table | {
        "state": state,
        "mode": lambda: g.mode,
        "control": lambda: g.control,
        "power": lambda: total(phases),
        "reactive-power": both["reactive-power"],
        "power-factor": both["power-factor"],
        "frequency": lambda: c.genset_hz if g.voltage > 0.05 else 0.0,
        "distortion.voltage": lambda: g.distortion_percent if g.voltage > 0.05 else 0.0,
        "speed": lambda: RPM_PER_HZ * c.genset_hz,
        "coolant.temperature": lambda: g.coolant_c,
        "oil.pressure": lambda: g.oil_kpa,
        "battery.voltage": lambda: g.battery_v,
        "fuel.level": lambda: 100.0 * g.fuel_l / g.tank_l,
        "fuel.volume": lambda: g.fuel_l,
        "run-time": lambda: g.run_s / 3600.0,
        "starts": lambda: float(g.starts),
        "attempts": lambda: float(g.attempt),
        "exhaust.temperature": lambda: g.exhaust_c,
        "warnings": warnings,
        "shutdowns": lambda: float(g.state == "fault"),
        "energy": lambda: 611.0 + (c.energy.source - c.energy.mains) / JOULES_PER_KWH,
    }
