"""A simulated container that outlives the campaigns that use it, as a real one does."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fixtures.bench import load_bench
from fixtures.simulation import Simulation

SITE = "edge-40-compact"
# Where nothing but power, racks and cooling units matters.
POWER = "edge-40-power"


def conformance(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "conformance.cli", *map(str, arguments)]


@contextmanager
def standing(folder: Path, *arguments: str, preset: str = SITE) -> Iterator[Path]:
    """Its bench file; the process is ended after."""
    command = [
        sys.executable,
        "-m",
        "simulators",
        preset,
        "--clock",
        "lockstep",
        "--directory",
        str(folder),
        *arguments,
    ]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield Path(json.loads(process.stdout.readline())["bench"])
    finally:
        process.terminate()
        process.wait()


def active_faults(bench: Path) -> dict[str, object]:
    async def ask() -> dict[str, object]:
        simulation = await Simulation.open(load_bench(bench).clock.address or "")
        try:
            return await simulation.faults()
        finally:
            await simulation.close()

    return asyncio.run(ask())
