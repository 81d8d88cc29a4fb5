"""The statistics by name, and the number that each returns.

    @measurand("lowest")
    def lowest(scope: Scope, *, of: Pattern) -> Value: ...

    find("lowest")(scope, {"of": "voltage.*"})

An argument `live-above` of a profile is the parameter `live_above` of the function. `statistic`, `from`, `to`,
`allowed-gap` and `steady` belong to the scope and are not handed on.
"""

import difflib
import importlib
import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from profiles.refusal import Refusal
from reports.measurands.scope import Scope

SCOPE_ARGUMENTS = frozenset({"statistic", "from", "to", "allowed-gap", "steady"})


@dataclass(frozen=True, slots=True)
class Edge:
    """A moment that was seen to lie between two samples `interval` s apart, each stamped within ± `stamp` s; or
    anything else that lies somewhere in an interval, both in the unit of the result."""

    interval: float
    stamp: float = 0.0


@dataclass(frozen=True, slots=True)
class Repeats:
    """The standard uncertainty that repeated observations show, in the unit of the result, and its degrees of
    freedom."""

    size: float
    freedom: float


@dataclass(frozen=True, slots=True)
class Value:
    """The result of a statistic in `unit`.

    `bound` is "at-least" or "at-most" where the observation ended before the result did. `edges` are the
    moments that a duration is measured between: their uncertainty is added to that of the samples; so is that of
    `repeats`, where a profile asks for it. `seen` are the places that were counted, for people to look at.
    """

    number: float
    unit: str
    bound: str | None = None
    edges: tuple[Edge, ...] = ()
    repeats: Repeats | None = None
    seen: tuple[str, ...] = ()


Function = Callable[..., Value]


@dataclass(frozen=True, slots=True)
class Statistic:
    """A named statistic, the parameters it must be given and those it may be given. One that `judges_records`
    looks for what is wrong with them, so that records which contradict themselves are what it finds; one that
    `judges_verdicts` is evaluated when all others were."""

    name: str
    function: Function
    required: frozenset[str]
    optional: frozenset[str]
    judges_records: bool = False
    judges_verdicts: bool = False

    def __call__(self, scope: Scope, measurand: Mapping[str, Any]) -> Value:
        """Evaluate a measurand of a profile; NoEvidence if there is none, Refusal on a wrong argument."""
        arguments = {key: value for key, value in measurand.items() if key not in SCOPE_ARGUMENTS}
        self.check(arguments)
        named = {key.replace("-", "_"): value for key, value in arguments.items()}
        return self.function(scope, **named)

    def check(self, names: Iterable[str]) -> None:
        """Refusal if an argument is unknown or missing."""
        found, known = set(names), self.required | self.optional
        for name in sorted(found - known):
            near = difflib.get_close_matches(name, known, 1)
            remedy = f"write '{near[0]}'" if near else "its arguments are: " + ", ".join(sorted(known))
            raise Refusal(f"statistic {self.name}", f"it has no argument '{name}'", remedy)
        if missing := sorted(self.required - found):
            raise Refusal(f"statistic {self.name}", f"the argument '{missing[0]}' is missing", f"add '{missing[0]}'")


_STATISTICS: dict[str, Statistic] = {}


def measurand(
    name: str, *, judges_records: bool = False, judges_verdicts: bool = False
) -> Callable[[Function], Function]:
    """Register a function as the statistic `name`; its keyword-only parameters are the arguments."""

    def register(function: Function) -> Function:
        if name in _STATISTICS:
            raise ValueError(f"the statistic {name} exists twice")
        parameters = [p for p in inspect.signature(function).parameters.values() if p.kind is p.KEYWORD_ONLY]
        required = {p.name.replace("_", "-") for p in parameters if p.default is p.empty}
        optional = {p.name.replace("_", "-") for p in parameters} - required
        _STATISTICS[name] = Statistic(
            name, function, frozenset(required), frozenset(optional), judges_records, judges_verdicts
        )
        return function

    return register


@cache
def statistics() -> Mapping[str, Statistic]:
    """Every statistic by its name."""
    for module in iter_modules([str(Path(__file__).parent)]):
        importlib.import_module(f"reports.measurands.{module.name}")
    return dict(sorted(_STATISTICS.items()))


def find(name: str) -> Statistic:
    """The statistic of that name; Refusal with the nearest name if there is none."""
    if name not in statistics():
        near = difflib.get_close_matches(name, statistics(), 1)
        remedy = f"write '{near[0]}'" if near else "the statistics are: " + ", ".join(statistics())
        raise Refusal("measurand", f"there is no statistic '{name}'", remedy)
    return statistics()[name]
