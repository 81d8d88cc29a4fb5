"""Serving a recording of a real device as an SNMP agent: v1 and v2c, community `public`."""

from pathlib import Path

from fixtures.wire.snmprec import read_snmprec
from profiles.refusal import Refusal
from simulators.servers.line import Line
from simulators.servers.snmp import Access, Agent, serve
from simulators.servers.snmp_table import constant
from simulators.servers.snmp_tree import Tree
from simulators.site import COMMUNITY


async def replay(path: Path, port: int) -> dict[str, str]:
    """Start serving the file; the address and the community."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Refusal(str(path), f"it cannot be read ({error.strerror})", "give an .snmprec recording") from None
    objects = {varbind.oid: constant(varbind) for varbind in read_snmprec(content, str(path))}
    if not objects:
        raise Refusal(str(path), "it holds no objects", "give an .snmprec recording")
    agent = Agent(Tree(objects), Access(lambda community: community == COMMUNITY.encode()), Line(()))
    try:
        _, bound = await serve(agent, port)
    except (OSError, OverflowError) as error:
        raise Refusal(f"port {port}", f"it cannot be opened ({error})", "leave --port away for a free one") from None
    return {"address": f"snmp://127.0.0.1:{bound}", "community": COMMUNITY}
