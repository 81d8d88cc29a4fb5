"""Hearing: what devices report by themselves becomes evidence, as an answer to a question that nobody put.

hearing = await Hearing.open(bench, clock, recorder)
await hearing.begin(reversals, means)       # once the recording has begun
hearing.note()                              # after each round of sampling

SNMP notifications come to where the bench listens. The events of a Redfish service come through the stream that it
offers (`events: stream`), or are pushed to where the bench receives (`events: push`), for which it is subscribed to: a
write, so the bench is armed and the reverse on disk before. What becomes of either way is evidence too. Where the time
passes by itself a notification is stamped when it arrives. Where it moves in steps it counts as heard at the end of the
step, so that the same plant gives the same evidence.
"""

import asyncio
import secrets
from collections import deque
from collections.abc import Mapping

from conformance.recorder import Recorder
from fixtures.bench import Bench
from fixtures.clock import Clock
from fixtures.credentials import fetch_all
from fixtures.drivers.redfish_ear import RedfishEar, State
from fixtures.drivers.redfish_mailbox import RedfishMailbox
from fixtures.drivers.snmp import user_of, version_of
from fixtures.drivers.snmp_ear import SnmpEar
from fixtures.equipment import PUSH, STREAM, Device
from fixtures.notifications import QUESTION, Notification, attribute
from fixtures.redfish_events import News
from fixtures.safety.actuation import Means, perform, undo
from fixtures.safety.bindings import Subscription
from fixtures.safety.reversals import Reversals
from fixtures.wire.usm_keys import User
from profiles.refusal import Refusal

WAY = "event-stream"


class Hearing:
    """Listens where the bench says; a bench that does not say hears nothing."""

    def __init__(self, bench: Bench, clock: Clock, recorder: Recorder) -> None:
        self._bench, self._clock, self._recorder = bench, clock, recorder
        self._waiting: deque[tuple[str | None, str, Mapping[str, object]]] = deque()
        self._begun = False
        self._ear: SnmpEar | None = None
        self._streams: list[RedfishEar] = []
        self._mailbox: RedfishMailbox | None = None
        self._subscribed: dict[int, Subscription] = {}

    @classmethod
    async def open(cls, bench: Bench, clock: Clock, recorder: Recorder) -> "Hearing":
        """Refusal if the place to listen at is taken, or a secret is not there."""
        hearing = cls(bench, clock, recorder)
        if bench.listen is not None:
            users = [user for device in bench.devices.values() if (user := _user(device))]
            hearing._ear = await SnmpEar.open(bench.listen, users, hearing._hear_snmp)
        if bench.receive is not None:
            at = bench.receive
            hearing._mailbox = await RedfishMailbox.open(at.address, at.certificate, at.key)
        following = [device for device in bench.devices.values() if device.heard == STREAM]
        secret = {device.name: fetch_all(device.credentials) for device in following}
        hearing._streams += await asyncio.gather(*(hearing._follow(one, secret[one.name]) for one in following))
        # Noted in the order of the bench, whoever answers first: evidence repeats itself.
        order = {name: n for n, name in enumerate(bench.devices)}
        hearing._waiting = deque(sorted(hearing._waiting, key=lambda one: order.get(one[0] or "", -1)))
        return hearing

    async def begin(self, reversals: Reversals, means: Means) -> None:
        """The recording has begun: what came before and what comes from now on is written down."""
        self._begun, self._reversals, self._means = True, reversals, means
        self.note()
        for device in self._bench.devices.values():
            if device.heard == PUSH and self._mailbox is not None:
                await self._subscribe(device, self._mailbox)

    def note(self) -> None:
        """Write down what has come since."""
        while self._waiting:
            device, question, content = self._waiting.popleft()
            self._recorder.event("answer", device=device, question=question, content=content)

    async def close(self) -> None:
        if self._ear is not None:
            self._ear.close()
        for ear in self._streams:
            await ear.close()
        if self._begun:
            await self._unsubscribe()
        if self._mailbox is not None:
            await self._mailbox.close()
        self.note()

    async def _follow(self, device: Device, credentials: Mapping[str, str]) -> RedfishEar:
        def hear(content: Mapping[str, object]) -> None:
            self._heard(device.name, QUESTION, content)

        def tell(outcome: State, why: str) -> None:
            self._heard(device.name, WAY, {"outcome": outcome, "why": why})

        return await RedfishEar.open(device.address, credentials, device.options, hear, tell)

    async def _subscribe(self, device: Device, mailbox: RedfishMailbox) -> None:
        """Let a service push; one that does not take it is evidence and no error."""
        # Whoever posts has been told the place by the service alone, but has not proved who it is.
        news = News(authentic=False)

        def hear(body: str) -> None:
            for content in news.of(body):
                self._heard(device.name, QUESTION, content)

        binding = Subscription(device.name, mailbox.place(hear), f"microdc-{secrets.token_hex(8)}")
        name, forward = f"events of {device.name}", binding.describe()[0]
        self._recorder.event("actuation", stimulus=name, action="forward", detail=forward)
        self._recorder.sync()
        before = {reversal.number for reversal in self._reversals.pending()}
        outcome: dict[str, object] = {"outcome": "open", "why": ""}
        try:
            await perform(binding, name, "subscribed", self._reversals, self._means)
        except Refusal as refusal:
            outcome = {"outcome": "unreachable", "why": str(refusal)}
        after = {reversal.number for reversal in self._reversals.pending()}
        self._subscribed |= dict.fromkeys(after - before, binding)
        self._heard(device.name, WAY, outcome)
        self.note()

    async def _unsubscribe(self) -> None:
        """End what was subscribed to; what cannot be ended stays on disk, and is said."""
        for reversal in self._reversals.pending():
            if binding := self._subscribed.get(reversal.number):
                try:
                    await undo(reversal, self._reversals, self._means)
                except Exception as error:  # whatever one runs into, the others must still be ended
                    self._recorder.event("error", message=f"{reversal.stimulus} could not be ended: {error}")
                else:
                    detail = binding.describe()[1]
                    self._recorder.event("actuation", stimulus=reversal.stimulus, action="reverse", detail=detail)

    def _hear_snmp(self, notification: Notification) -> None:
        device, content = attribute(notification, self._bench.devices.values())
        self._heard(device, QUESTION, content)

    def _heard(self, device: str | None, question: str, content: Mapping[str, object]) -> None:
        self._waiting.append((device, question, content))
        if self._begun and self._clock.free_running:
            self.note()


def _user(device: Device) -> User | None:
    """Who signs a device's notifications of version 3."""
    if device.scheme != "snmp":
        return None
    credentials = fetch_all(device.credentials)
    if version_of(device.name, credentials, device.options) != "3":
        return None
    return user_of(credentials, device.options)
