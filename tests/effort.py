"""How much work something is, whatever else the machine is doing.

    assert least_cpu_s(lambda: World("edge-40", 1, EPOCH), 0.7) < 0.7

A busy neighbour or a collection of garbage makes the same work take longer, and nothing makes it take less: the
quickest of a few tries says it best, and the first that takes less than enough is the last.
"""

import time
from collections.abc import Callable

TRIES = 5


def least(measured: Callable[[], float], enough: float) -> float:
    """The least of a few measurements of the same work."""
    found = measured()
    for _ in range(TRIES - 1):
        if found < enough:
            break
        found = min(found, measured())
    return found


def least_cpu_s(job: Callable[[], object], enough_s: float) -> float:
    """CPU seconds that a job takes in this process."""

    def measured() -> float:
        begin = time.process_time()
        job()
        return time.process_time() - begin

    return least(measured, enough_s)
