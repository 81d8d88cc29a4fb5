"""What each plant fault changes: knobs of components, never readings.

An effect is a list of settings (object, attribute, value). While faults are active their settings hold;
when one ends, every knob it touched gets its original value back.

    effects.apply(registry.active(now))      # -> the plant feels exactly these faults
"""

from collections.abc import Callable, Mapping, Sequence

from profiles.refusal import Refusal
from profiles.suggest import suggest
from simulators.faults.liquid import LIQUID
from simulators.faults.loads import LOADS
from simulators.faults.plant import Effect, Plant, Setting
from simulators.faults.registry import ActiveFault
from simulators.faults.security import SECURITY
from simulators.plant.parameters import Parameters
from simulators.plant.points.directory import Site


class Effects:
    """Applies active plant faults and restores what is no longer touched."""

    __slots__ = ("_originals", "_plant")

    def __init__(self, site: Site, equipment: Parameters) -> None:
        self._plant = Plant(site, equipment)
        self._originals: dict[tuple[int, str], Setting] = {}

    def apply(self, active: Sequence[ActiveFault]) -> None:
        settings = [s for fault in active if fault.layer == "plant" for s in self._settings(fault)]
        for target, attribute, original in self._originals.values():
            setattr(target, attribute, original)
        for target, attribute, value in settings:
            key = (id(target), attribute)
            self._originals.setdefault(key, (target, attribute, getattr(target, attribute)))
            setattr(target, attribute, value)

    def check(self, fault: ActiveFault) -> None:
        """Refusal if this fault cannot act on this container."""
        if fault.layer == "plant":
            self._settings(fault)

    def _settings(self, fault: ActiveFault) -> list[Setting]:
        return EFFECTS[fault.name](self._plant, fault)


def _mains(attribute: str, parameter: str) -> Effect:
    return lambda p, f: [(p.site.container.mains, attribute, f.number(parameter))]


def _phase(f: ActiveFault) -> int:
    """1 to 3, or 0 for all of them."""
    return round(f.number("phase"))


def _level(p: Plant, f: ActiveFault) -> list[Setting]:
    phase = _phase(f)
    return [(p.site.container.mains, f"scale_l{phase}" if phase else "scale", f.number("level"))]


def _undervoltage(p: Plant, f: ActiveFault) -> list[Setting]:
    mains = p.site.container.mains
    return [(mains, "forced_voltage", f.number("voltage")), (mains, "forced_phase", _phase(f))]


def _ats(**values: object) -> Effect:
    return lambda p, f: [(p.site.container.ats, name, value) for name, value in values.items()]


def _genset(**values: object) -> Effect:
    return lambda p, f: [(p.site.container.genset, name, value) for name, value in values.items()]


def _ups(**values: object) -> Effect:
    return lambda p, f: [(p.site.container.ups, name, value) for name, value in values.items()]


def _crac(**values: object) -> Effect:
    return lambda p, f: [(p.crac(f), name, value) for name, value in values.items()]


def _drift(p: Plant, f: ActiveFault) -> list[Setting]:
    mains = p.site.container.mains
    return [(mains, "target_hz", f.number("frequency")), (mains, "drift_rate_hz_per_s", f.number("rate"))]


def _flicker(p: Plant, f: ActiveFault) -> list[Setting]:
    mains = p.site.container.mains
    settings: list[Setting] = [(mains, "dips_per_min", f.number("rate")), (mains, "dip_pu", f.number("level"))]
    return [*settings, (mains, "dip_ms", round(f.number("dip"))), (mains, "dip_phase", _phase(f))]


def _low_fuel(p: Plant, f: ActiveFault) -> list[Setting]:
    genset = p.site.container.genset
    return [(genset, "drained_l", max(0.0, genset.filled_l - genset.tank_l * f.number("level") / 100))]


def _overload(p: Plant, f: ActiveFault) -> list[Setting]:
    container = p.site.container
    return [(container, "foreign_w", container.ups.rated_w * f.number("load") / 100)]


def _weather(change: Callable[[ActiveFault], float]) -> Effect:
    def effect(p: Plant, f: ActiveFault) -> list[Setting]:
        weather = p.site.plant.environment
        return [(weather, "warmer_k", change(f)), (weather, "ramp_k_per_h", f.number("ramp"))]

    return effect


def _setpoint(p: Plant, f: ActiveFault) -> list[Setting]:
    return [(unit, "forced_setpoint_c", f.number("setpoint")) for unit in p.site.container.cracs]


def _cdu(settings: Callable[[ActiveFault], Mapping[str, object]]) -> Effect:
    def effect(p: Plant, f: ActiveFault) -> list[Setting]:
        cdu = p.site.container.cdu
        if cdu is None:
            raise Refusal(f"fault {f.name}", "this container has no CDU", "use the preset edge-40-liquid")
        return [(cdu, name, value) for name, value in settings(f).items()]

    return effect


