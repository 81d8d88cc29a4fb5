"""Hearing: what devices report by themselves becomes evidence, as an answer to a question that nobody put.

hearing = await Hearing.open(bench, clock, recorder)
hearing.note()          # after each round of sampling

Where the time passes by itself a notification is stamped when it arrives. Where it moves in steps it counts as
heard at the end of the step, so that the same plant gives the same evidence.
"""

from collections import deque

from conformance.recorder import Recorder
from fixtures.bench import Bench
from fixtures.clock import Clock
from fixtures.credentials import fetch_all
from fixtures.drivers.snmp import user_of, version_of
from fixtures.drivers.snmp_ear import SnmpEar
from fixtures.equipment import Device
from fixtures.notifications import QUESTION, Notification, attribute
from fixtures.wire.usm_keys import User


class Hearing:
    """Listens where the bench says; a bench that does not say hears nothing."""

    def __init__(self, bench: Bench, clock: Clock, recorder: Recorder) -> None:
        self._bench, self._clock, self._recorder = bench, clock, recorder
        self._waiting: deque[Notification] = deque()
        self._ear: SnmpEar | None = None

    @classmethod
    async def open(cls, bench: Bench, clock: Clock, recorder: Recorder) -> "Hearing":
        """Refusal if the place to listen at is taken, or a secret is not there."""
        hearing = cls(bench, clock, recorder)
        if bench.listen is not None:
            users = [user for device in bench.devices.values() if (user := _user(device))]
            hearing._ear = await SnmpEar.open(bench.listen, users, hearing._hear)
        return hearing

    def note(self) -> None:
        """Write down what has come since."""
        while self._waiting:
            device, content = attribute(self._waiting.popleft(), self._bench.devices.values())
            self._recorder.event("answer", device=device, question=QUESTION, content=content)

    def close(self) -> None:
        self.note()
        if self._ear is not None:
            self._ear.close()

    def _hear(self, notification: Notification) -> None:
        self._waiting.append(notification)
        if self._clock.free_running:
            self.note()


def _user(device: Device) -> User | None:
    """Who signs a device's notifications of version 3."""
    if device.scheme != "snmp":
        return None
    credentials = fetch_all(device.credentials)
    if version_of(device.name, credentials, device.options) != "3":
        return None
    return user_of(credentials, device.options)
