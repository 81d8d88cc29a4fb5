"""A real browser without a window, driven over its debugging socket, for pages that must work by hand.

async with browser(tmp_path) as page:
    await page.open(path)
    await page.move(300, 200)
    await page.value("document.title")
"""

import asyncio
import base64
import contextlib
import itertools
import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--remote-debugging-port=0")


class Page:
    """One tab: what it loaded over the network and complained about is kept."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, session: str) -> None:
        self._socket, self._session, self._numbers = socket, session, itertools.count(100)
        self.requested: list[str] = []
        self.complaints: list[str] = []

    async def open(self, path: Path) -> None:
        for domain in ("Page", "Runtime", "Network", "Log"):
            await self.send(f"{domain}.enable")
        await self.send("Page.navigate", url=path.as_uri())
        await self.until("document.readyState === 'complete'")

    async def send(self, method: str, **parameters: Any) -> Any:
        number = next(self._numbers)
        request = {"id": number, "method": method, "params": parameters, "sessionId": self._session}
        await self._socket.send_json(request)
        async for message in self._socket:
            event = json.loads(message.data)
            if event.get("id") == number:
                if "error" in event:
                    raise RuntimeError(f"{method}: {event['error']}")
                return event["result"]
            self._note(event)
        raise RuntimeError("the browser is gone")

    async def value(self, expression: str) -> Any:
        """What a JavaScript expression gives."""
        result = await self.send("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(json.dumps(result["exceptionDetails"]))
        return result["result"].get("value")

    async def until(self, expression: str, seconds: float = 20.0) -> None:
        """Wait until an expression is true; TimeoutError if it does not become so."""
        async with asyncio.timeout(seconds):
            while not await self.value(expression):
                await asyncio.sleep(0.05)

    async def mouse(self, kind: str, x: float, y: float, buttons: int = 0) -> None:
        """`kind` is mouseMoved, mousePressed or mouseReleased, at a place in the window."""
        button = {"button": "left", "clickCount": 1} if kind != "mouseMoved" else {}
        await self.send("Input.dispatchMouseEvent", type=kind, x=x, y=y, buttons=buttons, **button)

    async def screenshot(self, path: Path) -> None:
        result = await self.send("Page.captureScreenshot", format="png")
        path.write_bytes(base64.b64decode(result["data"]))

    def _note(self, event: dict[str, Any]) -> None:
        details = event.get("params", {})
        if event.get("method") == "Network.requestWillBeSent":
            self.requested.append(details["request"]["url"])
        if event.get("method") in ("Runtime.exceptionThrown", "Log.entryAdded"):
            self.complaints.append(json.dumps(details))


@contextlib.asynccontextmanager
async def browser(folder: Path, width: int = 1200, height: int = 900) -> AsyncIterator[Page]:
    """A tab of a browser whose profile lives in `folder`; the browser ends with it."""
    flags = (*FLAGS, f"--window-size={width},{height}", f"--user-data-dir={folder}/profile", "about:blank")
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(str(CHROMIUM), *flags, stderr=pipe)
    try:
        async with asyncio.timeout(30):
            address = await _address(process)
        async with aiohttp.ClientSession() as client, client.ws_connect(address, max_msg_size=0) as socket:
            yield await _tab(socket)
    finally:
        process.terminate()
        await process.wait()


async def _address(process: asyncio.subprocess.Process) -> str:
    if process.stderr is None:
        raise RuntimeError("the browser has no error stream")
    async for line in process.stderr:
        if b"DevTools listening on " in line:
            return line.decode().split(" on ", 1)[1].strip()
    raise RuntimeError("the browser did not start")


async def _tab(socket: aiohttp.ClientWebSocketResponse) -> Page:
    await socket.send_json({"id": 1, "method": "Target.getTargets"})
    targets = json.loads((await socket.receive()).data)["result"]["targetInfos"]
    tab = next(target["targetId"] for target in targets if target["type"] == "page")
    await socket.send_json({"id": 2, "method": "Target.attachToTarget", "params": {"targetId": tab, "flatten": True}})
    async for message in socket:
        event = json.loads(message.data)
        if event.get("id") == 2:
            return Page(socket, event["result"]["sessionId"])
    raise RuntimeError("the browser is gone")
