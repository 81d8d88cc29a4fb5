"""A Modbus box of two units, each a cooling unit and a door, served in a thread on every wire.

All four tables have something to read, and coils and registers something to write.
"""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from fixtures.device_map import load_map
from simulators.servers.modbus import Box
from simulators.servers.modbus_tls import client_certificate
from simulators.servers.modbus_wires import WIRES, serve_on
from simulators.servers.served import Served
from simulators.servers.tls import Authority
from simulators.world import World

MAP = """
schema: device-map/1
map: crac-all-tables
title: Cooling unit with all four tables
subject: crac
protocol: modbus
source: {document: made for tests, status: project}
points:
  supply.temperature: {table: input, register: 1, type: int16, scale: 0.1, refresh: 1 s}
  setpoint.temperature: {table: holding, register: 2, type: int16, scale: 0.1, refresh: 1 s, write: {range: [16, 30]}}
  state: {table: coil, register: 3, states: {0: "off", 1: "on"}, refresh: 1 s, write: {states: ["off", "on"]}}
"""


@dataclass
class Bus:
    """What is served: the address of a unit by wire, certificates in a folder, and calls into the loop."""

    world: World
    folder: Path
    authority: Authority
    loop: asyncio.AbstractEventLoop
    addresses: dict[str, Callable[[int], str]] = field(default_factory=dict)

    def certificate(self, role: str) -> tuple[Path, Path]:
        """Certificate and private key of a client with this role, as PEM files."""
        paths = (self.folder / f"{role or 'nobody'}.pem", self.folder / f"{role or 'nobody'}.key")
        for path, text in zip(paths, client_certificate(self.authority, f"client-{role}", role), strict=True):
            path.write_text(text)
        return paths

    def call(self, function: Callable[..., object], *arguments: object) -> object:
        """Call a function where the servers run."""

        async def there() -> object:
            return function(*arguments)

        return asyncio.run_coroutine_threadsafe(there(), self.loop).result(10)

    def pass_on(self) -> None:
        """Let as much time pass as a write needs until it has an effect."""
        self.call(self.world.advance_to, self.world.time_ms + 600)

    @contextmanager
    def fault(self, name: str, **parameters: float | str) -> Iterator[None]:
        self.call(self.world.start_fault, name, parameters)
        try:
            yield
        finally:
            self.call(self.world.clear_fault, name)


@contextmanager
def serving(folder: Path) -> Iterator[Bus]:
    """Two cooling units, 1 and 2, on every wire."""
    (folder / "map.yaml").write_text(MAP)
    world = World("edge-40", 1, 0)
    authority = Authority.create(1, datetime(2026, 1, 1, tzinfo=UTC))
    (folder / "ca.pem").write_bytes(authority.pem)
    loop = asyncio.new_event_loop()
    bus = Bus(world, folder, authority, loop)
    keep: list[object] = []

    async def start() -> None:
        for wire in WIRES:
            units = {n: _unit(world, folder, n) for n in (1, 2)}
            bus.addresses[wire] = await serve_on(wire, Box(units), keep, "127.0.0.1", authority, "box")

    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(start(), loop).result(30)
        yield bus
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def _unit(world: World, folder: Path, number: int) -> list[Served]:
    crac, door = f"crac-{number}-controller", f"door-{number}-plc"
    return [
        Served(world, crac, crac, f"crac-{number}", load_map(str(folder / "map.yaml")), 1),
        Served(world, door, door, f"door-{number}", load_map("door-plc").bind({"first": 10}), 1),
    ]
