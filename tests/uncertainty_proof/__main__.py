"""Draws docs/uncertainty-proof.md and its picture anew: `make coverage`. Exit 1 if U does not cover what it says."""

import sys
from pathlib import Path

from tests.uncertainty_proof.picture import BAND, Judged, picture
from tests.uncertainty_proof.proof import PROBABILITY, complaints, judged_all
from tests.uncertainty_proof.trials import Share, coverage, false_accepts, false_rejects

DOCS = Path(__file__).parents[2] / "docs"
NUMBER = 2000
TEXT = """# Does U cover the truth?

Drawn by `make coverage`. {number} instruments of each kind, each with errors and a truth of its own near the limit, go
through the simulators' measurement chain into evidence and are judged as any other. As the truth is known, it can be
counted how often value ± U covers it, how often an instrument outside the limit passes (false accept) and one inside
fails (false reject). What is expected comes from the distribution of the errors by the theory of the rule (JCGM 106).

![coverage and pass rates](uncertainty-proof.svg)

| ensemble | U covers the truth | guarded: accepts | rejects | simple: accepts | rejects |
| --- | --- | --- | --- | --- | --- |
{rows}

False accepts of those whose truth lies outside, false rejects of those inside; in brackets what theory expects. 95.45 %
is declared, 95 ± 1.5 % demanded. U is rounded up to two digits, which adds a little. The factor is that of
`distribution: convolved`; with `normal`, k = 2 whatever the inputs, U covers the first ensemble in {normal:.1f} % of
the trials: safe, and too wide.

Not counted here: a sensor whose noise stays inside its class, or whose class has several members with errors of their
own. U covers it more often than declared, for a class promises bounds and not their distribution.
"""


def main() -> int:
    found = judged_all(NUMBER)
    rows = [_row(one) for one in found]
    normal = coverage(judged_all(NUMBER // 4, distribution="normal", cases=1)[0][1], PROBABILITY).percent
    (DOCS / "uncertainty-proof.svg").write_text(picture(found, PROBABILITY), encoding="utf-8")
    text = TEXT.format(number=f"{NUMBER:,}", rows="\n".join(rows), normal=normal)
    (DOCS / "uncertainty-proof.md").write_text(text, encoding="utf-8")
    print(*rows, sep="\n")
    wrong = complaints(found, BAND)
    print(*wrong, sep="\n", file=sys.stderr)
    return 1 if wrong else 0


def _row(judged: Judged) -> str:
    case, guarded, simple = judged
    shares = [
        false_accepts(guarded, True),
        false_rejects(guarded, True),
        false_accepts(simple, False),
        false_rejects(simple, False),
    ]
    cells = [case.title, f"{coverage(guarded, PROBABILITY).percent:.2f} %", *map(_share, shares)]
    return f"| {' | '.join(cells)} |"


def _share(share: Share) -> str:
    return f"{share.count} ({share.expected:.1f}) of {share.among}"


if __name__ == "__main__":
    sys.exit(main())
