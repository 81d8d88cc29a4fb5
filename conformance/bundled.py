"""The bundled simulated container, started as a process of its own and reached over sockets only."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from profiles.refusal import Refusal

DEFAULT_PRESET = "edge-40-liquid"
REFUSED = "simulators: "


@contextmanager
def container(directory: Path, preset: str, seed: int, faults: Sequence[str] = ()) -> Iterator[Path]:
    """Start a container with a lockstep clock, yield its bench file, end it on leaving."""
    command = [sys.executable, "-m", "simulators", preset, "--seed", str(seed), "--clock", "lockstep"]
    command += ["--directory", str(directory), "--with-parent"]
    for fault in faults:
        command += ["--fault", fault]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield _bench_of(process)
    finally:
        process.terminate()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _bench_of(process: "subprocess.Popen[str]") -> Path:
    line = process.stdout.readline() if process.stdout else ""
    if not line:
        reason = process.stderr.read().strip() if process.stderr else ""
        last = reason.splitlines()[-1] if reason else "it said nothing"
        if last.startswith(REFUSED):  # it says itself what was wrong with what it was asked for
            where, _, rest = last.removeprefix(REFUSED).partition(": ")
            what, _, remedy = rest.rpartition("; ")
            raise Refusal(where, what, remedy.rstrip("."))
        raise Refusal(
            "simulated container", f"it did not start: {last.rstrip('.')}", "try `conformance simulate` to see why"
        )
    return Path(json.loads(line)["bench"])
