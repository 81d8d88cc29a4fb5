"""The statistics that measurands may name: what each takes, and in which unit its result is.

>>> load_statistics()["percentile"].arguments["confidence"]
Argument(kind='%', required=False)

What they compute belongs to the judge.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from profiles.yaml_source import load_document

SOURCE = Path(__file__).with_name("statistics.yaml")
FROM_SIGNALS = ("signal", "difference", "integral", "rate", "quotient", "formula", "declared")
"""How a result's unit may follow from those of the signals; any other word is the unit itself."""
STATED = ("integral", "rate", "quotient", "formula", "declared")
"""Results whose unit somebody has to state, because several would do."""


@dataclass(frozen=True, slots=True)
class Argument:
    """`kind` is what it must be: a kind of word, the unit of a number, or the words to choose from."""

    kind: str | tuple[str, ...]
    required: bool


@dataclass(frozen=True, slots=True)
class StatisticKind:
    """`either` are arguments of which one is needed; `nearest` statistics look for what is nearest to the limit."""

    name: str
    result: str
    arguments: Mapping[str, Argument]
    either: tuple[str, ...]
    nearest: bool
    example: Mapping[str, Any]


@functools.cache
def load_statistics() -> Mapping[str, StatisticKind]:
    """All statistics by name; Refusal if the shipped file is malformed."""
    document = load_document(SOURCE, "statistics")
    return {name: _statistic(name, fields) for name, fields in document.data["statistics"].items()}


def _statistic(name: str, fields: Mapping[str, Any]) -> StatisticKind:
    arguments = {
        key: Argument(tuple(kind) if isinstance(kind, list) else kind, required)
        for part, required in (("arguments", True), ("optional", False))
        for key, kind in fields.get(part, {}).items()
    }
    either = tuple(fields.get("either", ()))
    return StatisticKind(name, fields["result"], arguments, either, fields.get("nearest", False), fields["example"])
