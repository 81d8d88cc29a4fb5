"""Ensembles of instruments whose truth is known: what they show, and how their errors are really distributed.

Every trial is an instrument of its own with a truth of its own, spread around the limit. The numbers go through the
simulators' measurement chain into evidence; the judge sees nothing else.

    case = CASES[0]
    case.place(run, 7, truth=100.3, draw=Random(7))
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from fixtures.accuracy import Accuracy
from fixtures.map_point import MapPoint
from profiles.quality import Quality
from reports.judging.convolution import within
from simulators.channel import Channel, quantiser, sensor_of
from simulators.measurement_rules import rule_of
from simulators.plant.noise import derive
from simulators.sensor import refresh
from tests.reports.build import CALIBRATION, NS, STATE, T0, Point, Run, Sample

DURATION_S = 16.0
SAMPLES = 17
RESOLUTION = 0.001
FREEDOM = 5
STUDENT = 2.649
# Half a round trip, and the time between two samples of a state.
STAMP_S, EVERY_S = 0.02, 1.0
Place = Callable[[Run, int, float, Random], None]


@dataclass(frozen=True, slots=True)
class Case:
    """One measurand near its limit. `half` is about its U; `rectangles` and `normal` are the errors that the
    instruments really have, in the unit of the limit; `samples_s` how long a run lasts."""

    title: str
    measurand: Mapping[str, Any]
    unit: str
    limit: float
    half: float
    rectangles: tuple[float, ...]
    normal: float
    place: Place
    subject: str = "pdu"
    alone: bool = False

    def below(self, error: float) -> float:
        """The probability that an instrument's error is at most this."""
        share = within(self.rectangles, self.normal, abs(error))
        return (1 + math.copysign(share, error)) / 2


def shown(truths: list[float], relative: float, draw: Random) -> list[float]:
    """What a unit of this accuracy class shows for these truths: counted up, so that nothing but its own error
    comes to them."""
    point = MapPoint("energy", "quantity", "kWh", {}, accuracy=Accuracy(relative, 0.0), resolution=RESOLUTION)
    now = iter(truths)
    sensor = sensor_of(point, lambda: next(now), rule_of("pdu", "energy"))
    channel = Channel("energy", point, sensor, derive(draw.getrandbits(60)))
    values = []
    for n in range(len(truths)):
        refresh([sensor], 1000 * (n + 1), 1000)
        measured = channel.measured()
        assert isinstance(measured, float)
        values.append(quantiser(RESOLUTION)(measured))
    return values


def counted(relative: float) -> Place:
    """A counter of an accuracy class, over an hour in which it counts the truth."""

    def place(run: Run, number: int, truth: float, draw: Random) -> None:
        name = _unit(run, number, {"energy": Point("kWh", relative=relative, resolution=RESOLUTION)})
        steps = [5000 + truth * n / (SAMPLES - 1) for n in range(SAMPLES)]
        run.sample(f"{name}/energy", shown(steps, relative, draw))

    return place


def certified(u: float, relative: float = 0.0, freedom: float = math.inf) -> Place:
    """A reading with a certificate, whose laboratory knew its correction to ± u; with few degrees of freedom it had
    to estimate that u from as many observations."""

    def place(run: Run, number: int, truth: float, draw: Random) -> None:
        left = draw.gauss(0, u)
        estimated, stated = u, {"expanded": 2 * u, "k": 2}
        if math.isfinite(freedom):
            estimated = u * math.sqrt(math.fsum(draw.gauss(0, 1) ** 2 for _ in range(int(freedom))) / freedom)
            stated = {"expanded": STUDENT * estimated, "k": STUDENT, "degrees-of-freedom": freedom}
        point = Point("kWh", relative=relative, resolution=RESOLUTION)
        name = _unit(run, number, {"energy": point}, calibration=CALIBRATION | {"points": {"energy": stated}})
        run.sample(f"{name}/energy", [value + left for value in shown([truth] * SAMPLES, relative, draw)])

    return place


