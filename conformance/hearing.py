"""Hearing: what devices report by themselves becomes evidence, as an answer to a question that nobody put.

hearing = await Hearing.open(bench, clock, recorder)
hearing.begin()         # once the recording has begun
hearing.note()          # after each round of sampling

SNMP notifications come to where the bench listens; the events of a Redfish service whose option `events` is `stream`
come through the stream that it offers, and what becomes of that stream is evidence too. Where the time passes by
itself a notification is stamped when it arrives. Where it moves in steps it counts as heard at the end of the step, so
that the same plant gives the same evidence.
"""

from collections import deque
from collections.abc import Mapping

from conformance.recorder import Recorder
from fixtures.bench import Bench
from fixtures.clock import Clock
from fixtures.credentials import fetch_all
from fixtures.drivers.redfish_ear import RedfishEar, State
from fixtures.drivers.snmp import user_of, version_of
from fixtures.drivers.snmp_ear import SnmpEar
from fixtures.equipment import Device
from fixtures.notifications import QUESTION, Notification, attribute
from fixtures.wire.usm_keys import User

STREAM_QUESTION = "event-stream"


class Hearing:
    """Listens where the bench says; a bench that does not say hears nothing."""

    def __init__(self, bench: Bench, clock: Clock, recorder: Recorder) -> None:
        self._bench, self._clock, self._recorder = bench, clock, recorder
        self._waiting: deque[tuple[str | None, str, Mapping[str, object]]] = deque()
        self._begun = False
        self._ear: SnmpEar | None = None
        self._streams: list[RedfishEar] = []

    @classmethod
    async def open(cls, bench: Bench, clock: Clock, recorder: Recorder) -> "Hearing":
        """Refusal if the place to listen at is taken, or a secret is not there."""
        hearing = cls(bench, clock, recorder)
        if bench.listen is not None:
            users = [user for device in bench.devices.values() if (user := _user(device))]
            hearing._ear = await SnmpEar.open(bench.listen, users, hearing._hear_snmp)
        for device in bench.devices.values():
            if device.streams_events:
                hearing._streams.append(await hearing._stream(device))
        return hearing

    def begin(self) -> None:
        """The recording has begun: what came before and what comes from now on is written down."""
        self._begun = True
        self.note()

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
        self.note()

    async def _stream(self, device: Device) -> RedfishEar:
        def hear(content: Mapping[str, object]) -> None:
            self._heard(device.name, QUESTION, content)

        def tell(outcome: State, why: str) -> None:
            self._heard(device.name, STREAM_QUESTION, {"outcome": outcome, "why": why})

        return await RedfishEar.open(device.address, fetch_all(device.credentials), device.options, hear, tell)

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
