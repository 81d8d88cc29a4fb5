"""Imported interoperability profiles as entries of the catalogue, each with the id that the rule has by its names.

    imports = import_profiles(profile)          # what stands in a profile under `interop:`
    imports.entries["OCP-Power-Distribution-Unit/Outlet/PowerState#read"].data["level"]       'mandatory'

The texts of the files go into the resolved profile (`record`), so that whoever holds it can judge by them.
"""

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from profiles.entry import Entry
from profiles.interop.importing import slug
from profiles.interop.reading import assemble, load_profile
from profiles.interop.requirements import requirements
from profiles.interop.rules import InteropProfile, Level, Source
from profiles.profile import Profile
from profiles.refusal import Refusal
from profiles.vocabulary import load_vocabulary
from profiles.yaml_source import Document, load_document

TEMPLATE = Path(__file__).with_name("imported.yaml")
# What is asked of a function that a tree cannot show to be there is reported and decides nothing.
LEVELS: Mapping[Level, str] = {
    "mandatory": "mandatory",
    "recommended": "recommended",
    "if-implemented": "recommended",
}
Record = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Imports:
    """The imported profiles by the names of their files, and an entry for each of their requirements."""

    profiles: Mapping[str, InteropProfile] = field(default_factory=dict)
    entries: Mapping[str, Entry] = field(default_factory=dict)

    def record(self) -> dict[str, dict[str, str]]:
        """For each profile the texts of its own file and of those it requires, by their names."""
        return {
            name: {source.path.name: source.text for source in profile.sources}
            for name, profile in self.profiles.items()
        }


def import_profiles(profile: Profile) -> Imports:
    """All that a profile imports; Refusal with file, line and remedy for the first mistake."""
    found: dict[str, InteropProfile] = {}
    entries: dict[str, Entry] = {}
    for n, wanted in enumerate(profile.data.get("interop", ())):
        path = profile.document.path.parent / wanted["file"]
        if path.name in found:
            raise Refusal(profile.where("interop", n), f"{path.name} stands here twice", "name all subjects in one")
        for m, subject in enumerate(wanted["subjects"]):
            load_vocabulary().subject(subject, profile.where("interop", n, "subjects", m))
        found[path.name] = load_profile(path)
        for entry in _entries(path.name, found[path.name], wanted["subjects"]):
            entries[entry.id] = _together(entries.get(entry.id), entry, profile.where("interop", n))
    return Imports(found, entries)


def recorded_profiles(record: Record, where: str) -> dict[str, InteropProfile]:
    """The profiles of the record in a resolved profile; Refusal if one of them is no profile."""
    return {name: assemble(Path(where) / name, texts) for name, texts in record.items()}


@functools.cache
def load_template() -> Mapping[str, Any]:
    """What imported requirements have in common, and what each kind says."""
    return load_document(TEMPLATE, "imported").data


def _entries(file: str, profile: InteropProfile, subjects: list[str]) -> Iterator[Entry]:
    shared, kinds = load_template()["shared"], load_template()["kinds"]
    sources = {slug(source.name): source for source in profile.sources}
    for id_, weight in requirements(profile):
        begin, _, rest = id_.partition("/")
        place, _, kind = rest.rpartition("#")
        source = sources[begin]
        data = {
            **{name: _filled(texts, place, source.name) for name, texts in kinds[kind].items()},
            **shared,
            "subjects": subjects,
            "level": LEVELS[weight],
            "source": {"document": source.name, "edition": source.version, "clause": place, "status": "verified"},
            "measurand": {**shared["measurand"], "profile": file, "requirement": id_},
        }
        yield Entry(id_, "interop", data, _document(source))


def _filled(texts: Mapping[str, str], place: str, profile: str) -> dict[str, str]:
    facts = {"place": place, "name": place.rpartition("/")[2], "profile": profile}
    return {language: text.format_map(facts) for language, text in texts.items()}


def _document(source: Source) -> Document:
    """Where an entry stands: in the file, whose lines only its rules know."""
    return Document(source.path, {"profile": source.text}, {})


def _together(before: Entry | None, entry: Entry, where: str) -> Entry:
    """One requirement of two imports, because both require the same profile: it applies to the subjects of both."""
    if before is None:
        return entry
    if before.document.data != entry.document.data:
        what = f"{entry.id} comes from two editions, {before.document.path} and {entry.document.path}"
        raise Refusal(where, what, "import profiles that require the same one")
    subjects = [*before.data["subjects"], *entry.data["subjects"]]
    return Entry(entry.id, entry.domain, {**before.data, "subjects": list(dict.fromkeys(subjects))}, before.document)
