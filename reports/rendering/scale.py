"""Axes: from a range of values to pixels and round tick values.

>>> ticks(198.0, 242.0, 5)
[200.0, 210.0, 220.0, 230.0, 240.0]
"""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps `low`..`high` linearly to the pixels `start`..`end`."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def padded(values: list[float], share: float = 0.08) -> tuple[float, float]:
    """The range of the values, widened by `share` at both ends and never empty."""
    low, high = min(values), max(values)
    room = (high - low) * share or max(abs(high) * 0.05, 0.5)
    return low - room, high + room


def ticks(low: float, high: float, wanted: int) -> list[float]:
    """Round values (1, 2 or 5 times a power of ten apart) inside the range, about `wanted` of them."""
    rough = (high - low) / max(wanted, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [float(f"{index * step:.12g}") for index in range(first, last + 1)]


def number(value: float, digits: int = 6) -> str:
    """A number for people: no exponent for ordinary sizes, no trailing zeros, a true minus sign."""
    if value == 0:
        return "0"
    if 1e-4 <= abs(value) < 1e9:
        whole = len(str(int(abs(value))))
        text = f"{value:.{max(0, digits - whole)}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    else:
        text = f"{value:.{digits - 1}g}"
    return "0" if text in ("-0", "0") else text.replace("-", "−")


def clock(seconds: float) -> str:
    """Seconds since the beginning as m:ss, or h:mm:ss."""
    total = round(seconds)
    minutes, rest = divmod(abs(total), 60)
    hours, minutes = divmod(minutes, 60)
    sign = "−" if total < 0 else ""
    return f"{sign}{hours}:{minutes:02d}:{rest:02d}" if hours else f"{sign}{minutes}:{rest:02d}"
