"""The BagIt files: what makes `sha256sum -c manifest-sha256.txt` check a bundle (RFC 8493).

The manifest covers exactly `data/`. Attestations and renderings lie outside, so that a later signature does
not change it; `bagit.txt`, `bag-info.txt` and every rendering are subjects of the signed statement instead.
"""

import hashlib
from collections.abc import Mapping

from reports.bundles.formats import FORMAT

MANIFEST = "manifest-sha256.txt"
DECLARATION = "bagit.txt"
INFO = "bag-info.txt"

_DECLARATION_TEXT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


def sha256(content: bytes) -> str:
    """Lower-case hexadecimal SHA-256."""
    return hashlib.sha256(content).hexdigest()


def bag_files(data: Mapping[str, bytes], name: str, date: str) -> dict[str, bytes]:
    """The three tag files for the payload `data` (names start with `data/`); `date` is ISO 8601, UTC."""
    octets = sum(len(content) for content in data.values())
    info = (
        f"External-Identifier: {name}\nBagging-Date: {date[:10]}\nBundle-Format: {FORMAT}\n"
        f"Payload-Oxum: {octets}.{len(data)}\n"
    )
    return {MANIFEST: manifest_bytes(data), DECLARATION: _DECLARATION_TEXT, INFO: info.encode()}


def manifest_bytes(data: Mapping[str, bytes]) -> bytes:
    """One line `<sha256>  <name>` for each file, sorted by name."""
    return "".join(f"{sha256(data[name])}  {name}\n" for name in sorted(data)).encode()


def manifest_faults(files: Mapping[str, bytes]) -> list[tuple[str, str]]:
    """Where manifest and payload disagree: (`changed`, `missing`, `uncovered` or `malformed`, name)."""
    listed: dict[str, str] = {}
    faults: list[tuple[str, str]] = []
    for line in files.get(MANIFEST, b"").decode("utf-8", "replace").split("\n")[:-1]:
        digest, gap, name = line.partition("  ")
        if not gap or len(digest) != 64 or not name.startswith("data/") or name in listed:
            faults.append(("malformed", line[:100]))
        listed[name] = digest
    payload = {name for name in files if name.startswith("data/")}
    faults += [("missing", name) for name in sorted(set(listed) - payload)]
    faults += [("uncovered", name) for name in sorted(payload - set(listed))]
    faults += [("changed", name) for name in sorted(payload & set(listed)) if sha256(files[name]) != listed[name]]
    return faults


def bundle_format(files: Mapping[str, bytes]) -> str | None:
    """The format named in `bag-info.txt`, or None."""
    for line in files.get(INFO, b"").decode("utf-8", "replace").splitlines():
        key, _, value = line.partition(": ")
        if key == "Bundle-Format":
            return value
    return None
