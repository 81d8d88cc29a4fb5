"""True values of what the instruments of a laboratory show: what they are set to, and what they are connected to.

dc_source(laboratory)["current"]()                       # A
multimeter(laboratory, at="card", line_hz=60.0)["voltage.dc"]()      # V
"""

from collections.abc import Callable, Mapping
from typing import TypeVar

from profiles.refusal import Refusal
from profiles.suggest import suggest
from simulators.plant.bench.source import Source
from simulators.plant.bench.waveform import Waveform
from simulators.plant.laboratory import Laboratory
from simulators.plant.points.table import Table, Truth, constant

Read = TypeVar("Read")
Wave = Callable[[], Waveform]
CHANNELS = ("1", "2", "3", "4")


def ac_source(lab: Laboratory) -> Table:
    source = lab.ac_source
    return _panel(source) | {
        "frequency": lambda: source.frequency_hz,
        "setpoint.frequency": lambda: source.set_hz,
        "power": lambda: lab.line.power,
        "apparent-power": lambda: lab.line.apparent,
        "power-factor": lambda: lab.line.power_factor,
    }


def dc_source(lab: Laboratory) -> Table:
    """The pair that is applied is the one that is set."""
    source = lab.dc_source
    table = _panel(source) | {"power": lambda: source.power_w}
    return table | {f"{point}@applied": table[point] for point in ("setpoint.voltage", "setpoint.current")}


def _panel(source: Source) -> Table:
    return {
        "voltage": lambda: source.voltage_v,
        "current": lambda: source.current_a,
        "setpoint.voltage": lambda: source.set_v,
        "setpoint.current": lambda: source.limit_a,
        "state": lambda: "on" if source.on else "off",
    }


def analyser(lab: Laboratory) -> Table:
    """Between AC source and power supply."""
    return {
        "voltage.l1": lambda: lab.line.voltage,
        "current.l1": lambda: lab.line.current,
        "power": lambda: lab.line.power,
        "apparent-power": lambda: lab.line.apparent,
        "power-factor": lambda: lab.line.power_factor,
        "frequency": lambda: lab.ac_source.frequency_hz,
    }


def electronic_load(lab: Laboratory) -> Table:
    load = lab.load
    return {
        "voltage": lambda: load.voltage_v,
        "current": lambda: load.current_a,
        "power": lambda: load.power_w,
        "setpoint.current": lambda: load.set_a,
        "setpoint.voltage": lambda: load.set_v,
        "setpoint.power": lambda: load.set_w,
        "setpoint.resistance": lambda: load.set_ohm,
        "state": lambda: "on" if load.on else "off",
        "mode": lambda: load.mode,
    }


def thermal_chamber(lab: Laboratory) -> Table:
    """Its thermocouple sits on the card's heat sink."""
    chamber = lab.chamber
    return {
        "temperature": lambda: chamber.regulated_c,
        "air.temperature": lambda: chamber.air_c,
        "device.temperature": lambda: chamber.sensor_c,
        "setpoint.temperature": lambda: chamber.setpoint_c,
        "setpoint.window": lambda: chamber.window_k,
        "setpoint.soak": lambda: chamber.soak_s,
        "limit.temperature.lowest": lambda: chamber.lowest_c,
        "limit.temperature.highest": lambda: chamber.highest_c,
        "limit.difference": lambda: chamber.difference_k,
        "test.time": lambda: chamber.test_s,
        "cycles": lambda: chamber.cycles,
        "cycles.limit": lambda: chamber.cycles_limit,
        "air-flow": lambda: chamber.flow_l_per_min,
        "head": lambda: chamber.head,
        "sensor": constant("thermocouple-k"),
        "control": lambda: chamber.control,
        "mode": constant("manual"),
    }


def multimeter(lab: Laboratory, at: str, line_hz: float) -> Table:
    """Its voltage inputs stand where `at` says; nothing is in its other sockets, and what has a voltage has no
    resistance. `line_hz` is the frequency of the socket that it hangs on."""
    wave = _wave(lab, at)

    def period() -> Truth:
        hertz = wave().frequency
        return 1.0 / hertz if hertz else None

    return {
        "voltage.dc": lambda: wave().mean,
        "voltage.ac": lambda: wave().alternating,
        "current.dc": constant(0.0),
        "current.ac": constant(0.0),
        "resistance": constant(None),
        "frequency": lambda: wave().frequency,
        "period": period,
        "temperature": constant(None),
        "terminals": constant("front"),
        "mains.frequency": constant(line_hz),
    }


def oscilloscope(lab: Laboratory, probes: Mapping[str, str]) -> Table:
    """`probes`: channel -> where its probe is. A channel without one sees nothing."""
    table = Table()
    for channel in CHANNELS:
        wave = _wave(lab, probes[channel]) if channel in probes else _nothing
        table |= _screen(channel, wave)
    return table


def _screen(channel: str, wave: Wave) -> Table:
    return {
        f"voltage.mean.{channel}": lambda: wave().mean,
        f"voltage.rms.{channel}": lambda: wave().rms,
        f"voltage.peak-to-peak.{channel}": lambda: wave().peak_to_peak,
        f"frequency.{channel}": lambda: wave().frequency,
    }


def data_logger(lab: Laboratory, channels: Mapping[str, Mapping[str, str]]) -> Table:
    """`channels`: number -> what it `measures` and `at` which place."""
    table = Table()
    for number, channel in channels.items():
        measures, at = channel["measures"], channel["at"]
        table[f"{measures}@{number}"] = (
            _thermocouple(lab, at) if measures == "temperature" else _input(lab, measures, at)
        )
    return table


def _input(lab: Laboratory, measures: str, at: str) -> Callable[[], Truth]:
    wave = _wave(lab, at)
    inputs: Table = {
        "voltage.dc": lambda: wave().mean,
        "voltage.ac": lambda: wave().alternating,
        "frequency": lambda: wave().frequency,
    }
    return _chosen(inputs, measures, "quantity of a voltage input")


def _thermocouple(lab: Laboratory, at: str) -> Callable[[], Truth]:
    card, chamber = lab.card, lab.chamber
    places: Table = {
        "room": lambda: lab.environment.temperature_c,
        "chamber-air": lambda: chamber.air_c,
        "card-sink": lambda: card.sink_c,
        "card-board": lambda: card.mass_c,
        "supply-case": lambda: lab.supply.case_c,
    }
    return _chosen(places, at, "place for a thermocouple")


def _wave(lab: Laboratory, at: str) -> Wave:
    """What a voltage input sees at one of the three places where it can be connected."""
    source, supply, load = lab.dc_source, lab.supply, lab.load

    def on_the_card() -> Waveform:
        return Waveform.rippled(lab.card_v, source.ripple_v if source.on else 0.0, source.ripple_hz)

    def on_the_load() -> Waveform:
        ripple = supply.ripple_v if load.voltage_v > 0.0 else 0.0
        return Waveform.rippled(load.voltage_v, ripple, 2.0 * lab.ac_source.frequency_hz)

    def on_the_line() -> Waveform:
        return Waveform.sine(lab.line.voltage, lab.ac_source.frequency_hz)

    return _chosen({"card": on_the_card, "load": on_the_load, "line": on_the_line}, at, "place for a voltage input")


def _nothing() -> Waveform:
    return Waveform(0.0, 0.0, 0.0, None)


def _chosen(places: Mapping[str, Read], wanted: str, kind: str) -> Read:
    if wanted not in places:
        raise Refusal("laboratory", f"'{wanted}' is no {kind}", suggest(wanted, places))
    return places[wanted]
