"""A container as a process: it starts quickly, says where it is, refuses in a sentence and leaves no orphan."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.simulators.process import ROOT, command, started


def refused(*arguments: str, **options: Any) -> str:
    """What it says on the error channel when it exits with 2."""
    done = subprocess.run(command(*arguments), cwd=ROOT, capture_output=True, text=True, timeout=30, **options)
    assert (done.returncode, done.stdout) == (2, ""), done
    return done.stderr


def alive(pid: int) -> bool:
    """Whether a process still runs: one that nobody has buried yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_it_is_ready_after_less_than_two_seconds_of_work(tmp_path: Path) -> None:
    with started(tmp_path, "--clock", "lockstep") as container:
        # How long that takes is also a matter of what else the machine is doing.
        fields = Path(f"/proc/{container.process.pid}/stat").read_text().rpartition(")")[2].split()
        assert (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") < 2
        assert container.ready["pid"] == container.process.pid
        assert Path(container.ready["bench"]) == tmp_path / "bench.yaml"


def test_it_ends_when_it_is_told_to(tmp_path: Path) -> None:
    with started(tmp_path, "--clock", "lockstep") as container:
        container.ask("stop")
        assert container.process.wait(5) == 0


def test_it_takes_its_temporary_folder_along() -> None:
    process = subprocess.Popen(command("--clock", "lockstep"), cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    bench = Path(json.loads(process.stdout.readline())["bench"])
    assert bench.is_file()
    process.terminate()
    assert process.wait(5) == 0
    process.stdout.close()
    assert not bench.parent.exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("clock", ["lockstep", "real"])
def test_it_ends_on_a_signal(tmp_path: Path, number: signal.Signals, clock: str) -> None:
    with started(tmp_path, "--clock", clock) as container:
        container.process.send_signal(number)
        assert container.process.wait(5) == 0


def test_it_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    parent = (
        "import subprocess, sys, time\n"
        f"subprocess.Popen({command('--directory', str(tmp_path), '--with-parent')!r}, stdin=subprocess.PIPE)\n"
        "time.sleep(60)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", parent], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    ready = json.loads(process.stdout.readline())
    process.kill()
    process.wait()
    # The pipe of the grandchild's output closes when it ends; the kernel takes a moment more to forget it.
    assert process.stdout.read() == ""
    process.stdout.close()
    until = time.monotonic() + 10
    while alive(ready["pid"]):
        assert time.monotonic() < until
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("edge-4",), ("edge-4", "edge-40")),
        (("--fault", "mains.los"), ("mains.los", "mains.loss")),
        (("--fault", "mains.sag:levl=1"), ("levl", "level")),
        (("--fault", "mains.sag:level=lots"), ("lots",)),
        (("--clock", "fast"), ("fast", "lockstep")),
        (("--clock", "nan"), ("nan",)),
        (("--epoch", "tomorrow"), ("tomorrow", "2026-01-01")),
        (("--replay", "no-such.snmprec"), ("no-such.snmprec",)),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(arguments: tuple[str, ...], words: tuple[str, ...]) -> None:
    said = refused(*arguments)
    assert said.startswith("simulators: ")
    assert len(said.splitlines()) == 1
    for word in words:
        assert word in said


def test_with_parent_needs_an_input_that_can_close() -> None:
    assert "standard input is a file" in refused("--with-parent", stdin=subprocess.DEVNULL)


def test_faults_are_listed_in_both_languages() -> None:
    done = subprocess.run(command("--list-faults"), cwd=ROOT, capture_output=True, text=True, timeout=30)
    lines = {line.split()[0]: line for line in done.stdout.splitlines()}
    assert done.returncode == 0
    assert "상용전원 상실" in lines["mains.loss"]
    assert "utility supply" in lines["mains.loss"]
    assert {"plant", "sensor", "communication", "device", "bench"} == {line.split()[1] for line in lines.values()}


@pytest.mark.parametrize("what", ["--list-faults", "--list-presets"])
def test_whoever_reads_a_list_may_stop_reading(what: str) -> None:
    process = subprocess.Popen(command(what), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    complaint = process.stderr.read()
    process.stderr.close()
    assert (process.wait(timeout=30), complaint) == (0, b"")
