"""Statistics of the records themselves: calibration, identification, completeness."""

from datetime import UTC, date, datetime

from reports.evidence.evidence import NS
from reports.judging.channels import devices_of
from reports.judging.reasons import nothing
from reports.judging.verdict import Verdict, Word
from reports.measurands.registry import Value, measurand
from reports.measurands.results import in_limit
from reports.measurands.scope import Scope
from reports.measurands.signals import rated

IDENTITY = ("maker", "model", "serial")


def day(ns: int) -> date:
    """The UTC date of a time in ns."""
    return datetime.fromtimestamp(ns // NS, UTC).date()


@measurand("declared-rating")
def declared_rating(scope: Scope, *, rating: str) -> Value:
    """y = the rating that the equipment declares, in the unit of the limit; a part of something combined."""
    number, of = rated(scope, rating)
    return in_limit(scope, number, of)


@measurand("calibration-age")
def calibration_age(scope: Scope) -> Value:
    """y = max (date of the run - date of calibration) in whole days, over the equipment's devices."""
    ages = []
    for device in devices_of(scope.evidence, scope.equipment):
        calibration = scope.evidence.devices[device].get("calibration")
        if not calibration:
            raise nothing("no-calibration", device=device)
        scope.use(device)
        ages.append((day(scope.evidence.began) - date.fromisoformat(calibration["date"])).days)
    if not ages:
        raise nothing("no-declaration", equipment=scope.equipment, what="device")
    return Value(float(max(ages)), "d")


@measurand("evidence-completeness", judges_records=True, judges_verdicts=True)
def evidence_completeness(scope: Scope) -> Value:
    """y = 100 · |complete records| / |records| in %.

    The records are every verdict given so far that says pass or fail, and every declared equipment. A
    verdict is complete with an uncertainty and the device map's digest of every device it used; equipment
    with maker, model and serial number.
    """
    given = [verdict for verdict in scope.verdicts if verdict.verdict in (Word.PASS, Word.FAIL)]
    if not given:
        raise nothing("no-verdict")
    complete = [_complete(scope, verdict) for verdict in given]
    complete += [all(e.get(key) for key in IDENTITY) for e in scope.evidence.equipment.values()]
    for device in devices_of(scope.evidence, scope.equipment):
        scope.use(device)
    return Value(100 * sum(complete) / len(complete), "%")


def _complete(scope: Scope, verdict: Verdict) -> bool:
    used = {str(channel["device"]) for channel in verdict.channels}
    digests = [scope.evidence.devices.get(device, {}).get("map_digest") for device in used]
    return verdict.uncertainty is not None and bool(digests) and all(digests)
