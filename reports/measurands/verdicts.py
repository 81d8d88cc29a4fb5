"""Statistics of the other verdicts: whether the instruments were good enough for what was decided."""

from reports.judging.reasons import nothing
from reports.judging.verdict import Verdict
from reports.measurands.registry import Value, measurand
from reports.measurands.scope import Scope


@measurand("uncertainty-ratio", judges_records=True, judges_verdicts=True)
def uncertainty_ratio(scope: Scope) -> Value:
    """y = min (max - min) / 2U over the verdicts with a range as limit: how many times U fits into half of it."""
    ratios = [
        (verdict.limit["max"] - verdict.limit["min"]) / (2 * verdict.uncertainty)
        for verdict in scope.verdicts
        if verdict.limit and verdict.limit["op"] == "range" and verdict.uncertainty
    ]
    if not ratios:
        raise nothing("no-verdict")
    return Value(min(ratios), "1")


@measurand("relative-uncertainty", judges_records=True, judges_verdicts=True)
def relative_uncertainty(scope: Scope, *, requirement: str) -> Value:
    """y = max 100 · U / |x| in % over the verdicts of a requirement, x their results."""
    found = [_relative(verdict) for verdict in scope.verdicts if verdict.requirement == requirement and verdict.value]
    if not found:
        raise nothing("no-verdict")
    return Value(max(found), "%")


def _relative(verdict: Verdict) -> float:
    if verdict.value is None or verdict.uncertainty is None:
        raise nothing("no-verdict")
    return 100 * verdict.uncertainty / abs(verdict.value)
