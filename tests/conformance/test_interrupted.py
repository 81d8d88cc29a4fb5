"""Killed in the middle of a mains loss: nothing recorded is lost, the plant is put back, the run goes on."""

import json
import signal
import subprocess
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from reports.evidence.journal import read_events
from tests.conformance.containers import POWER, active_faults, conformance, standing

PROFILE = Path(__file__).with_name("short-mains-loss.yaml")
DEADLINE_S = 60


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Path]:
    with standing(tmp_path / "bench", preset=POWER) as path:
        yield path


def started(bench: Path, output: Path) -> tuple["subprocess.Popen[bytes]", Path]:
    """A mains-loss run that has just taken the mains away."""
    command = conformance("run", PROFILE, "--bench", bench, "--arm", POWER, "--output", output)
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + DEADLINE_S
    while time.monotonic() < until:
        for run in output.glob("short-mains-loss-*"):
            journal = run / "journal" / "events.ndjson"
            if journal.exists() and b'"mains-lost"' in journal.read_bytes():
                return process, run
        if process.poll() is not None:
            pytest.fail(f"the run ended by itself with exit code {process.returncode}")
        time.sleep(0.02)
    process.kill()
    pytest.fail("the mains was never taken away")


def test_kill_9_then_restore_then_resume(bench: Path, tmp_path: Path) -> None:
    process, run = started(bench, tmp_path / "out")
    process.send_signal(signal.SIGKILL)
    process.wait()
    events = read_events((run / "journal" / "events.ndjson").read_bytes(), torn_tail_ok=True)
    assert any(event["kind"] == "mark" and event["name"] == "mains-lost" for event in events)
    assert "mains.loss" in active_faults(bench)

    restored = subprocess.run(conformance("restore", run), capture_output=True, text=True)
    assert restored.returncode == 0, restored.stderr
    assert "mains" in restored.stdout
    assert active_faults(bench) == {}
    again = subprocess.run(conformance("restore", run), capture_output=True, text=True)
    assert again.returncode == 0 and "Nothing" in again.stdout

    resumed = subprocess.run(conformance("run", "--resume", run), capture_output=True, text=True)
    assert resumed.returncode == 0, resumed.stdout + resumed.stderr
    with zipfile.ZipFile(run.with_suffix(".zip")) as bundle:
        attempts = json.loads(bundle.read("data/attempts.json"))["attempts"]
    assert len(attempts) == 2
    assert attempts[0]["status"] != "completed" and attempts[1]["status"] == "completed"
    verified = subprocess.run(
        conformance("verify", run.with_suffix(".zip"), "--trust", run.with_suffix(".pem")),
        capture_output=True,
        text=True,
    )
    assert verified.returncode == 0, verified.stdout + verified.stderr


@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_puts_the_mains_back_itself(
    bench: Path, tmp_path: Path, signal_number: signal.Signals
) -> None:
    process, run = started(bench, tmp_path / "out")
    process.send_signal(signal_number)
    assert process.wait(timeout=DEADLINE_S) == 3
    assert active_faults(bench) == {}
    restored = subprocess.run(conformance("restore", run), capture_output=True, text=True)
    assert "Nothing" in restored.stdout


def test_a_bench_that_is_not_armed_is_not_actuated(bench: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        conformance("run", "mains-loss", "--bench", bench, "--output", tmp_path / "out"), capture_output=True, text=True
    )
    assert done.returncode == 2
    assert f"--arm {POWER}" in done.stderr
    assert active_faults(bench) == {}


def test_arming_another_site_is_refused(bench: Path, tmp_path: Path) -> None:
    arguments = ("run", "mains-loss", "--bench", bench, "--arm", "elsewhere", "--output", tmp_path / "out")
    done = subprocess.run(conformance(*arguments), capture_output=True, text=True)
    assert done.returncode == 2 and POWER in done.stderr
