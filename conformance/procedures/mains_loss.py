"""Mains loss and return, at the load the container carries."""

from conformance.procedure import procedure
from conformance.rig import Rig


@procedure("mains-loss", hazard=3)
async def mains_loss(rig: Rig, outage: float = 600.0, period: float = 1.0) -> None:
    """Loss of utility supply: UPS, generator set, transfer switch and cooling must carry the load."""
    await rig.record(every=period)
    await rig.expect("ups:battery.charge", at_least=90)
    await rig.mark("undisturbed")
    await rig.wait(60)
    async with rig.stimulus("mains", "lost"):
        await rig.mark("mains-lost")
        # Without a supply nobody waits for the end of the outage; how long was waited is what the judge sees.
        if await rig.seen("genset:state", "running", within=60) and await rig.seen(
            "ats:position", "emergency", within=60
        ):
            await rig.wait(outage)
    await rig.mark("mains-returned")
    await rig.until("ats:position", "normal", timeout=900)
    await rig.until("ups:output.source", "normal", timeout=120)
    await rig.wait(120)
    await rig.mark("recovered")
