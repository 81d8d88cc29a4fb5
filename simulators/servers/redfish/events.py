"""Events of a service: what changes in the states that the device shows, pushed to subscribers and into streams.

    events.subscribe({"Destination": "https://192.0.2.7/events", "Protocol": "Redfish", "Context": "mine"})
    world.start_fault("cdu.leak")        # one POST: ResourceEvent.1.4.ResourceStateChanged of the leak detector

A push is sent again as the event service's properties say; the seconds between are real ones. Whoever comes back to a
stream with the id of an event that is kept gets those after it. A restart ends the streams and forgets the events.
"""

import asyncio
import json
import secrets
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from fixtures.web_library import aiohttp, web
from simulators.servers.redfish.errors import Document, message
from simulators.servers.redfish.tree import ROOT, Tree

SERVICE = f"{ROOT}/EventService"
SUBSCRIPTIONS = f"{SERVICE}/Subscriptions"
STREAM = f"{SERVICE}/SSE"
SCAN_MS = 1000
PATIENCE_S = 5.0
KEPT = 100


class Events:
    """The subscriptions of one service, and what is sent to them."""

    def __init__(self, tree: Tree) -> None:
        self._tree, self._served = tree, tree.served
        self._streams: dict[str, asyncio.Queue[Document | None]] = {}
        self._pushing: set[asyncio.Task[None]] = set()
        self._shown: dict[str, object] = {}
        self._latest: deque[Document] = deque(maxlen=KEPT)
        self._held: deque[tuple[int, Document]] = deque()
        self._wanted = False
        self._number = 0
        self._served.world.subscribe(SCAN_MS, 0, self._scan)
        self._served.world.keep(f"events/{self._served.name}", self)

    def save(self) -> list[Any]:
        """What has been seen and is still to be told, as plain JSON; streams end with the process."""
        return [self._wanted, self._number, dict(self._shown), list(self._held)]

    def restore(self, saved: Sequence[Any]) -> None:
        self._wanted, self._number, shown, held = saved
        self._shown, self._held = dict(shown), deque((due, payload) for due, payload in held)

    def subscribe(self, body: Document) -> str:
        """Make a subscription; its path."""
        self._wanted = True
        defaults = {"Context": None, "EventFormatType": "Event", "SubscriptionType": "RedfishEvent"}
        document = {
            "Name": "Subscription",
            **defaults,
            "DeliveryRetryPolicy": "TerminateAfterRetries",
            "Status": {"State": "Enabled", "Health": "OK"},
            **body,
        }
        return self._tree.add(SUBSCRIPTIONS, document)

    def end(self, path: str) -> None:
        """Remove a subscription; a stream behind it is closed."""
        self._tree.remove(path)
        if stream := self._streams.pop(path, None):
            stream.put_nowait(None)

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Answer with a stream of server-sent events, until either side ends it."""
        queue: asyncio.Queue[Document | None] = asyncio.Queue()
        body = {"Protocol": "Redfish", "SubscriptionType": "SSE", "Context": secrets.token_hex(8)}
        path = self.subscribe(body)
        self._streams[path] = queue
        for missed in self._after(request.headers.get("Last-Event-ID", "")):
            queue.put_nowait({**missed, "Context": body["Context"]})
        response = web.StreamResponse(headers={"Cache-Control": "no-cache", "OData-Version": "4.0"})
        response.content_type = "text/event-stream"
        try:
            await response.prepare(request)
            await response.write(b": open\n\n")
            while (payload := await queue.get()) is not None:
                await response.write(_framed(payload))
        finally:
            self.end(path)
        return response

    def send(self, name: str, arguments: tuple[str, ...], origin: str, kind: str = "StatusChange") -> None:
        """Tell every subscriber; nobody is told while the device cannot be reached, or keeps its events to itself."""
        if self._served.silent() or not self._tree.value(SERVICE, "/ServiceEnabled"):
            return
        if self._served.fault("bmc.events_kept"):
            return
        told = message(name, *arguments)
        self._number += 1
        record = {
            "MemberId": "0",
            "EventType": kind,
            "EventId": str(self._number),
            "EventTimestamp": datetime.fromtimestamp(self._served.utc(), UTC).isoformat(timespec="seconds"),
            "OriginOfCondition": {"@odata.id": origin},
            **{key: value for key, value in told.items() if key != "@odata.type"},
        }
        payload = {"@odata.type": "#Event.v1_13_0.Event", "Id": str(self._number), "Name": "Event", "Events": [record]}
        late = self._served.fault("bmc.events_late")
        self._held.append((self._served.world.time_ms + round(1000 * late.number("delay") if late else 0), payload))
        self._release()

    def _release(self) -> None:
        """Deliver what is due, in the order in which it came about."""
        while self._held and self._held[0][0] <= self._served.world.time_ms:
            _, payload = self._held.popleft()
            if not self._served.silent():
                self._tell(payload)

    def _tell(self, payload: Document) -> None:
        self._latest.append(payload)
        for member, subscription in list(self._tree.made.get(SUBSCRIPTIONS, {}).items()):
            self._deliver(f"{SUBSCRIPTIONS}/{member}", {**payload, "Context": subscription["Context"]})

    def _after(self, last: str) -> list[Document]:
        """The kept events after one; none if that one is not kept."""
        ids = [payload["Id"] for payload in self._latest]
        return list(self._latest)[ids.index(last) + 1 :] if last in ids else []

    def _deliver(self, path: str, payload: Document) -> None:
        if stream := self._streams.get(path):
            stream.put_nowait(payload)
            return
        task = asyncio.get_running_loop().create_task(self._push(path, payload))
        self._pushing.add(task)
        task.add_done_callback(self._pushing.discard)

    async def _push(self, path: str, payload: Document) -> None:
        tries = 1 + int(self._tree.value(SERVICE, "/DeliveryRetryAttempts"))
        while tries and (where := self._tree.value(path, "/Destination")):
            try:
                timeout = aiohttp.ClientTimeout(total=PATIENCE_S)
                async with (
                    aiohttp.ClientSession(timeout=timeout) as session,
                    # Whoever subscribes chooses the receiver; its certificate is not ours to judge.
                    session.post(str(where), json=payload, ssl=False) as answer,
                ):
                    if answer.status < 300:
                        return
            except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
                pass
            tries -= self._tree.value(path, "/DeliveryRetryPolicy") != "RetryForever"
            await asyncio.sleep(float(self._tree.value(SERVICE, "/DeliveryRetryIntervalSeconds")))
        self.end(path)

    def _scan(self, now_ms: int) -> None:
        """Look for changes, once a second of plant time, from when somebody first wanted to know."""
        if not self._served.life.up():
            self._latest.clear()
            self._held.clear()
            for path in list(self._streams):
                self.end(path)
        self._release()
        if not self._wanted and not self._tree.made.get(SUBSCRIPTIONS):
            return
        for path, point in self._tree.states():
            raw = self._served.raw(point)
            before = self._shown.setdefault(point.name, raw)
            if raw == before or not isinstance(raw, str):
                continue
            self._shown[point.name] = raw
            health = str(point.locator["property"]).endswith("/Health")
            self.send(f"ResourceStatusChanged{raw}" if health else "ResourceStateChanged", (path, raw), path)


def _framed(payload: Document) -> bytes:
    return f"id: {payload['Id']}\ndata: {json.dumps(payload)}\n\n".encode()