def _wrong_clock(p: Plant, f: ActiveFault) -> list[Setting]:
    clocks, name = p.site.clocks, f.text("instance")
    if name not in clocks.names:
        raise Refusal(f"fault {f.name}", f"there is no clock of '{name}'", suggest(name, clocks.names))
    return [(clocks, "wrong_name", name), (clocks, "wrong_ms", f.number("offset"))]


EFFECTS: Mapping[str, Effect] = {
    **LIQUID,
    **LOADS,
    **SECURITY,
    "mains.loss": lambda p, f: [(p.site.container.mains, "dead", True)],
    "mains.sag": _level,
    "mains.swell": _level,
    "mains.undervoltage": _undervoltage,
    "mains.phase_loss": lambda p, f: [(p.site.container.mains, f"lost_l{_phase(f)}", True)],
    "mains.freq_drift": _drift,
    "mains.flicker": _flicker,
    "mains.harmonics": _mains("distortion_percent", "distortion"),
    "ats.stuck_n": _ats(stuck_normal=True),
    "ats.stuck_e": _ats(stuck_emergency=True),
    "ats.slow": lambda p, f: [(p.site.container.ats, "dead_time_ms", round(f.number("dead_time") * 1000))],
    "gen.no_crank": _genset(no_crank=True),
    "gen.no_fire": _genset(no_fire=True),
    "gen.slow_start": lambda p, f: [(p.site.container.genset, "slow_start_s", f.number("delay"))],
    "gen.hunting": lambda p, f: [(p.site.container.genset, "governor_gain", f.number("gain"))],
    "gen.avr_drift": lambda p, f: [(p.site.container.genset, "voltage_trim", f.number("error") / 100)],
    "gen.fuel_leak": lambda p, f: [(p.site.container.genset, "fuel_leak_l_per_h", f.number("rate"))],
    "gen.weak_battery": lambda p, f: [(p.site.container.genset, "starter", f.number("strength"))],
    "gen.low_fuel": _low_fuel,
    "gen.overheat": lambda p, f: [(p.site.container.genset, "blocked", f.number("share"))],
    "gen.trip_under_load": _genset(tripped=True),
    "ups.output_voltage": lambda p, f: [(p.site.container.ups, "output_scale", 1.0 + f.number("error") / 100)],
    "ups.battery_monitor_slow": lambda p, f: [(p.site.container.ups.monitor, "scan_period_s", f.number("period"))],
    "ups.rectifier_fail": _ups(rectifier_failed=True),
    "ups.charger_fail": _ups(charger_failed=True),
    "ups.to_bypass": _ups(forced_bypass=True),
    "ups.overload": _overload,
    "ups.eco_gap": lambda p, f: [
        (p.site.container.ups, "eco", True),
        (p.site.container.ups, "forced_gap_ms", f.number("gap")),
    ],
    "ups.static_switch_stuck": _ups(bypass_blocked=True),
    "ups.battery_open": lambda p, f: [(p.site.container.ups.battery, "open_circuit", True)],
    "ups.battery_aged": lambda p, f: [(p.site.container.ups.battery, "health", f.number("health"))],
    "ups.battery_hot": lambda p, f: [(p.site.container.ups.battery, "warmer_k", f.number("rise"))],
    "crac.setpoint_high": _setpoint,
    "crac.fan_fail": _crac(fan_failed=True),
    "crac.comp_trip": _crac(compressor_tripped=True),
    "crac.fan_runs_on": _crac(compressor_tripped=True, fan_runs_on=True),
    "crac.refrigerant_loss": lambda p, f: [(p.crac(f), "refrigerant", 1.0 - f.number("loss") / 100)],
    "crac.condenser_fouling": lambda p, f: [(p.crac(f), "efficiency", 1.0 - f.number("loss") / 100)],
    "crac.filter_clog": lambda p, f: [(p.crac(f), "filter_factor", 1.0 - f.number("loss") / 100)],
    "crac.slow_restart": lambda p, f: [
        (unit, "off_time_ms", round(f.number("off_time") * 1000)) for unit in p.site.container.cracs
    ],
    "crac.control_hunting": lambda p, f: [(p.crac(f), "gain_factor", f.number("gain"))],
    "cdu.pressure_low": _cdu(lambda f: {"vessel_kpa": f.number("pressure")}),
    "cdu.condensing": _cdu(lambda f: {"condensing": True, "forced_margin_k": f.number("margin")}),
    "env.heat_wave": _weather(lambda f: f.number("rise")),
    "env.cold": _weather(lambda f: -f.number("fall")),
    "env.humid": lambda p, f: [(p.site.plant.environment, "forced_humidity", f.number("humidity"))],
    "time.offset": _wrong_clock,
}
