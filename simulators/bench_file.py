"""The bench file of a running container: what an operator would have written, with secrets in files of their own."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from fixtures.wire.rtu import silence_s
from profiles.refusal import Refusal
from simulators.servers.modbus_tls import OPERATOR, client_certificate
from simulators.servers.modbus_wires import BAUD, RTU, TLS
from simulators.servers.tls import Authority
from simulators.serving import SECURED, Running
from simulators.site import COMMUNITY, WRITE_COMMUNITY, Site, Wired

_DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
DECLARED = ("subject", "maker", "model", "serial", "firmware", "ratings", "features", "host", "models", "feeds")
CALIBRATED = timedelta(days=-120)
DUE = timedelta(days=245)
HEAD = "# Written by `conformance simulate`, and again whenever it starts here: work with a copy.\n"
# Where instruments whose accuracy depends on it stand: their errors are drawn as at the reference temperature.
ROOM = 23


def write_bench(
    folder: Path, name: str, site: Site, running: Running, authority: Authority, clock: Mapping[str, Any]
) -> Path:
    """Write bench.yaml, ca.pem and the secrets into a folder; the path of the bench file.

    Refusal if that cannot be, or if somebody else's bench file is there.
    """
    path = folder / "bench.yaml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.read_bytes().startswith(HEAD.encode()):
            raise Refusal(str(path), "somebody else wrote it", "name another --directory, or move it away")
        _write(path, name, site, running, authority, clock)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise Refusal(
            str(error.filename or folder), f"it cannot be written ({reason})", "name another --directory"
        ) from None
    return path


def _write(path: Path, name: str, site: Site, running: Running, authority: Authority, clock: Mapping[str, Any]) -> None:
    folder = path.parent
    (folder / "ca.pem").write_bytes(authority.pem)
    bench: dict[str, Any] = {"schema": "bench/1", "bench": name, "site": site.document["site"], "clock": dict(clock)}
    bench["equipment"] = {wired.served.equipment: _equipment(wired) for wired in site.devices.values()}
    bench["devices"] = {
        device: _device(folder, device, wired, site, running, authority) for device, wired in site.devices.items()
    }
    bench |= {key: site.document[key] for key in ("measures", "stimuli", "interlocks") if key in site.document}
    path.write_text(HEAD + yaml.dump(bench, Dumper=_DUMPER, allow_unicode=True, sort_keys=False), encoding="utf-8")


def _equipment(wired: Wired) -> dict[str, Any]:
    served = wired.served
    described = served.world.description(served.equipment)
    entry = {key: described[key] for key in DECLARED if key in described}
    if not set(entry.get("feeds", ())) <= set(served.world.equipment()):
        # What hangs below is not all installed, so its powers would not add up.
        entry.pop("feeds")
    if served.fault("bench.serial_missing"):
        entry.pop("serial", None)
    if "instances" in described:
        entry["instances"] = len(described["instances"])
    return entry


def _device(
    folder: Path, name: str, wired: Wired, site: Site, running: Running, authority: Authority
) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "equipment": wired.served.equipment,
        "map": wired.served.map.name,
        "address": running.addresses[name],
    }
    options: dict[str, Any] = {}
    if wired.protocol == "snmp":
        options["version"] = "2c" if "2c" in wired.entry["versions"] else "3"
    if wired.protocol in SECURED or wired.wire == TLS:
        options |= {"ca": "ca.pem", "certificate-dates": "unchecked"}
    if wired.wire == RTU:
        # No adapter is in between that would hold octets back.
        options |= {"baud": BAUD, "settle": round(silence_s(BAUD), 4)}
    if "events" in wired.entry:
        options["events"] = wired.entry["events"]
    if options:
        entry["options"] = options
    if "variables" in wired.entry:
        entry["variables"] = wired.entry["variables"]
    secrets = _secrets(wired, site, authority)
    if secrets:
        kept = {key: _keep(folder, wired.endpoint, key, text) for key, text in secrets.items()}
        entry["credentials"] = {key: {"file": name} for key, name in kept.items()}
    if any(point.accuracy.temperature for point in wired.served.map.points.values()):
        entry["ambient"] = ROOM
    entry["provenance"] = "simulated"
    entry["calibration"] = _calibration(wired, authority.epoch)
    return entry


def _secrets(wired: Wired, site: Site, authority: Authority) -> dict[str, str]:
    endpoint = wired.endpoint
    match wired.protocol:
        case "snmp" if "2c" in wired.entry["versions"]:
            return {"community": COMMUNITY, WRITE_COMMUNITY: site.secret(endpoint, WRITE_COMMUNITY)}
        case "snmp":
            user = site.user(endpoint)
            return {"user": user.name, "auth": user.authentication, "priv": user.privacy}
        case "redfish":
            user_name, password = site.account(endpoint)
            return {"user": user_name, "password": password}
        case "openai":
            return {"key": site.secret(endpoint, "key")}
        case "kubernetes":
            return {"token": site.secret(endpoint, "token")}
        case "modbus" if wired.wire == TLS:
            certificate, key = client_certificate(authority, "conformance", str(wired.entry.get("role", OPERATOR)))
            return {"certificate": certificate, "private-key": key}
        case _:
            return {}


def _keep(folder: Path, endpoint: str, key: str, text: str) -> str:
    """Write one secret of an endpoint where only its owner can read it; its path relative to the bench file."""
    relative = Path("secrets") / f"{endpoint}-{key}"
    path = folder / relative
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(text)
    return str(relative)


def _calibration(wired: Wired, epoch: datetime) -> dict[str, str]:
    old = wired.served.fault("bench.calibration_old")
    date = epoch - timedelta(days=old.number("days")) if old else epoch + CALIBRATED
    return {
        "date": f"{date:%Y-%m-%d}",
        "due": f"{epoch + DUE:%Y-%m-%d}",
        "certificate": f"SIM-{wired.served.equipment}",
        "laboratory": "simulated",
    }