def ratio(relative: float, supplied: float) -> Place:
    """Two counters of one class: what comes into a site over what its computers draw."""

    def place(run: Run, number: int, truth: float, draw: Random) -> None:
        run.equip("container-1", "container")
        energies = {"incoming": supplied, "it": supplied / truth}
        for feature, energy in energies.items():
            point = Point("kWh", relative=relative, resolution=RESOLUTION)
            run.equip(f"meter-{feature}", "meter", features=[feature])
            run.device(f"meter-{feature}-modbus", f"meter-{feature}", {"energy.import": point})
            steps = [energy * n / (SAMPLES - 1) for n in range(SAMPLES)]
            run.sample(f"meter-{feature}-modbus/energy.import", shown(steps, relative, draw))

    return place


def moment(run: Run, number: int, truth: float, draw: Random) -> None:
    """A state that begins after the truth, seen by a sampler that knows nothing of it."""
    name = _unit(run, number, {"source": STATE})
    _states(run, f"{name}/source", truth, draw)


def two_moments(run: Run, number: int, truth: float, draw: Random) -> None:
    """A state of one point that follows another's, each sampled on its own."""
    begin = draw.uniform(3, 4)
    for point, change in (("first", begin), ("second", begin + truth)):
        run.equip(f"pdu-{number}", "pdu")
        run.device(f"pdu-{number}-{point}", f"pdu-{number}", {point: STATE})
        _states(run, f"pdu-{number}-{point}/{point}", change, draw)


def _states(run: Run, signal: str, change: float, draw: Random) -> None:
    phase = draw.uniform(0, EVERY_S)
    for n in range(round(run.duration / EVERY_S)):
        at = phase + n * EVERY_S
        stamp = T0 + round((at + draw.uniform(-STAMP_S, STAMP_S)) * NS)
        state = "battery" if at >= change else "normal"
        run.samples.append(Sample(signal, max(stamp, T0), round(STAMP_S * NS), state, state, Quality.GOOD))


def _unit(run: Run, number: int, points: Mapping[str, Point], **more: Any) -> str:
    run.equip(f"pdu-{number}", "pdu")
    run.device(f"pdu-{number}-snmp", f"pdu-{number}", points, **more)
    return f"pdu-{number}-snmp"


LOWEST = {"statistic": "lowest", "of": "energy"}
AT = {"subject": "meter", "at": "site", "point": "energy.import"}
PARTS = {
    "site": {"statistic": "increment", "of": {**AT, "feature": "incoming"}},
    "it": {"statistic": "increment", "of": {**AT, "feature": "it"}},
}
CASES = (
    Case("accuracy class 1 %", {"statistic": "increment", "of": "energy"}, "kWh", 90, 0.86, (0.9,), 0, counted(0.01)),
    Case("certificate", LOWEST, "kWh", 100, 0.9, (), 0.45, certified(0.45)),
    Case("certificate, 5 degrees of freedom", LOWEST, "kWh", 100, 1.19, (), 0.45, certified(0.45, freedom=FREEDOM)),
    Case("class 0.6 % and certificate", LOWEST, "kWh", 100, 0.97, (0.6,), 0.36, certified(0.36, relative=0.006)),
    Case(
        "ratio of two counters of class 0.5 %",
        {"statistic": "combined", "formula": "site / it", "parts": PARTS},
        "1",
        1.5,
        0.0118,
        (0.0075, 0.0075),
        0,
        ratio(0.005, 600),
        "container",
        alone=True,
    ),
    Case(
        "delay to a state seen once a second",
        {"statistic": "delay-to-state", "of": "source", "state": "battery"},
        "s",
        6,
        0.48,
        (0.5,),
        0,
        moment,
    ),
    Case(
        "delay between two such states",
        {
            "statistic": "delay-between",
            "start": {"of": "first", "state": "battery"},
            "end": {"of": "second", "state": "battery"},
        },
        "s",
        6,
        0.79,
        (0.5, 0.5),
        0,
        two_moments,
    ),
)
