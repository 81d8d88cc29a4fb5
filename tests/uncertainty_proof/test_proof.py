"""U covers the truth as often as it says, and verdicts near a limit are wrong as often as theory says."""

import math
from dataclasses import replace

import pytest

from tests.uncertainty_proof.cases import CASES, Case
from tests.uncertainty_proof.picture import BAND
from tests.uncertainty_proof.proof import PROBABILITY, complaints, judged_all
from tests.uncertainty_proof.trials import coverage, trials

FEW = 200


def band(number: int) -> tuple[float, float]:
    """Where the share of so many lies in all but one case of ten thousand."""
    half = 390 * math.sqrt(PROBABILITY * (1 - PROBABILITY) / number)
    return 100 * PROBABILITY - half, 100 * PROBABILITY + half


@pytest.mark.parametrize("case", [case for case in CASES if not case.alone], ids=lambda case: case.title)
def test_a_few_instruments_of_each_kind_are_covered(case: Case) -> None:
    guarded, simple = (trials(case, FEW, 2, rule) for rule in ("guarded", "simple"))
    assert complaints([(case, guarded, simple)], band(FEW)) == []


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_two_thousand_instruments_of_each_kind_are_covered() -> None:
    assert complaints(judged_all(2000), BAND) == []


@pytest.mark.parametrize("wrong", [0.5, 1.3])
def test_a_wrong_u_does_not_pass_the_proof(wrong: float) -> None:
    (found,) = judged_all(FEW, cases=1)
    case, guarded, simple = found
    distorted = [replace(one, expanded=wrong * one.expanded) for one in guarded]
    assert complaints([(case, distorted, simple)], BAND)


def test_a_factor_of_2_for_bounds_is_too_wide() -> None:
    (found,) = judged_all(FEW, distribution="normal", cases=1)
    assert coverage(found[1], PROBABILITY).percent == 100
    assert complaints([found], BAND)
