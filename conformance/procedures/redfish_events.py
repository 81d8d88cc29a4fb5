"""Events of Redfish services: sent on order, to see when they reach a subscriber."""

from conformance.procedure import procedure
from conformance.rig import Rig


@procedure("redfish-events", hazard=1)
async def redfish_events(rig: Rig, period: float = 1.0, times: int = 10, apart: float = 10.0) -> None:
    """Order a test event of every management controller, again and again; all their subscribers get it."""
    await rig.record(every=period)
    await rig.mark("events-begin")
    for _ in range(times):
        await rig.ask("bmc", "test-event")
        await rig.wait(apart)
    await rig.mark("events-end")
