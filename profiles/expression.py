"""Regular expressions that come out of files: read here, and matched without trying one way after the other.

    parse_expression("(?i)apc|schneider").matches("Schneider Electric")      # True
    parse_expression(r"^B ([-+0-9.]+)W$").part("B +12.5W")                   # '+12.5'

They mean what they mean to `re`, which takes longer than anybody waits for (a+)+$ and a few dozen letters. What cannot
be matched in a time that grows with the text as its length does is refused: references back to a group, looking behind,
and looking ahead anywhere but at the very beginning, where it says what the text has to begin with.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from profiles.automaton import Automaton, Edge, Fork, Hold, Step, Take
from profiles.refusal import Refusal

# Where a match may lie: anywhere in the text, at its beginning, or only over the whole of it.
Extent = Literal["anywhere", "beginning", "whole"]
# How many steps an expression may have, its repetitions written out, and how long a text may be that it is held
# against: what a match costs is at most the product of both.
LIMIT, LONGEST = 600, 2048

_TOKEN = re.compile(
    r"""(?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])
    |(?P<open>\(\?:|\(\?P<[A-Za-z_]\w*>|\(\?[=!]|\((?!\?))
    |(?P<close>\))
    |(?P<bar>\|)
    |(?P<edge>[\^$]|\\[AbBZ])
    |(?P<times>(?:[*+?]|\{(?:\d+(?:,\d*)?|,\d*)\})[?+]?)
    |(?P<char>\\(?:x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|0[0-7]{0,2}|[^\dxuU])|[^\\[(])""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_AHEAD = ("(?=", "(?!")
_Steps = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression and where its match may lie; `groups` is how many it has. `guards` are what a text has to begin
    with (True), or must not."""

    automaton: Automaton
    extent: Extent
    groups: int
    guards: tuple[tuple[Automaton, bool], ...]

    def matches(self, text: str) -> bool:
        """Whether a text is what the expression says; one of more than LONGEST characters never is."""
        return self._admits(text) and self.automaton.reaches(text, self.extent == "anywhere", self.extent == "whole")

    def part(self, text: str) -> str | None:
        """The first group of the first match; None where `matches` is False, or where the match leaves it out."""
        return self.automaton.part(text) if self._admits(text) else None

    def _admits(self, text: str) -> bool:
        return len(text) <= LONGEST and all(
            guard.reaches(text, anywhere=False, whole=False) is wanted for guard, wanted in self.guards
        )


@lru_cache(maxsize=1024)
def parse_expression(text: str, extent: Extent = "anywhere") -> Expression:
    """The expression that a text states; ValueError says why it is none, or none that can be matched here."""
    if len(text) > 4 * LIMIT:
        raise ValueError(f"'{text[:40]}…' is too long for a regular expression")
    fold = text.startswith("(?i)")
    reading = _Reading(extent == "anywhere")
    try:
        for kind, token in _tokens(text.removeprefix("(?i)")):
            reading.take(kind, token)
        steps = reading.finish()
    except (ValueError, re.error) as error:
        raise ValueError(f"'{text}' is no regular expression that can be matched ({error})") from None
    guards = tuple((Automaton(ahead, fold), wanted) for ahead, wanted in reading.guards)
    return Expression(Automaton(steps, fold), extent, reading.groups, guards)


def check_expression(name: str, text: str, extent: Extent, where: str) -> Expression:
    """The expression that a text of `name` states; Refusal at `where` if it is none that can be matched."""
    try:
        return parse_expression(text, extent)
    except ValueError as error:
        remedy = "write it in another way, with a backslash before what is meant literally"
        raise Refusal(where, f"{name}: {error}", remedy) from None


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ValueError(_trouble(text[at : at + 3]))
        yield str(match.lastgroup), match[0]
        at = match.end()


def _trouble(text: str) -> str:
    """Why nothing can be read here."""
    if text == "(?P" or re.match(r"\\[1-9]", text):
        return "it refers back to a group"
    if text.startswith("(?<"):
        return "it looks behind"
    return {"[": "a set is not closed", "\\": "a backslash means nothing there"}.get(text[0], f"'{text}' is not known")


@dataclass(slots=True)
class _Level:
    """A group that is being read: the alternatives before this one, and the items of this one. `last` is whether the
    last item can be repeated."""

    opening: str = ""
    first: bool = False
    before: list[_Steps] = field(default_factory=list)
    items: list[_Steps] = field(default_factory=list)
    last: bool = False

    def add(self, steps: _Steps, repeatable: bool) -> None:
        self.items.append(steps)
        self.last = repeatable

    def alternative(self) -> None:
        """What is read from now on is another alternative."""
        self.before.append(_bounded(sum(self.items, ())))
        self.items, self.last = [], False

    def joined(self) -> _Steps:
        """All alternatives, the first preferred."""
        self.alternative()
        *before, found = self.before
        for steps in reversed(before):
            found = _bounded((Fork((1, len(steps) + 2)), *steps, Fork((len(found) + 1,)), *found))
        return found


@dataclass(slots=True)
class _Reading:
    """An expression while it is read, token by token."""

    anywhere: bool
    levels: list[_Level] = field(default_factory=lambda: [_Level()])
    groups: int = 0
    guards: list[tuple[_Steps, bool]] = field(default_factory=list)

    def take(self, kind: str, token: str) -> None:
        level = self.levels[-1]
        match kind:
            case "open":
                self._open(token, level)
            case "close":
                self._close()
            case "bar":
                if self.guards and len(self.levels) == 1:
                    raise ValueError("it looks ahead in one alternative only")
                level.alternative()
            case "edge":
                level.add((Edge(token),), repeatable=False)
            case "times":
                if not level.last:
                    raise ValueError(f"'{token}' has nothing to repeat")
                level.add(_repeated(level.items.pop(), token), repeatable=False)
            case _:
                re.compile(token)
                level.add((Take(token),), repeatable=True)

    def finish(self) -> _Steps:
        """All steps."""
        if len(self.levels) > 1:
            raise ValueError("a group is not closed")
        return self.levels[0].joined()

    def _open(self, token: str, level: _Level) -> None:
        if token in _AHEAD:
            begun = level.items in ([(Edge("^"),)], [(Edge(r"\A"),)]) or (not level.items and not self.anywhere)
            if not begun or level.before or len(self.levels) > 1:
                raise ValueError("it looks ahead elsewhere than at its beginning")
        numbered = token not in (*_AHEAD, "(?:")
        self.groups += numbered
        self.levels.append(_Level(token, first=numbered and self.groups == 1))

    def _close(self) -> None:
        if len(self.levels) == 1:
            raise ValueError("a group is closed that was not opened")
        level = self.levels.pop()
        steps = level.joined()
        if level.opening in _AHEAD:
            self.guards.append((steps, level.opening == "(?="))
            self.levels[-1].last = False
        else:
            held = (Hold(False), *steps, Hold(True)) if level.first else steps
            self.levels[-1].add(held, repeatable=True)


def _repeated(steps: _Steps, token: str) -> _Steps:
    """Steps as often as a quantifier says; one that ends with ? prefers fewer."""
    if token[1:].endswith("+"):
        raise ValueError(f"'{token}' lets no way go back")
    lazy = token[1:].endswith("?")
    low, high = _bounds(token[:-1] if lazy else token)
    if high is not None and high < low:
        raise ValueError(f"'{token}' ends before it begins")
    if (len(steps) + 1) * max(low, high or 1) > LIMIT:
        raise ValueError(f"repeated as it says it has more than {LIMIT} steps")
    found: _Steps = ()
    if high is None:
        found = (_fork(len(steps) + 2, lazy), *steps, Fork((-len(steps) - 1,)))
    for _ in range((high or low) - low):
        found = (_fork(len(steps) + len(found) + 1, lazy), *steps, *found)
    return steps * low + found


def _fork(past: int, lazy: bool) -> Fork:
    return Fork((past, 1) if lazy else (1, past))


def _bounds(token: str) -> tuple[int, int | None]:
    """How often at least and at most; None for as often as one likes."""
    if token in ("*", "+", "?"):
        return int(token == "+"), 1 if token == "?" else None
    low, comma, high = token[1:-1].partition(",")
    return int(low or 0), (int(high) if high else None) if comma else int(low)


def _bounded(steps: _Steps) -> _Steps:
    if len(steps) > LIMIT:
        raise ValueError(f"repeated as it says it has more than {LIMIT} steps")
    return steps
