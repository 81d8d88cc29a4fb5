"""A limit: what a result must keep to, compared in decimal.

>>> Limit.parse({"op": "range", "min": 198, "max": 242, "unit": "V"}).margin(Decimal("200.5"))
Decimal('2.5')
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from profiles.refusal import Refusal

_BOUNDS = {
    "range": ("min", "max"),
    "<=": (None, "value"),
    "<": (None, "value"),
    ">=": ("value", None),
    ">": ("value", None),
    "==": ("value", "value"),
}


@dataclass(frozen=True, slots=True)
class Limit:
    """`low` ≤ result ≤ `high`, either side None where it is open; `strict` excludes the bound itself."""

    op: str
    low: Decimal | None
    high: Decimal | None
    unit: str

    @classmethod
    def parse(cls, limit: Mapping[str, Any], where: str = "limit") -> "Limit":
        """The limit of a resolved profile; Refusal if it is not one."""
        op = limit.get("op")
        if op not in _BOUNDS:
            remedy = "use one of " + ", ".join(_BOUNDS)
            raise Refusal(where, f"'{op}' is no comparison", remedy)
        low, high = (None if key is None else _number(limit.get(key), key, where) for key in _BOUNDS[op])
        if low is not None and high is not None and low > high:
            raise Refusal(where, f"min {low} is above max {high}", "exchange them")
        return cls(op, low, high, str(limit.get("unit")))

    @property
    def strict(self) -> bool:
        return self.op in ("<", ">")

    @property
    def width(self) -> Decimal | None:
        """The distance between the two bounds; None of an open limit."""
        return None if self.low is None or self.high is None else self.high - self.low

    def margin(self, value: Decimal) -> Decimal:
        """The distance to the nearest bound, negative outside."""
        sides = []
        if self.low is not None:
            sides.append(value - self.low)
        if self.high is not None:
            sides.append(self.high - value)
        return min(sides)

    def text(self) -> str:
        """As people write it: `≤ 10 s`, `198…242 V`."""
        if self.op == "range":
            return f"{self.low}…{self.high} {self.unit}"
        sign = {"<=": "≤", ">=": "≥", "==": "="}.get(self.op, self.op)
        return f"{sign} {self.low if self.low is not None else self.high} {self.unit}"


def decimal_of(number: float) -> Decimal:
    """The decimal that a number is written as: 0.1 is 0.1, whatever its binary form."""
    return Decimal(repr(number))


def _number(value: object, key: str, where: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refusal(where, f"{key} is not a number", "give a number in the unit of the limit")
    number = decimal_of(value)
    if not number.is_finite():
        raise Refusal(where, f"{key} is not finite", "give a number in the unit of the limit")
    return number
