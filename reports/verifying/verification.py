"""What verification found: one outcome per step, a result, and an exit code.

>>> Verification("x.zip", (Step("archive", "wrong", (Sentence("손상", "damaged"),)),)).exit_code
1
"""

import json
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from reports.verifying.messages import Sentence, message

SYMBOLS = {"good": "✓", "open": "?", "wrong": "✗", "not-run": "·", "note": "–"}


@dataclass(frozen=True, slots=True)
class Step:
    """`outcome` is `good`, `open` (nobody vouches), `wrong`, `not-run` or `note` (nobody asked); `says` is why."""

    name: str
    outcome: str
    says: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Verification:
    """All steps in order, and what was learned about signers and conclusion on the way."""

    bundle: str
    steps: tuple[Step, ...]
    signers: tuple[dict[str, Any], ...] = ()
    conclusion: dict[str, Any] = field(default_factory=dict)

    @property
    def result(self) -> str:
        """`invalid` if any step is wrong, `unvouched` if one is open, else `valid`; fail-closed without steps."""
        outcomes = {step.outcome for step in self.steps}
        if not outcomes or outcomes & {"wrong", "not-run"}:
            return "invalid"
        return "unvouched" if "open" in outcomes else "valid"

    @property
    def exit_code(self) -> int:
        """0 valid, 1 not valid, 3 everything recomputes but nobody vouches for the signer."""
        return {"valid": 0, "invalid": 1, "unvouched": 3}[self.result]

    def text(self, language: str = "en") -> str:
        """The steps and the result, for a terminal."""
        lines = [self.bundle]
        for step in self.steps:
            title = message(f"{step.name}.title").text(language)
            for index, sentence in enumerate(step.says):
                head = f"{SYMBOLS[step.outcome]} {title}" if index == 0 else ""
                lines.append(f"  {head:16} {sentence.text(language)}")
        lines += self._signers(language)
        return "\n".join([*lines, "", message(f"result.{self.result}").text(language)])

    def _signers(self, language: str) -> list[str]:
        """Who signed, in what role, when, and who says so, as a table; nothing before signers are known."""
        if not self.signers:
            return []
        names = ("name", "role", "of", "time", "vouched_by")
        nobody = message("signer.nobody").text(language)
        rows = [[message(f"signer.{name}").text(language) for name in names]]
        rows += [[s[n] or (nobody if n == "vouched_by" else "-") for n in names] for s in self.signers]
        widths = [max(_width(row[n]) for row in rows) for n in range(len(names))]
        table = ["  ".join(t + " " * (w - _width(t)) for t, w in zip(row, widths, strict=True)) for row in rows]
        return ["", *(f"  {line.rstrip()}" for line in table)]

    def json(self) -> str:
        """The same for machines."""
        document = {
            "schema": "verification/1",
            "bundle": self.bundle,
            "result": self.result,
            "exit_code": self.exit_code,
            "steps": [
                {"step": s.name, "outcome": s.outcome, "ko": [t.ko for t in s.says], "en": [t.en for t in s.says]}
                for s in self.steps
            ],
            "signers": list(self.signers),
            "conclusion": self.conclusion,
        }
        return json.dumps(document, ensure_ascii=False, indent=2)


def _width(text: str) -> int:
    """Columns on a terminal: Hangul takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
