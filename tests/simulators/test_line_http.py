"""Communication faults of HTTP servers, seen in the octets; the plant knows nothing of them."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest
from aiohttp import web

from fixtures.device_map import load_map
from simulators.plant import state
from simulators.servers import exposition, http
from simulators.servers.inference import Endpoint
from simulators.servers.kubernetes import api
from simulators.servers.redfish.service import Service
from simulators.servers.served import Served
from simulators.world import World

KEY = "key"
KINDS = {
    "redfish": ("bmc-1", "redfish-bmc", "/redfish/v1/"),
    "prometheus": ("npu-1", "furiosa-exporter", "/metrics"),
    "openai": ("llm-1", "openai-endpoint", "/v1/models"),
    "kubernetes": ("cluster-1", "kubernetes-cluster", "/api/v1/nodes"),
}


def application(kind: str, served: Served) -> web.Application:
    match kind:
        case "redfish":
            return Service(served, "audit", "secret").app()
        case "openai":
            return Endpoint(served, ("model",), KEY).app()
        case "kubernetes":
            return api(served, KEY, [0] * 8)
        case _:
            return exposition.exporter(served)


@dataclass(slots=True)
class Wire:
    """A plain connection: `take` gives what arrives until the other side ends it or says no more."""

    path: str
    port: int
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def ask(self) -> None:
        line = f"GET {self.path} HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer {KEY}\r\n\r\n"
        self.writer.write(line.encode())

    async def take(self, patience_s: float = 0.3) -> bytes:
        got = b""
        try:
            while part := await asyncio.wait_for(self.reader.read(65536), patience_s):
                got += part
        except TimeoutError:
            pass
        return got

    async def whole(self) -> bytes:
        """One answer, as long as it says that it is."""
        head = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), 5)
        return head + await asyncio.wait_for(self.reader.readexactly(int(parts(head)[1]["Content-Length"])), 5)

    async def again(self) -> "Wire":
        return Wire(self.path, self.port, *await asyncio.open_connection("127.0.0.1", self.port))


@pytest.fixture(scope="module")
def world() -> World:
    return World("edge-40", 1, 0)


def talk(
    world: World, kind: str, play: Callable[[Wire], Awaitable[None]], name: str = "", **parameters: float | str
) -> None:
    """Let somebody talk to a server while a fault is active; afterwards it answers, and the plant is as before."""
    equipment, device_map, path = KINDS[kind]

    async def scene() -> None:
        served = Served(world, f"{kind}-0", f"{kind}-0", equipment, load_map(device_map), 1)
        server, port = await http.serve(application(kind, served), None)
        first = Wire(path, port, *await asyncio.open_connection("127.0.0.1", port))
        before = state.save(world.container.parts())
        if name:
            world.start_fault(name, {"device": equipment, **parameters})
        try:
            await play(first)
        finally:
            if name:
                world.clear_fault(name)
        last = await first.again()
        last.ask()
        assert (await last.whole()).startswith(b"HTTP/1.1 200"), "after the fault all is well"
        after = state.save(world.container.parts())
        assert before == after
        server.close()

    asyncio.run(scene())


def parts(octets: bytes) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of one answer."""
    head, _, body = octets.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    return int(first.split()[1]), dict(line.split(": ", 1) for line in lines), body


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("status", [401, 404, 500, 503])
def test_every_server_says_no_with_the_status_of_the_fault(world: World, kind: str, status: int) -> None:
    async def play(wire: Wire) -> None:
        wire.ask()
        got, headers, body = parts(await wire.whole())
        assert got == status and b'"error"' in body
        assert ("WWW-Authenticate" in headers) == (status == 401)
        assert ("Retry-After" in headers) == (status == 503)

    talk(world, kind, play, "comms.exception", http=float(status))


