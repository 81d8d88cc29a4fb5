"""A ladder of pump speeds, down from the rated one, at the load the coolant carries."""

from conformance.procedure import procedure
from conformance.rig import Rig

RUNGS = ("rated", "middle", "low")


@procedure("pump-ladder", hazard=2)
async def pump_ladder(rig: Rig, settle: float = 120.0, dwell: float = 600.0, period: float = 1.0) -> None:
    """The coolant pumps turn at three speeds: flow, pressure and power must follow the speed."""
    await rig.record(every=period)
    for rung in RUNGS:
        async with rig.stimulus("pumps", rung):
            await rig.wait(settle)
            await rig.mark(rung)
            await rig.wait(dwell)
            await rig.mark(f"{rung}-end")
