"""Statistics of reported times."""

from reports.evidence.evidence import NS
from reports.judging.reasons import doubtful
from reports.measurands.registry import Value, measurand
from reports.measurands.scope import Pattern, Scope


@measurand("greatest-age", judges_records=True)
def greatest_age(scope: Scope, *, of: Pattern) -> Value:
    """y = max (t - x) in s: t when a sample was taken, x the UTC time that it reports."""
    tracks = scope.numbers(of)
    for track in tracks:
        if track.channel.kind != "time":
            raise doubtful("no-unit", points=f"{track.channel.role}, s")
    return Value(max(t / NS - x for track in tracks for t, x in zip(track.t, track.value, strict=True)), "s")
