"""A small builder of hand-made evidence: what a run would have recorded, stated line by line.

run = Run().equip("meter-1", "meter").device("meter-1-modbus", "meter-1", {"frequency": Point("Hz")})
run.sample("meter-1-modbus/frequency", [60.0] * 10)
verdict = run.require({"statistic": "lowest", "of": "frequency"}, {"op": ">=", "value": 59}, "Hz").judge()
"""

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path
from typing import Any

from profiles.quality import Quality
from profiles.resolve import normative_digest
from reports.evidence.journal import Journal
from reports.evidence.samples import Sample, SampleWriter, close_samples
from reports.judging.judge import Judgement, judge_files
from reports.judging.verdict import Verdict

NS = 1_000_000_000
T0 = 1_793_577_600 * NS  # 2026-11-02T00:00:00Z
CALIBRATION = {"date": "2026-03-02", "due": "2027-03-01"}


@dataclass(frozen=True)
class Point:
    """A point as the bench record declares it."""

    unit: str | None = None
    kind: str = "quantity"
    relative: float = 0.0
    absolute: float = 0.0
    resolution: float = 0.0
    refresh: float = 1.0

    def record(self) -> dict[str, Any]:
        accuracy = {"relative": self.relative, "absolute": self.absolute}
        return {
            "unit": self.unit,
            "kind": self.kind,
            "accuracy": accuracy,
            "resolution": self.resolution,
            "refresh": self.refresh,
        }


STATE, TEXT, TIME = Point(kind="state"), Point(kind="text"), Point(kind="time")