@pytest.mark.parametrize("kind", KINDS)
def test_who_asks_too_often_is_told_when_to_come_again(world: World, kind: str) -> None:
    async def play(wire: Wire) -> None:
        statuses = []
        for _ in range(3):
            wire.ask()
            status, headers, _ = parts(await wire.whole())
            statuses.append(status)
        assert statuses == [200, 200, 429] and headers["Retry-After"] == "1"

    talk(world, kind, play, "comms.rate_limit", rate=2.0)


@pytest.mark.parametrize("kind", KINDS)
def test_a_truncated_answer_is_shorter_than_it_says(world: World, kind: str) -> None:
    async def play(wire: Wire) -> None:
        wire.ask()
        status, headers, body = parts(await wire.take())
        assert status == 200 and len(body) < int(headers["Content-Length"])
        assert wire.reader.at_eof()

    talk(world, kind, play, "comms.truncated", keep=70.0)


@pytest.mark.parametrize("kind", KINDS)
def test_garbage_is_no_answer_at_all(world: World, kind: str) -> None:
    async def play(wire: Wire) -> None:
        wire.ask()
        got = await wire.take()
        assert len(got) > 50 and not got.startswith(b"HTTP/")

    talk(world, kind, play, "comms.garbage")


@pytest.mark.parametrize("kind", KINDS)
def test_a_doubled_answer_comes_twice(world: World, kind: str) -> None:
    async def play(wire: Wire) -> None:
        wire.ask()
        got = await wire.take()
        assert got.count(b"HTTP/1.1 200") == 2 and got[: len(got) // 2] == got[len(got) // 2 :]

    talk(world, kind, play, "comms.duplicate")


@pytest.mark.parametrize("kind", KINDS)
def test_a_reset_breaks_the_connection(world: World, kind: str) -> None:
    async def play(wire: Wire) -> None:
        wire.ask()
        with pytest.raises(ConnectionResetError):
            await wire.take()

    talk(world, kind, play, "comms.reset")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["comms.timeout", "comms.reorder"])
def test_an_answer_that_never_comes_leaves_the_connection_open(world: World, kind: str, name: str) -> None:
    async def play(wire: Wire) -> None:
        wire.ask()
        assert await wire.take(0.2) == b"" and not wire.reader.at_eof()

    talk(world, kind, play, name)


@pytest.mark.parametrize("kind", KINDS)
def test_a_slow_answer_is_whole(world: World, kind: str) -> None:
    async def play(wire: Wire) -> None:
        wire.ask()
        assert await wire.take(0.1) == b""
        status, headers, body = parts(await wire.whole())
        assert status == 200 and len(body) == int(headers["Content-Length"])

    talk(world, kind, play, "comms.slow_reply", delay=300.0)


def test_a_connection_that_died_stays_dead_and_a_new_one_lives(world: World) -> None:
    async def play(wire: Wire) -> None:
        wire.ask()
        assert await wire.take(0.1) == b""
        world.clear_fault("comms.half_open")
        wire.ask()
        assert await wire.take(0.1) == b""
        fresh = await wire.again()
        fresh.ask()
        assert parts(await fresh.whole())[0] == 200
        world.start_fault("comms.half_open", {"device": "npu-1"})

    talk(world, "prometheus", play, "comms.half_open")


def test_no_more_clients_are_let_in_than_the_fault_allows(world: World) -> None:
    async def play(wire: Wire) -> None:
        wire.ask()
        assert parts(await wire.whole())[0] == 200
        second = await wire.again()
        second.ask()
        assert await second.take() == b"" and second.reader.at_eof()
        wire.writer.close()
        await asyncio.sleep(0.05)
        third = await wire.again()
        third.ask()
        assert parts(await third.whole())[0] == 200
        third.writer.close()

    talk(world, "prometheus", play, "comms.max_clients", clients=1.0)


@pytest.mark.parametrize("kind", ["openai", "kubernetes"])
def test_an_expired_key_opens_nothing(world: World, kind: str) -> None:
    async def play(wire: Wire) -> None:
        wire.ask()
        status, headers, _ = parts(await wire.whole())
        assert status == 401 and headers["WWW-Authenticate"].startswith("Bearer")

    talk(world, kind, play, "device.auth_expired")
