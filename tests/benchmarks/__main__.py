"""Prints docs/benchmarks.md: `make bench`.

Figures are of the machine that runs it, and only ratios travel to another one. What takes little time is the median of
several runs, and so are the speeds of plant and lockstep, beside the best of them.
"""

import os
import platform
import tempfile
from pathlib import Path

from conformance.bundled import DEFAULT_PRESET, container
from fixtures.bench import load_bench
from tests.benchmarks import drivers, instrument, processes, reports, scan, simulated, verification
from tests.benchmarks.hall import hall


def main() -> None:
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    machine = f"{os.cpu_count()} cores ({processor()}), {system}"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        measured = [*processes.rows(folder), *simulated.rows(folder), *reports.rows(folder)]
        large = verification.table(folder / "large", 100)
        (folder / "hall").mkdir()
        with hall(folder / "hall") as served:
            scanned = scan.table(served, folder)
        with container(folder / "bench", DEFAULT_PRESET, 0) as path:
            acquired, asked = drivers.table(load_bench(path)), instrument.line(load_bench(path))
    lines = [
        "# Benchmarks",
        "",
        f"Reprinted by `make bench` on {machine}. Other load changes times; compare ratios.",
        "",
        "| what | measured | bound |",
        "| --- | --- | --- |",
        *measured,
        "",
        "Points per second that a driver acquires from the simulated container, decoded with quality and stamps,",
        "against the usual client library asked for the same values: pymodbus and pysnmp read and decode the",
        "same points; pyvisa and aiohttp only fetch the text.",
        "",
        *acquired,
        "",
        "CPU time of the client for a request and its answer, our connections beside C in the same run, in turns.",
        "",
        *scanned,
        "",
        asked,
        "",
        *large,
    ]
    print("\n".join(lines))


def processor() -> str:
    """Name, family and cache as Linux tells them: one processor runs the program three times as fast as another."""
    table = Path("/proc/cpuinfo")
    lines = table.read_text().splitlines() if table.exists() else []
    told = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
    wanted = ("model name", "cpu family", "model", "cache size")
    return ", ".join(f"{key} {told[key]}" for key in wanted if key in told) or "processor unknown"


if __name__ == "__main__":
    main()
