"""The HTTP side of every simulated device: one application on one port, authorised or not, perhaps silent."""

import asyncio
import base64
import ssl
from collections.abc import Awaitable, Callable

from aiohttp import web

from simulators.servers.served import Served

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Allowed = Callable[[web.Request], bool]


def application(served: Served, allowed: Allowed, scheme: str = "Bearer") -> web.Application:
    """An application that answers only who is `allowed`, and nobody while the device is silent.

    `scheme` (Basic, Bearer) is how others are told to come back (RFC 9110 §11.6.1).
    """
    challenge = {"WWW-Authenticate": f'{scheme} realm="{served.name}"'}

    @web.middleware
    async def gate(request: web.Request, handler: Handler) -> web.StreamResponse:
        if served.silent():
            if request.transport is not None:
                request.transport.abort()
            raise web.HTTPServiceUnavailable
        if delay := served.delay_s():
            await asyncio.sleep(delay)
        if served.failing() is not None:
            return web.json_response({"error": {"message": "the service is unavailable"}}, status=503)
        if not allowed(request):
            return web.json_response({"error": {"message": "authentication required"}}, status=401, headers=challenge)
        return await handler(request)

    return web.Application(middlewares=[gate])


async def serve(
    app: web.Application, context: ssl.SSLContext | None, host: str = "127.0.0.1"
) -> tuple[web.AppRunner, int]:
    """Start serving; the runner and its port."""
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, host, 0, ssl_context=context)
    await site.start()
    return runner, runner.addresses[0][1]


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
