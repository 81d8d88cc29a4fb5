"""What was found about one requirement at one place of a tree.

    Finding("OCP-Service-Baseline/Chassis/Status#read", "mandatory", "/redfish/v1/Chassis/1", "/Status", Word.FAIL,
            said("missing"))

Requirements on all instances together have a finding for each of them; requirements that met no instance have one
without a path, so that no requirement ever goes unmentioned.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from profiles.interop.rules import Level
from profiles.shipped_yaml import read_shipped
from reports.verifying.messages import Sentence


class Word(StrEnum):
    PASS = "pass"
    FAIL = "fail"
    NOT_APPLICABLE = "not-applicable"
    NOT_TESTED = "not-tested"


# Nothing has to be said of what is as it should be.
SILENT = Sentence("", "")
Answer = tuple[Word, Sentence]
PASSED: Answer = (Word.PASS, SILENT)


@dataclass(frozen=True, slots=True)
class Finding:
    """`requirement` is its id, `uri` the resource (empty: the service), `path` the property as a JSON pointer."""

    requirement: str
    level: Level
    uri: str
    path: str
    word: Word
    reason: Sentence


def said(key: str, **facts: object) -> Sentence:
    """The sentence `key` of the catalogue beside this file, with its facts; KeyError if key or fact is unknown."""
    entry = _catalogue()[key]
    return Sentence(entry["ko"].format_map(facts), entry["en"].format_map(facts))


def verdict(findings: Iterable[Finding]) -> Word:
    """The word on a whole tree: recommendations never fail it, and what was not tested is not passed."""
    words = {finding.word for finding in findings if finding.level == "mandatory"}
    if Word.FAIL in words:
        return Word.FAIL
    return Word.PASS if Word.NOT_TESTED not in words and Word.PASS in words else Word.NOT_TESTED


@cache
def _catalogue() -> dict[str, dict[str, str]]:
    messages: dict[str, dict[str, str]] = read_shipped(Path(__file__).with_name("findings.yaml"))["messages"]
    return messages
