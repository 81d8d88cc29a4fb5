"""Decision rules: from a result and its uncertainty to pass, fail or inconclusive, in decimal.

The result is rounded half-even to the declared resolution, its uncertainty up to it; then they are compared.
So 5.0 - 4.884 ≥ 0.116 holds, as it does on paper and does not in binary.

    guarded      pass if value ± U is inside the limit, fail if it is wholly outside, else inconclusive
    non-binary   as guarded; where U reaches across the limit, the reason tells on which side the value lies:
                 conditional pass or conditional fail, both of which remain inconclusive
    simple       pass if the value is inside the limit, else fail

Under every rule a result whose U is wider than half of a two-sided limit decides nothing: the instrument
is not good enough. A result that is only known as a bound decides only what the bound decides.
Source: ILAC-G8, JCGM 106.

>>> limit = Limit.parse({"op": "<=", "value": 10, "unit": "s"})
>>> decide(9.5, 0.4, limit, 0.1).word.value, decide(9.7, 0.4, limit, 0.1).word.value
('pass', 'inconclusive')
"""

import math
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_UP, Decimal, localcontext

from profiles.refusal import Refusal
from reports.judging.limit import Limit, decimal_of
from reports.judging.verdict import Word

RULES = ("guarded", "non-binary", "simple")
CONDITIONAL = {"conditional-pass": "pass", "conditional-fail": "fail"}
"""Which side of the limit a value lies on, by the key of the reason that leaves the verdict open."""

# More digits than a double has, so that no comparison is rounded.
_DIGITS = 800


@dataclass(frozen=True, slots=True)
class Decision:
    """The word, the rounded result, its rounded U, the distance inside the limit (negative outside), and the
    key of the reason. The numbers are None where the result is not finite."""

    word: Word
    key: str
    value: Decimal | None = None
    uncertainty: Decimal | None = None
    margin: Decimal | None = None


def decide(
    value: float,
    uncertainty: float,
    limit: Limit,
    resolution: float | None = None,
    rule: str = "guarded",
    bound: str | None = None,
) -> Decision:
    """Compare a result and its expanded uncertainty (both in the unit of the limit) with the limit.

    `bound` is "at-least" or "at-most" for a result that is only known to lie beyond its number. Never pass
    or fail from a number that is not finite. Refusal on an unknown rule or a resolution that is not positive.
    """
    if rule not in RULES:
        raise Refusal("decision", f"there is no rule '{rule}'", "use one of " + ", ".join(RULES))
    if resolution is not None and not (math.isfinite(resolution) and resolution > 0):
        raise Refusal("resolution", f"{resolution} is not a positive number", "give the step in which results count")
    if not (math.isfinite(value) and math.isfinite(uncertainty) and uncertainty >= 0):
        return Decision(Word.INCONCLUSIVE, "not-finite")
    with localcontext() as context:
        context.prec = _DIGITS
        y, u = _rounded(value, resolution, ROUND_HALF_EVEN), _rounded(uncertainty, resolution, ROUND_UP)
        word, key = _compare(y, u, limit, rule, bound)
        return Decision(word, key, y, u, limit.margin(y))


def _rounded(number: float, resolution: float | None, how: str) -> Decimal:
    exact = decimal_of(number)
    if resolution is None:
        return exact + 0
    step = decimal_of(resolution)
    return (exact / step).to_integral_value(how) * step + 0


def _compare(y: Decimal, u: Decimal, limit: Limit, rule: str, bound: str | None) -> tuple[Word, str]:
    if limit.op != "==" and limit.width is not None and 2 * u > limit.width:
        # Wholly outside is outside, however coarse the instrument.
        return (Word.FAIL, "fail") if _outside(y, u, limit, bound) else (Word.INCONCLUSIVE, "coarse")
    guard = Decimal(0) if rule == "simple" and limit.op != "==" else u
    if _inside(y, guard, limit, bound):
        return Word.PASS, "pass"
    if _outside(y, guard, limit, bound):
        return Word.FAIL, "fail"
    if bound is not None:
        return Word.INCONCLUSIVE, "censored"
    if rule == "non-binary":
        return Word.INCONCLUSIVE, "conditional-pass" if _inside(y, Decimal(0), limit, bound) else "conditional-fail"
    return Word.INCONCLUSIVE, "near"


def _inside(y: Decimal, guard: Decimal, limit: Limit, bound: str | None) -> bool:
    """Whether the whole of y ± guard (and beyond, for a bound) keeps to the limit."""
    low = limit.low is None or (bound != "at-most" and _keeps(y - guard - limit.low, limit))
    high = limit.high is None or (bound != "at-least" and _keeps(limit.high - y - guard, limit))
    return low and high


def _outside(y: Decimal, guard: Decimal, limit: Limit, bound: str | None) -> bool:
    """Whether the whole of y ± guard (and beyond, for a bound) is outside."""
    below = limit.low is not None and bound != "at-least" and not _keeps(y + guard - limit.low, limit)
    above = limit.high is not None and bound != "at-most" and not _keeps(limit.high - y + guard, limit)
    return below or above


def _keeps(distance: Decimal, limit: Limit) -> bool:
    return distance > 0 if limit.strict else distance >= 0
