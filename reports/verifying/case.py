"""A bundle on its way through the steps of a verification: what is known of it so far.

    case = Case(read_pack(Path("smoke.zip")), Trust(None), datetime.now(UTC))
    case.known().conclusion      # once its archive has been read

A step says what it found; where it fails, it raises Fault.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from reports.bundles.archive_entry import Pack
from reports.bundles.content import Content, read_content
from reports.sealing.certificates import subject_name
from reports.sealing.signed import Signed
from reports.sealing.signing_policy import SigningPolicy
from reports.sealing.trust import Trust
from reports.verifying.messages import Sentence, message

# Outcome (good, open, note), and why.
Finding = tuple[str, tuple[Sentence, ...]]


class Fault(Exception):
    """A step failed; `says` holds every reason."""

    def __init__(self, *says: Sentence) -> None:
        super().__init__(says[0].en)
        self.says = says


@dataclass(slots=True)
class Case:
    """What is known so far about one bundle; `name` is what to call it."""

    pack: Pack
    trust: Trust
    at: datetime
    policy: SigningPolicy | None = None
    name: str = "file"
    files: dict[str, bytes] = field(default_factory=dict)
    signed: list[Signed] = field(default_factory=list)
    payloads: dict[str, bytes] = field(default_factory=dict)
    signers: list[dict[str, Any]] = field(default_factory=list)
    content: Content | None = None

    @property
    def names(self) -> str:
        """Whoever signed, as people read it."""
        return ", ".join(subject_name(signed.chain[0]) for signed in self.signed)

    def known(self) -> Content:
        """The parsed content; only asked for after the step that parses it."""
        if self.content is None:
            self.content = read_content(self.files)
        return self.content


def good(key: str, **facts: object) -> Finding:
    """A step that found what it should."""
    return "good", (message(key, **facts),)
