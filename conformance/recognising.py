"""Probing an address without a map: what stands there, how sure that is and why, and its entry of a bench.

said, candidates = asyncio.run(identify(target(address, credentials, options)))
print(proposal(candidates))
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from conformance.probing import pairs, references
from fixtures.bench import Bench
from fixtures.bench_device import PATH_OPTIONS
from fixtures.credentials import fetch_all
from fixtures.identifying import Candidate
from fixtures.questions.target import Target
from fixtures.reading import Reading
from profiles.refusal import Refusal

# What a nameplate says, and the point that says it.
_NAMEPLATE = ("maker", "model", "serial", "firmware")

# What a device has, rather than says of itself.
_HAS = ("answers ", "object ", "metric ", "holding ", "input ")


def target(address: str, credentials: Sequence[str], options: Sequence[str]) -> Target:
    """Whom to ask; Refusal for an address with a secret in it, or a secret that is not there."""
    if "@" in address:
        raise Refusal("probe", "a secret may not stand in an address", "use --credential")
    return Target("device", address, fetch_all(references(credentials)), dict(pairs(options, "--option")))


def best(address: str, said: Mapping[str, str], candidates: Sequence[Candidate]) -> Candidate | None:
    """The map to read with; None if nobody answered. Refusal if none is known for what answered."""
    if not said:
        return None
    if not candidates:
        told = (
            "; ".join(f"{key} is {text}" for key, text in said.items() if not key.startswith(_HAS))
            or "nothing of itself"
        )
        raise Refusal(address, f"no map fits what it says ({told})", "name one with --device, or write one")
    return candidates[0]


def proposal(candidates: Sequence[Candidate]) -> str:
    """A paragraph for each candidate: the map, how sure it is, and each reason in a line."""
    return "\n".join(
        "\n".join([f"{one.map.name}: {one.certainty} ({one.map.title})", *(f"  {reason}" for reason in one.reasons)])
        for one in candidates
    )


def document(candidate: Candidate) -> dict[str, object]:
    """The same for a program."""
    return {"map": candidate.map.name, "certainty": candidate.certainty, "reasons": list(candidate.reasons)}


def entry(bench: Bench, readings: Sequence[Reading]) -> str:
    """A bench file with the one device of `bench`; its nameplate is what was read, its secrets are references."""
    (device,) = bench.devices.values()
    texts = {reading.point: reading.value for reading in readings if isinstance(reading.value, str)}
    name = f"{device.map.subject}-1"
    nameplate = {key: texts[f"identity.{key}"] for key in _NAMEPLATE if texts.get(f"identity.{key}")}
    reached: dict[str, Any] = {"equipment": name, "map": device.map.name, "address": device.address}
    if device.options:
        # A bench's paths are relative to the bench, those of the command line to where it was run.
        paths = {key: str(Path(str(device.options[key])).absolute()) for key in PATH_OPTIONS if key in device.options}
        reached["options"] = {**device.options, **paths}
    if device.credentials:
        reached["credentials"] = {key: {one.kind: one.name} for key, one in device.credentials.items()}
    found = {
        "schema": "bench/1",
        "bench": "probed",
        "equipment": {name: {"subject": device.map.subject, **nameplate}},
        "devices": {f"{name}-{device.map.protocol}": reached},
    }
    return yaml.safe_dump(found, sort_keys=False, allow_unicode=True, width=120)


def write_entry(path: str, text: str) -> None:
    """Into a new file, or to standard output for `-`; Refusal if there is such a file or it cannot be written."""
    if path == "-":
        print(text, end="")
        return
    try:
        with Path(path).open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise Refusal(path, f"it cannot be written ({error.strerror})", "name a new file") from None
