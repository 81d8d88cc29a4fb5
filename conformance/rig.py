"""The rig: the small vocabulary that procedures are written in.

Signals are named `subject:point` (`genset:state`, `rack:inlet.temperature.*`): every equipment of that
subject on the bench. Two rigs exist: one drives a bench, the dry one writes down what would be done.
"""

from contextlib import AbstractAsyncContextManager
from typing import Protocol


class Aborted(Exception):
    """The procedure was stopped: an interlock tripped, a time-out passed, a person said no."""


class Rig(Protocol):
    """What a procedure may do. Times are seconds, of plant time where the plant is simulated."""

    async def record(self, every: float) -> None:
        """From now on sample every device, at most once per `every` seconds."""

    async def mark(self, name: str) -> None:
        """Put a named mark on the time axis; measurands refer to it."""

    async def wait(self, seconds: float) -> None:
        """Go on recording for that long."""

    async def until(self, signal: str, state: str, timeout: float) -> None:
        """Go on recording until every such signal has the state; Aborted after `timeout`."""

    async def seen(self, signal: str, state: str, within: float) -> bool:
        """Go on recording until every such signal has the state, but no longer; whether it came."""

    async def steady(self, signal: str, within: float, over: float, timeout: float = 1800.0) -> None:
        """Go on recording until the signal stayed inside a band of `within` for `over` seconds."""

    async def expect(self, signal: str, at_least: float) -> None:
        """A condition before danger: Aborted unless every such signal is good and high enough."""

    async def ask(self, subject: str, question: str, times: int = 1) -> None:
        """Put a read-only question to every equipment of the subject, to all at once, and record the answers."""

    def stimulus(self, name: str, state: str) -> AbstractAsyncContextManager[None]:
        """Bring the stimulus into the state, and undo it on leaving, whatever happens."""
