"""The container: its single-line diagram, and one step of everything in it.

    mains --+                          +-- compressors, condenser fans, 75 % of the auxiliaries
            +-- ATS -- essential bus --+
    genset -+                          +-- UPS (battery) -- racks, CRAC fans, CDU pumps, 25 % auxiliaries

A step takes every power from the present state, integrates everything with those same fluxes, advances
the clock and lets the state machines react. The clock is an integer of milliseconds.

    container = Container(load_preset("edge-40"), seed=1)
    container.step(200); container.air.cold_c                # -> 22.6 °C
"""

from collections.abc import Iterator, Sequence
from typing import Protocol

from simulators.plant.air import Air
from simulators.plant.ats import Ats
from simulators.plant.battery import Battery
from simulators.plant.cdu import Cdu
from simulators.plant.controller import Controller
from simulators.plant.crac import Crac
from simulators.plant.demand import Demand
from simulators.plant.distribution import Bus
from simulators.plant.energy import Energy
from simulators.plant.environment import Environment
from simulators.plant.genset import Genset
from simulators.plant.humidity import dew_point
from simulators.plant.lag import clamp
from simulators.plant.liquid.cooling import LiquidCooling
from simulators.plant.mains import Mains
from simulators.plant.meter import MOTOR_TANGENT, RECTIFIER_TANGENT, supply_tangent
from simulators.plant.node import Node
from simulators.plant.noise import derive
from simulators.plant.parameters import Parameters
from simulators.plant.rack_feed import RackFeed
from simulators.plant.ride_through import RideThrough
from simulators.plant.security import Security
from simulators.plant.service import Service
from simulators.plant.ups import BYPASSED, Ups

FEEDS_MS = 1000  # how often the breakers of the racks are looked at
REACTIONS = 6  # passes in which one machine's transition may cause the next one's


class Machine(Protocol):
    """A component that wants to be asked again at a certain time (ms)."""

    deadline: int | None


def _coolant(p: Parameters, initial: Parameters) -> Cdu | LiquidCooling | None:
    """Direct liquid cooling, a pilot loop, or none."""
    if "cdu" not in p:
        return None
    return LiquidCooling(p.section("cdu"), p.section("facility"), initial) if "facility" in p else Cdu(p.section("cdu"))


def _served_by(equipment: Parameters) -> int:
    """The node on which the inference endpoint runs."""
    entries = (equipment.section(name) for name in equipment)
    return next((round(e.number("node")) - 1 for e in entries if e.text("subject") == "inference-endpoint"), 0)


def _feeds(p: Parameters, nodes: Sequence[Node]) -> dict[str, RackFeed]:
    """What each rack PDU stands for."""
    equipment, rating = p.section("equipment"), p.section("distribution").number("rack_breaker_a")
    feeds = {}
    for name in equipment:
        entry = equipment.section(name)
        if entry.text("subject") == "pdu":
            numbers = entry.raw()["nodes"] if "nodes" in entry else [entry.raw()["node"]]
            feeds[name] = RackFeed(entry.text("feed"), [nodes[number - 1] for number in numbers], rating)
    return feeds


