"""The conclusion of a campaign and its exit code: one function, so that they cannot disagree.

>>> conclude([]).value, conclude([]).exit_code
('incomplete', 3)
"""

from collections import Counter
from collections.abc import Iterable
from enum import Enum

from reports.judging.verdict import Verdict, Word

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


def conclude(verdicts: Iterable[Verdict], *, waivers: bool = False) -> Conclusion:
    """The conclusion from all verdicts; `waivers` says whether any waiver belongs to the campaign.

    Mandatory requirements decide. One that fails, and that no waiver excuses, makes the campaign
    non-conformant; otherwise one that is inconclusive or not tested leaves it incomplete, as do no verdict at
    all and no mandatory pass at all. Recommended requirements are reported and never decide. A level that is
    not `recommended` counts as mandatory. With any waiver, even one that nothing needed, the best conclusion is
    conformant with waivers. Source: project.
    """
    deciding = [v for v in verdicts if v.level != "recommended"]
    if any(v.verdict is Word.FAIL and v.waiver is None for v in deciding):
        return Conclusion.NON_CONFORMANT
    if any(v.verdict in _OPEN for v in deciding) or not any(v.verdict is Word.PASS for v in deciding):
        return Conclusion.INCOMPLETE
    return Conclusion.CONFORMANT_WITH_WAIVERS if waivers else Conclusion.CONFORMANT


def count(verdicts: Iterable[Verdict]) -> dict[str, int]:
    """How often each verdict was given; words that were not given count 0."""
    found = Counter(v.verdict for v in verdicts)
    return {word.value: found[word] for word in Word}


def exit_code(conclusion: Conclusion) -> int:
    """The exit code of a campaign that concluded so."""
    return conclusion.exit_code
