"""The HTTP side of every simulated device: one application on one port, behind its line, authorised or not.

    app = application(served, lambda request: known(served, bearer(request), token))
    runner, port = await serve(app, context)

What befalls an answer on its way is decided by `line`. HTTP has no numbers to match answers by, so an answer that
would come after the next one never comes, and one that comes twice ends the connection.
"""

import asyncio
import base64
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import replace
from hmac import compare_digest
from http.client import responses

from fixtures.web_library import aiohttp, web
from simulators.servers.line import Client, Fate, Line, break_off
from simulators.servers.served import Served

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Allowed = Callable[[web.Request], bool]
Refuse = Callable[[web.Request, int], web.Response]
# For how long a dead connection stays open, in real seconds, and when somebody who was refused may come again.
PATIENCE_S = 60.0
AGAIN_S = 1


def application(
    served: Served, allowed: Allowed = lambda request: True, refuse: Refuse | None = None
) -> web.Application:
    """An application that answers only who is `allowed`; `refuse` makes the answer with an error status."""
    door, say = Door(Line([served])), refuse or refusal
    challenge = {"WWW-Authenticate": f'Bearer realm="{served.name}"'}

    @web.middleware
    async def gate(request: web.Request, handler: Handler) -> web.StreamResponse:
        transport = request.transport
        client = door.client(transport) if transport is not None else None
        if transport is None or client is None or served.booting() or served.blocked():
            raise _gone(transport)
        fate = client.request()
        if fate.lost or fate.held:
            await asyncio.sleep(PATIENCE_S)
            raise _gone(transport)
        await asyncio.sleep(fate.delay_s)
        if fate.failure is not None:
            response: web.StreamResponse = say(request, fate.failure.http)
            if fate.failure.http in (429, 503):
                response.headers["Retry-After"] = str(AGAIN_S)
        else:
            response = await handler(request) if allowed(request) else say(request, 401)
        if response.status == 401:
            response.headers.setdefault("WWW-Authenticate", challenge["WWW-Authenticate"])
        if isinstance(response, web.Response) and _harmed(fate):
            client.deliver(replace(fate, delay_s=0.0), octets(response))
            if not fate.reset:
                transport.close()
            raise web.HTTPServiceUnavailable
        return response

    return web.Application(middlewares=[gate])


class Door:
    """The connections of one line: who is in, and what has become of each."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._clients: dict[asyncio.Transport, Client] = {}

    def client(self, transport: asyncio.Transport) -> Client | None:
        """The client of a connection; None if it is not let in."""
        for gone in [one for one in self._clients if one.is_closing()]:
            del self._clients[gone]
            self._line.leave()
        if transport not in self._clients:
            if not self._line.enter():
                return None
            self._clients[transport] = Client(self._line, transport.write, lambda: break_off(transport))
        return self._clients[transport]


def _harmed(fate: Fate) -> bool:
    return fate.reset or fate.copies > 1 or fate.keep < 1.0 or bool(fate.noise)


def _gone(transport: asyncio.Transport | None) -> web.HTTPException:
    """Break the connection; what the framework says to it then reaches nobody."""
    if transport is not None:
        transport.abort()
    return web.HTTPServiceUnavailable()


def refusal(request: web.BaseRequest, status: int) -> web.Response:
    """An answer that says no, with the reason in words."""
    return web.json_response({"error": {"message": responses.get(status, "refused")}}, status=status)


def octets(response: web.Response) -> bytes:
    """An answer as it stands on the wire."""
    body = response.body if isinstance(response.body, bytes) else b""
    headers = {**response.headers, "Content-Length": str(len(body))}
    head = [f"HTTP/1.1 {response.status} {response.reason}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*head, "", ""]).encode() + body


class Connection(web.RequestHandler):
    """One client's connection. A method that the parser does not know is not implemented (RFC 9110 §15.6.2)."""

    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        if isinstance(exc, aiohttp.http_exceptions.BadHttpMethod):
            response = refusal(request, 501)
            response.force_close()
            return response
        return super().handle_error(request, status, exc, message)


async def serve(
    app: web.Application, context: ssl.SSLContext | None, host: str = "127.0.0.1"
) -> tuple[asyncio.Server, int]:
    """Start serving; the server and its port."""
    # Whoever hangs up ends the work on its request: a stream, or the wait for an answer that never comes.
    runner = web.AppRunner(app, handler_cancellation=True)
    await runner.setup()
    made, loop = runner.server, asyncio.get_running_loop()
    if made is None:
        raise RuntimeError("an application that is set up has a server")
    server = await loop.create_server(lambda: Connection(made, loop=loop), host, 0, ssl=context)
    return server, server.sockets[0].getsockname()[1]


def known(served: Served, given: str, secret: str) -> bool:
    """Whether somebody gave the right secret, and the device still accepts it."""
    return served.fault("device.auth_expired") is None and compare_digest(given.encode(), secret.encode())


def bearer(request: web.Request) -> str:
    """The token of an Authorization header; empty if there is none."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def basic(request: web.Request) -> tuple[str, str]:
    """User and password of an Authorization header; empty if there are none."""
    kind, _, coded = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "basic":
        return "", ""
    try:
        user, _, password = base64.b64decode(coded, validate=True).decode().partition(":")
    except (ValueError, UnicodeDecodeError):
        return "", ""
    return user, password


def place(document: dict[str, object], pointer: str, value: object) -> None:
    """Put a value into a JSON document at a pointer, making the objects on the way."""
    *way, last = [part.replace("~1", "/").replace("~0", "~") for part in pointer.lstrip("/").split("/")]
    for part in way:
        inner = document.setdefault(part, {})
        if not isinstance(inner, dict):
            return
        document = inner
    document[last] = value
