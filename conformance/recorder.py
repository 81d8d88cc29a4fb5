"""The recorder: every event and every sample of a run, on disk as it happens.

Each attempt at a run has its own `begin` and `end` and its own stream of samples; the chain of events runs
through all of them.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fixtures.reading import Reading
from reports.bundles.strict_json import compact
from reports.evidence.journal import Journal
from reports.evidence.samples import Sample, SampleWriter, close_samples

NAME = "microdc-conformance"


class Recorder:
    """Writes one attempt; `now_ns` is the campaign's clock."""

    def __init__(self, folder: Path, now_ns: Callable[[], int]) -> None:
        self._folder, self._now_ns = folder, now_ns
        self._journal = Journal(folder / "events.ndjson")
        self.attempt = 1 + sum(event["kind"] == "begin" for event in self._journal.events)
        self._samples = SampleWriter(folder)

    def begin(self, profile_digest: str, plan: Mapping[str, Any], seed: int) -> None:
        digest = hashlib.sha256(compact(dict(plan))).hexdigest()
        facts = {"profile_digest": profile_digest, "plan_digest": digest, "seed": seed}
        self.event("begin", attempt=self.attempt, evaluator=f"{NAME} {version(NAME)}", **facts)
        self.sync()

    def event(self, kind: str, **content: Any) -> None:
        self._journal.append(kind, self._now_ns(), **content)

    def procedure(self, name: str, status: str, reason: str | None = None) -> None:
        more = {"reason": reason} if reason else {}
        self.event("procedure", name=name, attempt=self.attempt, status=status, **more)
        self.sync()

    def completed(self, procedure: str) -> bool:
        """Whether any attempt completed the procedure."""
        return any(
            event["kind"] == "procedure" and event["name"] == procedure and event["status"] == "completed"
            for event in self._journal.events
        )

    def samples(self, readings: Sequence[Reading]) -> None:
        """Keep readings as evidence: raw and decoded, with their quality and stamps."""
        self._samples.add(Sample(r.signal, r.time_ns, r.half_width_ns, r.value, r.raw, r.quality) for r in readings)

    def sync(self) -> None:
        self._samples.sync()
        self._journal.sync()

    def end(self) -> None:
        self._samples.close()
        closed = close_samples(self._folder)
        self.event("samples", count=closed.rows, digest=closed.digest)
        self.event("end", status="completed")
        self._journal.close()
