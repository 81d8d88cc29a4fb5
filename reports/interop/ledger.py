"""The findings while they are made, and the requirements that only all instances together can meet."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from profiles.interop.rules import Level
from reports.interop.finding import SILENT, Answer, Finding, Word
from reports.verifying.messages import Sentence

Decision = Callable[[Sequence[object]], Sequence[Answer]]


@dataclass(frozen=True, slots=True)
class _Instance:
    level: Level
    uri: str
    path: str
    seen: object


@dataclass(slots=True)
class Ledger:
    """`add` what one place decides; hand `share` what has to be decided over all of them at the end."""

    findings: list[Finding] = field(default_factory=list)
    _shared: dict[tuple[str, str], tuple[Decision, list[_Instance]]] = field(default_factory=dict)

    def add(self, requirement: str, level: Level, uri: str, path: str, word: Word, reason: Sentence = SILENT) -> None:
        self.findings.append(Finding(requirement, level, uri, path, word, reason))

    def share(
        self, requirement: str, level: Level, uri: str, path: str, seen: object, decide: Decision, name: str = ""
    ) -> None:
        """One instance of a requirement on all; `decide` sees what each has shown and returns a word for each.

        `name` keeps apart several decisions on one requirement.
        """
        self._shared.setdefault((requirement, name), (decide, []))[1].append(_Instance(level, uri, path, seen))

    def settle(self) -> None:
        """Decide what was shared."""
        for (requirement, _), (decide, instances) in self._shared.items():
            words = decide([instance.seen for instance in instances])
            for one, (word, reason) in zip(instances, words, strict=True):
                self.add(requirement, one.level, one.uri, one.path, word, reason)
        self._shared.clear()
