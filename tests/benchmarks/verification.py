"""Verification of a very large bundle: seconds, peak memory, and both against `sha256sum` and one DuckDB scan.

    python -m tests.benchmarks.verification FOLDER [--samples 100]      millions; FOLDER needs some GB and is kept

A hundred meters record at 1 kHz; one in ten is judged, as most of what is recorded is evidence that no limit asks
for. Each step runs in a process of its own, so that its peak memory is its own.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from profiles.resolve import normative_digest
from reports.bundles.content import EVENTS, SAMPLES, read_content
from reports.bundles.manifest import bag_files
from reports.evidence.journal import Journal
from reports.evidence.sample_file import SampleFile
from reports.judging.attempts import attempts_document
from reports.judging.judge import judge_files
from reports.sealing.certificates import YEAR, chain_pem, self_signed
from reports.sealing.envelope import OPERATOR, sign
from reports.sealing.statement import write_statement

NS, BEGIN = 1_000_000_000, 1_793_577_600_000_000_000
METERS, JUDGED, STEP = 100, 10, 1_000_000
_SCHEMA = pa.schema(
    [
        pa.field(name, kind, nullable=False)
        for name, kind in (
            ("signal", pa.string()),
            ("t", pa.int64()),
            ("half", pa.int64()),
            ("value", pa.float64()),
            ("text", pa.string()),
            ("raw", pa.string()),
            ("quality", pa.uint8()),
        )
    ]
)


def write_samples(path: Path, each: int) -> None:
    """One row group after the other: `each` samples of every meter, voltages as an instrument sends them."""
    options: dict[str, Any] = {"compression": "zstd", "compression_level": 3, "store_schema": False}
    with pq.ParquetWriter(path, _SCHEMA, write_page_checksum=True, **options) as writer:
        for meter in range(METERS):
            count = pa.array(range(each), pa.int64())
            jitter = pc.round(pc.multiply(pc.random(each, initializer=meter), 10_000)).cast(pa.int64())
            value = pc.round(pc.add(pc.multiply(pc.random(each, initializer=meter + METERS), 4.0), 218.0), 1)
            columns = [
                pa.array([f"meter-{meter:03}-card/voltage.l1"]).take(pc.multiply(count, 0)),
                pc.add(pc.add(pc.multiply(count, STEP), BEGIN), jitter),
                pc.add(pc.multiply(count, 0), 200_000),
                value,
                pa.array([""]).take(pc.multiply(count, 0)),
                pc.cast(value, pa.string()),
                pc.multiply(count, 0).cast(pa.uint8()),
            ]
            writer.write_table(pa.Table.from_arrays(columns, schema=_SCHEMA), row_group_size=1 << 20)


def write_bundle(folder: Path, each: int) -> Path:
    """The sealed bundle of such a run, and beside it the certificate that verifies it."""
    write_samples(folder / "samples.parquet", each)
    parquet = (folder / "samples.parquet").read_bytes()
    documents = _documents()
    files = {f"data/{n}.json": json.dumps(d, ensure_ascii=False).encode() for n, d in documents.items()}
    files |= {SAMPLES: parquet, EVENTS: _journal(folder, documents["profile"]["digest"], parquet, each)}
    events = [json.loads(line) for line in files[EVENTS].splitlines()]
    files["data/attempts.json"] = json.dumps(attempts_document(events)).encode()
    files["data/verdicts.json"] = json.dumps(judge_files(files).document(), ensure_ascii=False).encode()
    files |= bag_files(files, "large", "2026-11-02")
    signer = self_signed("benchmark", datetime.now(UTC), YEAR)
    files[OPERATOR] = sign(write_statement(files, read_content(files)), signer).to_bytes()
    (folder / "large.pem").write_bytes(chain_pem(signer.chain))
    with zipfile.ZipFile(folder / "large.zip", "w") as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name), files[name])
    return folder / "large.zip"


def _documents() -> dict[str, Any]:
    names = [f"meter-{meter:03}" for meter in range(METERS)]
    judged = names[:: METERS // JUDGED]
    requirement = {
        "id": "PWR-GRD-001",
        "domain": "power",
        "subjects": ["meter"],
        "level": "mandatory",
        "procedure": "smoke",
        "applies_when": {"feature": "judged"},
        "measurand": {"statistic": "highest", "of": "voltage.l1", "from": "begin", "to": "end"},
        "limit": {"op": "<=", "value": 242, "unit": "V", "basis": "project"},
        "resolution": 0.1,
    }
    profile: dict[str, Any] = {
        "schema": "resolved-profile/1",
        "profile": {"id": "large", "version": "1"},
        "decision": {"rule": "guarded", "k": 2},
        "procedures": [{"id": "smoke", "arguments": {}}],
        "requirements": [requirement],
    }
    profile["digest"] = normative_digest(profile)
    point = {"unit": "V", "kind": "quantity", "resolution": 0.1, "refresh": 0.001}
    device = {
        "protocol": "modbus",
        "provenance": "simulated",
        "map_digest": "sha256:0",
        "calibration": {"date": "2026-03-02", "due": "2027-03-01"},
        "points": {"voltage.l1": {**point, "accuracy": {"relative": 0.005, "absolute": 0.0}}},
    }
    features = {name: ["judged"] if name in judged else [] for name in names}
    return {
        "profile": profile,
        "plan": {"items": [{"requirement": "PWR-GRD-001", "equipment": n, "procedure": "smoke"} for n in names]},
        "equipment": {"equipment": {n: {"subject": "meter", "features": features[n]} for n in names}},
        "bench": {"devices": {f"{n}-card": {"equipment": n, **device} for n in names}, "measures": []},
    }


def _journal(folder: Path, profile: str, parquet: bytes, each: int) -> bytes:
    samples, path, end = SampleFile(parquet), folder / "events.ndjson", BEGIN + each * STEP
    path.unlink(missing_ok=True)
    with Journal(path) as journal:
        journal.append("begin", BEGIN, attempt=1, profile_digest=profile, evaluator="benchmark")
        journal.append("procedure", BEGIN, name="smoke", attempt=1, status="started")
        journal.append("mark", BEGIN, name="begin", procedure="smoke")
        journal.append("mark", end, name="end", procedure="smoke")
        journal.append("procedure", end, name="smoke", attempt=1, status="completed")
        journal.append("samples", end, count=samples.count, digest=samples.digest)
        journal.append("end", end, status="completed")
    return path.read_bytes()


def measured(*command: str) -> tuple[float, float, float]:
    """Wall seconds, CPU seconds and peak resident megabytes of a command; an error if it fails."""
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    watched = [sys.executable, "-c", _WATCH, *command]
    done = subprocess.run(watched, check=True, capture_output=True, text=True)
    after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic() - begin
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu, float(done.stdout.rsplit("\n", 2)[-2])


def verification(bundle: Path) -> tuple[float, float, float]:
    """The same of `conformance verify` on the bundle, with the certificate beside it."""
    trust = str(bundle.with_suffix(".pem"))
    return measured(sys.executable, "-m", "conformance.cli", "verify", str(bundle), "--trust", trust)


_WATCH = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=sys.stderr)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
"""
_SCAN = """
import duckdb, sys
print(duckdb.sql(f"select signal, max(value), min(t) from '{sys.argv[1]}' group by 1").fetchall()[0])
"""


