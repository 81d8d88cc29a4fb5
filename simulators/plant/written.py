"""What was written, as far as it is allowed.

>>> number("crac-1", "setpoint.temperature", 23.0, 15.0, 35.0)
23.0
"""

from collections.abc import Mapping
from typing import TypeVar

from profiles.refusal import Refusal

Value = float | str
Meaning = TypeVar("Meaning")


def number(equipment: str, point: str, value: Value, low: float, high: float) -> float:
    """A number within these bounds. Refusal for any other."""
    if isinstance(value, str) or not low <= value <= high:
        raise Refusal(equipment, f"{point} = {value} is not allowed", f"write a number from {low:g} to {high:g}")
    return float(value)


def choice(equipment: str, point: str, value: Value, choices: Mapping[str, Meaning]) -> Meaning:
    """What one of these words means. Refusal for any other."""
    if not isinstance(value, str) or value not in choices:
        raise Refusal(equipment, f"{point} = {value} is not allowed", f"write {' or '.join(choices)}")
    return choices[value]
