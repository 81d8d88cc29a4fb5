"""The dry rig: runs a procedure without touching anything and keeps the list of what it would do.

That list is the plan a person reads, and what an arming operator agrees to.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from conformance.procedure import Procedure


@dataclass(frozen=True, slots=True)
class Step:
    """One step: when it comes (seconds from the start, if no wait runs to its limit), what is done,
    how it is undone (actuations only) and how long it may take at worst."""

    at: float
    kind: str
    text: str
    undo: str | None = None
    longest: float = 0.0


class DryRig:
    """Implements the rig's vocabulary by writing steps down.

    `describe` says in words how the bench brings a stimulus into a state, and how it undoes that.
    """

    def __init__(self, describe: Callable[[str, str], tuple[str, str]]) -> None:
        self._describe = describe
        self.steps: list[Step] = []
        self.now = 0.0

    def _add(
        self, kind: str, text: str, *, undo: str | None = None, expected: float = 0.0, longest: float = 0.0
    ) -> None:
        self.steps.append(Step(self.now, kind, text, undo, longest or expected))
        self.now += expected

    async def record(self, every: float) -> None:
        self._add("record", f"sample every device every {every:g} s")

    async def mark(self, name: str) -> None:
        self._add("mark", name)

    async def wait(self, seconds: float) -> None:
        self._add("wait", f"record for {seconds:g} s", expected=seconds)

    async def until(self, signal: str, state: str, timeout: float) -> None:
        self._add("until", f"record until {signal} is {state}, at most {timeout:g} s", longest=timeout)

    async def seen(self, signal: str, state: str, within: float) -> bool:
        self._add("until", f"record until {signal} is {state}, or for {within:g} s", longest=within)
        return True

    async def steady(self, signal: str, within: float, over: float, timeout: float = 1800.0) -> None:
        text = f"record until {signal} stays within {within:g} for {over:g} s, at most {timeout:g} s"
        self._add("until", text, expected=over, longest=timeout)

    async def expect(self, signal: str, at_least: float) -> None:
        self._add("expect", f"go on only if {signal} is at least {at_least:g}")

    async def ask(self, subject: str, question: str, times: int = 1) -> None:
        often = f", {times} times" if times > 1 else ""
        self._add("ask", f"ask every {subject}: {question}{often}")

    @asynccontextmanager
    async def stimulus(self, name: str, state: str) -> AsyncIterator[None]:
        forward, reverse = self._describe(name, state)
        self._add("actuate", f"{name} -> {state}: {forward}", undo=reverse)
        yield
        self._add("restore", f"{name}: {reverse}")


async def rehearse(
    procedure: Procedure, arguments: dict[str, object], describe: Callable[[str, str], tuple[str, str]]
) -> tuple[Step, ...]:
    """The steps of a procedure, in order; nothing is touched."""
    rig = DryRig(describe)
    await procedure(rig, arguments)
    return tuple(rig.steps)


def duration(steps: tuple[Step, ...]) -> tuple[float, float]:
    """Seconds a procedure takes if every wait ends at once, and if every wait runs to its limit."""
    if not steps:
        return 0.0, 0.0
    shortest = max(step.at for step in steps)
    waiting = sum(step.longest for step in steps if step.kind in ("until", "wait"))
    return shortest, max(shortest, waiting)


def actuations(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    return tuple(step for step in steps if step.kind == "actuate")
