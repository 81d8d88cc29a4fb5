"""A hall of sixty devices with 5,000 points: what a scan of many devices at once costs.

    with hall(folder) as served: ...        their servers are a process of its own

Thirty-five Modbus devices of 100 registers and twenty-five agents of 60 objects, through maps and a bench file like
any others.
"""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from fixtures.bench import Bench, load_bench
from fixtures.wire.snmp import GAUGE32, Varbind
from fixtures.wire.usm_agent import LocalEngine
from fixtures.wire.usm_keys import User
from tests.fixtures.agents import Agent, Device, serve_agent, serve_device

METERS, REGISTERS = 35, 100
AGENTS, OBJECTS = 25, 60
POINTS = METERS * REGISTERS + AGENTS * OBJECTS
MOST_REGISTERS = 125
ROOT = "1.3.6.1.4.1.99999.7"
USER = User("audit", "authentication phrase", "privacy phrase")
MAPS: dict[str, tuple[str, int, tuple[str, Callable[[int], object]], dict[str, str]]] = {
    "meter": ("modbus", REGISTERS, ("register", int), {"table": "holding", "type": "uint16"}),
    "agent": ("snmp", OBJECTS, ("oid", f"{ROOT}.{{}}".format), {}),
}


@dataclass(frozen=True, slots=True)
class Hall:
    """Its bench, the addresses of its devices, and one more agent that speaks version 3 only, to `USER`."""

    bench: Bench
    addresses: list[str]
    secured: str


@contextmanager
def hall(folder: Path) -> Iterator[Hall]:
    """The hall, served until the block ends."""
    command = [sys.executable, "-m", "tests.benchmarks.hall"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None and process.stdout is not None
        try:
            *addresses, secured = process.stdout.readline().split()
            yield Hall(load_bench(_written(folder, addresses)), addresses, secured)
        finally:
            process.stdin.close()


def _written(folder: Path, addresses: list[str]) -> Path:
    """A bench file for these addresses, and the maps beside it."""
    for name, (protocol, count, place, type_) in MAPS.items():
        head = {"schema": "device-map/1", "map": name, "title": name, "subject": "pdu", "protocol": protocol}
        source = {"document": "none", "status": "project"}
        defaults = {"refresh": "1 s", "accuracy": {"relative": "1 %"}, **type_}
        points = {f"outlet.power@{n}": {place[0]: place[1](n)} for n in range(1, count + 1)}
        _write(folder / f"{name}.yaml", {**head, "source": source, "defaults": defaults, "points": points})
    (folder / "community").write_text("public")
    path = folder / "bench.yaml"
    equipment = {f"pdu-{n}": {"subject": "pdu"} for n in range(len(addresses))}
    devices = {f"device-{n}": _device(n, address) for n, address in enumerate(addresses)}
    _write(path, {"schema": "bench/1", "bench": "hall", "equipment": equipment, "devices": devices})
    return path


def _device(number: int, address: str) -> dict[str, object]:
    entry: dict[str, object] = {"equipment": f"pdu-{number}", "address": address}
    if address.startswith("modbus"):
        return {**entry, "map": "meter.yaml"}
    secret = {"community": {"file": "community"}}
    return {**entry, "map": "agent.yaml", "options": {"version": "2c"}, "credentials": secret}


def _write(path: Path, document: dict[str, object]) -> None:
    path.write_text(yaml.safe_dump(document, sort_keys=False))


async def _serve() -> None:
    """Serve the hall until the standard input ends; the addresses are printed first."""
    registers = {n: 1000 + n for n in range(MOST_REGISTERS + 1)}
    objects = {f"{ROOT}.{n}": Varbind(f"{ROOT}.{n}", GAUGE32, 1000 + n) for n in range(1, OBJECTS + 1)}
    async with AsyncExitStack() as stack:
        meters = [await stack.enter_async_context(serve_device(Device({"holding": registers}))) for _ in range(METERS)]
        agents = [await stack.enter_async_context(serve_agent(Agent(objects))) for _ in range(AGENTS)]
        engine = LocalEngine(b"\x80\x00\x00\x00\x05hall", {USER.name: USER})
        secured = await stack.enter_async_context(serve_agent(Agent(objects, engine)))
        print(*meters, *agents, secured, flush=True)
        ended, loop = asyncio.Event(), asyncio.get_running_loop()
        threading.Thread(target=_until_end, args=(loop, ended), daemon=True).start()
        await ended.wait()


def _until_end(loop: asyncio.AbstractEventLoop, ended: asyncio.Event) -> None:
    sys.stdin.read()
    loop.call_soon_threadsafe(ended.set)


if __name__ == "__main__":
    asyncio.run(_serve())
