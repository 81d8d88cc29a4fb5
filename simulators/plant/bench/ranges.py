"""The ranges within which an instrument's panel lets its levels be set.

ranges(load_preset("laboratory").section("dc_source"))["set_v"]      # (0.0, 30.0)
"""

from collections.abc import Mapping

from profiles.refusal import Refusal
from simulators.plant.parameters import Parameters

Ranges = Mapping[str, tuple[float, float]]


def ranges(p: Parameters) -> Ranges:
    """Level -> lowest and highest. Refusal for what is no pair of numbers."""
    return {level: _pair(level, given) for level, given in p.section("ranges").raw().items()}


def _pair(level: str, given: object) -> tuple[float, float]:
    match given:
        case [int() | float() as low, int() | float() as high] if low <= high:
            return float(low), float(high)
    raise Refusal(f"ranges: {level}", f"{given!r} is no range", "write [lowest, highest]")
