"""Attestation: what components of nodes prove of themselves, signed and fresh."""

from conformance.procedure import procedure
from conformance.rig import Rig


@procedure("attestation", hazard=0)
async def attestation(rig: Rig, times: int = 2, period: float = 2.0) -> None:
    """Have every component that can sign what it has measured, more than once, each time with a new nonce."""
    await rig.record(every=period)
    await rig.mark("attestation-begin")
    for _ in range(times):
        await rig.ask("bmc", "attestation")
        await rig.wait(period)
    await rig.mark("attestation-end")