def results(bundle: Path) -> dict[str, tuple[float, float, float]]:
    """Wall seconds, CPU seconds and peak megabytes of every road over the bundle."""
    own, trust = [sys.executable, "-m", "reports.second_verifier"], str(bundle.with_suffix(".pem"))
    parquet = bundle.with_name("samples.parquet")
    return {
        "`conformance verify`": verification(bundle),
        "second verifier (does not recompute)": measured(*own, str(bundle), "--trust", trust),
        "`sha256sum`": measured("sha256sum", str(bundle)),
        "one DuckDB scan": measured(sys.executable, "-c", _SCAN, str(parquet)),
    }


def table(folder: Path, millions: int) -> list[str]:
    """The figures as a table in Markdown; the bundle is written into the folder unless it is there."""
    folder.mkdir(parents=True, exist_ok=True)
    bundle = folder / "large.zip"
    if not bundle.exists():
        write_bundle(folder, millions * 1_000_000 // METERS)
    found = results(bundle)
    floor = found["`sha256sum`"][1] + found["one DuckDB scan"][1]
    size = bundle.stat().st_size / 1e6
    return [
        f"A bundle with {millions} million samples of {METERS} meters ({size:.0f} MB), {JUDGED} of which are judged.",
        "Memory is the packed samples once, and the good samples of the channels that one verdict looks at.",
        "",
        "| what | wall | CPU | peak memory | CPU over `sha256sum` and scan |",
        "| --- | --- | --- | --- | --- |",
        *(
            f"| {name} | {wall:.1f} s | {cpu:.1f} s | {peak:.0f} MB | {cpu / floor:.1f} |"
            for name, (wall, cpu, peak) in found.items()
        ),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--samples", type=int, default=100, help="in millions (default 100)")
    options = parser.parse_args()
    print("\n".join(table(options.folder, options.samples)))


if __name__ == "__main__":
    main()
