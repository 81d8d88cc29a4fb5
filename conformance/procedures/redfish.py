"""The Redfish crawl: every resource of every Redfish service, as it is."""

from conformance.procedure import procedure
from conformance.rig import Rig


@procedure("redfish", hazard=0)
async def redfish(rig: Rig, period: float = 2.0) -> None:
    """Read every resource that a service links to; change nothing."""
    await rig.record(every=period)
    await rig.mark("crawl-begin")
    for subject in ("bmc", "pdu", "cdu"):
        await rig.ask(subject, "redfish-tree")
    await rig.wait(2 * period)
    await rig.mark("crawl-end")
