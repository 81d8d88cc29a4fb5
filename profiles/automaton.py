"""Matching in a time that grows with the text as its length does: all ways through an expression are followed at once.

    automaton = Automaton((Take("a"), Fork((-1, 1)), Edge("$")), fold=False)      # a+$
    automaton.reaches("aaab", anywhere=True, whole=False)      # False

The places that the ways have come to are the bits of one number, so that no way is gone twice. Source: K. Thompson,
Regular Expression Search Algorithm, CACM 11 (1968) 419; what it takes to know a part of the match: R. Pike.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import or_

# How many characters, and how many sets of places, are remembered with what follows from them.
KEPT = 1024


@dataclass(frozen=True, slots=True)
class Take:
    """One character of those that `token` means: a literal or a set, as `re` writes them."""

    token: str


@dataclass(frozen=True, slots=True)
class Edge:
    """No character, but a place that `token` means: ^, $, \\b and the like."""

    token: str


@dataclass(frozen=True, slots=True)
class Fork:
    """Goes on at each of these distances, the preferred first."""

    ways: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Hold:
    """The part begins here, or it `ends`."""

    ends: bool


Step = Take | Edge | Fork | Hold
# A place, and of the part: its begin if that is all that was met of it, its begin and its end.
_Way = tuple[int, tuple[int, int, int]]
_NOWHERE = (-1, -1, -1)


class Automaton:
    """The `steps` of an expression; behind the last one it has matched. With `fold` upper and lower case are one."""

    def __init__(self, steps: Sequence[Step], fold: bool) -> None:
        self._steps, self._fold = tuple(steps), fold
        self._takes: dict[str, int] = {}
        for n, step in enumerate(self._steps):
            if isinstance(step, Take):
                self._takes[step.token] = self._takes.get(step.token, 0) | 1 << n
        self._edges = sorted({step.token for step in self._steps if isinstance(step, Edge)})
        self._accepted: dict[str, int] = {}
        self._led: dict[tuple[int, tuple[bool, ...]], int] = {}

    def reaches(self, text: str, anywhere: bool, whole: bool) -> bool:
        """Whether it matches from the begin of the text, or from `anywhere`; and up to its end if `whole`."""
        there, done = 1, 1 << len(self._steps)
        for at in range(len(text) + 1):
            here = self._onwards(there, self._context(text, at))
            if here & done and (at == len(text) or not whole):
                return True
            if at < len(text):
                there = (here & self._accepting(text[at])) << 1 | anywhere
                if not there:
                    return False
        return False

    def part(self, text: str) -> str | None:
        """What stands between the `Hold`s of the first match; None without a match, or if it does not go there."""
        found: tuple[int, int, int] | None = None
        ways: list[_Way] = []
        for at in range(len(text) + 1):
            if found is None:
                ways.append((0, _NOWHERE))
            elif not ways:
                break
            ahead: list[_Way] = []
            accepting = self._accepting(text[at]) if at < len(text) else 0
            for n, held in self._walk(ways, self._context(text, at), at):
                if n == len(self._steps):
                    found = held
                    break  # the ways behind this one are not preferred
                if accepting >> n & 1:
                    ahead.append((n + 1, held))
            ways = ahead
        return text[found[1] : found[2]] if found and found[2] >= 0 else None

    def _walk(self, ways: Sequence[_Way], context: tuple[bool, ...], at: int) -> Iterator[_Way]:
        """The ways up to where something is taken or all is done, the preferred first, each place once."""
        edges = dict(zip(self._edges, context, strict=True))
        waiting, seen = list(reversed(ways)), set()
        while waiting:
            n, held = waiting.pop()
            if n in seen:
                continue
            seen.add(n)
            match self._steps[n] if n < len(self._steps) else None:
                case Fork(further):
                    waiting += [(n + far, held) for far in reversed(further)]
                case Edge(token):
                    waiting += [(n + 1, held)] if edges[token] else []
                case Hold(ends):
                    waiting.append((n + 1, (held[0], held[0], at) if ends else (at, *held[1:])))
                case _:
                    yield n, held

    def _onwards(self, there: int, context: tuple[bool, ...]) -> int:
        """Where places lead to without taking anything."""
        here = self._led.get((there, context))
        if here is None:
            if len(self._led) >= KEPT:
                self._led.clear()
            places = [n for n in range(there.bit_length()) if there >> n & 1]
            if len(places) == 1:
                here = sum(1 << n for n, _ in self._walk([(places[0], _NOWHERE)], context, 0))
            else:
                here = reduce(or_, [self._onwards(1 << n, context) for n in places], 0)
            self._led[there, context] = here
        return here

    def _context(self, text: str, at: int) -> tuple[bool, ...]:
        """Which of the edges are here."""
        return tuple([_compiled(token).match(text, at) is not None for token in self._edges]) if self._edges else ()

    def _accepting(self, character: str) -> int:
        """The steps that take a character."""
        accepted = self._accepted.get(character)
        if accepted is None:
            if len(self._accepted) >= KEPT:
                self._accepted.clear()
            accepted = sum(steps for token, steps in self._takes.items() if _means(token, character, self._fold))
            self._accepted[character] = accepted
        return accepted


def _means(token: str, character: str, fold: bool) -> bool:
    if not fold:
        return _compiled(token).match(character) is not None
    # `re` would spell out the other case of every character of a set, of which there may be a million.
    cases = (_compiled(token).match(one) is not None for one in (character, character.lower(), character.upper()))
    return all(cases) if token.startswith("[^") or token in (r"\W", r"\D", r"\S") else any(cases)


@lru_cache(KEPT)
def _compiled(token: str) -> re.Pattern[str]:
    return re.compile(token)
