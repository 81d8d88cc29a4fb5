"""A site: how a simulated container or laboratory is wired up, and the secrets that open its devices.

site = load_site("edge-40", world, seed=0)
site.devices["ups-1-card"].protocol
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fixtures.device_map import load_map
from fixtures.map_point import bare
from fixtures.wire.usm_keys import User
from profiles.refusal import Refusal
from profiles.shipped_yaml import read_shipped
from profiles.suggest import suggest
from simulators.faults.targets import Shown, Targets
from simulators.feeds import BATTERY, FEEDS
from simulators.servers.scpi_fitting import fitted
from simulators.servers.served import Served
from simulators.servers.snmp_seats import seated
from simulators.world import World

FOLDER = Path(__file__).parent / "sites"
COMMUNITY = "public"
# The secret's name, under which bench files keep the community that may also write.
WRITE_COMMUNITY = "write-community"


@dataclass(frozen=True, slots=True)
class Wired:
    """One device of the site: what serves it, at which endpoint, and the site file's entry."""

    served: Served
    endpoint: str
    entry: Mapping[str, Any]

    @property
    def protocol(self) -> str:
        return self.served.map.protocol

    @property
    def wire(self) -> str:
        """Over what Modbus runs: tcp, tls, rtu or rtu-over-tcp. Devices of one endpoint share it."""
        return str(self.entry.get("wire", "tcp"))


@dataclass(frozen=True, slots=True)
class Site:
    """`document` is the site file; devices are those whose equipment the world has."""

    document: Mapping[str, Any]
    devices: Mapping[str, Wired]
    seed: int

    def endpoints(self) -> dict[str, dict[str, Wired]]:
        """Devices by the endpoint they share."""
        found: dict[str, dict[str, Wired]] = {}
        for name, wired in self.devices.items():
            found.setdefault(wired.endpoint, {})[name] = wired
        return found

    def secret(self, endpoint: str, kind: str) -> str:
        """The secret of an endpoint; the same seed has the same secrets."""
        return hashlib.sha256(f"{self.seed}:{endpoint}:{kind}".encode()).hexdigest()[:24]

    def user(self, endpoint: str) -> User:
        """The SNMPv3 user of an agent."""
        return User("conformance", self.secret(endpoint, "auth"), self.secret(endpoint, "priv"))

    def account(self, endpoint: str) -> tuple[str, str]:
        """User and password of a Redfish service."""
        return "conformance", self.secret(endpoint, "password")


def load_site(name: str, world: World, seed: int) -> Site:
    """Wire a world up as the site file says."""
    document = read_shipped(FOLDER / f"{name}.yaml")
    for device, entry in document["devices"].items():
        if (feed := entry.get("fed-by", BATTERY)) not in FEEDS:
            raise Refusal(f"device {device}", f"there is no supply '{feed}'", suggest(feed, FEEDS))
    present = set(world.equipment())
    devices = {}
    for device, entry in document["devices"].items():
        if entry["equipment"] in present:
            device_map = load_map(entry["map"]).bind(entry.get("variables", {}))
            if device_map.protocol == "snmp":
                device_map = seated(device_map, world.points(entry["equipment"]))
            elif device_map.protocol == "visa":
                equipment = entry["equipment"]
                device_map = fitted(device_map, world.points(equipment), world.writable(equipment))
            # Two transports of one sensor show one measurement.
            sensor, clients = entry.get("sensor", device), entry.get("clients")
            feed = entry.get("fed-by", "")
            served = Served(world, sensor, device, entry["equipment"], device_map, seed, clients, feed)
            devices[device] = Wired(served, entry.get("endpoint", device), entry)
    world.aim_at(Targets({device: _shown(wired) for device, wired in devices.items()}))
    return Site(document, devices, seed)


def _shown(wired: Wired) -> Shown:
    """What faults can be aimed at in a device."""
    served = wired.served
    wires = frozenset({"modbus", wired.wire} if wired.protocol == "modbus" else {wired.protocol})
    points = {name: tuple((point.states or {}).values()) for name, point in served.map.points.items()}
    many = [point for point in served.map.points.values() if "instance" in point.locator]
    points |= {f"{bare(one.name)}@{each}": points[one.name] for one in many for each in served.instances()}
    return Shown(served.equipment, str(wired.entry.get("sensor", served.name)), wires, points)
