"""The conclusion of a campaign and its exit code: one function, so that they cannot disagree.

>>> conclude([]).value, conclude([]).exit_code
('incomplete', 3)
"""

from collections import Counter
from collections.abc import Iterable
from enum import Enum

from reports.verdict import Verdict, Word

_OPEN = (Word.INCONCLUSIVE, Word.NOT_TESTED)


class Conclusion(Enum):
    """What the whole campaign says."""

    CONFORMANT = "conformant"
    CONFORMANT_WITH_WAIVERS = "conformant-with-waivers"
    NON_CONFORMANT = "non-conformant"
    INCOMPLETE = "incomplete"

    @property
    def exit_code(self) -> int:
        """0 conformant (with waivers or without), 1 non-conformant, 3 incomplete."""
        return _EXIT_CODES[self]


_EXIT_CODES = {
    Conclusion.CONFORMANT: 0,
    Conclusion.CONFORMANT_WITH_WAIVERS: 0,
    Conclusion.NON_CONFORMANT: 1,
    Conclusion.INCOMPLETE: 3,
}


def conclude(verdicts: Iterable[Verdict], waived: frozenset[str] = frozenset()) -> Conclusion:
    """The conclusion from all verdicts; the ids in `waived` fail without consequence but not without trace.

    Mandatory requirements decide. One that fails makes the campaign non-conformant; otherwise one that is
    inconclusive or not tested leaves it incomplete, as do no verdict at all and no mandatory pass at all.
    Recommended requirements are reported and never decide. A level that is not `recommended` counts as
    mandatory. Source: project.
    """
    deciding = [v for v in verdicts if v.level != "recommended"]
    failed = {v.requirement for v in deciding if v.verdict is Word.FAIL}
    if failed - waived:
        return Conclusion.NON_CONFORMANT
    if any(v.verdict in _OPEN for v in deciding) or not any(v.verdict is Word.PASS for v in deciding):
        return Conclusion.INCOMPLETE
    return Conclusion.CONFORMANT_WITH_WAIVERS if failed else Conclusion.CONFORMANT


def count(verdicts: Iterable[Verdict]) -> dict[str, int]:
    """How often each verdict was given; words that were not given count 0."""
    found = Counter(v.verdict for v in verdicts)
    return {word.value: found[word] for word in Word}


def exit_code(conclusion: Conclusion) -> int:
    """The exit code of a campaign that concluded so."""
    return conclusion.exit_code
