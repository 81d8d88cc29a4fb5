"""How fast the simulated containers are: the plant alone, sampled in lockstep, and twenty of them at once."""

import asyncio
import gc
import json
import subprocess
import sys
import time
from contextlib import ExitStack
from itertools import accumulate
from pathlib import Path
from statistics import median

from conformance.bundled import container
from conformance.reaching import Reach
from fixtures.bench import Bench, load_bench
from fixtures.reading import Reading
from fixtures.sampling import Sampler
from simulators.plant.container import Container
from simulators.plant.parameters import load_preset

NS = 1_000_000_000
HOUR_MS = 3_600_000
SAMPLED_S = 120
RUNS = 5
SIGNALS, ALL = 300, 10_000  # at least, where there are as many
MANY = 20
# What belongs to the computers in the building, or to the bench, rather than to the building.
ELSEWHERE = ("accelerator", "bmc", "cluster", "inference-endpoint", "time-service", "power-analyser")


def rows(folder: Path) -> list[str]:
    lines = []
    for preset, bound in (("edge-40", 2000), ("lc-120", 1200)):
        alone = speed([plant(preset) for _ in range(RUNS)])
        lines.append(f"| plant of {preset} alone, one core | {alone} | {bound} × |")
    for preset in ("edge-40", "lc-120"):
        began = time.perf_counter()
        with container(folder / preset, preset, 0) as path:
            ready = time.perf_counter() - began
            bench = load_bench(path)
            runs = [asyncio.run(sampled(bench, SIGNALS)) for _ in range(RUNS)]
            every, whole = asyncio.run(sampled(bench, ALL))
        lines.append(f"| {preset} answers after | {ready:.2f} s | 2 s |")
        signals, ratios = runs[0][0], speed([ratio for _, ratio in runs])
        lines.append(f"| {signals} facility signals of {preset} at 1 Hz in lockstep | {ratios} | 100 × |")
        lines.append(f"| every signal of its building, {every}, in the same way | {whole:.0f} × | |")
    return [*lines, *many(folder)]


def speed(runs: list[float]) -> str:
    """The median, and the best: what slows one run and not the next is other load on the machine."""
    return f"{median(runs):.0f} ×, at best {max(runs):.0f} ×"


def plant(preset: str) -> float:
    """Plant time over wall time, without devices or sockets."""
    plant = Container(load_preset(preset), 0, 0)
    began = time.perf_counter()
    while plant.time_ms < HOUR_MS:
        plant.step(200)
    return HOUR_MS / 1000 / (time.perf_counter() - began)


async def sampled(bench: Bench, least: int) -> tuple[int, float]:
    """At least so many signals of the building, and plant time over wall time.

    The equipment comes in the order of the bench, each through its first interface; every signal is sampled once a
    second, or as seldom as its device refreshes it.
    """
    reach = await Reach.open(bench)
    try:
        facility = [d for d in bench.devices.values() if bench.equipment[d.equipment].subject not in ELSEWHERE]
        once = {device.equipment: device for device in facility[::-1]}
        firsts = [device for device in facility if once[device.equipment] is device]
        sizes = accumulate(len(device.map.points) for device in firsts)
        devices = [device for device, size in zip(firsts, sizes, strict=True) if size - len(device.map.points) < least]
        channels = await reach.channels(devices)
        seen: set[str] = set()

        async def take(readings: list[Reading]) -> None:
            seen.update(reading.signal for reading in readings)

        gc.collect()
        gc.freeze()
        sampler = Sampler(channels, reach.clock, 1.0, take)
        start = reach.clock.now_ns()
        await sampler.until(start + 5 * NS)
        began = time.perf_counter()
        await sampler.until(start + (5 + SAMPLED_S) * NS)
        return len(seen), SAMPLED_S / (time.perf_counter() - began)
    finally:
        await reach.close()


def many(folder: Path) -> list[str]:
    """Twenty containers in real time: until all answer, and what they use while they run for five seconds."""
    with ExitStack() as stack:
        began = time.perf_counter()
        processes = []
        for number in range(MANY):
            line = [
                sys.executable,
                "-m",
                "simulators",
                "edge-40",
                "--with-parent",
                "--directory",
                str(folder / f"c{number}"),
            ]
            process = subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            stack.callback(process.wait)
            stack.callback(process.terminate)
            processes.append(process)
        for process in processes:
            json.loads(process.stdout.readline() if process.stdout else "")
        ready = time.perf_counter() - began
        before = sum(cpu_s(process.pid) for process in processes)
        time.sleep(5.0)
        cores = (sum(cpu_s(process.pid) for process in processes) - before) / 5.0
        megabytes = sum(resident_mb(process.pid) for process in processes) / MANY
    return [
        f"| {MANY} containers at once: all answer after | {ready:.1f} s | |",
        f"| {MANY} containers at once, in real time | {cores:.2f} cores, {megabytes:.0f} MB each | |",
    ]


def cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100.0


def resident_mb(pid: int) -> float:
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024
