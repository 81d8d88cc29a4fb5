"""Scenarios: faults and commands at times, as a file that people write.

    schema: scenario/1
    entries:
      - {at: 10, fault: mains.loss, parameters: {duration: 600}}
      - {at: 30, command: crac-1/setpoint.temperature, value: 24}
      - {at: 700, clear: mains.loss}

Times are seconds after the scenario starts. A mistake is refused with file, line and the nearest word.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from profiles.refusal import Refusal
from profiles.suggest import suggest
from profiles.yaml_source import Document, load_document
from simulators.faults.catalogue import FaultRequest, Value, catalogue

SCHEMA = Path(__file__).parent / "schemas" / "scenario.schema.json"
KINDS = ("fault", "clear", "command")
BESIDE = {"fault": "parameters", "command": "value"}


@dataclass(frozen=True, slots=True)
class Entry:
    """What happens `at_ms`: a `fault` begins, one is cleared (`clear`), or a `command` writes `value` to a point.

    `name` is the fault, or EQUIPMENT/POINT. `where` says where somebody wrote it.
    """

    at_ms: int
    kind: str
    name: str
    parameters: Mapping[str, Value] = field(default_factory=dict)
    value: Value = 0.0
    where: str = "scenario"

    @property
    def request(self) -> FaultRequest:
        return FaultRequest(self.name, dict(self.parameters))

    @property
    def target(self) -> tuple[str, str]:
        """Equipment and point of a command."""
        equipment, _, point = self.name.partition("/")
        return equipment, point


def load_scenario(path: Path) -> tuple[Entry, ...]:
    """The entries of a scenario file in their order in time. Refusal for every mistake."""
    document = load_document(path, SCHEMA)
    entries = [_entry(document, number) for number in range(len(document.data["entries"]))]
    return tuple(sorted(entries, key=lambda entry: entry.at_ms))


def _entry(document: Document, number: int) -> Entry:
    data = document.data["entries"][number]
    kinds = [kind for kind in KINDS if kind in data]
    where = document.where("entries", number)
    if len(kinds) != 1:
        raise Refusal(where, "it is not clear what happens", f"write one of {', '.join(KINDS)}")
    kind = kinds[0]
    for other, key in BESIDE.items():
        if key in data and other != kind:
            raise Refusal(document.where("entries", number, key), f"'{key}' is for a {other}", "remove it")
    if kind == "command" and "value" not in data:
        raise Refusal(where, "the command has no value", "add `value:`")
    parameters = {key: _value(value) for key, value in data.get("parameters", {}).items()}
    if kind != "command":
        _check_fault(document, (number, kind), data[kind], parameters)
    return Entry(round(data["at"] * 1000), kind, data[kind], parameters, _value(data.get("value", 0.0)), where)


def _check_fault(document: Document, place: tuple[int, str], name: str, parameters: Mapping[str, Value]) -> None:
    number, kind = place
    if name not in catalogue():
        where = document.where("entries", number, kind)
        raise Refusal(where, f"there is no fault '{name}'", suggest(name, catalogue()))
    known = catalogue()[name].parameters
    for key, value in parameters.items():
        where = document.where("entries", number, "parameters", key)
        if key not in known:
            raise Refusal(where, f"{name} has no parameter '{key}'", suggest(key, known))
        try:
            FaultRequest(name, {key: value}).complete()
        except Refusal as refusal:
            raise Refusal(where, refusal.what, refusal.remedy) from None


def _value(value: Any) -> Value:
    return value if isinstance(value, str) else float(value)


class Agenda:
    """What is still to happen, in order; times are those of the world."""

    __slots__ = ("_entries",)

    def __init__(self) -> None:
        self._entries: list[Entry] = []

    def add(self, entries: Sequence[Entry]) -> None:
        """Entries of one moment happen in the order in which they were added."""
        self._entries = sorted([*self._entries, *entries], key=lambda entry: entry.at_ms)

    def next_ms(self) -> int | None:
        return self._entries[0].at_ms if self._entries else None

    def due(self, now_ms: int) -> list[Entry]:
        """Take out what has become due."""
        due = [entry for entry in self._entries if entry.at_ms <= now_ms]
        self._entries = self._entries[len(due) :]
        return due

    def save(self) -> list[dict[str, Any]]:
        return [asdict(entry) for entry in self._entries]

    def restore(self, saved: Sequence[Mapping[str, Any]]) -> None:
        self._entries = [Entry(**entry) for entry in saved]
