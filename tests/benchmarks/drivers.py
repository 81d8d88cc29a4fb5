"""How fast the drivers acquire points from a simulated container, beside the usual client libraries."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

from fixtures.bench import Bench
from fixtures.clock import RealClock
from fixtures.connect import connect
from fixtures.equipment import Device

SECONDS_PER_DRIVER = 1.5
DEVICES = {
    "Modbus/TCP": "meter-main-modbus",
    "SNMP v2c": "ups-1-card",
    "SNMP v3 authPriv": "pdu-1-snmp",
    "VISA raw socket": "analyser-1-scpi",
    "Redfish/HTTPS": "bmc-1-redfish",
    "Prometheus": "npu-1-exporter",
}


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


async def library(bench: Bench, device: Device) -> float:
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


async def _rows(bench: Bench) -> list[tuple[str, float, float]]:
    return [
        (title, await ours(bench, name), await library(bench, bench.devices[name])) for title, name in DEVICES.items()
    ]


def table(bench: Bench) -> list[str]:
    """Points per second of our driver and of the library, and their ratio, per protocol."""
    lines = ["| protocol | driver, points/s | library, points/s | ratio |", "| --- | --- | --- | --- |"]
    for title, own, other in asyncio.run(_rows(bench)):
        lines.append(f"| {title} | {own:.0f} | {other:.0f} | {own / other:.1f} |")
    return lines
