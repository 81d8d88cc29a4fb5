"""The event journal: one JSON object a line, each carrying the digest of the line before it.

While a campaign runs, every action, answer and mark is appended here and handed to the operating system
line by line, so that a killed process loses nothing; `sync` makes it survive a power cut too.

    with Journal(folder / "events.ndjson") as journal:
        journal.append("mark", t_ns, name="sweep-begin", procedure="smoke", attempt=1)
        journal.sync()
    events = read_events((folder / "events.ndjson").read_bytes())
"""

import hashlib
import os
from pathlib import Path
from types import TracebackType
from typing import Any

from profiles.refusal import Refusal
from reports.bundles import strict_json

FIRST = "0" * 64
_REMEDY = "use the untouched journal"


class Journal:
    """Appends to the journal at `path`, continuing its chain where there is one.

    A last line that a crash cut short is removed; any other damage is a Refusal.
    """

    def __init__(self, path: Path) -> None:
        data = path.read_bytes() if path.exists() else b""
        self.events: list[dict[str, Any]] = read_events(data, where=str(path), torn_tail_ok=True)
        whole = data[: data.rfind(b"\n") + 1]
        last = whole[:-1].rsplit(b"\n", 1)[-1]
        self._previous = hashlib.sha256(last).hexdigest() if whole else FIRST
        self._file = path.open("ab", buffering=0)
        self._file.truncate(len(whole))

    def append(self, kind: str, t: int, **content: Any) -> dict[str, Any]:
        """Write one event; `t` in ns UTC. The event as recorded, which is also the last of `events`."""
        event = {"seq": len(self.events), "prev": self._previous, "t": str(t), "kind": kind, **content}
        line = strict_json.compact(event)
        self._file.write(line + b"\n")
        self._previous = hashlib.sha256(line).hexdigest()
        self.events.append(event)
        return event

    def sync(self) -> None:
        """Return when everything appended so far is on the disk."""
        os.fdatasync(self._file.fileno())

    def close(self) -> None:
        self.sync()
        self._file.close()

    def __enter__(self) -> "Journal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def read_events(data: bytes, *, where: str = "events.ndjson", torn_tail_ok: bool = False) -> list[dict[str, Any]]:
    """The events of a journal, in order; Refusal naming the line at which the chain breaks.

    A line's digest is SHA-256 over its bytes without the newline. With `torn_tail_ok` a last line without
    its newline is left out; otherwise it is damage.
    """
    *lines, tail = data.split(b"\n")
    if tail and not torn_tail_ok:
        raise Refusal(where, f"line {len(lines) + 1} is cut short", _REMEDY)
    events: list[dict[str, Any]] = []
    previous = FIRST
    for number, line in enumerate(lines, 1):
        event = strict_json.parse_object(line, f"{where}: line {number}")
        if event.get("prev") != previous or event.get("seq") != number - 1:
            raise Refusal(where, f"line {number} does not follow the line before it: the chain breaks", _REMEDY)
        if not isinstance(event.get("kind"), str) or not _is_time(event.get("t")):
            raise Refusal(where, f"line {number} has no kind or no time", _REMEDY)
        events.append(event)
        previous = hashlib.sha256(line).hexdigest()
    return events


def _is_time(text: object) -> bool:
    return isinstance(text, str) and len(text) < 20 and text.isascii() and text.isdecimal()
