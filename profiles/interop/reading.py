"""Read a profile and everything it requires from files in one folder; nothing is ever fetched.

    profile = load_profile(Path("profiles/OCPCoolantDistributionUnit.v1_0_0.json"))
    [source.name for source in profile.sources]     its own name, then those of the profiles it requires

A required profile is the newest file `NAME.vX_Y_Z.json`, or `GROUP_NAME.vX_Y_Z.json` as OCP publishes them, with the
major version asked for and at least its minor. Source: DSP0272 1.10, RequiredProfiles and RequiredResourceProfile.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from profiles.interop.importing import Imported, import_document
from profiles.interop.rules import InteropProfile, ProtocolRule, RegistryRule, Source, UseCase
from profiles.json_source import load_json
from profiles.refusal import Refusal
from profiles.yaml_source import Document

SCHEMA = "interop-profile"


def load_profile(path: Path) -> InteropProfile:
    """The profile in a file with all that it requires; Refusal for whatever is wrong in any of the files."""
    loaded: dict[Path, Imported] = {}
    sources: dict[Path, Source] = {}
    documents: dict[Path, Document] = {}
    waiting = [path]
    while waiting:
        file = waiting.pop(0)
        if file in loaded:
            continue
        document = documents[file] = load_json(file, SCHEMA)
        loaded[file] = import_document(document)
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        sources[file] = Source(file, document.data["ProfileName"], document.data["ProfileVersion"], digest)
        waiting += [_file(document, name, wanted) for name, wanted in document.data.get("RequiredProfiles", {}).items()]
    cases = [case for imported in loaded.values() for case in imported.use_cases]
    cases += [case for document in documents.values() for case in _required_resources(document, sources)]
    registries: list[RegistryRule] = [rule for imported in loaded.values() for rule in imported.registries]
    protocol: list[ProtocolRule] = [rule for imported in loaded.values() for rule in imported.protocol]
    places = [case.place for case in cases] + [rule.place for rule in registries] + [rule.place for rule in protocol]
    _distinct(places, path)
    first = sources[path]
    own = tuple(sources.values())
    return InteropProfile(first.name, first.version, own, tuple(cases), tuple(registries), tuple(protocol))


def _required_resources(document: Document, sources: dict[Path, Source]) -> Iterator[UseCase]:
    """The rules of single resources that are taken from other profiles, where they apply as they do here."""
    for resource, body in document.data.get("Resources", {}).items():
        for n, case in enumerate(body.get("UseCases", [body])):
            if wanted := case.get("RequiredResourceProfile"):
                file = _file(document, wanted["Name"], wanted)
                other = load_json(file, SCHEMA)
                digest = hashlib.sha256(file.read_bytes()).hexdigest()
                sources.setdefault(file, Source(file, other.data["ProfileName"], other.data["ProfileVersion"], digest))
                here = import_document(document).of(resource)[n]
                for rule in import_document(other).of(resource):
                    yield (
                        replace(rule, place=f"{here.place}/{rule.place}")
                        if here.select is None
                        else replace(
                            rule, place=f"{here.place}/{rule.place}", kind=here.kind, key=here.key, select=here.select
                        )
                    )


def _file(document: Document, name: str, wanted: dict[str, Any]) -> Path:
    """The newest file that can stand for a required profile."""
    least = version(wanted.get("MinVersion", "1.0.0"))
    form = re.compile(rf"(?:[A-Za-z0-9]+_)?{re.escape(name)}\.v(\d+)[_.](\d+)[_.](\d+)\.json")
    found = []
    for file in sorted(document.path.parent.iterdir()):
        if match := form.fullmatch(file.name):
            number = tuple(map(int, match.groups()))
            if number[0] == least[0] and number >= least:
                # Where two have the same number, the one without a group before its name.
                found.append((number, file.name.startswith(name), file))
    if not found:
        least_text = "_".join(map(str, least))
        raise Refusal(
            document.where("RequiredProfiles", name),
            f"the required profile '{name}' of at least {'.'.join(map(str, least))} is not here",
            f"put {name}.v{least_text}.json into {document.path.parent}",
        )
    return max(found)[2]


def version(text: str) -> tuple[int, int, int]:
    """Major, minor and errata; an errata that is not written is 0."""
    parts = [int(part) for part in text.split(".")]
    return (parts[0], parts[1], parts[2] if len(parts) > 2 else 0)


def _distinct(places: list[str], path: Path) -> None:
    """Two rules with one id could not be told apart in a result."""
    for place in places:
        if places.count(place) > 1:
            raise Refusal(str(path), f"'{place}' stands in it twice", "give the profiles or use cases distinct names")
