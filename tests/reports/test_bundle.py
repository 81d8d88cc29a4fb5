"""Closing and sealing: the same records and the same key give the same file, and stock tools can check it."""

import io
import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from profiles.refusal import Refusal
from reports.bundles.bundle import close_run, read_data, seal, seal_files
from reports.bundles.content import REQUIRED
from reports.bundles.manifest import manifest_faults, sha256
from reports.evidence.journal import Journal
from reports.sealing.envelope import read_envelope
from tests.reports.sealed import BEGIN, NS, SIGNER, sealed_files, sealed_pack, write_run


def test_the_same_run_sealed_twice_is_the_same_file(tmp_path: Path) -> None:
    assert sealed_pack(tmp_path / "a") == sealed_pack(tmp_path / "b")


def test_closing_may_be_repeated(tmp_path: Path) -> None:
    run = write_run(tmp_path)
    first = close_run(run)
    records = read_data(run)
    assert close_run(run) == first and read_data(run) == records
    assert set(REQUIRED) <= set(records)


def test_a_bundle_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    run = write_run(tmp_path)
    close_run(run)
    (run / "data" / "verdicts.json").unlink()
    with pytest.raises(Refusal, match=r"verdicts\.json"):
        seal(run, tmp_path / "out.zip", SIGNER)
    assert sorted(path.name for path in tmp_path.iterdir()) == [run.name]


def test_a_run_without_an_end_is_not_sealed(tmp_path: Path) -> None:
    run = write_run(tmp_path)
    with Journal(run / "journal" / "events.ndjson") as journal:
        facts = {key: journal.events[0][key] for key in ("profile_digest", "plan_digest", "seed", "evaluator")}
        journal.append("begin", BEGIN + 500 * NS, attempt=2, **facts)
    close_run(run)
    with pytest.raises(Refusal, match="interrupted"):
        seal(run, tmp_path / "out.zip", SIGNER)


def test_every_attempt_is_listed(tmp_path: Path) -> None:
    document = json.loads(sealed_files(tmp_path)["data/attempts.json"])
    assert [attempt["status"] for attempt in document["attempts"]] == ["completed"]
    assert document["attempts"][0]["procedures"][0]["end"] == "2026-11-02T00:02:00.000Z"


def test_the_statement_names_every_file_that_the_manifest_does_not(tmp_path: Path) -> None:
    files = sealed_files(tmp_path)
    statement = json.loads(read_envelope(files["attestations/operator.dsse.json"], "x").payload)
    named = {subject["name"]: subject["digest"]["sha256"] for subject in statement["subject"]}
    rest = {n for n in files if not n.startswith(("data/", "attestations/"))}
    assert named == {name: sha256(files[name]) for name in rest}
    assert "reports/report.html" in named and manifest_faults(files) == []
    assert statement["predicate"]["certificate"] is False


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="sha256sum is not installed")
def test_sha256sum_alone_checks_the_records(tmp_path: Path) -> None:
    zipfile.ZipFile(io.BytesIO(sealed_pack(tmp_path / "run"))).extractall(tmp_path / "bag")
    command = ["sha256sum", "--strict", "-c", "manifest-sha256.txt"]
    assert subprocess.run(command, cwd=tmp_path / "bag", capture_output=True).returncode == 0
    with (tmp_path / "bag" / "data" / "bench.json").open("ab") as file:
        file.write(b" ")
    assert subprocess.run(command, cwd=tmp_path / "bag", capture_output=True).returncode == 1


def test_a_bag_reader_that_is_not_ours_accepts_the_declaration(tmp_path: Path) -> None:
    files = sealed_files(tmp_path)
    assert files["bagit.txt"] == b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    data = {name: content for name, content in files.items() if name.startswith("data/")}
    oxum = f"Payload-Oxum: {sum(map(len, data.values()))}.{len(data)}\n"
    assert oxum in files["bag-info.txt"].decode()


def test_sealing_in_memory_gives_the_same_files(tmp_path: Path) -> None:
    run = write_run(tmp_path)
    close_run(run)
    seal(run, tmp_path / "x.zip", SIGNER)
    assert seal_files(read_data(run), run.name, SIGNER) == sealed_files(tmp_path / "again")
