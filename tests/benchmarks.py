"""Measures what docs/benchmarks.md states and prints that page: `make bench`.

Figures are medians of several runs on the machine that runs it; only ratios travel to another machine.
"""

import asyncio
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

from conformance.bundled import DEFAULT_PRESET, container
from fixtures.bench import Bench, load_bench
from fixtures.clock import RealClock
from fixtures.connect import connect
from fixtures.equipment import Device

PLANT_SECONDS = 300
SECONDS_PER_DRIVER = 1.5
DEVICES = {
    "Modbus/TCP": "meter-main-modbus",
    "SNMP v2c": "ups-1-card",
    "SNMP v3 authPriv": "pdu-1-snmp",
    "VISA raw socket": "analyser-1-scpi",
    "Redfish/HTTPS": "bmc-1-redfish",
    "Prometheus": "npu-1-exporter",
}


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


async def rate(read: Callable[[], Awaitable[int]]) -> float:
    """Points per second of a reading function that returns how many points it read."""
    await read()
    begin, points = time.perf_counter(), 0
    while time.perf_counter() - begin < SECONDS_PER_DRIVER:
        points += await read()
    return points / (time.perf_counter() - begin)


async def ours(bench: Bench, device: str) -> float:
    driver = await connect(bench, device, RealClock())

    async def read() -> int:
        return sum(reading.quality.usable for reading in await driver.read())

    try:
        return await rate(read)
    finally:
        await driver.close()


async def library(bench: Bench, device: Device) -> float | None:
    """The usual client library asked for the same values, decoded as little as it does by itself."""
    match device.map.protocol:
        case "modbus" | "snmp":
            changed = replace(device, options={**device.options, "driver": "library"})
            return await ours(replace(bench, devices={**bench.devices, device.name: changed}), device.name)
        case "visa":
            return await raw_visa(device)
        case _:
            return await raw_http(device)


async def raw_visa(device: Device) -> float:
    import pyvisa

    manager = pyvisa.ResourceManager("@py")
    session = manager.open_resource(
        device.address.removeprefix("visa://"), read_termination="\n", write_termination="\n"
    )
    queries = sorted({str(point.locator["query"]) for point in device.map.points.values()})

    async def read() -> int:
        return sum(len(session.query(query).split(",")) for query in queries)

    try:
        return await rate(read)
    finally:
        session.close()


async def raw_http(device: Device) -> float:
    import ssl

    import aiohttp

    paths = sorted({str(point.locator.get("path", "/metrics")) for point in device.map.points.values()})
    context = ssl.create_default_context(cafile=str(device.options["ca"])) if "ca" in device.options else True
    secrets = {name: credential.fetch() for name, credential in device.credentials.items()}
    auth = {"Authorization": aiohttp.encode_basic_auth(secrets["user"], secrets["password"])} if secrets else {}
    async with aiohttp.ClientSession(headers=auth) as session:

        async def read() -> int:
            for path in paths:
                async with session.get(device.address + path, ssl=context) as response:
                    await response.read()
            return len(device.map.points)

        return await rate(read)


async def drivers(bench: Bench) -> list[tuple[str, float, float | None]]:
    rows = []
    for title, name in DEVICES.items():
        rows.append((title, await ours(bench, name), await library(bench, bench.devices[name])))
    return rows


def main() -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        start = wall(command("--help"), 9)
        demo = wall(command("run", "smoke", "--output", folder / "out"), 3)
        run = sorted((folder / "out").glob("smoke-*/junit.xml"))[-1]
        first = ElementTree.parse(run).find(".//testcase")
        lockstep = float(first.get("time", "nan")) if first is not None else float("nan")
        bundle = sorted((folder / "out").glob("*.zip"))[-1]
        verify = wall(command("verify", bundle, "--trust", bundle.with_suffix(".pem")), 5)
        samples = json.loads((run.parent / "data" / "events.ndjson").read_text().splitlines()[-2])["count"]
        bench = load_bench(stack.enter_context(container(folder / "bench", DEFAULT_PRESET, 0)))
        rows = asyncio.run(drivers(bench))
    print(page(start, demo, lockstep, verify, samples, rows))


def page(
    start: float,
    demo: float,
    lockstep: float,
    verify: float,
    samples: int,
    rows: list[tuple[str, float, float | None]],
) -> str:
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    lines = [
        "# Benchmarks",
        "",
        f"Reprinted by `make bench` on {machine}. Other load changes times; compare ratios.",
        "",
        "| what | measured | bound |",
        "| --- | --- | --- |",
        f"| start-up (`conformance --help`) | {start:.2f} s | 0.25 s |",
        f"| the demo after set-up (`conformance run smoke`) | {demo:.1f} s | 30 s |",
        f"| plant time over wall time in lockstep | {PLANT_SECONDS / lockstep:.0f} × | |",
        f"| samples recorded in the demo | {samples} | |",
        f"| verification of the smoke bundle | {verify:.2f} s | |",
        "",
        "Points per second that a driver acquires from the simulated container, decoded with quality and stamps,",
        "against the usual client library asked for the same values: pymodbus and pysnmp read and decode the",
        "same points; pyvisa and aiohttp only fetch the text.",
        "",
        "| protocol | driver, points/s | library, points/s | ratio |",
        "| --- | --- | --- | --- |",
    ]
    for title, own, other in rows:
        ratio = f"{own / other:.1f}" if other else ""
        lines.append(f"| {title} | {own:.0f} | {f'{other:.0f}' if other else ''} | {ratio} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
