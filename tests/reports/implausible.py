"""For every plausibility rule evidence that can be true, and what to change so that it cannot.

run = specimen("PLZ-PWR-02")                 phases that sum up
run = specimen("PLZ-PWR-02", lying=True)     phases that do not
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from profiles.plausibility import load_rules
from tests.reports.attesting import attested
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
    """`units` are subject, declaration and points with unit and honest values, `every` so many seconds; `lies`
    replaces values, by equipment and point. The first point of the first unit is the one that a verdict relies
    upon, with what `measurand` says of it besides; if there are `answers`, it relies upon those."""

    units: Mapping[str, tuple[str, Mapping[str, Any], Mapping[str, tuple[str | None, Values]]]]
    lies: Mapping[tuple[str, str], Values]
    marks: Mapping[str, float] = field(default_factory=dict)
    every: float = 1.0
    measurand: Mapping[str, Any] = field(default_factory=dict)
    answers: tuple[str, Sequence[Mapping[str, Any]]] | None = None


HOST, INCOMING = {"host": "node-1"}, {"features": ["incoming"]}
LOST = {"mains-lost": 50.0}
# No load from 20 s on, and a step to full load at 100 s.
STEP = {"idle": 20.0, "load-due": 98.0, "load-applied": 100.0, "load-risen": 160.0, "load-held": 199.0}
LADDER = {"rated": 0.0, "rated-end": 50.0, "middle": 60.0, "middle-end": 110.0, "low": 120.0, "low-end": 190.0}


def stepped(idle: float, full: float, at: int = 100) -> Values:
    """Quiet before the step and busy after it."""
    return [*wave(idle)[:at], *wave(full)[at:]]


def rungs(*levels: float) -> Values:
    """The three rungs of the ladder."""
    return [levels[0] if n < 55 else levels[1] if n < 115 else levels[2] for n in range(SECONDS)]


def rated(**ratings: tuple[float, str]) -> Mapping[str, Any]:
    """Declared ratings; a double underscore stands for a dot, a single one for a hyphen."""
    named = {name.replace("__", ".").replace("_", "-"): stated for name, stated in ratings.items()}
    return {"ratings": {name: {"value": value, "unit": unit} for name, (value, unit) in named.items()}}


LLM: Mapping[str, Any] = HOST | rated(model__parameters=(8e9, "count"), model__weights=(16e9, "B"))
CARDS: Mapping[str, Any] = (
    HOST | {"instances": 2} | rated(compute=(256e12, "FLOP/s"), memory__bandwidth=(1.5e12, "B/s"))
)
BANK: Mapping[str, Any] = {"features": ["load-bank"]} | rated(power=(20000, "W"), voltage=(220, "V"))

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
    "PLZ-CLG-08": Specimen(
        {
            "rack-1": (
                "rack",
                {},
                {"inlet.humidity": ("%", wave(45, 1)), "inlet.temperature.middle": ("°C", wave(23, 0.2))},
            ),
            "door-1": ("door", {}, {"state": (None, ["closed"] * SECONDS)}),
            "crac-1": ("crac", {}, {"mode": (None, ["cooling"] * SECONDS)}),
        },
        {("rack-1", "inlet.humidity"): [*wave(45, 1)[:100], *wave(65, 1)[100:]]},
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
    "PLZ-CHP-03": Specimen(
        {
            "bmc-1": ("bmc", HOST, {"power": ("W", stepped(3000, 5000))}),
            "npu-1": ("accelerator", HOST, {"power@a": ("W", stepped(60, 800)), "power@b": ("W", stepped(60, 800))}),
        },
        # A third card that nobody reads.
        {("bmc-1", "power"): stepped(3000, 6000)},
        STEP,
    ),
    "PLZ-CHP-04": Specimen(
        {
            "npu-1": (
                "accelerator",
                HOST,
                {"temperature@a": ("°C", [*wave(35)[:100], *rising(0, 1)[35:135]]), "power@a": ("W", stepped(60, 300))},
            )
        },
        # Half a minute ahead of the power.
        {("npu-1", "temperature@a"): [*wave(35)[:70], *rising(0, 1)[35:135], *wave(135)[170:]]},
        STEP,
    ),
    "PLZ-CHP-06": Specimen(
        {
            "llm-1": ("inference-endpoint", LLM, {"tokens.generated": ("count", rising(0, 900))}),
            "npu-1": ("accelerator", CARDS, {"power@a": ("W", wave(300, 9))}),
        },
        {("llm-1", "tokens.generated"): rising(0, 90_000)},
    ),
    "PLZ-CHP-07": Specimen(
        {
            "llm-1": (
                "inference-endpoint",
                LLM,
                {"tokens.generated": ("count", rising(0, 900)), "requests.running": ("count", wave(28, 4))},
            ),
            "npu-1": ("accelerator", CARDS, {"power@a": ("W", wave(300, 9))}),
        },
        {("llm-1", "requests.running"): wave(2)},
    ),
    "PLZ-CHP-08": Specimen(
        {
            "llm-1": (
                "inference-endpoint",
                LLM,
                {
                    "requests.running": ("count", wave(28, 4)),
                    "requests.waiting": ("count", wave(2)),
                    "latency.total": ("s", rising(0, 30)),
                },
            )
        },
        {("llm-1", "latency.total"): rising(0, 20)},
    ),
    "PLZ-CHP-09": Specimen(
        {
            "llm-1": (
                "inference-endpoint",
                LLM,
                {
                    "latency.p50": ("ms", wave(700)),
                    "latency.p90": ("ms", wave(1300)),
                    "latency.p99": ("ms", wave(2600)),
                },
            )
        },
        {("llm-1", "latency.p50"): wave(1400)},
    ),
    "PLZ-PWR-04": Specimen(
        {
            "meter-1": ("meter", {"feeds": ["pdu-1", "pdu-2"]}, {"power": ("W", wave(10000))}),
            "pdu-1": ("pdu", {}, {"power": ("W", wave(5000))}),
            "pdu-2": ("pdu", {}, {"power": ("W", wave(4800))}),
        },
        {("meter-1", "power"): wave(20000)},
    ),
    "PLZ-PWR-15": Specimen(
        {
            "meter-1": (
                "meter",
                BANK,
                {
                    "power": ("W", wave(19000)),
                    "power-factor": ("1", wave(1)),
                    "voltage.l1": ("V", wave(214)),
                    "voltage.l2": ("V", wave(215)),
                },
            )
        },
        {("meter-1", "power"): wave(16000)},
    ),
    "PLZ-CLG-06": Specimen(
        {
            "cdu-1": (
                "cdu",
                {},
                {
                    "differential.pressure": ("kPa", rungs(100, 64, 36)),
                    "pump.1.speed": ("%", rungs(100, 80, 60)),
                    "loop.flow": ("L/min", rungs(60, 48, 36)),
                    "power": ("W", rungs(120, 71.2, 41.6)),
                },
            )
        },
        {("cdu-1", "pump.1.speed"): rungs(100, 100, 100)},
        LADDER,
    ),
    "PLZ-CLG-07": Specimen(
        {
            "crac-1": (
                "crac",
                rated(fan__power=(1000, "W")),
                {"fan.power": ("W", wave(125)), "fan.speed": ("%", wave(50))},
            )
        },
        {("crac-1", "fan.speed"): wave(80)},
    ),
    "PLZ-CLG-12": Specimen(
        {
            "cdu-1": (
                "cdu",
                {},
                {
                    "level": ("L", rising(12, -0.01)),
                    "loop.pressure": ("kPa", wave(300)),
                    "leak": (None, states("ok", "leak", 20)),
                },
            )
        },
        {("cdu-1", "level"): wave(12)},
        every=5.0,
    ),
    "PLZ-CLG-14": Specimen(
        {"cdu-1": ("cdu", {}, {"supply.temperature": ("°C", wave(30, 0.4)), "loop.flow": ("L/min", wave(100, 1))})},
        {("cdu-1", "supply.temperature"): rising(30, 0.005)},
        every=5.0,
        measurand={"steady": True},
    ),
    "PLZ-SEC-01": Specimen(
        {
            "door-1": (
                "door",
                {},
                {
                    "state": (None, [*states("closed", "open", 80)[:120], *["closed"] * 80]),
                    "badges": ("count", [3.0] * 79 + [4.0] * 121),
                },
            ),
            "camera-1": ("camera", {}, {"heartbeat": ("count", [float(n // 5) for n in range(SECONDS)])}),
        },
        {("door-1", "badges"): [3.0] * SECONDS},
    ),
    "PLZ-SEC-02": Specimen(
        {"llm-1": ("inference-endpoint", {}, {"requests.refused": ("count", [0.0] + [4.0] * 199)})},
        {("llm-1", "requests.refused"): [0.0] * SECONDS},
        answers=("keyless-call", [{"key": key, "status": 401} for key in ("none", "wrong") for _ in range(2)]),
    ),
    "PLZ-SEC-03": Specimen(
        {"bmc-1": ("bmc", {}, {"power": ("W", wave(800))})},
        {},
        answers=("attestation", [attested(1, 101), attested(2, 102)]),
    ),
    "PLZ-IOP-01": Specimen(
        {
            "link-1": (
                "site-link",
                rated(route__length=(325_000, "m")),
                {"latency": ("ms", wave(6))},
            )
        },
        {("link-1", "latency"): wave(0.4)},
    ),
    "PLZ-IOP-02": Specimen(
        {"link-1": ("site-link", rated(rate=(1e8, "bit/s")), {"goodput": ("bit/s", wave(9e7))})},
        {("link-1", "goodput"): wave(9.9e7)},
    ),
    "PLZ-IOP-03": Specimen(
        {"llm-1": ("inference-endpoint", {}, {"requests.succeeded": ("count", [7.0] + [9.0] * 199)})},
        {("llm-1", "requests.succeeded"): [7.0] * SECONDS},
        answers=("chat-completion", [{"status": 200}, {"status": 200}]),
    ),
    "PLZ-IOP-04": Specimen(
        {"llm-1": ("inference-endpoint", {}, {"requests.running": ("count", wave(28))})},
        {},
        answers=("chat-completion", [{"latency": 31.2, "processing": processing} for processing in (28, 30, 33)]),
    ),
}

# Answers that cannot be true, where answers are what lies.
FALSE_ANSWERS: Mapping[str, Sequence[Mapping[str, Any]]] = {
    "PLZ-SEC-03": [attested(1, 101), attested(1, 101)],
    "PLZ-IOP-04": [{"latency": 31.2, "processing": processing} for processing in (280, 300, 330)],
}


def specimen(rule: str, *, lying: bool = False) -> Run:
    """A run whose profile has this one rule and one requirement, which the evidence meets."""
    one = SPECIMENS[rule]
    rules = [{"id": rule, **load_rules()[rule]}]
    run = Run(duration=(SECONDS - 1) * one.every, marks=dict(one.marks), plausibility=rules)
    for name, (subject, declared, points) in one.units.items():
        run.equip(name, subject, **declared)
        run.device(f"{name}-card", name, {p.partition("@")[0]: _kind(unit) for p, (unit, _) in points.items()})
        for point, (_, honest) in points.items():
            values = one.lies.get((name, point), honest) if lying else honest
            run.sample(f"{name}-card/{point}", values, every=one.every)
    run.samples = [sample for sample in run.samples if sample.value is not MISSING]
    name, (subject, _, points) = next(iter(one.units.items()))
    if one.answers:
        question, honest = one.answers
        run.answer(f"{name}-card", question, *(FALSE_ANSWERS.get(rule, honest) if lying else honest))
        where = {key: [answer[key] for answer in honest] for key in honest[0]}
        count = {"statistic": "answer-count", "question": question, "where": dict(list(where.items())[:1])}
        return run.require(count, {"op": ">=", "value": 1, "unit": "count"}, subject=subject)
    point, (unit, honest) = next(iter(points.items()))
    of = point.partition("@")[0]
    if unit is None:
        measurand = {"statistic": "share-in-state", "of": of, "state": honest[-1]}
        return run.require(measurand, {"op": ">=", "value": 1, "unit": "%"}, subject=subject)
    limit = {"op": ">=", "value": -1e9, "unit": unit}
    measurand = {"statistic": "lowest", "of": of, "allowed-gap": 50, **one.measurand}
    return run.require(measurand, limit, subject=subject)


def _kind(unit: str | None) -> Point:
    return STATE if unit is None else Point(unit, resolution=0.01 if unit != "kWh" else 0.0001)
