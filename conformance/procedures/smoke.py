"""The smoke sweep: a read-only confidence check of every transport, after any change."""

from conformance import questions
from conformance.procedure import procedure
from conformance.rig import Rig


@procedure("smoke", hazard=0)
async def smoke(rig: Rig, duration: float = 300.0, period: float = 2.0, calls: int = 5) -> None:
    """Read every declared point for five minutes and put one question of each kind; change nothing."""
    await rig.record(every=period)
    await rig.mark("sweep-begin")
    # Read once before anything is asked: what the questions make counters count must be seen to have come by them.
    await rig.wait(0)
    await questions.security(rig, calls)
    await questions.interoperability(rig, calls)
    await rig.wait(duration)
    await rig.mark("sweep-end")
