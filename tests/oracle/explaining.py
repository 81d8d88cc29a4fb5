"""Why an expected value does not count as it stands: the entries of explained.yaml.

why = explanation("ups/supercap", "1.3.6.1.2.1.555.1.1.1.19")
why.unit                      'Ah'
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from fixtures.drivers.snmp_rows import captured, filled

FILE = Path(__file__).with_name("explained.yaml")


@dataclass(frozen=True, slots=True)
class Explanation:
    """One entry: for which sensors of which recording, and the reason; `unit` and `instead` as the file's head says."""

    recording: str
    oids: list[str]
    reason: str
    unit: str = ""
    instead: str = ""

    def covers(self, recording: str, oid: str) -> bool:
        """Whether it is about this sensor."""
        return recording == self.recording and any(captured(pattern, oid) is not None for pattern in self.oids)

    def beside(self, oid: str) -> str:
        """The object in which the device says what this one does not; empty if the entry names none."""
        indices = (captured(pattern, oid) for pattern in self.oids)
        return filled(self.instead, next(index for index in indices if index is not None)) if self.instead else ""


@cache
def explanations() -> tuple[Explanation, ...]:
    """All entries, in the order of the file."""
    return tuple(Explanation(**entry) for entry in yaml.safe_load(FILE.read_text(encoding="utf-8")))


def explanation(recording: str, oid: str) -> Explanation | None:
    """The first entry about a sensor; None if its value counts as it stands."""
    return next((one for one in explanations() if one.covers(recording, oid)), None)