class Container:
    """All components, and the powers (W) that flow between them after `evaluate`.

    Knobs for faults: `foreign_w`, a load that somebody has plugged into the UPS and that warms the hot aisle;
    `load_bank_w`, resistors outside that take so much from the UPS at its nominal voltage.
    `moment` is another object after everything that may change a value: readers keep by it what they computed.
    """

    __slots__ = (
        "_auxiliary_on_ups",
        "_auxiliary_w",
        "_fan_surplus",
        "_fans_on_ups",
        "_machines",
        "_unit_flow",
        "_wanders",
        "air",
        "ats",
        "bank_w",
        "bus",
        "bus_w",
        "cdu",
        "controller",
        "cracs",
        "demand",
        "energy",
        "environment",
        "feeds",
        "foreign_w",
        "genset",
        "it_w",
        "last_start_ms",
        "load_bank_w",
        "mains",
        "mechanical_w",
        "moment",
        "nodes",
        "ride",
        "security",
        "server_flow",
        "service",
        "time_ms",
        "ups",
    )

    def __init__(self, p: Parameters, seed: int, time_ms: int = 0) -> None:
        initial = p.section("initial")
        self.time_ms = time_ms
        self.mains = Mains(p.section("mains"), seed)
        self.ats = Ats(p.section("ats"), seed)
        self.genset = Genset(p.section("genset"), seed)
        self.bus = Bus(p.section("distribution"))
        self.ups = Ups(p.section("ups"), Battery(p.section("battery")), self.mains.nominal_frequency, seed)
        self.ride = RideThrough()
        self.nodes = [Node(p.section("node"), initial, k) for k in range(round(p.section("node").number("count")))]
        self.feeds = _feeds(p, self.nodes)
        self.service = Service(derive(seed, "inference"), self.nodes[_served_by(p.section("equipment"))])
        self.environment = Environment(p.section("environment"))
        self.air = Air(p.section("air"), initial, self.environment.ratio)
        self.cracs = [Crac(p.section("crac"), initial, k) for k in range(round(p.section("crac").number("count")))]
        self.cdu = _coolant(p, initial)
        if self.cdu is not None:
            self.cdu.cool(self.nodes)
        self.security = Security(p.section("security"))
        self.controller = Controller(time_ms)
        self.energy, self.demand = Energy(), Demand()
        self.last_start_ms, self.moment = -1_000_000, object()
        self._auxiliary_w = p.section("distribution").number("auxiliaries_w")
        self._auxiliary_on_ups = p.section("distribution").number("auxiliaries_on_ups_percent") / 100
        self._fans_on_ups = p.section("crac").flag("fans_on_ups")
        self._fan_surplus = p.section("crac").number("fan_surplus_pu")
        self._unit_flow = p.section("crac").number("rated_air_flow_kg_per_s")
        mains, genset = self.mains, self.genset
        self._wanders = (mains.frequency_wander, mains.voltage_wander, genset.frequency_wander)
        self._machines: tuple[Machine, ...] = (
            *(self.mains, self.ats, self.genset, self.bus, self.ups, self.ups.overload, self.ride),
            *self.nodes,
            *self.cracs,
            *(self.cdu.machines() if self.cdu is not None else ()),
        )
        self.it_w = self.mechanical_w = self.bus_w = self.server_flow = self.foreign_w = 0.0
        self.load_bank_w = self.bank_w = 0.0
        self.evaluate()

    def parts(self) -> Iterator[object]:
        """Every object that holds state, in a fixed order."""
        ups = self.ups
        yield from (self, self.mains, *self._wanders, self.ats, self.ats.synchroniser, self.genset, self.bus, self.ride)
        yield from (ups, ups.battery, ups.monitor, ups.test, ups.overload, ups.record)
        yield from (self.environment, self.air, self.security, *self.security.doors.values(), self.energy, self.demand)
        yield from (*self.nodes, *(node.supplies for node in self.nodes), *self.feeds.values())
        yield from (*self.cracs, self.service, self.controller)
        if self.cdu is not None:
            yield from self.cdu.parts()

    @property
    def supply_pu(self) -> float:
        """Lowest phase voltage on the essential bus."""
        if self.security.emergency_off or self.ats.position == "open":
            return 0.0
        return self.mains.lowest_pu if self.ats.on_mains else self.genset.voltage

    @property
    def supply_hz(self) -> float:
        if self.ats.position == "open":
            return 0.0
        return self.mains.frequency if self.ats.on_mains else self.genset_hz

    @property
    def genset_hz(self) -> float:
        wander = self.genset.frequency_wander.value if self.genset.state == "running" else 0.0
        return self.genset.speed * self.mains.nominal_frequency + wander

    @property
    def supply_good(self) -> bool:
        """Inside the input window of the UPS, with every phase."""
        return self._is_good(self.supply_pu)

    def _is_good(self, lowest_pu: float) -> bool:
        nominal = self.mains.nominal_frequency
        highest_pu = self.mains.highest_pu if self.ats.on_mains else lowest_pu
        return lowest_pu >= 0.85 and highest_pu <= 1.15 and abs(self.supply_hz - nominal) <= 0.1 * nominal

    @property
    def output_pu(self) -> float:
        """Voltage behind the UPS: that of the inverter, or of the bypass source as it is."""
        if not self.ups.alive:
            return 0.0
        return self.supply_pu if self.ups.mode in BYPASSED else self.ups.output_scale

    @property
    def psu_ratio(self) -> float:
        """How far the power supplies of the nodes are loaded (0-1)."""
        return self.it_w / sum(node.psu_rated_w for node in self.nodes)

    @property
    def reactive_var(self) -> float:
        """What rectifier and motors swing on the essential bus; on bypass the load of the UPS does instead of that."""
        ups = self.ups
        rectifier = ups.rectifier_w + ups.battery.charge_w
        swung = MOTOR_TANGENT * (self.bus_w - rectifier)
        if ups.mode in BYPASSED:
            compute = min(self.it_w * (1.0 + self.bus.loss_share), ups.output_w)
            swung += supply_tangent(self.psu_ratio) * compute
            swung += MOTOR_TANGENT * (ups.output_w - compute - self.bank_w)
            rectifier -= ups.output_w
        return swung + RECTIFIER_TANGENT * rectifier

    @property
    def bus_alive(self) -> bool:
        return self.bus.closed and self.bus.voltage_pu >= 0.5

    @property
    def fans_powered(self) -> bool:
        return self.ups.alive if self._fans_on_ups else self.bus_alive

    def next_deadline_ms(self) -> int | None:
        """The earliest moment at which a state machine wants to be asked again."""
        earliest: int | None = None
        for machine in self._machines:
            deadline = machine.deadline
            if deadline is not None and deadline > self.time_ms and (earliest is None or deadline < earliest):
                earliest = deadline
        return earliest

    def evaluate(self) -> None:
        """The power flow from the present states; nothing is integrated."""
        ambient, alive, fans = self.environment.temperature_c, self.bus_alive, self.fans_powered
        self.it_w = flow = 0.0
        for node in self.nodes:
            node.evaluate()
            self.it_w += node.power_w
            flow += node.air_flow
        self.server_flow = flow
        fan_w = cooling_w = 0.0
        for unit in self.cracs:
            unit.evaluate(ambient, fans, alive)
            fan_w += unit.fan_w
            cooling_w += unit.compressor_w + unit.condenser_w
        pump_w = facility_w = 0.0
        pumps_on_ups = True
        if self.cdu is not None:
            pumps_on_ups = self.cdu.pumps_on_ups
            self.cdu.evaluate(self.ups.alive if pumps_on_ups else alive)
            pump_w, facility_w = self.cdu.power_w, self.cdu.facility_w
        secure = self._auxiliary_w * self._auxiliary_on_ups if self.ups.alive else 0.0
        ordinary = self._auxiliary_w * (1.0 - self._auxiliary_on_ups) if alive else 0.0
        foreign = self.foreign_w if self.ups.alive else 0.0
        on_ups = secure + foreign + (pump_w if pumps_on_ups else 0.0) + (fan_w if self._fans_on_ups else 0.0)
        on_bus = cooling_w + facility_w + ordinary
        on_bus += (0.0 if pumps_on_ups else pump_w) + (0.0 if self._fans_on_ups else fan_w)
        self.mechanical_w = on_ups + on_bus
        self.bank_w = self.load_bank_w * self.output_pu**2
        self.bus_w = self.ups.load(self.it_w * (1.0 + self.bus.loss_share) + on_ups + self.bank_w) + on_bus

    def step(self, duration_ms: int) -> None:
        """Advance everything by some milliseconds, at most up to the next deadline."""
        seconds = duration_ms / 1000.0
        for node in self.nodes:
            if node.swing_hz or node.rhythm != 1.0:
                node.swing(self.time_ms / 1000.0, self.time_ms / 1000.0 + seconds)
        self.evaluate()
        ups = self.ups
        constant = ups.rectifier_w + ups.battery.charge_w
        loaded = self.ats.position == "emergency"
        self.genset.step(seconds, constant if loaded else 0.0, self.bus_w - constant if loaded else 0.0)
        self._count_electricity(seconds)
        self.demand.step(self.time_ms, duration_ms, self.bus_w if self.ats.on_mains else 0.0)
        self._step_heat(seconds)
        good = self.supply_good
        ups.step(self.time_ms + duration_ms, seconds, good)
        self.service.step(self.time_ms, seconds)
        self.security.step(seconds)
        self.time_ms, self.moment = self.time_ms + duration_ms, object()
        self.mains.step(seconds)
        if self.time_ms % 1000 == 0:
            for wander in self._wanders:
                wander.advance(self.time_ms // 1000)
            self.controller.scan(self.time_ms, self._wrong())
        if self.ats.state == "synchronising":
            gap = self.genset.voltage - self.mains.lowest_pu
            self.ats.synchroniser.step(seconds, self.genset_hz - self.mains.frequency, gap)
        ups.synchronise(seconds, self.supply_hz if good else self.mains.nominal_frequency)
        self.environment.step(seconds)
        if self.time_ms % FEEDS_MS == 0:
            for feed in self.feeds.values():
                feed.step(FEEDS_MS / 1000, self.output_pu * self.mains.nominal_voltage)
        self.react()

    def _step_heat(self, seconds: float) -> None:
        """Coils, servers, liquid and air, each with the fluxes of the present state."""
        air, weather = self.air, self.environment
        air.share_flows(self.server_flow, self.cracs)
        losses = self._hot_losses()
        heat = liquid = 0.0
        cold = air.cold_c
        for node in self.nodes:
            node.step(seconds, cold)
            heat += node.heat_w
            liquid += node.liquid_w
        rejected = sum(unit.refrigerant_w for unit in self.cracs)
        ambient, warm = weather.temperature_c, losses
        if self.cdu is not None:
            warm += self.cdu.loss_w(cold)
            self.cdu.step(seconds, liquid, dew_point(air.ratio), ambient, cold)
            self.cdu.cool(self.nodes)
            rejected += self.cdu.rejected_w
        door = self.security.door_exchange(ambient - cold)
        air.step(seconds, self.server_flow, heat, warm, self.cracs, ambient, weather.sky_c, weather.ratio, door)
        self._step_units(seconds, ambient)
        energy = self.energy
        energy.generated += (self.it_w + losses) * seconds
        energy.latent += air.latent_w * seconds
        energy.rejected += rejected * seconds
        energy.ambient += air.ambient_w * seconds

    def _hot_losses(self) -> float:
        """Electrical losses that warm the hot aisle (W)."""
        fans = sum(unit.fan_w for unit in self.cracs) + (self.foreign_w if self.ups.alive else 0.0)
        side = self.ups.battery.charge_w + (self.cdu.power_w if self.cdu is not None else 0.0)
        powered = self._auxiliary_on_ups * self.ups.alive + (1.0 - self._auxiliary_on_ups) * self.bus_alive
        return self.ups.loss_w + self.it_w * self.bus.loss_share + fans + 0.5 * self._auxiliary_w * powered + 0.1 * side

    def _step_units(self, seconds: float, ambient: float) -> None:
        healthy = sum(unit.healthy for unit in self.cracs)
        wanting = [unit for unit in self.cracs if unit.wants_fan(self.time_ms, healthy > unit.healthy)]
        speed = 0.0
        if wanting:
            speed = clamp(self._fan_surplus * self.server_flow / (len(wanting) * self._unit_flow), 0.4, 1.0)
        for unit in self.cracs:
            ready = self._fan_ready(unit)
            unit.step(seconds, ambient, speed if ready and unit in wanting else 0.0)

    def _fan_ready(self, unit: Crac) -> bool:
        """A fan on the UPS runs while that is alive; one on the bus starts again with its compressor."""
        if self._fans_on_ups:
            return self.ups.alive
        unit.fan_ready = self.bus_alive and (unit.fan_ready or unit.running)
        return unit.fan_ready

    def _count_electricity(self, seconds: float) -> None:
        energy, ups = self.energy, self.ups
        energy.source += self.bus_w * seconds
        if self.ats.on_mains:
            energy.mains += self.bus_w * seconds
            energy.reactive += self.reactive_var * seconds
        energy.it += self.it_w * seconds
        energy.distribution += self.it_w * self.bus.loss_share * seconds
        energy.ups_loss += ups.loss_w * seconds
        energy.mechanical += self.mechanical_w * seconds
        energy.bank += self.bank_w * seconds
        energy.battery_in += ups.battery.charge_w * seconds
        energy.battery_out += ups.battery_w * seconds

    def _wrong(self) -> list[bool]:
        """What the controller alarms about, each whether it is so."""
        s = self.security
        wrong = [not self.mains.healthy, self.genset.state == "fault", self.ups.mode != "online", s.smoke != "clear"]
        wrong += [s.emergency_off, s.surge_protector_failed, s.tampered, not all(unit.healthy for unit in self.cracs)]
        wrong += [s.zone(zone) != "ok" for zone in s.zones]
        return wrong + [door.state in ("forced", "held") for door in s.doors.values()]

    def react(self) -> None:
        """Let the state machines act until nothing changes."""
        for _ in range(REACTIONS):
            if not self._react_once():
                break

    def _react_once(self) -> bool:
        now, ups, bus = self.time_ms, self.ups, self.bus
        self.mains.react(now)
        genset_good = self.genset.carries if self.ats.position == "emergency" else self.genset.ready
        changed = self.ats.react(now, self.mains.healthy, genset_good)
        changed |= self.genset.react(now, self.ats.requests_genset)
        supply_pu = self.supply_pu
        changed |= bus.react(now, supply_pu)
        changed |= ups.react(now, self._is_good(supply_pu), self.security.emergency_off, supply_pu)
        gap_ms = ups.gap_ms or self.ride.react(now, self.output_pu, self.nodes)
        for node in self.nodes:
            changed |= node.react(now, ups.alive, self.air.cold_c, gap_ms)
        if self.cdu is not None:
            changed |= self.cdu.react(now, bus.closed, bus.power_since)
        for unit in self.cracs:
            was_running = unit.running
            changed |= unit.react(now, bus.closed, bus.power_since, self.last_start_ms)
            if unit.running and not was_running:
                self.last_start_ms = now
        return changed

    def stored_heat_j(self) -> float:
        """Heat in air, structure, coils, servers and coolant above 0 °C."""
        stored = self.air.stored_j() + sum(node.stored_j() for node in self.nodes)
        stored += sum(unit.coil_capacity * unit.coil_c for unit in self.cracs)
        return stored + (self.cdu.stored_j() if self.cdu is not None else 0.0)
