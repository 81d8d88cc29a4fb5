"""The bundle: closing a run's records, and sealing them into the one file that leaves the building.

judgement = close_run(run_dir)                       data/ is complete, verdicts included
sealed = seal(run_dir, run_dir.with_suffix(".zip"), signer)
sealed.path, sealed.manifest_digest
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from profiles.refusal import Refusal
from reports.bundles.archive import write_archive
from reports.bundles.content import EVENTS, SAMPLES, Content, read_content
from reports.bundles.manifest import MANIFEST, bag_files, sha256
from reports.bundles.whole_file import write_whole
from reports.evidence.journal import read_events
from reports.evidence.samples import close_samples
from reports.html.report import render_html
from reports.judging.attempts import attempts_document
from reports.judging.judge import Judgement, judge_files
from reports.sealing.certificates import Signer
from reports.sealing.envelope import sign
from reports.sealing.statement import write_statement

__all__ = ["SealedBundle", "Signer", "close_run", "seal", "seal_files"]

OPERATOR = "attestations/operator.dsse.json"
HTML = "reports/report.html"
ATTEMPTS, VERDICTS_FILE = "data/attempts.json", "data/verdicts.json"


@dataclass(frozen=True, slots=True)
class SealedBundle:
    """Where the bundle is, what it concludes, and the digest everybody who signs it signs."""

    path: Path
    manifest_digest: str
    content: Content
    html: bytes


def close_run(run_dir: Path) -> Judgement:
    """Turn the journal into the records under `run_dir/data` and judge them; may be repeated at any time.

    A journal whose last attempt has no end yet is judged as it stands: what did not complete is not tested.
    """
    journal, data = run_dir / "journal", run_dir / "data"
    lines = (journal / "events.ndjson").read_bytes()
    lines = lines[: lines.rfind(b"\n") + 1]
    events = read_events(lines)
    samples = close_samples(journal).parquet
    attempts = json.dumps(attempts_document(events), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    for name, content in ((EVENTS, lines), (SAMPLES, samples), (ATTEMPTS, attempts.encode())):
        write_whole(run_dir / name, content)
    files = {name: content for name, content in read_data(run_dir).items() if name != VERDICTS_FILE}
    judgement = judge_files(files, closed=bool(events) and events[-1]["kind"] == "end")
    verdicts = json.dumps(judgement.document(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    write_whole(data / "verdicts.json", verdicts.encode())
    return judgement


def seal(run_dir: Path, output: Path, signer: Signer) -> SealedBundle:
    """Render, sign and pack `run_dir/data`; the file appears whole or not at all.

    The same data and key give the same bytes. Refusal if the run was not closed.
    """
    data = read_data(run_dir)
    if read_content(data).period[1] == "":
        remedy = "resume it with `conformance run --resume`"
        raise Refusal(str(run_dir), "the run was interrupted and never closed", remedy)
    files = seal_files(data, run_dir.name, signer)
    write_whole(output, write_archive(files))
    return SealedBundle(output, sha256(files[MANIFEST]), read_content(data), files[HTML])


def seal_files(data: Mapping[str, bytes], name: str, signer: Signer) -> dict[str, bytes]:
    """All files of the bundle called `name` around the payload `data` (names begin with `data/`)."""
    content = read_content(data)
    files = {**data, **bag_files(data, name, content.period[1])}
    files[HTML] = render_html(files)
    files[OPERATOR] = sign(write_statement(files, content), signer).to_bytes()
    return files


def read_data(run_dir: Path) -> dict[str, bytes]:
    """Every file under `run_dir/data`, by its name in the bundle."""
    folder = run_dir / "data"
    files = {
        path.relative_to(run_dir).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }
    if not files:
        raise Refusal(str(folder), "there are no records", "give the folder of a run")
    return files
