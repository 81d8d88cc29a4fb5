"""A step of the load: from nothing to everything and back, of the chips or of a load bank."""

from conformance.procedure import procedure
from conformance.rig import Rig


@procedure("load-step", hazard=3)
async def load_step(
    rig: Rig,
    load: str = "computing",
    settle: float = 600.0,
    rest: float = 600.0,
    rise: float = 60.0,
    hold: float = 600.0,
    period: float = 1.0,
) -> None:
    """The load stops, comes on in one step and stops again: power, temperatures and voltage must follow."""
    await rig.record(every=period)
    async with rig.stimulus(load, "idle"):
        await rig.wait(settle)
        await rig.mark("idle")
        await rig.wait(rest)
        await rig.mark("load-due")
    async with rig.stimulus(load, "full"):
        await rig.mark("load-applied")
        # Whatever takes power is warmer by then.
        await rig.wait(rise)
        await rig.mark("load-risen")
        await rig.wait(hold)
        await rig.mark("load-held")
    async with rig.stimulus(load, "idle"):
        await rig.mark("load-removed")
        await rig.wait(settle)
        await rig.mark("settled")
