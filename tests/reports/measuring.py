"""Evaluating one measurand on hand-made evidence, without judging it.

measured(run, {"statistic": "highest", "of": "power"}, "W").number
"""

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from profiles.quality import Quality
from reports.evidence.evidence import Evidence
from reports.measurands.registry import Value, find
from reports.measurands.scope import Scope
from tests.reports.build import NS, STATE, T0, Point, Run

Readings = Sequence[float | str | Quality | None]
SIZE = 24
numbers = st.floats(-1000, 1000).map(lambda x: round(x, 3))
series = st.lists(numbers, min_size=SIZE, max_size=SIZE)
positive = st.lists(st.floats(1, 1000).map(lambda x: round(x, 3)), min_size=SIZE, max_size=SIZE)


def recorded(every: float = 1.0, points: Mapping[str, Point] | None = None, **signals: Readings) -> Run:
    """A run of one device whose points were read every so many seconds, from the mark begin to the last sample.

    A name `a__b` is the point a.b; texts are states, numbers are in W unless `points` says otherwise.
    """
    named = {name.replace("__", "."): values for name, values in signals.items()}
    length = max(len(values) for values in named.values())
    run = Run(duration=(length - 1) * every).equip("unit-1", "meter", ratings={"power": {"value": 500, "unit": "W"}})
    known = {
        name: (points or {}).get(name, STATE if any(isinstance(v, str) for v in values) else Point("W"))
        for name, values in named.items()
    }
    run.device("d", "unit-1", known)
    for name, values in named.items():
        run.sample(f"d/{name}", values, every=every)
    return run


def measured(run: Run, measurand: Mapping[str, Any], unit: str = "W", **limit: Any) -> Value:
    """The value of a measurand between the marks begin and end; NoEvidence as the statistic raises it."""
    evidence = Evidence.from_files(run.files())
    execution = evidence.execution("smoke")
    assert execution is not None
    window = execution.marks["begin"], execution.marks["end"]
    wanted = {"op": "<=", "value": 0, **limit, "unit": unit}
    scope = Scope(evidence, next(iter(run.equipment)), execution, *window, wanted)
    return find(measurand["statistic"])(scope, measurand)


def at(seconds: float) -> int:
    """The time so many seconds after the mark begin."""
    return T0 + round(seconds * NS)
