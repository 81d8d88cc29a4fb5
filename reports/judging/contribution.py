"""A line of an uncertainty budget: what one input quantity contributes to the result.

>>> Contribution("accuracy", "meter-1", 0.1, rectangles=(0.1 * 3**0.5,)).record()
{'input': 'accuracy', 'of': 'meter-1', 'contribution': 0.1}
"""

import math
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one input contributes to the standard uncertainty of the result, in the result's unit, and the
    degrees of freedom with which it is known. `change` is the same with the direction in which the result goes with
    the input, 0 where it goes the same way with both; `shared` is the input's group. `rectangles` are the half-widths
    that it is made of, none if it is normal."""

    kind: str
    name: str
    contribution: float
    freedom: float = math.inf
    rectangles: tuple[float, ...] = ()
    change: float = 0.0
    shared: str = ""

    def record(self) -> dict[str, Any]:
        known = {} if math.isinf(self.freedom) else {"degrees-of-freedom": self.freedom}
        return {"input": self.kind, "of": self.name, "contribution": self.contribution, **known}
