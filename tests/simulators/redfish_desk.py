"""One Redfish service of a simulated container in this process, and somebody who asks it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from fixtures.device_map import load_map
from simulators.servers import http
from simulators.servers.redfish.service import Service
from simulators.servers.served import Served
from simulators.world import World

USER, PASSWORD = "audit", "correct horse"
V1 = "/redfish/v1"


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers and decoded body (None if there is none)."""

    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def messages(self) -> list[str]:
        """The names of the messages of an error."""
        return [one["MessageId"].rsplit(".", 1)[1] for one in self.body["error"]["@Message.ExtendedInfo"]]


@dataclass(slots=True)
class Desk:
    """A service at an address, and its world."""

    world: World
    service: Service
    base: str
    session: aiohttp.ClientSession

    async def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        user: str = USER,
        password: str = PASSWORD,
        **headers: str,
    ) -> Answer:
        """One request; underscores in names of headers stand for hyphens. No user: nobody."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if user:
            given["Authorization"] = aiohttp.encode_basic_auth(user, password)
        async with self.session.request(method, self.base + path, json=body, headers=given) as answer:
            text = await answer.text()
            is_json = answer.content_type == "application/json" and text
            return Answer(answer.status, answer.headers, await answer.json() if is_json else None)


@asynccontextmanager
async def desk(world: World, device: str = "bmc-1", device_map: str = "redfish-bmc") -> AsyncIterator[Desk]:
    served = Served(world, f"{device}-redfish", f"{device}-redfish", device, load_map(device_map), 1)
    service = Service(served, USER, PASSWORD)
    server, port = await http.serve(service.app(), None)
    async with aiohttp.ClientSession() as session:
        yield Desk(world, service, f"http://127.0.0.1:{port}", session)
    server.close()
