"""How long whole commands take: start-up, the demo, verification."""

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

PLANT_SECONDS = 300


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "conformance.cli", *map(str, arguments)]


def wall(arguments: list[str], runs: int) -> float:
    """Median seconds of a whole process."""
    times = []
    for _ in range(runs):
        begin = time.perf_counter()
        subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def rows(folder: Path) -> list[str]:
    start = wall(command("--help"), 9)
    demo = wall(command("run", "smoke", "--output", folder / "out"), 3)
    run = sorted((folder / "out").glob("smoke-*/junit.xml"))[-1]
    first = ElementTree.parse(run).find(".//testcase")
    lockstep = float(first.get("time", "nan")) if first is not None else float("nan")
    bundle = sorted((folder / "out").glob("*.zip"))[-1]
    verify = wall(command("verify", bundle, "--trust", bundle.with_suffix(".pem")), 5)
    samples = json.loads((run.parent / "data" / "events.ndjson").read_text().splitlines()[-2])["count"]
    return [
        f"| start-up (`conformance --help`) | {start:.2f} s | 0.25 s |",
        f"| the demo after set-up (`conformance run smoke`, {samples} samples) | {demo:.1f} s | 30 s |",
        f"| plant time over wall time of that campaign | {PLANT_SECONDS / lockstep:.0f} × | |",
        f"| verification of its bundle | {verify:.2f} s | |",
    ]
