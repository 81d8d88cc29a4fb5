"""Starting the servers of a site: one per endpoint, and the address of each.

running = await start(site, Authority.create(seed, epoch))
running.addresses["ups-1-card"]      snmp://127.0.0.1:49152
"""

import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from aiohttp import web

from simulators.servers import exposition, http, modbus, scpi, snmp, vxi11
from simulators.servers.inference import Endpoint
from simulators.servers.kubernetes import api
from simulators.servers.redfish import Service
from simulators.servers.scpi import Instrument
from simulators.servers.served import Manners, Served
from simulators.servers.snmp_table import table
from simulators.servers.tls import Authority, permit_old
from simulators.site import COMMUNITY, Site, Wired

HOST = "127.0.0.1"
SECURED = {"redfish", "openai", "kubernetes"}


@dataclass(slots=True)
class Running:
    """What is being served. `more` are further addresses of a device, by device."""

    addresses: dict[str, str] = field(default_factory=dict)
    more: dict[str, str] = field(default_factory=dict)
    contexts: dict[str, ssl.SSLContext] = field(default_factory=dict)
    keep: list[object] = field(default_factory=list)

    def refresh(self, site: Site) -> None:
        """Take up faults that servers cannot see by themselves."""
        for name, context in self.contexts.items():
            permit_old(context, site.devices[name].served.fault("bmc.tls_old") is not None)


async def start(site: Site, authority: Authority) -> Running:
    """Serve every endpoint of the site on free ports of the loopback."""
    running = Running()
    for endpoint, devices in site.endpoints().items():
        protocol = next(iter(devices.values())).protocol
        if protocol == "modbus":
            await _modbus(running, devices)
        elif protocol == "snmp":
            await _snmp(running, site, endpoint, devices)
        elif protocol == "visa":
            await _visa(running, devices)
        else:
            await _web(running, site, authority, endpoint, devices)
    return running


async def _modbus(running: Running, devices: Mapping[str, Wired]) -> None:
    units: dict[int, list[Served]] = {}
    for wired in devices.values():
        units.setdefault(wired.entry["unit"], []).append(wired.served)
    server, port = await modbus.serve(units, HOST)
    running.keep.append(server)
    for name, wired in devices.items():
        running.addresses[name] = f"modbus://{HOST}:{port}/{wired.entry['unit']}"


async def _snmp(running: Running, site: Site, endpoint: str, devices: Mapping[str, Wired]) -> None:
    first = next(iter(devices.values()))
    served = [wired.served for wired in devices.values()]
    described = first.served.world.description(first.served.equipment)
    description = f"{described.get('maker', '')} {described.get('model', '')} {described.get('firmware', '')}".strip()
    began = time.monotonic()
    objects = table(served, description, str(first.entry.get("object-id", "0.0")), lambda: time.monotonic() - began)
    open_versions = {1, "2c"} & set(first.entry["versions"])

    def let_in(community: bytes) -> bool:
        opened = bool(open_versions) or served[0].fault("pdu.answers_v2c") is not None
        return opened and community == COMMUNITY.encode()

    engine = snmp.engine_of(endpoint, [site.user(endpoint)])
    agent = snmp.Agent(objects, let_in, engine, Manners(served))
    transport, port = await snmp.serve(agent, host=HOST)
    running.keep.append(transport)
    for name in devices:
        running.addresses[name] = f"snmp://{HOST}:{port}"


async def _visa(running: Running, devices: Mapping[str, Wired]) -> None:
    for name, wired in devices.items():
        served = wired.served
        described = served.world.description(served.equipment)
        identity = ",".join(str(described.get(key, "")) for key in ("maker", "model", "serial", "firmware"))

        def make(served: Served = served, identity: str = identity) -> Instrument:
            return Instrument(served, identity)

        raw, raw_port = await scpi.serve_raw(make, HOST)
        core, core_port = await vxi11.serve(make, HOST)
        running.keep += [raw, core]
        running.addresses[name] = f"visa://TCPIP::{HOST}::{raw_port}::SOCKET"
        running.more[name] = f"visa://TCPIP::{HOST},{core_port}::inst0::INSTR"


async def _web(running: Running, site: Site, authority: Authority, endpoint: str, devices: Mapping[str, Wired]) -> None:
    for name, wired in devices.items():
        context = None
        if wired.protocol in SECURED:
            expiring = wired.served.fault("bmc.certificate_expiring")
            old = wired.served.fault("bmc.tls_old") is not None
            context = authority.context(name, expiring.number("days") if expiring else None, old)
            running.contexts[name] = context
        runner, port = await http.serve(_application(site, endpoint, wired), context, HOST)
        running.keep.append(runner)
        running.addresses[name] = f"{'https' if context else 'http'}://{HOST}:{port}"


def _application(site: Site, endpoint: str, wired: Wired) -> web.Application:
    served = wired.served
    match wired.protocol:
        case "redfish":
            return Service(served, *site.account(endpoint)).app()
        case "openai":
            models = tuple(served.world.description(served.equipment).get("models", ()))
            return Endpoint(served, models, site.secret(endpoint, "key")).app()
        case "kubernetes":
            return api(served, site.secret(endpoint, "token"), wired.entry["vendors"])
        case _:
            return exposition.exporter(served)
