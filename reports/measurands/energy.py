"""Energies and their ratios: the integral of a signal over the scope, by trapezoids.

The first and the last value are held to the ends of the scope. A hole of more than two sampling intervals is
not bridged: what nobody saw may be anything.
"""

import math
from itertools import pairwise

from profiles.units import unit
from reports.evidence.evidence import NS
from reports.judging.reasons import doubtful
from reports.measurands.alignment import interval
from reports.measurands.registry import Value, measurand
from reports.measurands.results import in_limit, unit_of_track
from reports.measurands.scope import Scope, Track, one_unit
from reports.measurands.signals import Signal, signals


@measurand("energy")
def energy(scope: Scope, *, of: Signal) -> Value:
    """y = Σ ∫ x dt over the channels, ∫ x dt = Σ (x(n) + x(n+1)) / 2 · (t(n+1) - t(n)), in the unit of the limit."""
    number, tracks = _sum(scope, of)
    return in_limit(scope, number, unit_of_track(tracks[0]).times(unit("s")))


@measurand("ratio")
def ratio(scope: Scope, *, of: Signal, per: Signal) -> Value:
    """y = Σ ∫ a dt / Σ ∫ b dt over the channels of `of` and of `per`, in the unit of the limit.

    Both integrals are over the same scope, so that a ratio of powers is one of energies, and of their means.
    """
    above, first = _sum(scope, of)
    below, second = _sum(scope, per)
    if not below:
        raise doubtful("zero", points=", ".join(track.channel.role for track in second))
    return in_limit(scope, above / below, unit_of_track(first[0]).times(unit_of_track(second[0]), -1))


def _sum(scope: Scope, of: Signal) -> tuple[float, list[Track]]:
    """The integrals of all channels together, in base units times seconds."""
    tracks = signals(scope, of)
    one_unit(tracks)
    return math.fsum(_integral(scope, track) for track in tracks) * unit_of_track(tracks[0]).scale, tracks


def _integral(scope: Scope, track: Track) -> float:
    times, values = [scope.begin, *track.t, scope.end], [track.value[0], *track.value, track.value[-1]]
    usual = max(interval(track), track.channel.refresh * NS)
    hole = max(b - a for a, b in pairwise(times))
    if hole > 2 * usual:
        raise doubtful("hole", signal=track.channel.signal, seconds=f"{hole / NS:.3g}")
    steps = zip(pairwise(times), pairwise(values), strict=True)
    return math.fsum((x + y) / 2 * (b - a) / NS for (a, b), (x, y) in steps)
