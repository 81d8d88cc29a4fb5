"""Searching a range of addresses that the user names: one after the other, reading only, at a limited rate.

>>> addresses("snmp://192.0.2.0/30:1161")
['snmp://192.0.2.1:1161', 'snmp://192.0.2.2:1161']
>>> addresses("modbus://192.0.2.7,192.0.2.9")
['modbus://192.0.2.7', 'modbus://192.0.2.9']
"""

import asyncio
import ipaddress
import json
import re
import sys
from collections.abc import Sequence

from conformance.recognising import document
from conformance.table import table
from fixtures.identifying import Candidate
from fixtures.identities.asking import identify
from fixtures.questions.target import Target
from profiles.refusal import Refusal

# A rack's network, not a site's: more is a search that nobody asked for.
MOST = 256

_RANGE = re.compile(r"([a-z+]+)://([0-9./,]+)(:[0-9]+)?")

# An address where somebody answered, and the best map, if there is one.
Found = list[tuple[str, Candidate | None]]


def addresses(text: str) -> list[str]:
    """The addresses of scheme://NETWORK[:port], where NETWORK is a block such as 192.0.2.0/28, or several.

    Refusal if it is not of this form or names more than a few hundred.
    """
    match = _RANGE.fullmatch(text)
    if match is None:
        raise Refusal("probe --scan", f"'{text}' is no range of addresses", "write snmp://192.0.2.0/28")
    scheme, blocks, port = match.groups("")
    hosts: list[str] = []
    for block in blocks.split(","):
        try:
            network = ipaddress.IPv4Network(block, strict=False)
        except ValueError:
            raise Refusal("probe --scan", f"'{block}' is no IPv4 address or block", "write 192.0.2.0/28") from None
        if len(hosts) + network.num_addresses > MOST:
            raise Refusal("probe --scan", f"'{text}' is more than {MOST} addresses", "name a smaller range")
        hosts += map(str, network.hosts())
    return [f"{scheme}://{host}{port}" for host in dict.fromkeys(hosts)]


async def scan(targets: Sequence[Target], rate: float) -> Found:
    """Who answers; at most `rate` addresses are asked each second, and how far it is goes to standard error."""
    if not rate > 0:
        raise Refusal("probe --rate", f"{rate:g} addresses a second is no rate", "give a number above 0")
    loop = asyncio.get_running_loop()
    found: Found = []
    for number, target in enumerate(targets, 1):
        begin = loop.time()
        said, candidates = await identify(target)
        if said:
            found.append((target.address, candidates[0] if candidates else None))
        print(f"{number} of {len(targets)}: {target.address} {'answers' if said else 'is silent'}", file=sys.stderr)
        if number < len(targets):
            await asyncio.sleep(max(0.0, begin + 1 / rate - loop.time()))
    return found


def show(found: Found, form: str) -> None:
    """Print who answered: JSON lines, or a table for people."""
    if form == "json":
        for address, one in found:
            print(json.dumps({"address": address, **(document(one) if one else {"map": None})}, ensure_ascii=False))
    elif found:
        rows = [
            (address, one.map.name, one.certainty, one.reasons[0]) if one else (address, "-", "-", "no map fits")
            for address, one in found
        ]
        print(table(("address", "map", "certainty", "reason"), rows))
