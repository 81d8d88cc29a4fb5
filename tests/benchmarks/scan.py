"""What the acquisition costs: our drivers beside libmodbus and net-snmp in C, and a scan of a whole hall.

Times are CPU of the client alone, which a busy machine stretches least; ours and the peer's runs take turns, and of
each the fastest counts.
"""

import asyncio
import gc
import shutil
import subprocess
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

from fixtures.clock import NS, RealClock
from fixtures.connect import connect
from fixtures.drivers.modbus_address import place_of
from fixtures.drivers.modbus_connection import connection_to
from fixtures.drivers.snmp_endpoint import Community, Secured, SnmpEndpoint
from fixtures.memory import keep_freed_memory
from fixtures.reading import Reading
from fixtures.sampling import Sampler, channel
from fixtures.wire.modbus import Request
from fixtures.wire.snmp import GET, V2C
from fixtures.wire.usm_manager import RemoteEngine
from tests.benchmarks.hall import MOST_REGISTERS, POINTS, ROOT, USER, Hall

PEERS = Path(__file__).parent / "peers"
TURNS = 5
REQUESTS = 1500
GOT = 25
Ask = Callable[[], Awaitable[object]]


def compiled(folder: Path, name: str) -> Path | None:
    """A peer, built; None where there is no compiler or no library."""
    libraries = {"modbus_reads": ["-lmodbus", "-lpthread"], "snmp_gets": ["-lnetsnmp"]}[name]
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    program = folder / name
    done = subprocess.run(
        [compiler, "-O2", str(PEERS / f"{name}.c"), "-o", str(program), *libraries], capture_output=True
    )
    return program if done.returncode == 0 else None


def peer(program: Path, *arguments: object) -> float:
    """CPU microseconds per request, as the program says."""
    done = subprocess.run([str(program), *map(str, arguments)], capture_output=True, text=True, check=True)
    return float(done.stdout)


