"""Results in the unit of the limit, where a statistic's own unit is made of those of its signals.

in_limit(scope, 7.2e6, unit("W").times(unit("s")))        Value(2.0, "kWh") for a limit in kWh
"""

from profiles.units import Unit, unit
from reports.judging.reasons import doubtful
from reports.measurands.registry import Edge, Value
from reports.measurands.scope import Scope, Track


def in_limit(scope: Scope, number: float, of: Unit, edges: tuple[Edge, ...] = (), bound: str | None = None) -> Value:
    """A number of base units in the unit of the limit; NoEvidence if the two are not of one kind."""
    name = str(scope.limit.get("unit"))
    try:
        wanted = unit(name)
    except ValueError:
        wanted = None
    if wanted is None or not wanted.fits(of):
        raise doubtful("other-unit", limit=name)
    scaled = tuple(Edge(edge.interval / wanted.scale, edge.stamp / wanted.scale) for edge in edges)
    return Value(number / wanted.scale, name, bound, scaled)


def unit_of_track(track: Track) -> Unit:
    """The unit of a track's values; NoEvidence if it is none that can be computed with."""
    try:
        return unit(track.channel.unit or "")
    except ValueError as error:
        raise doubtful("no-unit", points=track.channel.role) from error


def difference_unit(name: str) -> str:
    """The unit of a difference: two temperatures in °C are so many K apart."""
    return "K" if name == "°C" else name


def two_readings(track: Track) -> tuple[Edge, ...]:
    """What the resolution of a channel leaves open about the difference of two of its readings: one step each.

    Both readings are rounded on their own, so moving all readings together does not show it.
    """
    channel = track.channel
    return () if channel.exact or not channel.resolution else (Edge(channel.resolution), Edge(channel.resolution))
