"""The consistency rules by name.

A rule looks at every place that it is about and says what contradicts there:

    @rule("collection-count")
    def collection_count(tree: Tree, tolerance: float) -> Iterator[Place]: ...

    places = examine("collection-count", tree)
    [place for place in places if place.contradiction]

A place without a contradiction counts too: a rule that found nowhere to look has shown nothing.
"""

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from pkgutil import iter_modules

from profiles.refusal import Refusal
from profiles.suggest import suggest
from reports.interop.tree import Tree


@dataclass(frozen=True, slots=True)
class Place:
    """What was looked at: a resource, a JSON pointer in it, and what contradicts there (empty: nothing)."""

    uri: str
    path: str
    contradiction: str = ""


Rule = Callable[[Tree, float], Iterator[Place]]
_RULES: dict[str, Rule] = {}


def rule(name: str) -> Callable[[Rule], Rule]:
    """Register the decorated function under `name`."""

    def register(function: Rule) -> Rule:
        _RULES[name] = function
        return function

    return register


@cache
def rules() -> tuple[str, ...]:
    """The names of all rules."""
    for module in iter_modules([str(Path(__file__).parent)]):
        importlib.import_module(f"reports.consistency.{module.name}")
    return tuple(sorted(_RULES))


def examine(name: str, tree: Tree, tolerance: float = 0.0) -> list[Place]:
    """Every place that the rule looked at; `tolerance` in % is what it lets two readings differ by."""
    if name not in rules():
        raise Refusal(f"rule '{name}'", "there is no such rule", suggest(name, list(rules())))
    return list(_RULES[name](tree, tolerance))
