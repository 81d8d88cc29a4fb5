"""The quality of a sample: whether its value may be used as a number.

>>> Quality.GOOD.usable, Quality.STALE.usable
(True, False)
"""

from enum import Enum


class Quality(Enum):
    """Why a value is, or is not, a measurement. Only `good` ever carries a value."""

    GOOD = "good"
    STALE = "stale"
    NOT_IMPLEMENTED = "not-implemented"
    OUT_OF_RANGE = "out-of-range"
    ERROR = "error"

    @property
    def usable(self) -> bool:
        return self is Quality.GOOD