async def ours(asks: list[Ask], requests: int = REQUESTS) -> float:
    """CPU microseconds per call, each of these called one after the other, all of them at once."""

    async def repeat(ask: Ask, times: int) -> None:
        for _ in range(times):
            await ask()

    times = max(1, requests // len(asks))
    await asyncio.gather(*(repeat(ask, 2) for ask in asks))
    gc.collect()
    began = time.process_time()
    await asyncio.gather(*(repeat(ask, times) for ask in asks))
    return 1e6 * (time.process_time() - began) / (times * len(asks))


def _port(address: str) -> str:
    return str(urlsplit(address).port)


def _modbus_wire(address: str) -> tuple[Ask, Callable[[], object]]:
    """Registers as they come, through our connection: what libmodbus does."""
    place = place_of(address)
    connection = connection_to(place, {}, {}, time.time_ns)
    request = Request(3, 0, MOST_REGISTERS)
    return lambda: connection.ask(request, place.unit), connection.close


def _snmp_wire(address: str, secured: bool) -> tuple[Ask, Callable[[], Awaitable[None]]]:
    """Objects as they come, through our endpoint: what net-snmp does."""
    security = Secured(RemoteEngine(USER)) if secured else Community(b"public", V2C)
    endpoint = SnmpEndpoint(("127.0.0.1", int(_port(address))), security, time.time_ns)
    names = [f"{ROOT}.{n}" for n in range(1, GOT + 1)]
    return lambda: endpoint.ask(GET, names), endpoint.close


async def _alternating(asks: list[Ask], program: Path, *arguments: object) -> tuple[float, float]:
    """Ours and the peer's microseconds, in turns; of each the least."""
    pairs = [(await ours(asks), await asyncio.to_thread(peer, program, *arguments)) for _ in range(TURNS)]
    return min(own for own, _ in pairs), min(other for _, other in pairs)


async def modbus_beside(served: Hall, program: Path, devices: int) -> tuple[float, float]:
    """125 registers a request, from one device or from many at once, beside as many threads of libmodbus."""
    addresses = [address for address in served.addresses if address.startswith("modbus")][:devices]
    opened = [_modbus_wire(address) for address in addresses]
    try:
        ports = map(_port, addresses)
        return await _alternating([ask for ask, _ in opened], program, MOST_REGISTERS, REQUESTS, *ports)
    finally:
        for _, close in opened:
            close()


async def snmp_beside(served: Hall, program: Path, secured: bool) -> tuple[float, float]:
    """25 objects a request, from one agent."""
    address = served.secured if secured else next(one for one in served.addresses if one.startswith("snmp"))
    keys = (
        "-u",
        USER.name,
        "-l",
        "authPriv",
        "-a",
        "SHA-256",
        "-A",
        USER.authentication,
        "-x",
        "AES",
        "-X",
        USER.privacy,
    )
    options = ("-v3", *keys) if secured else ("-v2c", "-c", "public")
    ask, close = _snmp_wire(address, secured)
    try:
        return await _alternating([ask], program, _port(address), GOT, REQUESTS, ROOT, *options)
    finally:
        await close()


async def scan(served: Hall, seconds: int) -> dict[str, float]:
    """Every point of the hall once a second, for so long: the cores it takes, the points that came, how late it was."""
    clock = RealClock()
    bench = served.bench
    channels = [channel(device, await connect(bench, name, clock)) for name, device in bench.devices.items()]
    counts: list[int] = []
    late_s: list[float] = []

    async def sink(readings: list[Reading]) -> None:
        counts.append(sum(reading.quality.usable for reading in readings))
        late_s.append((max((r.time_ns + r.half_width_ns for r in readings), default=0) - due[0]) / NS)
        due[0] += NS

    warm = [one.driver.read() for one in channels]
    await asyncio.gather(*warm)
    gc.collect()
    due = [clock.now_ns()]
    began, cpu = time.perf_counter(), time.process_time()
    sampler = Sampler(channels, clock, 1.0, sink)
    await sampler.until(due[0] + (seconds - 1) * NS)
    await sampler.finish()
    cores = (time.process_time() - cpu) / (time.perf_counter() - began)
    for one in channels:
        await one.driver.close()
    return {"cores": cores, "rounds": len(counts), "least": min(counts), "latest": max(late_s)}


async def _table(served: Hall, folder: Path, seconds: int) -> list[str]:
    lines = ["| per request | ours | C peer | ratio |", "| --- | --- | --- | --- |"]
    if (program := compiled(folder, "modbus_reads")) is not None:
        for count in (1, 35):
            own, other = await modbus_beside(served, program, count)
            title = f"Modbus/TCP, 125 registers, {count} device{'s' * (count > 1)}; libmodbus"
            lines.append(f"| {title} | {own:.1f} µs | {other:.1f} µs | {own / other:.2f} |")
    if (program := compiled(folder, "snmp_gets")) is not None:
        for secured in (False, True):
            own, other = await snmp_beside(served, program, secured)
            title = f"SNMP {'v3 authPriv' if secured else 'v2c'}, {GOT} objects; net-snmp"
            lines.append(f"| {title} | {own:.1f} µs | {other:.1f} µs | {own / other:.2f} |")
    found = await scan(served, seconds)
    return [
        *lines,
        "",
        f"{POINTS} points of {len(served.bench.devices)} devices, decoded with quality and stamps, once a second for "
        f"{seconds} s: {found['cores']:.2f} cores, at least {found['least']:.0f} usable points in each of "
        f"{found['rounds']:.0f} rounds, the last of them {1000 * found['latest']:.0f} ms after it was due.",
    ]


def table(served: Hall, folder: Path, seconds: int = 20) -> list[str]:
    """The lines of docs/benchmarks.md."""
    # As whoever connects by a bench does.
    keep_freed_memory()
    return asyncio.run(_table(served, folder, seconds))
