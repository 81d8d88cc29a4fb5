"""Which charts a requirement gets, chosen from what its verdicts used.

Recording(files).pictures(rows, requirement)      ["<svg …>", …]
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reports.bundles.content import EVENTS, SAMPLES, Content
from reports.evidence.evidence import executions
from reports.evidence.journal import read_events
from reports.evidence.samples import Columns, read_samples, spans
from reports.judging.channels import declared_point
from reports.judging.verdict import Status
from reports.rendering.charts import (
    COLOURS,
    Curve,
    Frame,
    Lane,
    Limits,
    Result,
    result_chart,
    signal_chart,
    state_chart,
)
from reports.rendering.wording import Row, limits_of, severity, unit_text

NS = 1e9
Requirement = Mapping[str, Any]
CURVES, LANES, RESULTS = 32, 16, 40
GOOD = 0


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart, the names of its coloured curves, and how many signals found no room in it.

    `curves`, `limits` and `frame` are what it was drawn from, where it shows numbers over time.
    """

    kind: str
    svg: str
    legend: tuple[str, ...] = ()
    left_out: int = 0
    far: bool = False
    curves: tuple[Curve, ...] = ()
    limits: Limits = field(default_factory=Limits)
    frame: Frame | None = None


class Recording:
    """The samples and marks of a bundle, ready to be drawn."""

    def __init__(self, files: Mapping[str, bytes], content: Content) -> None:
        self._columns: Columns = read_samples(files[SAMPLES])
        self._spans = {signal: (begin, end) for signal, begin, end in spans(self._columns.signal)}
        events = read_events(files[EVENTS])
        self._marks = [event for event in events if event["kind"] == "mark"]
        completed = [run for run in executions(events) if run.status is Status.COMPLETED]
        self._executions = {run.procedure: run for run in completed}
        self._curves_drawn: dict[str, Curve] = {}
        self._devices = content.bench["devices"]
        times = self._columns.t
        self._zero = min(times) if times else int(events[0]["t"]) if events else 0

    def pictures(self, rows: Sequence[Row], requirement: Requirement, title: str) -> list[Picture]:
        """The results against their limit, and the signals the verdicts were computed from."""
        found = (self._results(rows, title), self._signals(rows, requirement, title))
        return [picture for picture in found if picture]

    def window(self, requirement: Requirement) -> tuple[int, int] | None:
        """Begin and end of a measurand in ns UTC, in the latest completed execution; None without one."""
        execution, measurand = self._executions.get(requirement["procedure"]), requirement["measurand"]
        if execution is None:
            return None
        begin = execution.marks.get(measurand.get("from", ""), execution.begin)
        return begin, execution.marks.get(measurand.get("to", ""), execution.end)

    def _results(self, rows: Sequence[Row], title: str) -> Picture | None:
        valued = sorted((r for r in rows if r["value"] is not None and r["limit"]), key=severity)[:RESULTS]
        if not valued:
            return None
        results = [Result(str(r["equipment"]), r["value"], r["uncertainty"] or 0.0, r["verdict"]) for r in valued]
        unit = unit_text(valued[0]["unit"])
        return Picture("results", result_chart(results, limits_of(valued[0]["limit"]), unit, title))

    def _signals(self, rows: Sequence[Row], requirement: Requirement, title: str) -> Picture | None:
        used = (channel for row in sorted(rows, key=severity) for channel in row["channels"])
        signals = (f"{channel['device']}/{channel['point']}" for channel in used if channel.get("point"))
        names = [name for name in dict.fromkeys(signals) if name in self._spans]
        kinds = {self._kind(name) for name in names}
        if kinds == {"state"}:
            return self._lanes(names, requirement["procedure"], title)
        numeric = [name for name in names if self._kind(name) == "quantity"]
        units = [self._unit(name) for name in numeric]
        chosen = [name for name, unit in zip(numeric, units, strict=True) if unit == units[0]]
        return self._curves(chosen, rows, requirement, title) if chosen else None

    def _curves(self, names: list[str], rows: Sequence[Row], requirement: Requirement, title: str) -> Picture | None:
        unit, shown = self._unit(names[0]), names[:CURVES]
        limits = drawn_limits(rows, requirement, unit)
        frame = self._frame(shown, requirement["procedure"], unit, title)
        curves = tuple(self._curve(name) for name in shown)
        svg = signal_chart(curves, limits, frame)
        if not svg:
            return None
        legend = tuple(shown) if len(shown) <= COLOURS else ()
        far = bool(limits.values) and 'class="limit"' not in svg
        return Picture("signals", svg, legend, len(names) - len(shown), far, curves, limits, frame)

    def _lanes(self, names: list[str], procedure: str, title: str) -> Picture:
        shown = names[:LANES]
        lanes = []
        for name in shown:
            begin, end = self._spans[name]
            good = [self._columns.quality[i] == GOOD for i in range(begin, end)]
            states = [self._columns.text[begin + i] if ok else None for i, ok in enumerate(good)]
            lanes.append(Lane(name, self._times(begin, end), states))
        order = sorted({state for lane in lanes for state in lane.states if state is not None})
        svg = state_chart(lanes, self._frame(shown, procedure, "", title), order)
        return Picture("states", svg, tuple(shown), len(names) - len(shown))

    def _curve(self, name: str) -> Curve:
        if name not in self._curves_drawn:
            begin, end = self._spans[name]
            values: Sequence[float | None] = self._columns.value[begin:end]
            quality = self._columns.quality[begin:end]
            if any(quality):
                values = [v if q == GOOD else None for v, q in zip(values, quality, strict=True)]
            self._curves_drawn[name] = Curve(name, self._times(begin, end), values)
        return self._curves_drawn[name]

    def _times(self, begin: int, end: int) -> list[float]:
        return [(time - self._zero) / NS for time in self._columns.t[begin:end]]

    def _frame(self, names: Sequence[str], procedure: str, unit: str, title: str) -> Frame:
        begin = min(self._columns.t[self._spans[name][0]] for name in names)
        end = max(self._columns.t[self._spans[name][1] - 1] for name in names)
        own = [mark for mark in self._marks if mark.get("procedure") == procedure]
        marks = [((int(mark["t"]) - self._zero) / NS, str(mark["name"])) for mark in own]
        low, high = (begin - self._zero) / NS, (end - self._zero) / NS
        inside = [(time, name) for time, name in marks if low - 1 <= time <= high + 1]
        span = [time for time, _ in inside]
        return Frame(min([low, *span]), max([high, *span]), inside, unit, title)

    def _point(self, signal: str) -> Mapping[str, Any]:
        device, _, rest = signal.partition("/")
        return declared_point(self._devices.get(device, {}), rest)

    def _kind(self, signal: str) -> str:
        return str(self._point(signal).get("kind", "quantity"))

    def _unit(self, signal: str) -> str:
        return str(self._point(signal).get("unit") or "")


def drawn_limits(rows: Sequence[Row], requirement: Requirement, unit: str) -> Limits:
    """The lines to draw: the limit where it is in the signal's unit, else the band that the measurand counts in."""
    limit, measurand = requirement["limit"], requirement["measurand"]
    band = [measurand.get(side) for side in ("lower", "upper")]
    low, high = (float(edge) if isinstance(edge, int | float) else None for edge in band)
    # A share of time within a band is limited in %, which may happen to be the signal's unit too.
    if limit.get("unit") != unit or (low, high) != (None, None):
        return Limits(low, high)
    guarded = [row["uncertainty"] or 0.0 for row in rows if row["rule"] != "simple"]
    return limits_of(limit, max(guarded, default=0.0))
