"""Starting the servers of a site: one per endpoint, and the address of each.

running = await start(site, Authority.create(seed, epoch))
running.addresses["ups-1-card"]      snmp://127.0.0.1:49152
"""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field

from fixtures.web_library import web
from profiles.refusal import Refusal
from profiles.suggest import suggest
from simulators.servers import exposition, hislip, http, modbus, scpi_raw, snmp, vxi11
from simulators.servers.inference import Endpoint
from simulators.servers.kubernetes import api
from simulators.servers.line import Line
from simulators.servers.modbus_wires import serve_on
from simulators.servers.redfish.service import Service
from simulators.servers.scpi import Instrument, repertoire_of
from simulators.servers.scpi_panel import Panel
from simulators.servers.served import Served
from simulators.servers.snmp import Access
from simulators.servers.snmp_notify import Notifier, parse_target
from simulators.servers.snmp_table import table
from simulators.servers.tls import Authority, permit_old
from simulators.site import COMMUNITY, WRITE_COMMUNITY, Site, Wired

HOST = "127.0.0.1"
SECURED = {"redfish", "openai", "kubernetes"}


@dataclass(slots=True)
class Running:
    """What is being served. `more` are further addresses of a device, by device."""

    addresses: dict[str, str] = field(default_factory=dict)
    more: dict[str, str] = field(default_factory=dict)
    contexts: dict[str, ssl.SSLContext] = field(default_factory=dict)
    keep: list[object] = field(default_factory=list)
    notifiers: dict[str, Notifier] = field(default_factory=dict)

    def notify(self, device: str, target: str) -> dict[str, str]:
        """Let a device (or all, if empty) tell a target of its alarms; the engines that sign its v3 traps, in hex.

        Refusal for a device that sends no traps, or for a target that is none.
        """
        if device and device not in self.notifiers:
            raise Refusal(f"device {device}", "it sends no traps", suggest(device, self.notifiers))
        chosen = {device: self.notifiers[device]} if device else self.notifiers
        for notifier in chosen.values():
            notifier.add(parse_target(target))
        return {name: notifier.engine_id.hex() for name, notifier in chosen.items()}

    def refresh(self, site: Site) -> None:
        """Take up faults that servers cannot see by themselves."""
        for name, context in self.contexts.items():
            permit_old(context, site.devices[name].served.fault("bmc.tls_old") is not None)


async def start(site: Site, authority: Authority, paced: bool = True) -> Running:
    """Serve every endpoint of the site on free ports of the loopback; `paced` serial lines take their time."""
    running = Running()
    for endpoint, devices in site.endpoints().items():
        protocol = next(iter(devices.values())).protocol
        if protocol == "modbus":
            await _modbus(running, authority, endpoint, devices, paced)
        elif protocol == "snmp":
            await _snmp(running, site, endpoint, devices)
        elif protocol == "visa":
            await _visa(running, devices)
        else:
            await _web(running, site, authority, endpoint, devices)
    return running


async def _modbus(
    running: Running, authority: Authority, endpoint: str, devices: Mapping[str, Wired], paced: bool
) -> None:
    units: dict[int, list[Served]] = {}
    for wired in devices.values():
        units.setdefault(wired.entry["unit"], []).append(wired.served)
    wire = next(iter(devices.values())).wire
    address = await serve_on(wire, modbus.Box(units), running.keep, HOST, authority, endpoint, paced)
    for name, wired in devices.items():
        running.addresses[name] = address(wired.entry["unit"])


async def _snmp(running: Running, site: Site, endpoint: str, devices: Mapping[str, Wired]) -> None:
    first = next(iter(devices.values()))
    served = [wired.served for wired in devices.values()]
    described = first.served.world.description(first.served.equipment)
    description = f"{described.get('maker', '')} {described.get('model', '')} {described.get('firmware', '')}".strip()
    user = site.user(endpoint)
    engine = snmp.engine_of(endpoint, [user], lambda: first.served.fault("device.auth_expired") is None)
    objects = table(served, description, str(first.entry.get("object-id", "0.0")), engine)
    notifier = Notifier(served, objects, COMMUNITY.encode(), user, engine)
    agent = snmp.Agent(objects, _access(site, endpoint, first), Line(served), engine, notifier)
    transport, port = await snmp.serve(agent, host=HOST)
    running.keep.append(transport)
    for name, wired in devices.items():
        running.addresses[name] = f"snmp://{HOST}:{port}"
        running.notifiers[name] = notifier
        for target in wired.entry.get("traps", ()):
            running.notify(name, target)


def _access(site: Site, endpoint: str, first: Wired) -> Access:
    """The communities of an agent: one to read, one that may also write."""

    def opened() -> bool:
        served = first.served
        old = bool({1, "2c"} & set(first.entry["versions"])) or served.fault("pdu.answers_v2c") is not None
        return old and served.fault("device.auth_expired") is None

    write = site.secret(endpoint, WRITE_COMMUNITY).encode()
    return Access(lambda given: opened() and given == COMMUNITY.encode(), lambda given: opened() and given == write)


async def _visa(running: Running, devices: Mapping[str, Wired]) -> None:
    for name, wired in devices.items():
        served = wired.served
        described = served.world.description(served.equipment)
        identity = ",".join(str(described.get(key, "")) for key in ("maker", "model", "serial", "firmware"))

        panel = Panel(repertoire_of(served).selections)
        served.world.keep(f"panel/{name}", panel)

        def make(served: Served = served, identity: str = identity, panel: Panel = panel) -> Instrument:
            return Instrument(served, identity, panel)

        line = Line([served])
        raw, raw_port = await scpi_raw.serve_raw(make, line, HOST)
        core, core_port = await vxi11.serve(make, line, HOST)
        fast, fast_port = await hislip.serve(make, line, HOST)
        running.keep += [raw, core, fast]
        running.addresses[name] = f"visa://TCPIP::{HOST}::{raw_port}::SOCKET"
        running.more[name] = f"visa://TCPIP::{HOST},{core_port}::inst0::INSTR"
        running.more[f"{name}-hislip"] = f"visa://TCPIP::{HOST}::hislip0,{fast_port}::INSTR"


async def _web(running: Running, site: Site, authority: Authority, endpoint: str, devices: Mapping[str, Wired]) -> None:
    for name, wired in devices.items():
        context = None
        if wired.protocol in SECURED:
            expiring = wired.served.fault("bmc.certificate_expiring")
            old = wired.served.fault("bmc.tls_old") is not None
            context = authority.context(name, expiring.number("days") if expiring else None, old)
            running.contexts[name] = context
        server, port = await http.serve(_application(site, endpoint, wired), context, HOST)
        running.keep.append(server)
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
