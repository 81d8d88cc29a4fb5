"""Every attempt of a campaign, also the failed ones, as the journal tells it.

attempts_document(events)["attempts"][0]["status"]      "completed", or "interrupted" without an end
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

NS = 1_000_000_000
_FACTS = ("profile_digest", "plan_digest", "seed", "evaluator")


def attempts_document(events: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What is written to data/attempts.json: a pure function of the journal."""
    attempts: list[dict[str, Any]] = []
    for event in events:
        time = moment(int(event["t"]))
        if event["kind"] == "begin":
            facts = {name: event.get(name) for name in _FACTS}
            attempts.append(
                {
                    "attempt": event.get("attempt", len(attempts) + 1),
                    "begin": time,
                    "end": None,
                    "status": "interrupted",
                    "procedures": [],
                    **facts,
                }
            )
        elif not attempts:
            continue
        elif event["kind"] == "end":
            attempts[-1] |= {"end": time, "status": event.get("status", "completed")}
        elif event["kind"] == "procedure":
            _procedure(attempts[-1]["procedures"], event, time)
    return {"schema": "attempts/1", "attempts": attempts}


def moment(time_ns: int) -> str:
    """UTC nanoseconds as ISO 8601 with milliseconds, rounded down."""
    whole, rest = divmod(time_ns, NS)
    return f"{datetime.fromtimestamp(whole, UTC):%Y-%m-%dT%H:%M:%S}.{rest // 1_000_000:03d}Z"


def _procedure(procedures: list[dict[str, Any]], event: Mapping[str, Any], time: str) -> None:
    if event.get("status") == "started":
        entry = {"name": event["name"], "begin": time, "end": None, "status": "started", "reason": None}
        procedures.append(entry)
        return
    for entry in reversed(procedures):
        if entry["name"] == event["name"] and entry["end"] is None:
            entry |= {"end": time, "status": event.get("status"), "reason": event.get("reason")}
            return
