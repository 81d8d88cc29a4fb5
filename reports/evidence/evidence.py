"""Evidence: everything that was recorded, ready to be asked. Pure; built from bytes alone.

evidence = Evidence.from_files(files)
evidence.signals("npu-1-exporter/temperature")      every instance
evidence.series("ups-1-card/output.source").text
evidence.execution("smoke").marks["sweep-begin"]    ns UTC
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from hashlib import sha256
from typing import Any

from profiles.refusal import Refusal
from reports.bundles.strict_json import parse_object
from reports.evidence.journal import read_events
from reports.evidence.sample_file import SampleFile
from reports.judging.verdict import Status

NS = 1_000_000_000
GOOD, ERROR = 0, 4
_REMEDY = "use the untouched records"

# The versions of the bench record. In the second, devices with one calibration certificate are one instrument, and a
# point with a * in its instance stands for the rows of a table.
BENCH_SCHEMAS = ("bench-record/1", "bench-record/2")


@dataclass(frozen=True, slots=True)
class Series:
    """The samples of one signal in the order of time: `t` and `half` in ns UTC, `value` NaN and `text` ""
    where there is none, `quality` 0 good, 1 stale, 2 not-implemented, 3 out-of-range, 4 error."""

    signal: str
    t: Sequence[int]
    half: Sequence[int]
    value: Sequence[float]
    text: Sequence[str]
    quality: Sequence[int]

    def __len__(self) -> int:
        return len(self.t)

    def window(self, begin: int, end: int) -> "Series":
        """The samples with begin ≤ t ≤ end."""
        cut = slice(bisect_left(self.t, begin), bisect_right(self.t, end))
        return Series(self.signal, self.t[cut], self.half[cut], self.value[cut], self.text[cut], self.quality[cut])


@dataclass(frozen=True, slots=True)
class Execution:
    """One run of a procedure: how it ended, its times in ns UTC, its marks, its questions and their answers."""

    procedure: str
    status: Status
    begin: int
    end: int
    marks: Mapping[str, int]
    answers: Sequence[Mapping[str, Any]]
    questions: Sequence[Mapping[str, Any]] = ()
    reason: str = ""
    interrupted: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """Events, samples, and the declared equipment and devices, by their names; the recorded signals by name, sorted;
    the version of the record of the bench."""

    events: Sequence[Mapping[str, Any]]
    samples: SampleFile
    equipment: Mapping[str, Mapping[str, Any]]
    devices: Mapping[str, Mapping[str, Any]]
    measures: Sequence[Mapping[str, Any]]
    rows: Mapping[str, tuple[int, int]]
    bench_schema: str = BENCH_SCHEMAS[0]
    names: tuple[str, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(self.rows))

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> "Evidence":
        """Evidence of the files under `data/`; Refusal if one is missing, damaged or contradicts another."""
        events = read_events(_file(files, "data/events.ndjson"), where="data/events.ndjson")
        samples = SampleFile(_file(files, "data/samples/samples.parquet"), "data/samples/samples.parquet")
        _check_digest(events, samples)
        bench = parse_object(_file(files, "data/bench.json"), "data/bench.json")
        equipment = parse_object(_file(files, "data/equipment.json"), "data/equipment.json")
        schema = bench.get("schema", BENCH_SCHEMAS[0])
        if schema not in BENCH_SCHEMAS:
            raise Refusal("data/bench.json", f"there is no record '{schema}' here", "judge it with the newest version")
        _check_certificates(files, bench["devices"])
        measures = bench.get("measures") or []
        return cls(events, samples, equipment["equipment"], bench["devices"], measures, samples.spans, schema)

    @property
    def closed(self) -> bool:
        """Whether the recording was ended; after a crash it was not."""
        return bool(self.events) and self.events[-1]["kind"] == "end"

    @property
    def began(self) -> int:
        """When the recording began, ns UTC; 0 if nothing was recorded."""
        return int(self.events[0]["t"]) if self.events else 0

    @property
    def ended(self) -> int:
        """The time of the last event, ns UTC."""
        return int(self.events[-1]["t"]) if self.events else 0

    def series(self, signal: str) -> Series:
        """The samples of a signal; empty if there are none."""
        return Series(signal, *self.samples.rows(*self.rows.get(signal, (0, 0))))

    def signals(self, pattern: str) -> tuple[str, ...]:
        """The recorded signals that the pattern selects, sorted; a point without instance means all."""
        return tuple(signal for signal in self.rows if selects(pattern, signal))

    def instances(self, device: str, point: str) -> tuple[str, ...]:
        """The points `point@instance` of a device that were recorded, sorted."""
        prefix = f"{device}/{point}@"
        begin, end = bisect_left(self.names, prefix), bisect_left(self.names, prefix + "\U0010ffff")
        return tuple(name.partition("/")[2] for name in self.names[begin:end])

    def marks(self, procedure: str) -> Mapping[str, int]:
        """The marks of the first completed execution: name to ns UTC."""
        execution = self.execution(procedure)
        return execution.marks if execution and execution.status is Status.COMPLETED else {}

    def answers(self, device: str, question: str) -> list[dict[str, Any]]:
        """The content of every answer of a device to a question, in the order of recording."""
        return [
            dict(event["content"])
            for event in self.events
            if event["kind"] == "answer" and (event.get("device"), event.get("question")) == (device, question)
        ]

    def execution(self, procedure: str) -> Execution | None:
        """The first completed execution of a procedure, so that no later one can hide what it found; the
        latest of any kind if none was completed."""
        runs = executions(self.events, procedure)
        completed = next((run for run in runs if run.status is Status.COMPLETED), None)
        return completed or (runs[-1] if runs else None)


def executions(events: Sequence[Mapping[str, Any]], procedure: str | None = None) -> list[Execution]:
    """Every execution of a procedure (of all if None), in order; one that never ended is interrupted."""
    found: list[Execution] = []
    begun: dict[str, int] = {}
    for index, event in enumerate(events):
        name = str(event.get("name"))
        if event["kind"] == "begin" or (event["kind"] == "procedure" and event["status"] == "started"):
            # A new attempt, or a new start, leaves behind what was under way.
            left = list(begun) if event["kind"] == "begin" else [name] if name in begun else []
            found.extend(_execution(events, n, begun.pop(n), index) for n in left)
            if event["kind"] == "procedure":
                begun[name] = index
        elif event["kind"] == "procedure" and name in begun:
            found.append(_execution(events, name, begun.pop(name), index + 1))
    found.extend(_execution(events, n, begin, len(events)) for n, begin in begun.items())
    return [run for run in found if procedure is None or run.procedure == procedure]


def selects(pattern: str, name: str) -> bool:
    """Whether a pattern selects a signal or point; one without `@` means all instances."""
    return fnmatchcase(name, pattern) or ("@" not in pattern and fnmatchcase(name.split("@", 1)[0], pattern))


def _execution(events: Sequence[Mapping[str, Any]], name: str, begin: int, end: int) -> Execution:
    part, last = events[begin:end], events[end - 1]
    ended = last["kind"] == "procedure" and last.get("name") == name and last["status"] != "started"
    marks = {str(e["name"]): int(e["t"]) for e in part if e["kind"] == "mark" and e.get("procedure") == name}
    return Execution(
        procedure=name,
        status=Status(last["status"]) if ended else Status.ABORTED,
        begin=int(part[0]["t"]),
        end=int(last["t"]),
        marks=marks,
        answers=[event for event in part if event["kind"] == "answer"],
        questions=[event for event in part if event["kind"] == "question"],
        reason=str(last.get("reason") or "") if ended else "",
        interrupted=not ended,
    )


def _check_digest(events: Sequence[Mapping[str, Any]], samples: SampleFile) -> None:
    """A closed journal names its samples; one that is still being written cannot yet."""
    if not events or events[-1]["kind"] != "end":
        return
    last = next((event for event in reversed(events) if event["kind"] in ("samples", "begin")), None)
    if last is None or last["kind"] != "samples":
        raise Refusal("data/events.ndjson", "the journal ends without naming its samples", _REMEDY)
    if (last.get("digest"), last.get("count")) != (samples.digest, samples.count):
        raise Refusal("data/samples/samples.parquet", "the samples are not those the journal closed with", _REMEDY)


def _check_certificates(files: Mapping[str, bytes], devices: Mapping[str, Mapping[str, Any]]) -> None:
    """A digital calibration certificate is the one that the bench was read with."""
    for device in devices.values():
        named = (device.get("calibration") or {}).get("dcc")
        if named and sha256(_file(files, named["file"])).hexdigest() != named["sha256"]:
            raise Refusal(named["file"], "it is not the certificate that the bench was read with", _REMEDY)


def _file(files: Mapping[str, bytes], name: str) -> bytes:
    if name not in files:
        raise Refusal(name, "it is missing", "give all files under data/")
    return files[name]
