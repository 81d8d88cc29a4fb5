"""The live rig: drives a bench, records what it sees, and undoes what it did.

The rig owns the time: every wait is a walk through the sampling schedule, on which the interlocks are
looked at after each round. In lockstep the same walk advances the plant.
"""

import asyncio
import math
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from conformance.recorder import Recorder
from conformance.rig import Aborted
from fixtures.bench import Bench
from fixtures.clock import NS, Clock
from fixtures.questions.registry import devices_for, put
from fixtures.reading import Reading
from fixtures.safety.actuation import Means, perform, undo
from fixtures.safety.reversals import Reversals
from fixtures.sampling import Channel, Sampler
from fixtures.signals import matches


@dataclass(frozen=True, slots=True)
class Station:
    """Everything a rig works with: the bench, its clock and channels, and where things are written."""

    bench: Bench
    clock: Clock
    channels: Sequence[Channel]
    recorder: Recorder
    reversals: Reversals
    means: Means
    tick: Callable[[int], None]


class LiveRig:
    """Implements the rig's vocabulary on a bench, for one procedure."""

    def __init__(self, station: Station, procedure: str) -> None:
        self._station, self._procedure = station, procedure
        self._latest: dict[str, Reading] = {}
        self._sampler: Sampler | None = None
        self._period = 1.0

    async def record(self, every: float) -> None:
        self._period = every
        self._sampler = Sampler(self._station.channels, self._station.clock, every, self._take)

    async def mark(self, name: str) -> None:
        self._station.recorder.event("mark", name=name, procedure=self._procedure)
        self._station.recorder.sync()

    async def wait(self, seconds: float) -> None:
        await self._walk(self._now() + round(seconds * NS))

    async def until(self, signal: str, state: str, timeout: float) -> None:
        deadline = self._now() + round(timeout * NS)
        while not self._all(signal, lambda reading: reading.value == state):
            await self._step(deadline, f"{signal} was not {state} within {timeout:g} s")

    async def seen(self, signal: str, state: str, within: float) -> bool:
        deadline = self._now() + round(within * NS)
        while not self._all(signal, lambda reading: reading.value == state):
            if self._now() >= deadline:
                return False
            await self._walk(min(deadline, self._now() + round(self._period * NS)))
        return True

    async def steady(self, signal: str, within: float, over: float, timeout: float = 1800.0) -> None:
        deadline = self._now() + round(timeout * NS)
        seen: deque[tuple[int, tuple[float, ...]]] = deque()
        while True:
            values = self._numbers(signal)
            now = self._now()
            # A value that is missing breaks the calm: start over.
            seen.append((now, values)) if values else seen.clear()
            while len(seen) > 1 and now - seen[1][0] >= over * NS:
                seen.popleft()
            calm = seen and now - seen[0][0] >= over * NS and _spread([v for _, v in seen]) <= within
            if calm:
                return
            await self._step(deadline, f"{signal} was not steady within {timeout:g} s")

    async def expect(self, signal: str, at_least: float) -> None:
        if not self._latest:
            await self._walk(self._now())
        numbers = self._numbers(signal)
        if not numbers or min(numbers) < at_least:
            shown = f"{min(numbers):g}" if numbers else "not readable"
            raise Aborted(f"{signal} is {shown}; the procedure begins only at {at_least:g} or more")

    async def ask(self, subject: str, question: str, times: int = 1) -> None:
        bench, note = self._station.bench, self._station.recorder.event
        asked = [d for unit in bench.of_subject(subject) for d in devices_for(bench, unit.name, question)]
        for _ in range(times):
            for device in asked:
                note("question", device=device.name, question=question)
            # Noted in the order of the bench, whoever answers first: evidence repeats itself.
            answers = await asyncio.gather(*(put(bench, device, question) for device in asked))
            for device, contents in zip(asked, answers, strict=True):
                for content in contents:
                    note("answer", device=device.name, question=question, content=content)

    @asynccontextmanager
    async def stimulus(self, name: str, state: str) -> AsyncIterator[None]:
        station = self._station
        binding = station.bench.binding(name, state)
        forward, reverse = binding.describe()
        station.recorder.event("actuation", stimulus=name, action="forward", detail=forward)
        station.recorder.sync()
        earlier = {reversal.number for reversal in station.reversals.pending()}
        try:
            await perform(binding, name, state, station.reversals, station.means)
            yield
        finally:
            # Undoing must not be cut short by the very cancellation that made it necessary.
            await asyncio.shield(asyncio.ensure_future(self._undo(earlier, name, reverse)))

    async def _undo(self, earlier: set[int], name: str, detail: str) -> None:
        """Undo what this stimulus did; what an outer one did stays."""
        station = self._station
        try:
            for reversal in station.reversals.pending():
                if reversal.number not in earlier:
                    await undo(reversal, station.reversals, station.means)
        except Exception as error:  # whatever stood in the way, the reversal stays on disk and is said
            station.recorder.event("error", message=f"{name} could not be undone: {error}")
            raise Aborted(f"{name} could not be undone ({error}); use `conformance restore`") from error
        station.recorder.event("actuation", stimulus=name, action="reverse", detail=detail)
        station.recorder.sync()

    async def _take(self, readings: list[Reading]) -> None:
        station = self._station
        station.recorder.samples(readings)
        self._latest.update({reading.signal: reading for reading in readings})
        now = self._now()
        for interlock in station.bench.interlocks:
            if reason := interlock.trip(self._latest.values(), now):
                raise Aborted(f"interlock: {reason}")
        station.tick(now)

    async def _walk(self, until_ns: int) -> None:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise asyncio.CancelledError  # a library has swallowed it, as wait_for does on Python 3.11
        if self._sampler is None:
            await self._station.clock.wait_until(until_ns)
        else:
            await self._sampler.until(until_ns)

    async def _step(self, deadline: int, complaint: str) -> None:
        if self._now() >= deadline:
            raise Aborted(complaint)
        await self._walk(min(deadline, self._now() + round(self._period * NS)))

    def _now(self) -> int:
        return self._station.clock.now_ns()

    def _devices(self, subject: str) -> list[str]:
        bench = self._station.bench
        return [name for name, device in bench.devices.items() if bench.equipment[device.equipment].subject == subject]

    def _readings(self, signal: str) -> list[Reading]:
        subject, _, point = signal.partition(":")
        patterns = [f"{device}/{point}" for device in self._devices(subject)]
        return [r for r in self._latest.values() if any(matches(pattern, r.signal) for pattern in patterns)]

    def _all(self, signal: str, holds: Callable[[Reading], bool]) -> bool:
        readings = self._readings(signal)
        return bool(readings) and all(map(holds, readings))

    def _numbers(self, signal: str) -> tuple[float, ...]:
        """The finite values of the signal's readings; empty as soon as one of them has none."""
        values = [reading.value for reading in self._readings(signal)]
        numbers = [float(v) for v in values if isinstance(v, float) and math.isfinite(v)]
        return tuple(numbers) if len(numbers) == len(values) else ()


def _spread(rounds: Sequence[tuple[float, ...]]) -> float:
    """The widest band that any one of the parallel signals covered."""
    return max((max(series) - min(series) for series in zip(*rounds, strict=True)), default=0.0)
