"""What the faults of the liquid side change: pumps, valve, exchanger, leak, facility water, dry cooler.

LIQUID["cdu.clog"](plant, fault)       # [(loop, "clog", 0.5)]
"""

from collections.abc import Callable, Mapping

from profiles.refusal import Refusal
from simulators.faults.plant import Effect, Plant, Setting
from simulators.faults.registry import ActiveFault
from simulators.plant.liquid.cooling import LiquidCooling
from simulators.plant.liquid.pump import Pump

PUMPS = {"1": (0,), "2": (1,), "both": (0, 1)}


def _pumps(cooling: LiquidCooling, f: ActiveFault) -> list[Pump]:
    which = f.text("pump")
    if which not in PUMPS:
        raise Refusal(f"fault {f.name}", f"there is no pump '{which}'", f"write {', '.join(PUMPS)}")
    return [cooling.loop.pumps[number] for number in PUMPS[which]]


def _pump(attribute: str, value: Callable[[ActiveFault], object]) -> Effect:
    def effect(p: Plant, f: ActiveFault) -> list[Setting]:
        return [(pump, attribute, value(f)) for pump in _pumps(p.liquid(f), f)]

    return effect


def _loop(attribute: str, value: Callable[[ActiveFault], object]) -> Effect:
    return lambda p, f: [(p.liquid(f).loop, attribute, value(f))]


def _facility(attribute: str, value: Callable[[ActiveFault], object]) -> Effect:
    return lambda p, f: [(p.liquid(f).facility, attribute, value(f))]


def _leak(p: Plant, f: ActiveFault) -> list[Setting]:
    """The loop loses what the rope of a zone gets."""
    security, rate = p.site.container.security, f.number("rate")
    return [
        (p.liquid(f).loop, "leak_l_per_min", rate),
        (security, "leak_l_per_min", rate),
        (security, "leak_zone", p.zone(f)),
    ]


LIQUID: Mapping[str, Effect] = {
    "cdu.pump_fail": _pump("failed", lambda f: True),
    "cdu.pump_slow": _pump("slowness", lambda f: f.number("loss") / 100),
    "cdu.pump_speed": _loop("ordered", lambda f: f.number("speed") / 100),
    "cdu.no_changeover": _loop("no_changeover", lambda f: True),
    "cdu.valve_stuck": _loop("stuck_valve", lambda f: f.number("position") / 100),
    "cdu.clog": _loop("clog", lambda f: f.number("resistance")),
    "cdu.fouling": lambda p, f: [(p.liquid(f), "fouling", f.number("share"))],
    "cdu.air_in_loop": _loop("air_share", lambda f: f.number("share") / 100),
    "cdu.leak": _leak,
    "fws.pump_fail": lambda p, f: [(p.liquid(f).facility.pump, "failed", True)],
    "fws.hot_supply": _facility("warmer_k", lambda f: f.number("rise")),
    "drycooler.fans_fail": lambda p, f: [(p.liquid(f).facility.cooler, "fans_failed", round(f.number("fans")))],
}
