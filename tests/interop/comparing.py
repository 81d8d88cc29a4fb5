"""Our findings under the keys of DMTF's validator, and where the two differ.

The validator has one result for several requirements on a property; the worst counts, on both sides. What it calls
SKIP, and what it has no result for, are the same to it and to us: nothing was decided.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from profiles.interop.rules import InteropProfile
from reports.interop.comparison import TOGETHER
from reports.interop.finding import Finding, Word
from tests.interop.peer import Key, Said

_SUFFIX = {"write": " (Write)", "count": " (Write)", "supports": " (Write)", "info": " (Action Info)"}
_RANK = {"open": 0, "pass": 1, "warn": 2, "fail": 3}
_SAID = {"PASS": "pass", "FAIL": "fail", "SKIP": "open", "WARN": "warn"}


@dataclass(frozen=True, slots=True)
class Compared:
    """One key: both results, and the findings that ours comes from."""

    key: Key
    ours: str
    theirs: str
    message: str
    findings: tuple[Finding, ...]
    together: tuple[str, ...]

    @property
    def cause(self) -> str:
        """Why the two differ: a word of CAUSES, or nothing if nobody has explained it."""
        return next((name for name, (_, is_cause) in CAUSES.items() if is_cause(self)), "")

    @property
    def same(self) -> bool:
        return self.ours == self.theirs


def _only(*kinds: str) -> Callable[[Compared], bool]:
    """The difference is one of requirements that the validator does not look at."""
    return lambda one: one.theirs == "open" and {f.requirement.rpartition("#")[2] for f in one.findings} <= set(kinds)


def _parameter(one: Compared) -> bool:
    return one.theirs == "open" and all(
        "/Actions/" in f.requirement and "#action" not in f.requirement for f in one.findings
    )


def _together(one: Compared) -> bool:
    chosen = [finding for finding in one.findings if finding.requirement.partition("#")[0].startswith(one.together)]
    return bool(one.together) and bool(chosen)


CAUSES: dict[str, tuple[str, Callable[[Compared], bool]]] = {
    "service": (
        "Registries and Protocol: the validator reads these parts of a profile and looks at neither",
        _only("registry", "version", "protocol"),
    ),
    "parameter": ("Parameters of actions: the validator checks the action and no further", _parameter),
    "together": (
        "A use case or condition that selects with AnyOf: the validator's comparison has no case for it, so it never "
        "holds",
        _together,
    ),
    "replaced": (
        "ReplacesProperty met by the older property: a warning there, a pass here, as DSP0272 says that it meets "
        "the requirement",
        lambda one: one.theirs == "warn" and "Replaced Property" in one.message,
    ),
}


def compare(profile: InteropProfile, findings: Iterable[Finding], said: dict[Key, Said]) -> list[Compared]:
    """Every key that either side decided, in order."""
    mine: dict[Key, list[Finding]] = {}
    kinds = {f"{case.place}#presence": case.resource for case in profile.use_cases}
    for finding in findings:
        mine.setdefault(_key(finding, kinds), []).append(finding)
    together = _selected_together(profile)
    keys = sorted(mine.keys() | said.keys())
    return [one for key in keys for one in _compared(key, mine.get(key, []), said, together)]


def _selected_together(profile: InteropProfile) -> tuple[str, ...]:
    """The places of rules that an AnyOf selects."""
    places = [case.place for case in profile.use_cases if case.select and case.select.op in TOGETHER]
    rules = [rule for case in profile.use_cases for rule in case.properties]
    while rules:
        rule = rules.pop()
        rules += rule.properties
        if any(condition.when and condition.when.op in TOGETHER for condition in rule.conditions):
            places.append(rule.place)
    return tuple(places)


def _key(finding: Finding, kinds: dict[str, str]) -> Key:
    kind = finding.requirement.rpartition("#")[2]
    if kind == "presence":
        return "", kinds[finding.requirement]
    if not finding.uri:
        return "", finding.requirement
    if kind in ("version", "create", "delete", "update"):
        return finding.uri, ""
    return finding.uri, finding.path + _SUFFIX.get(kind, "")


def _compared(key: Key, mine: list[Finding], said: dict[Key, Said], together: tuple[str, ...]) -> Iterator[Compared]:
    result, message = said.get(key, ("SKIP", ""))
    ours = max((_word(finding) for finding in mine), key=_RANK.__getitem__, default="open")
    theirs = _SAID[result]
    if (ours, theirs) != ("open", "open"):
        yield Compared(key, ours, theirs, message, tuple(mine), together)


def _word(finding: Finding) -> str:
    """In the validator's terms: a recommendation that is not followed is no failure, a wrong value of it is one."""
    kind = finding.requirement.rpartition("#")[2]
    if finding.word is Word.PASS:
        return "pass" if kind not in ("count", "supports", "version", "create", "delete", "update") else "open"
    if finding.word is Word.FAIL:
        advised = finding.level == "recommended" and kind in ("read", "write", "presence", "action", "info", "advised")
        return "open" if advised else "fail"
    return "open"
