"""What was found about one requirement at one place of a tree.

    Finding("OCP-Service-Baseline/Chassis/Status#read", "mandatory", "/redfish/v1/Chassis/1", "/Status", Word.FAIL,
            "it is not there")

Requirements on all instances together have a finding for each of them; requirements that met no instance have one
without a path, so that no requirement ever goes unmentioned.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from profiles.interop.rules import Level


class Word(StrEnum):
    PASS = "pass"
    FAIL = "fail"
    NOT_APPLICABLE = "not-applicable"
    NOT_TESTED = "not-tested"


@dataclass(frozen=True, slots=True)
class Finding:
    """`requirement` is its id, `uri` the resource (empty: the service), `path` the property as a JSON pointer."""

    requirement: str
    level: Level
    uri: str
    path: str
    word: Word
    reason: str


def verdict(findings: Iterable[Finding]) -> Word:
    """The word on a whole tree: recommendations never fail it, and what was not tested is not passed."""
    words = {finding.word for finding in findings if finding.level == "mandatory"}
    if Word.FAIL in words:
        return Word.FAIL
    return Word.PASS if Word.NOT_TESTED not in words and Word.PASS in words else Word.NOT_TESTED
