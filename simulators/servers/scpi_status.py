"""The status of an instrument: error queue, event register and status byte (IEEE 488.2 chapter 11, SCPI-1999).

>>> status = Status()
>>> status.fail(-113); status.next_error(), status.byte(message=False)
('-113,"Undefined header"', 0)
"""

from collections import deque
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from profiles.shipped_yaml import read_shipped

NO_ERROR = '0,"No error"'
OVERFLOW = -350

OPERATION_COMPLETE, QUERY_ERROR, DEVICE_ERROR = 1 << 0, 1 << 2, 1 << 3
EXECUTION_ERROR, COMMAND_ERROR, POWER_ON = 1 << 4, 1 << 5, 1 << 7
ERROR_AVAILABLE, MESSAGE_AVAILABLE, EVENT_SUMMARY, MASTER_SUMMARY = 1 << 2, 1 << 4, 1 << 5, 1 << 6

_EVENTS = {1: COMMAND_ERROR, 2: EXECUTION_ERROR, 3: DEVICE_ERROR, 4: QUERY_ERROR}


@cache
def language() -> Mapping[str, Any]:
    """The words and errors of scpi.yaml."""
    document: Mapping[str, Any] = read_shipped(Path(__file__).with_name("scpi.yaml"))
    return document


class Status:
    """Errors and events until somebody reads them. `event_enable` and `service_enable` are the two masks."""

    def __init__(self, powered_on: bool = False) -> None:
        self._errors: deque[int] = deque()
        self._events = POWER_ON if powered_on else 0
        self.event_enable = self.service_enable = 0

    def fail(self, error: int) -> None:
        """Queue an error; where there is no room left, the last one says so instead."""
        self._events |= _EVENTS[-error // 100]
        if len(self._errors) < language()["queue"]:
            self._errors.append(error)
        else:
            self._errors[-1] = OVERFLOW

    def complete(self) -> None:
        self._events |= OPERATION_COMPLETE

    def clear(self) -> None:
        """What *CLS clears: queue and events, not the masks."""
        self._errors.clear()
        self._events = 0

    def next_error(self) -> str:
        """The oldest error, which is forgotten with this."""
        if not self._errors:
            return NO_ERROR
        error = self._errors.popleft()
        return f'{error},"{language()["errors"][error]}"'

    def errors(self) -> int:
        return len(self._errors)

    def events(self) -> int:
        """The event register, which is cleared with this."""
        events, self._events = self._events, 0
        return events

    def byte(self, message: bool) -> int:
        """The status byte; `message` says whether an answer waits to be read."""
        byte = ERROR_AVAILABLE if self._errors else 0
        byte |= MESSAGE_AVAILABLE if message else 0
        byte |= EVENT_SUMMARY if self._events & self.event_enable else 0
        return byte | (MASTER_SUMMARY if byte & self.service_enable else 0)
