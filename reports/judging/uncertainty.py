"""Measurement uncertainty: central Kragten over the input quantities of the channels that were used.

Every input x is moved by ± its standard uncertainty u and the measurand y computed again; d = (y(x+u) -
y(x-u)) / 2 is what it contributes, u_c² = Σ d², U = k · u_c rounded up to two significant digits. Where both
moves change y in the same direction, as at the best value of a share, the larger change is taken: the
central difference would cancel. How k follows from the declared probability, a `Coverage` says.
Source: GUM (JCGM 100) clause 5.1.3, Kragten 1994.

    quantities = inputs(evidence, channels, begin, end)
    expand(value, measure, quantities, Coverage(2.0, CONVOLVED)).expanded
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_UP, Decimal

from profiles.refusal import Refusal
from reports.evidence.evidence import Evidence
from reports.judging.calibration import calibration_of, certified, instruments
from reports.judging.channels import Channel, device_channels, devices_of
from reports.judging.contribution import Contribution
from reports.judging.correlation import added, sharing
from reports.judging.coverage_factor import Coverage
from reports.judging.reasons import doubtful
from reports.measurands.records import day
from reports.measurands.registry import Edge, Value

# The mean Gregorian year, in days.
_YEAR = 365.2425

Terms = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Input:
    """One input quantity: what `kind` of error, of which instrument or signal, in which unit.

    `terms` gives for each signal that moves with it the pairs (relative, absolute) whose largest
    relative · |x| + absolute is its standard uncertainty at x; `delay` is that of its times in ns and `freedom`
    the degrees of freedom behind them. Devices in one group `shared` were calibrated against the same standard.
    """

    kind: str
    name: str
    unit: str
    terms: Mapping[str, Terms]
    delay: int = 0
    freedom: float = math.inf
    shared: str = ""

    @property
    def rectangular(self) -> bool:
        """Whether it is known only to lie within bounds; what a certificate states is a normal quantity."""
        return self.kind != "calibration"


@dataclass(frozen=True, slots=True)
class Moved:
    """An input moved by `sign` times its standard uncertainty."""

    input: Input
    sign: int

    def value(self, channel: Channel, value: float) -> float:
        terms = self.input.terms.get(channel.signal, ())
        return self.sign * max((a * abs(value) + b for a, b in terms), default=0.0)

    def values(self, channel: Channel, values: Sequence[float]) -> Sequence[float]:
        """All values of a channel, moved; the plain cases without a call for each of millions."""
        match self.input.terms.get(channel.signal, ()):
            case []:
                return values
            case [(0.0, absolute)]:
                step = self.sign * absolute
                return [value + step for value in values]
            case [(relative, absolute)]:
                sign = self.sign
                return [value + sign * (relative * abs(value) + absolute) for value in values]
        return [value + self.value(channel, value) for value in values]

    def time(self, channel: Channel) -> int:
        return self.sign * self.input.delay if channel.device == self.input.name else 0


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """Expanded uncertainty `expanded` = `k` · u_c in the result's unit, rounded up, and its budget; `k` is
    the factor that the coverage asks for."""

    expanded: float
    k: float
    budget: tuple[Contribution, ...]


def inputs(evidence: Evidence, channels: Iterable[Channel], begin: int, end: int) -> list[Input]:
    """The input quantities of channels read as numbers in a window (ns UTC), sorted.

    Accuracy, drift by the time since the calibration, and what the instrument's surroundings add: rectangular, a/√3,
    each one input for all channels of one instrument in one unit; the devices of one equipment are interfaces of one
    instrument. Calibration: U/k of the certificate, one input for all channels of one certificate in one unit, with the
    fewest degrees of freedom that it states for them. Resolution: δ/√12 for each signal on its own. Time stamp: the
    greatest half-width /√3, one input a device. NoEvidence if a quantity's accuracy is not declared, Refusal if a
    certificate states fewer than one degree of freedom.
    """
    groups: dict[tuple[str, str, str], dict[str, Terms]] = {}
    freedoms: dict[tuple[str, str, str], float] = {}
    delays: dict[str, int] = {}
    used = list(channels)
    instrument = instruments(evidence, {channel.device for channel in used})
    shared = sharing(_standards(evidence, instrument))
    for channel in used:
        unit, signal = channel.unit or "s", channel.signal
        terms = {
            ("accuracy", channel.owner): _accuracy(evidence, channel),
            ("drift", channel.owner): _drift(evidence, channel),
            ("temperature", channel.owner): _temperature(evidence, channel),
            ("calibration", instrument[channel.device]): _calibration(evidence, channel),
            ("resolution", signal): _resolution(channel),
        }
        for (kind, name), pairs in terms.items():
            if any(a or b for a, b in pairs):
                groups.setdefault((kind, name, unit), {})[signal] = pairs
        stated = ("calibration", instrument[channel.device], unit)
        freedoms[stated] = min(freedoms.get(stated, math.inf), _freedom(evidence, channel))
        half = max(evidence.series(signal).window(begin, end).half, default=0)
        delays[channel.device] = max(delays.get(channel.device, 0), math.ceil(half / math.sqrt(3)))
    found = [
        Input(
            kind,
            name,
            unit,
            members,
            freedom=freedoms.get((kind, name, unit), math.inf),
            shared=shared.get(name, "") if kind == "calibration" else "",
        )
        for (kind, name, unit), members in sorted(groups.items())
    ]
    return found + [Input("time-stamp", name, "s", {}, delay) for name, delay in sorted(delays.items()) if delay]


def expand(
    value: Value, measure: Callable[[Moved], Value], quantities: Sequence[Input], coverage: Coverage
) -> Uncertainty:
    """The expanded uncertainty of `value` with the declared coverage; `measure` computes the measurand with an input
    moved.

    NoEvidence if the value, or one with an input moved, cannot be computed or is not finite.
    """
    if not math.isfinite(value.number):
        raise doubtful("not-finite")
    budget = [_contribution(measure, value.number, quantity) for quantity in quantities]
    budget += _edges(value.edges)
    budget += _standard_errors(budget, quantities)
    if value.repeats:
        budget.append(Contribution("repeatability", "samples", value.repeats.size, value.repeats.freedom))
    combined = math.sqrt(math.fsum(part.contribution**2 for part in budget))
    kept = tuple(part for part in budget if part.contribution)
    factor = coverage.factor(kept)
    return Uncertainty(round_up(factor * combined), factor, kept)


def round_up(number: float, digits: int = 2) -> float:
    """Rounded away from zero to so many significant digits; never smaller than it was.

    >>> round_up(0.1234), round_up(0.0)
    (0.13, 0.0)
    """
    exact = Decimal(repr(number))
    if not exact or not exact.is_finite():
        return number
    return float(exact.quantize(Decimal(1).scaleb(exact.adjusted() - digits + 1), ROUND_UP))


def _contribution(measure: Callable[[Moved], Value], y: float, quantity: Input) -> Contribution:
    up, down = (measure(Moved(quantity, sign)).number - y for sign in (+1, -1))
    if not (math.isfinite(up) and math.isfinite(down)):
        raise doubtful("unstable")
    change = max(abs(up), abs(down)) if up * down > 0 else abs(up - down) / 2
    rectangles = (math.sqrt(3) * change,) if quantity.rectangular else ()
    signed = 0.0 if up * down > 0 else (up - down) / 2
    return Contribution(
        quantity.kind, quantity.name, change, quantity.freedom, rectangles, change=signed, shared=quantity.shared
    )


def _standard_errors(budget: Sequence[Contribution], quantities: Sequence[Input]) -> list[Contribution]:
    """What certificates that share a standard contribute beyond each for itself, in one unit."""
    groups: dict[tuple[str, str], list[Contribution]] = {}
    for part, quantity in zip(budget, quantities, strict=False):
        if quantity.shared:
            groups.setdefault((quantity.shared, quantity.unit), []).append(part)
    found = []
    for (name, _), parts in sorted(groups.items()):
        # Where the direction is not known, the worst is: all go together.
        known = all(part.change or not part.contribution for part in parts)
        more = added([part.change if known else part.contribution for part in parts])
        found.append(Contribution("standard", name, math.sqrt(more), min(part.freedom for part in parts)))
    return found


def _edges(edges: Sequence[Edge]) -> list[Contribution]:
    """Moments located between two samples: interval/√12 each, and stamp/√3."""
    sampling = math.sqrt(math.fsum(edge.interval**2 / 12 for edge in edges))
    stamps = math.sqrt(math.fsum(edge.stamp**2 / 3 for edge in edges))
    return [
        Contribution("sampling", "interval", sampling, rectangles=tuple(edge.interval / 2 for edge in edges)),
        Contribution("time-stamp", "edges", stamps, rectangles=tuple(edge.stamp for edge in edges)),
    ]


def _accuracy(evidence: Evidence, channel: Channel) -> Terms:
    """The accuracies that the equipment's devices declare for the same point, as standard uncertainties."""
    declared = [one.accuracy for one in _interfaces(evidence, channel)]
    if None in declared:
        raise doubtful("no-accuracy", signal=channel.signal)
    return tuple((a[0] / math.sqrt(3), a[1] / math.sqrt(3)) for a in declared if a)