@dataclass
class Run:
    """A run of one procedure, `duration` seconds between the marks begin and end; more `marks` by their seconds.
    `answers` are the questions too, in the order of recording; `extra` are further files."""

    duration: float = 10.0
    status: str | None = "completed"
    closed: bool = True
    equipment: dict[str, Any] = field(default_factory=dict)
    devices: dict[str, Any] = field(default_factory=dict)
    measures: list[Any] = field(default_factory=list)
    requirements: list[Any] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)
    marks: dict[str, float] = field(default_factory=dict)
    planned: list[Any] | None = None
    plausibility: list[Any] | None = None
    rule: str = "guarded"
    k: object = 2
    extra: dict[str, bytes] = field(default_factory=dict)
    distribution: str = ""
    interop: dict[str, dict[str, str]] = field(default_factory=dict)
    bench_schema: str = "bench-record/2"

    def equip(self, name: str, subject: str, **more: Any) -> "Run":
        declared = {"subject": subject, "maker": "m", "model": "x", "serial": "1", **more}
        self.equipment[name] = {key: value for key, value in declared.items() if value is not None}
        return self

    def device(self, name: str, equipment: str, points: Mapping[str, Point], **more: Any) -> "Run":
        record = {"protocol": "snmp", "provenance": "simulated", "calibration": CALIBRATION, "map_digest": "sha256:0"}
        self.devices[name] = {"equipment": equipment, **record, "points": {n: p.record() for n, p in points.items()}}
        self.devices[name].update(more)
        return self

    def sample(
        self, signal: str, values: Sequence[float | str | Quality | None], *, every: float = 1.0, half: float = 0.0
    ) -> "Run":
        """Samples from the mark begin on; a Quality instead of a value is a sample without one."""
        for n, value in enumerate(values):
            quality = value if isinstance(value, Quality) else Quality.GOOD
            content = None if isinstance(value, Quality) else value
            t = T0 + round(n * every * NS)
            self.samples.append(Sample(signal, t, round(half * NS), content, str(content), quality))
        return self

    def answer(self, device: str, question: str, *contents: Mapping[str, Any]) -> "Run":
        """Answers, each to a question of its own."""
        for content in contents:
            self.ask(device, question)
            self.answers.append({"kind": "answer", "device": device, "question": question, "content": dict(content)})
        return self

    def hear(self, device: str, at: float, question: str, **content: Any) -> "Run":
        """Something that a device told, or what became of the way to it, so many seconds after the mark begin."""
        said = {"kind": "answer", "device": device, "question": question, "content": content}
        self.answers.append({**said, "t": T0 + round(at * NS)})
        return self

    def ask(self, device: str, question: str) -> "Run":
        """A question that was put."""
        self.answers.append({"kind": "question", "device": device, "question": question})
        return self

    def require(
        self,
        measurand: Mapping[str, Any],
        limit: Mapping[str, Any],
        *,
        subject: str | None = None,
        resolution: float = 0.001,
        level: str = "mandatory",
        feature: str | None = None,
        id: str = "X-1",
    ) -> "Run":
        subjects = [subject or next(iter(self.equipment.values()))["subject"]]
        self.requirements.append(
            {
                "id": id,
                "domain": "test",
                "subjects": subjects,
                "level": level,
                "procedure": "smoke",
                "applies_when": {"feature": feature} if feature else None,
                "measurand": {"from": "begin", "to": "end", **measurand},
                "limit": {"basis": "project", **limit},
                "resolution": resolution,
            }
        )
        return self

    def files(self) -> dict[str, bytes]:
        profile: dict[str, Any] = {
            "schema": "resolved-profile/1",
            "profile": {"id": "test", "version": "1"},
            "decision": {
                "rule": self.rule,
                "k": self.k,
                **({"distribution": self.distribution} if self.distribution else {}),
            },
            "procedures": [{"id": "smoke", "arguments": {}}],
            "requirements": self.requirements,
        }
        if self.plausibility is not None:
            profile["plausibility"] = self.plausibility
        if self.interop:
            profile["interop"] = self.interop
        profile["digest"] = normative_digest(profile)
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            with SampleWriter(folder) as writer:
                writer.add(self.samples)
            parquet, digest, _ = close_samples(folder)
            self._journal(folder / "events.ndjson", profile["digest"], digest)
            events = (folder / "events.ndjson").read_bytes()
        documents = {
            "profile": profile,
            "plan": {"items": self._items() if self.planned is None else self.planned},
            "equipment": {"equipment": self.equipment},
            "bench": {"schema": self.bench_schema, "devices": self.devices, "measures": self.measures},
        }
        encoded = {f"data/{n}.json": json.dumps(document).encode() for n, document in documents.items()}
        return {**encoded, **self.extra, "data/events.ndjson": events, "data/samples/samples.parquet": parquet}

    def judgement(self) -> Judgement:
        return judge_files(self.files(), closed=self.closed)

    def judge(self) -> Verdict:
        """The verdict of the first item."""
        return self.judgement().verdicts[0]

    def _items(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for requirement in self.requirements:
            units = [n for n, e in self.equipment.items() if e["subject"] in requirement["subjects"]]
            item = {"requirement": requirement["id"], "procedure": "smoke"}
            found.extend({**item, "equipment": unit} for unit in units or [None])
        return found

    def _journal(self, path: Path, profile: str, samples: str) -> None:
        end = T0 + round(self.duration * NS)
        with Journal(path) as journal:
            journal.append("begin", T0 - NS, attempt=1, profile_digest=profile)
            if self.status is not None:
                journal.append("procedure", T0 - NS, name="smoke", attempt=1, status="started")
                journal.append("mark", T0, name="begin", procedure="smoke")
                for mark, seconds in self.marks.items():
                    journal.append("mark", T0 + round(seconds * NS), name=mark, procedure="smoke")
                for answer in sorted(({"t": T0 + NS, **answer} for answer in self.answers), key=itemgetter("t")):
                    journal.append(**answer)
                journal.append("mark", end, name="end", procedure="smoke")
                if self.status != "started":
                    journal.append("procedure", end, name="smoke", attempt=1, status=self.status)
            if self.closed:
                journal.append("samples", end, count=len(self.samples), digest=samples)
                journal.append("end", end, status="completed")
