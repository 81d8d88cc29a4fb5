"""The proof: every ensemble judged under both rules, and what is wrong with the numbers."""

import math
from collections.abc import Sequence

from tests.uncertainty_proof.cases import CASES
from tests.uncertainty_proof.picture import Judged
from tests.uncertainty_proof.trials import coverage, false_accepts, false_rejects, trials

PROBABILITY = math.erf(math.sqrt(2))
SEED = 1
# Twenty-eight rates are looked at: one of them is this far off by chance in ten thousand proofs.
FAR_OFF = 4.5


def judged_all(number: int, distribution: str = "convolved", cases: int | None = None) -> list[Judged]:
    """So many instruments of each ensemble (or of the first ones), judged guarded and simple."""
    return [
        (
            case,
            trials(case, number, SEED, "guarded", distribution),
            trials(case, number, SEED, "simple", distribution),
        )
        for case in CASES[:cases]
    ]


def complaints(found: Sequence[Judged], band: tuple[float, float]) -> list[str]:
    """What does not hold: coverage outside the band (%), or a rate that is not that of the theory."""
    wrong = []
    for case, guarded, simple in found:
        percent = coverage(guarded, PROBABILITY).percent
        if not band[0] <= percent <= band[1]:
            wrong.append(f"{case.title}: U covers the truth in {percent:.2f} %, not in {band[0]} to {band[1]} %")
        for rule, outcomes in (("guarded", guarded), ("simple", simple)):
            for what, rate in (("accepts", false_accepts), ("rejects", false_rejects)):
                share = rate(outcomes, rule == "guarded")
                if abs(share.off) > FAR_OFF:
                    wrong.append(f"{case.title}, {rule}: {share.count} false {what}, not {share.expected:.1f}")
    return wrong
