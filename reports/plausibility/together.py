"""An event leaves its traces elsewhere: what comes alone was made up.

{check: together, point: state, states: [open], within: 5,
 traces: [{point: badges}, {of: camera, at: site, point: heartbeat}]}
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

from reports.evidence.evidence import NS
from reports.judging.channels import channels
from reports.plausibility.examination import Examination
from reports.plausibility.recording import Recording, Said
from reports.plausibility.terms import selected


def examine_together(rule: str, case: Mapping[str, Any], unit: str, recording: Recording) -> Iterator[Examination]:
    """Whenever the point comes into one of the states, each of the traces changes at most `within` seconds before or
    after it, give or take one reach; of several channels of one trace it is enough that one does."""
    for channel in channels(recording.evidence, unit, case["point"]):
        said = recording.of(channel)
        traces = [_trace(spec, unit, recording) for spec in case["traces"]]
        signals = frozenset({channel.signal}).union(one.channel.signal for trace in traces for one in trace)
        events = [
            said.t[n]
            for n in range(1, len(said))
            if said.text[n] in case["states"] and said.text[n - 1] not in case["states"]
        ]
        if not all(traces) or not events or not signals & recording.used:
            continue
        span = round(case["within"] * NS) + said.reach
        alone = [t for t in events if not all(any(_changes(one, t, span) for one in trace) for trace in traces)]
        blank = Examination(rule, unit, recording.execution.procedure, signals)
        yield replace(blank, begin=alone[0], end=alone[-1], samples=len(alone)) if alone else blank


def _trace(spec: Mapping[str, Any], unit: str, recording: Recording) -> list[Said]:
    chosen = selected({"take": "any", **spec}, "", unit, "", recording.evidence)
    return [said for said in map(recording.of, chosen) if len(said)]


def _changes(said: Said, t: int, span: int) -> bool:
    """Whether the channel showed something new around an instant; true where the recording does not reach."""
    begin, end = t - span - said.reach, t + span + said.reach
    if said.t[0] > begin or said.t[-1] < end:
        return True
    near = said.between(begin, end)
    shown = near.value if said.channel.kind == "quantity" else near.text
    return any(before != after for before, after in pairwise(shown))
