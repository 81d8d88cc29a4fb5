"""Read a profile and everything it requires from files in one folder; nothing is ever fetched.

    profile = load_profile(Path("profiles/OCPCoolantDistributionUnit.v1_0_0.json"))
    [source.name for source in profile.sources]     its own name, then those of the profiles it requires
    assemble(path, {source.path.name: source.text for source in profile.sources})     the same from texts alone

A required profile is the newest file `NAME.vX_Y_Z.json`, or `GROUP_NAME.vX_Y_Z.json` as OCP publishes them, with the
major version asked for and at least its minor. Source: DSP0272 1.10, RequiredProfiles and RequiredResourceProfile.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from profiles.interop.importing import Imported, import_document
from profiles.interop.rules import InteropProfile, Source, UseCase
from profiles.json_source import parse_json
from profiles.refusal import Refusal
from profiles.yaml_source import Document, read_text

SCHEMA = "interop-profile"


def load_profile(path: Path) -> InteropProfile:
    """The profile in a file with all that it requires; Refusal for whatever is wrong in any of the files."""
    return assemble(path, _Folder(path.parent))


def assemble(path: Path, texts: Mapping[str, str]) -> InteropProfile:
    """The profile at `path` from texts by the names of their files; all of them count as lying beside it."""
    shelf = _Shelf(path.parent, texts)
    loaded: dict[str, Imported] = {}
    waiting = [path.name]
    while waiting:
        name = waiting.pop(0)
        if name in loaded:
            continue
        document = shelf.document(name)
        loaded[name] = import_document(document)
        required = document.data.get("RequiredProfiles", {})
        waiting += [shelf.newest(document, wanted, body) for wanted, body in required.items()]
    parts = list(loaded.values())
    cases = [case for part in parts for case in part.use_cases]
    cases += [case for name in loaded for case in _required_resources(shelf.document(name), shelf)]
    registries = tuple(rule for part in parts for rule in part.registries)
    protocol = tuple(rule for part in parts for rule in part.protocol)
    places = [*(case.place for case in cases), *(rule.place for rule in registries), *(rule.place for rule in protocol)]
    _distinct(places, path)
    sources = shelf.sources()
    return InteropProfile(sources[0].name, sources[0].version, sources, tuple(cases), registries, protocol)


class _Folder(Mapping[str, str]):
    """The texts of the files in a folder by their names, each read when it is asked for."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __getitem__(self, name: str) -> str:
        return read_text(self._path / name)

    def __iter__(self) -> Iterator[str]:
        return (file.name for file in self._path.iterdir())

    def __len__(self) -> int:
        return sum(1 for _ in self)


@dataclass(frozen=True, slots=True)
class _Shelf:
    """Documents by the names of their files, each parsed once; it remembers in which order they were taken."""

    folder: Path
    texts: Mapping[str, str]
    _taken: dict[str, tuple[Document, str]] = field(default_factory=dict)

    def document(self, name: str) -> Document:
        """Refusal if it is not there, or no profile."""
        if name not in self._taken:
            text = self.texts.get(name)
            if text is None:
                raise Refusal(str(self.folder / name), "it is not there", "use the untouched file")
            self._taken[name] = parse_json(text, self.folder / name, SCHEMA), text
        return self._taken[name][0]

    def newest(self, document: Document, name: str, wanted: Mapping[str, Any]) -> str:
        """The newest file that can stand for a profile that a document requires."""
        least = version(wanted.get("MinVersion", "1.0.0"))
        form = re.compile(rf"(?:[A-Za-z0-9]+_)?{re.escape(name)}\.v(\d{{1,9}})[_.](\d{{1,9}})[_.](\d{{1,9}})\.json")
        found = []
        for file in sorted(self.texts):
            if match := form.fullmatch(file):
                number = tuple(map(int, match.groups()))
                if number[0] == least[0] and number >= least:
                    # Where two have the same number, the one without a group before its name.
                    found.append((number, file.startswith(name), file))
        if not found:
            least_text = "_".join(map(str, least))
            raise Refusal(
                document.where("RequiredProfiles", name),
                f"the required profile '{name}' of at least {'.'.join(map(str, least))} is not here",
                f"put {name}.v{least_text}.json into {self.folder}",
            )
        return max(found)[2]

    def sources(self) -> tuple[Source, ...]:
        """Every file that was taken."""
        return tuple(
            Source(document.path, document.data["ProfileName"], document.data["ProfileVersion"], text)
            for document, text in self._taken.values()
        )


def _required_resources(document: Document, shelf: _Shelf) -> Iterator[UseCase]:
    """The rules of single resources that are taken from other profiles, where they apply as they do here."""
    for resource, body in document.data.get("Resources", {}).items():
        for n, case in enumerate(body.get("UseCases", [body])):
            if wanted := case.get("RequiredResourceProfile"):
                other = shelf.document(shelf.newest(document, wanted["Name"], wanted))
                here = import_document(document).of(resource)[n]
                for rule in import_document(other).of(resource):
                    moved = replace(rule, place=f"{here.place}/{rule.place}")
                    selected = replace(moved, kind=here.kind, key=here.key, select=here.select)
                    yield moved if here.select is None else selected


def version(text: str) -> tuple[int, int, int]:
    """Major, minor and errata; an errata that is not written is 0."""
    parts = [int(part) for part in text.split(".")]
    return (parts[0], parts[1], parts[2] if len(parts) > 2 else 0)


def _distinct(places: list[str], path: Path) -> None:
    """Two rules with one id could not be told apart in a result."""
    for place, count in Counter(places).items():
        if count > 1:
            raise Refusal(str(path), f"'{place}' stands in it twice", "give the profiles or use cases distinct names")
