"""What the operator sees while a campaign runs: the procedure, plant time, what remains, verdicts as they fall.

On a terminal one line is kept up to date; into a pipe a line is printed per plant minute, so that a log
stays readable. Progress goes to standard error, results to standard output.
"""

import sys
import time
import unicodedata
from collections.abc import Mapping
from typing import TextIO

from reports.judging.verdict import Verdict

SYMBOLS = {"pass": "✓", "fail": "✗", "inconclusive": "?", "not-applicable": "–", "not-tested": "·"}
NS = 1_000_000_000
# A terminal is refreshed at most this often; people do not read faster.
REFRESH_S = 0.2


class Progress:
    """Watches one campaign."""

    def __init__(self, stream: TextIO | None = None) -> None:
        # The standard error of now, not of when this module was read: a caller may have exchanged it.
        self._stream = stream or sys.stderr
        self._live = self._stream.isatty()
        self._procedure, self._begin, self._expected = "", 0, (0.0, 0.0)
        self._shown_at, self._shown_minute = 0.0, -1

    def started(self, procedure: str, now_ns: int, expected_s: tuple[float, float]) -> None:
        """`expected_s`: the shortest and the longest that the procedure may take, in seconds of plant time."""
        self._procedure, self._begin, self._expected = procedure, now_ns, expected_s
        self._shown_minute = -1
        self.say(f"{procedure}: {between(*expected_s)} of plant time")

    def tick(self, now_ns: int) -> None:
        elapsed = (now_ns - self._begin) / NS
        shortest, longest = (max(0.0, seconds - elapsed) for seconds in self._expected)
        text = f"{self._procedure}: {clock(elapsed)} recorded, {between(shortest, longest)} remain"
        if self._live and time.monotonic() - self._shown_at > REFRESH_S:
            self._shown_at = time.monotonic()
            print(f"\r\x1b[2K{text}", end="", file=self._stream, flush=True)
        elif not self._live and int(elapsed // 60) > self._shown_minute:
            self._shown_minute = int(elapsed // 60)
            print(text, file=self._stream, flush=True)

    def finished(self, procedure: str, status: str) -> None:
        self.say(f"{procedure}: {status}")

    def judged(self, verdict: Verdict) -> None:
        self.say(line(verdict))

    def say(self, text: str) -> None:
        clear = "\r\x1b[2K" if self._live else ""
        print(f"{clear}{text}", file=self._stream, flush=True)


def clock(seconds: float) -> str:
    """Minutes and seconds, hours if there are any."""
    whole = round(seconds)
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"


def between(shortest_s: float, longest_s: float) -> str:
    """A time that depends on what the plant does: `5:00`, `3:00 to 22:00`, `at most 19:00`."""
    if round(shortest_s) == round(longest_s):
        return clock(longest_s)
    return f"{clock(shortest_s)} to {clock(longest_s)}" if shortest_s else f"at most {clock(longest_s)}"


def line(verdict: Verdict) -> str:
    """One verdict as a line of a table."""
    word = verdict.verdict.value
    equipment = verdict.equipment or "—"
    result = f"{pad(verdict.result_text(), 20)} limit {limit_text(verdict.limit or {})}"
    if word not in ("pass", "fail"):
        result = verdict.reason["en"]
    return f"  {SYMBOLS[word]} {word:14} {verdict.requirement:12} {pad(equipment, 12)} {result}"


def limit_text(limit: Mapping[str, object]) -> str:
    """A limit as it is read aloud: `198 … 242 V`, `≤ 10 s`."""
    unit = "" if limit.get("unit") == "count" else f" {limit.get('unit', '')}"
    if limit.get("op") == "range":
        return f"{limit['min']} … {limit['max']}{unit}"
    sign = {"<=": "≤", ">=": "≥", "==": "="}.get(str(limit.get("op")), str(limit.get("op", "")))
    return f"{sign} {limit.get('value', '')}{unit}"


def width(text: str) -> int:
    """How many columns of a terminal a text takes; Hangul takes two each."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def pad(text: str, columns: int) -> str:
    """Pad with spaces to that many columns."""
    return text + " " * max(0, columns - width(text))
