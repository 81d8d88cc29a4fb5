"""For every plausibility rule evidence that can be true, and what to change so that it cannot.

run = specimen("PLZ-PWR-02")                 phases that sum up
run = specimen("PLZ-PWR-02", lying=True)     phases that do not
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from profiles.plausibility import load_rules
from tests.reports.build import STATE, Point, Run

SECONDS = 200
MISSING: Any = object()
Values = Sequence[Any]


def wave(level: float, swing: float = 0.0) -> Values:
    """Values that move and never repeat themselves."""
    return [level + swing * ((n * 7919) % 1009 / 1009 - 0.5) for n in range(SECONDS)]


def rising(begin: float, step: float) -> Values:
    return [begin + step * n for n in range(SECONDS)]


def states(before: str, after: str, at: int) -> Values:
    return [before if n < at else after for n in range(SECONDS)]


@dataclass(frozen=True)
class Specimen:
    """`units` are subject, declaration and points with unit and honest values; `lies` replaces values, by
    equipment and point. The first point of the first unit is the one that a verdict relies upon."""

    units: Mapping[str, tuple[str, Mapping[str, Any], Mapping[str, tuple[str | None, Values]]]]
    lies: Mapping[tuple[str, str], Values]
    marks: Mapping[str, float] = field(default_factory=dict)


HOST, INCOMING = {"host": "node-1"}, {"features": ["incoming"]}
LOST = {"mains-lost": 50.0}

SPECIMENS: Mapping[str, Specimen] = {
    "PLZ-CHP-02": Specimen(
        {
            "bmc-1": ("bmc", HOST, {"power": ("W", wave(2000)), "power-state": (None, ["on"] * SECONDS)}),
            "npu-1": ("accelerator", HOST, {"power@a": ("W", wave(700)), "power@b": ("W", wave(700))}),
        },
        {("npu-1", "power@b"): wave(7000)},
    ),
    "PLZ-CHP-05": Specimen(
        {
            "npu-1": ("accelerator", HOST, {"temperature@a": ("°C", wave(60)), "temperature@b": ("°C", wave(61))}),
            "bmc-1": ("bmc", HOST, {"inlet.temperature": ("°C", wave(24))}),
        },
        {("npu-1", "temperature@a"): wave(15)},
    ),
    "PLZ-CHP-10": Specimen(
        {"npu-1": ("accelerator", HOST, {"power@a": ("W", wave(3600)), "energy@a": ("kWh", rising(10, 0.001))})},
        {("npu-1", "energy@a"): rising(10, 0.002)},
    ),
    "PLZ-CHP-11": Specimen(
        {"npu-1": ("accelerator", HOST, {"power@a": ("W", wave(300, 9)), "utilisation@a": ("%", wave(95))})},
        {("npu-1", "power@a"): wave(300)},
    ),
    "PLZ-PWR-01": Specimen(
        {
            "meter-1": (
                "meter",
                {},
                {
                    "power.l1": ("W", wave(2090)),
                    "voltage.l1": ("V", wave(220)),
                    "current.l1": ("A", wave(10)),
                    "power-factor.l1": ("1", wave(0.95)),
                },
            )
        },
        {("meter-1", "current.l1"): wave(50)},
    ),
    "PLZ-PWR-02": Specimen(
        {
            "meter-1": (
                "meter",
                {},
                {
                    "power": ("W", wave(6000)),
                    "power.l1": ("W", wave(2000)),
                    "power.l2": ("W", wave(2000)),
                    "power.l3": ("W", wave(2000)),
                },
            )
        },
        {("meter-1", "power.l3"): wave(-2000)},
    ),
    "PLZ-PWR-03": Specimen(
        {
            "meter-1": (
                "meter",
                {},
                {
                    "voltage.l1-l2": ("V", wave(381)),
                    "voltage.l1": ("V", wave(220)),
                    "voltage.l2": ("V", wave(220)),
                },
            )
        },
        {("meter-1", "voltage.l1-l2"): wave(220)},
    ),
    "PLZ-PWR-05": Specimen(
        {
            "ups-1": (
                "ups",
                {},
                {
                    "output.power.l1": ("W", wave(9000)),
                    "input.power.l1": ("W", wave(9600)),
                    "output.source": (None, ["normal"] * SECONDS),
                },
            )
        },
        {("ups-1", "output.power.l1"): wave(9900)},
    ),
    "PLZ-PWR-06": Specimen(
        {
            "ups-1": (
                "ups",
                {},
                {
                    "output.power.l1": ("W", wave(9000)),
                    "battery.voltage": ("V", wave(400)),
                    "battery.current": ("A", wave(-25)),
                    "output.source": (None, ["battery"] * SECONDS),
                },
            )
        },
        {("ups-1", "battery.current"): wave(-2)},
    ),
    "PLZ-PWR-08": Specimen(
        {
            "meter-1": ("meter", INCOMING, {"power": ("W", wave(30000))}),
            "bmc-1": ("bmc", HOST, {"power": ("W", wave(20000))}),
        },
        {("meter-1", "power"): wave(3000)},
    ),
    "PLZ-PWR-09": Specimen(
        {"pdu-1": ("pdu", {}, {"power": ("W", wave(3600)), "energy": ("kWh", rising(10, 0.001))})},
        {("pdu-1", "energy"): rising(10, 0.1)},
    ),
    "PLZ-PWR-10": Specimen(
        {
            "ups-1": (
                "ups",
                {},
                {"input.frequency.l1": ("Hz", wave(60)), "output.source": (None, ["normal"] * SECONDS)},
            ),
            "meter-1": ("meter", INCOMING, {"frequency": ("Hz", wave(60)), "voltage.l1": ("V", wave(220))}),
        },
        {("ups-1", "input.frequency.l1"): wave(59.9)},
    ),
    "PLZ-PWR-11": Specimen(
        {"ups-1": ("ups", {}, {"output.source": (None, states("normal", "battery", 52))})},
        {("ups-1", "output.source"): states("normal", "battery", 30)},
        LOST,
    ),
    "PLZ-PWR-12": Specimen(
        {"meter-1": ("meter", {}, {"power-factor.l1": ("1", wave(0.9)), "distortion.current.l1": ("%", wave(30))})},
        {("meter-1", "power-factor.l1"): wave(0.995)},
    ),
    "PLZ-CLG-01": Specimen(
        {
            "cdu-1": (
                "cdu",
                {},
                {
                    "cooling.power": ("W", wave(66300)),
                    "loop.flow": ("L/min", wave(100)),
                    "return.temperature": ("°C", wave(40)),
                    "supply.temperature": ("°C", wave(30)),
                },
            )
        },
        {("cdu-1", "loop.flow"): wave(26.4)},
    ),
    "PLZ-CLG-02": Specimen(
        {
            "crac-1": (
                "crac",
                {},
                {
                    "return.temperature": ("°C", wave(34)),
                    "supply.temperature": ("°C", wave(22)),
                    "mode": (None, ["cooling"] * SECONDS),
                },
            )
        },
        {("crac-1", "return.temperature"): wave(21)},
    ),
    "PLZ-CLG-03": Specimen(
        {
            "cdu-1": (
                "cdu",
                {},
                {"supply.temperature": ("°C", wave(30)), "facility.supply.temperature": ("°C", wave(25))},
            )
        },
        {("cdu-1", "facility.supply.temperature"): wave(33)},
    ),
    "PLZ-CLG-04": Specimen(
        {
            "cdu-1": ("cdu", {}, {"room.dew-point": ("°C", wave(14))}),
            "rack-1": ("rack", {}, {"inlet.temperature.top": ("°C", wave(24))}),
        },
        {("cdu-1", "room.dew-point"): wave(57)},
    ),
    "PLZ-CLG-10": Specimen(
        {"cdu-1": ("cdu", {}, {"cooling.power": ("W", wave(0)), "loop.flow": ("L/min", wave(0))})},
        {("cdu-1", "cooling.power"): wave(60000)},
    ),
    "PLZ-CLG-11": Specimen(
        {
            "crac-1": (
                "crac",
                {},
                {
                    "cooling.power": ("W", wave(20000)),
                    "power": ("W", wave(5000)),
                    "mode": (None, ["cooling"] * SECONDS),
                },
            )
        },
        {("crac-1", "power"): wave(400)},
    ),
    "PLZ-CLG-13": Specimen(
        {
            "rack-1": ("rack", {}, {"inlet.temperature.top": ("°C", wave(24))}),
            "rack-2": ("rack", {}, {"inlet.temperature.top": ("°C", wave(25))}),
        },
        {("rack-1", "inlet.temperature.top"): wave(38)},
    ),
    "PLZ-EVD-02": Specimen(
        {"meter-1": ("meter", {}, {"power": ("W", wave(5000, 300))})},
        {("meter-1", "power"): [*wave(5000, 300)[:100], *wave(5000, 300)[:100]]},
    ),
    "PLZ-EVD-03": Specimen(
        {"meter-1": ("meter", {}, {"power": ("W", wave(5000, 300))})},
        {("meter-1", "power"): [*wave(5000, 300)[:100], *[MISSING] * 8, *wave(5000, 300)[108:]]},
    ),
    "PLZ-CHP-01": Specimen(
        {
            "npu-1": (
                "accelerator",
                HOST,
                {"power@a": ("W", [60.0, 60.0, *wave(300)[2:]]), "utilisation@a": ("%", [0.0, 0.0, *wave(98)[2:]])},
            )
        },
        {("npu-1", "power@a"): wave(60)},
    ),
    "PLZ-CHP-12": Specimen(
        {
            "npu-1": (
                "accelerator",
                {"ratings": {"memory.total": {"value": 48e9, "unit": "B"}}},
                {"memory.total@a": ("B", wave(51.5e9))},
            )
        },
        {("npu-1", "memory.total@a"): wave(52e9)},
    ),
    "PLZ-CHP-13": Specimen(
        {
            "npu-1": (
                "accelerator",
                {"ratings": {"clock": {"value": 1000, "unit": "MHz"}}},
                {
                    "clock@a": ("MHz", wave(1000)),
                    "utilisation@a": ("%", wave(90)),
                    "throttle@a": (None, ["none"] * SECONDS),
                },
            )
        },
        {("npu-1", "clock@a"): wave(700)},
    ),
    "PLZ-PWR-07": Specimen(
        {
            "ups-1": (
                "ups",
                {},
                {
                    "battery.charge": ("%", rising(90, -0.1)),
                    "output.source": (None, ["battery"] * SECONDS),
                },
            )
        },
        {("ups-1", "battery.charge"): rising(60, 0.2)},
    ),
    "PLZ-PWR-13": Specimen(
        {"meter-1": ("meter", {}, {"voltage.l1": ("V", wave(221, 1))})},
        {("meter-1", "voltage.l1"): wave(221)},
    ),
    "PLZ-PWR-14": Specimen(
        {
            "genset-1": (
                "genset",
                {"ratings": {"power": {"value": 80000, "unit": "W"}}},
                {
                    "fuel.volume": ("L", rising(300, -0.005)),
                    "energy": ("kWh", rising(10, 0.0167)),
                    "power": ("W", wave(60000)),
                },
            )
        },
        {("genset-1", "fuel.volume"): rising(300, -0.05)},
    ),
    "PLZ-CLG-05": Specimen(
        {
            "cdu-1": (
                "cdu",
                {},
                {
                    "dew-point.margin": ("K", wave(12)),
                    "supply.temperature": ("°C", wave(30)),
                    "room.dew-point": ("°C", wave(18)),
                },
            )
        },
        {("cdu-1", "room.dew-point"): wave(10)},
    ),
    "PLZ-CLG-09": Specimen(
        {"rack-1": ("rack", {}, {"inlet.temperature.top": ("°C", rising(22, 0.05))})},
        {("rack-1", "inlet.temperature.top"): [*wave(22)[:100], *wave(60)[100:]]},
    ),
    "PLZ-EVD-01": Specimen(
        {"meter-1": ("meter", INCOMING, {"voltage.l1": ("V", [220.0] * 52 + [0.0] * 148)})},
        {("meter-1", "voltage.l1"): [220.0] * 20 + [0.0] * 180},
        LOST,
    ),
    "PLZ-EVD-04": Specimen(
        {"meter-1": ("meter", {}, {"power": ("W", [round(v, 2) for v in wave(5000, 300)])})},
        {("meter-1", "power"): [round(v / 5) * 5.0 for v in wave(5000, 300)]},
    ),
    "PLZ-EVD-05": Specimen(
        {"meter-1": ("meter", INCOMING, {"voltage.l1": ("V", [220.0] * 52 + [0.0] * 148)})},
        {("meter-1", "voltage.l1"): wave(220)},
        LOST,
    ),
}


def specimen(rule: str, *, lying: bool = False) -> Run:
    """A run whose profile has this one rule and one requirement, which the evidence meets."""
    one = SPECIMENS[rule]
    run = Run(duration=SECONDS - 1, marks=dict(one.marks), plausibility=[{"id": rule, **load_rules()[rule]}])
    for name, (subject, declared, points) in one.units.items():
        run.equip(name, subject, **declared)
        run.device(f"{name}-card", name, {p.partition("@")[0]: _kind(unit) for p, (unit, _) in points.items()})
        for point, (_, honest) in points.items():
            values = one.lies.get((name, point), honest) if lying else honest
            run.sample(f"{name}-card/{point}", values)
    run.samples = [sample for sample in run.samples if sample.value is not MISSING]
    name, (subject, _, points) = next(iter(one.units.items()))
    point, (unit, _) = next(iter(points.items()))
    of = point.partition("@")[0]
    if unit is None:
        measurand = {"statistic": "share-in-state", "of": of, "state": "battery"}
        return run.require(measurand, {"op": ">=", "value": 1, "unit": "%"}, subject=subject)
    limit = {"op": ">=", "value": -1e9, "unit": unit}
    return run.require({"statistic": "lowest", "of": of, "allowed-gap": 50}, limit, subject=subject)


def _kind(unit: str | None) -> Point:
    return STATE if unit is None else Point(unit, resolution=0.01 if unit != "kWh" else 0.0001)
