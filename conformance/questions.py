"""The read-only questions that procedures put to equipment, by domain."""

from conformance.rig import Rig


async def security(rig: Rig, calls: int) -> None:
    """What is open that should be closed: old TLS, reads without a password, calls without a key, SNMP v1/v2c."""
    await rig.ask("bmc", "tls-version")
    await rig.ask("bmc", "tls-certificate")
    await rig.ask("bmc", "unauthenticated-read")
    await rig.ask("inference-endpoint", "keyless-call", times=calls)
    await rig.ask("pdu", "snmp-version")


async def interoperability(rig: Rig, calls: int) -> None:
    """What another vendor's client would ask: who a meter says it is, and what the inference endpoint serves."""
    await rig.ask("meter", "device-identification")
    await rig.ask("inference-endpoint", "models")
    await rig.ask("inference-endpoint", "chat-completion", times=calls)
    await rig.ask("inference-endpoint", "exposition")
