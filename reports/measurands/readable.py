"""Statistics of what can be read at all. Samples that are not good are the evidence here, not a gap in it."""

from reports.evidence.evidence import GOOD, selects
from reports.judging.channels import device_channels, devices_of
from reports.judging.reasons import nothing
from reports.measurands.registry import Value, measurand
from reports.measurands.scope import Pattern, Scope, patterns


@measurand("share-readable", judges_records=True)
def share_readable(scope: Scope, *, of: Pattern = "*") -> Value:
    """y = 100 · |points with at least one good sample| / |points| in %.

    The points are those that the device maps of the equipment's devices declare and the patterns select; a
    point with instances is readable if one of them is.
    """
    found: dict[tuple[str, str], bool] = {}
    for device in devices_of(scope.evidence, scope.equipment):
        for point in scope.evidence.devices[device]["points"]:
            if any(selects(pattern, point) for pattern in patterns(of)):
                several = device_channels(scope.evidence, device, point)
                found[device, point] = any(scope.any_good(channel) for channel in several)
    if not found:
        raise nothing("no-point", equipment=scope.equipment, point=", ".join(patterns(of)))
    return Value(100 * sum(found.values()) / len(found), "%")


@measurand("share-good", judges_records=True)
def share_good(scope: Scope, *, of: Pattern = "*") -> Value:
    """y = 100 · |good samples| / |samples| in %, over all channels: how often a reading came, and was one."""
    selected = scope.channels(of)
    scope.check_heard(selected)
    found = [quality for channel in selected for quality in scope.qualities(channel)]
    return Value(100 * sum(quality == GOOD for quality in found) / len(found), "%")