def _temperature(evidence: Evidence, channel: Channel) -> Terms:
    """What the surroundings add to those accuracies."""
    found = [one.temperature for one in _interfaces(evidence, channel)]
    return tuple((relative / math.sqrt(3), absolute / math.sqrt(3)) for relative, absolute in found)


def _interfaces(evidence: Evidence, channel: Channel) -> list[Channel]:
    """The channels of the equipment's devices for the same point; none of what carries no error."""
    devices = () if channel.exact else devices_of(evidence, channel.owner)
    found = [one for device in devices for one in device_channels(evidence, device, channel.point)]
    return [one for one in found if one.unit == channel.unit]


def _drift(evidence: Evidence, channel: Channel) -> Terms:
    """What the instrument may have drifted until the end of the run."""
    if channel.exact or not any(channel.drift):
        return ()
    try:
        calibrated = date.fromisoformat(str(calibration_of(evidence, channel.device)["date"]))
    except (KeyError, ValueError):
        raise doubtful("no-calibration", device=channel.device) from None
    years = max(0, (day(evidence.ended) - calibrated).days) / _YEAR
    return ((channel.drift[0] * years / math.sqrt(3), channel.drift[1] * years / math.sqrt(3)),)


def _standards(evidence: Evidence, instrument: Mapping[str, str]) -> dict[str, set[str]]:
    """What each instrument was calibrated against, of all its devices."""
    found: dict[str, set[str]] = {name: set() for name in instrument.values()}
    for device, name in instrument.items():
        found[name].update(calibration_of(evidence, device).get("standards") or ())
    return found


def _resolution(channel: Channel) -> Terms:
    """A count is what it is; a reported time is rounded like any other number."""
    return () if channel.exact and channel.kind != "time" else ((0.0, channel.resolution / math.sqrt(12)),)


def _calibration(evidence: Evidence, channel: Channel) -> Terms:
    stated = certified(evidence, channel)
    return ((0.0, float(stated["expanded"]) / float(stated.get("k") or 2)),) if stated else ()


def _freedom(evidence: Evidence, channel: Channel) -> float:
    stated = float(certified(evidence, channel).get("degrees-of-freedom", math.inf))
    if not stated >= 1:
        what = f"the certificate of {channel.device} states {stated} degrees of freedom"
        raise Refusal("data/bench.json", what, "state at least 1, or leave them out")
    return stated
