"""Why a verdict is what it is, as a sentence in Korean and English from the catalogue beside this file.

>>> reason("not-run", procedure="smoke").en
'The procedure smoke did not run.'
"""

from functools import cache
from pathlib import Path

from profiles.shipped_yaml import read_shipped
from reports.judging.verdict import Status, Word
from reports.verifying.messages import Sentence


class NoEvidence(Exception):
    """The evidence does not give a number, for a `reason`; raised by measurands, turned into a verdict.

    `verdict` is not-tested where there is nothing, inconclusive where there is something that may not be
    relied upon; `status` is error where a device never answered.
    """

    def __init__(self, reason: Sentence, verdict: Word, status: Status = Status.COMPLETED) -> None:
        super().__init__(reason.en)
        self.reason, self.verdict, self.status = reason, verdict, status


def reason(key: str, **facts: object) -> Sentence:
    """The sentence `key` with its facts filled in; KeyError if key or fact is unknown."""
    entry = _catalogue()[key]
    return Sentence(entry["ko"].format_map(facts), entry["en"].format_map(facts))


def nothing(key: str, **facts: object) -> NoEvidence:
    """Nothing to evaluate: not-tested."""
    return NoEvidence(reason(key, **facts), Word.NOT_TESTED)


def doubtful(key: str, **facts: object) -> NoEvidence:
    """Something, but not to be relied upon: inconclusive."""
    return NoEvidence(reason(key, **facts), Word.INCONCLUSIVE)


def unreached(key: str, **facts: object) -> NoEvidence:
    """A device that never answered: status error, not-tested."""
    return NoEvidence(reason(key, **facts), Word.NOT_TESTED, Status.ERROR)


@cache
def _catalogue() -> dict[str, dict[str, str]]:
    messages: dict[str, dict[str, str]] = read_shipped(Path(__file__).with_name("reasons.yaml"))["messages"]
    return messages
