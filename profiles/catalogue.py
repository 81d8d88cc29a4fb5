"""The catalogue: every requirement of every domain, as people wrote it.

entry = load_catalogue()["PWR-UPS-001"]
entry.data["limit"], entry.where("limit")
"""

import functools
from collections.abc import Mapping
from pathlib import Path

from profiles.entry import Entry
from profiles.entry_check import check_entry
from profiles.refusal import Refusal
from profiles.yaml_source import load_document

FOLDER = Path(__file__).parent / "catalogue"
DOMAINS = ("chips", "power", "cooling", "security", "interop")


@functools.cache
def load_catalogue() -> Mapping[str, Entry]:
    """All shipped requirements by id; Refusal for the first mistake."""
    entries: dict[str, Entry] = {}
    for domain in DOMAINS:
        for entry in read_catalogue(FOLDER / f"{domain}.yaml"):
            if entry.id in entries:
                raise Refusal(entry.where(), f"{entry.id} stands in two catalogues", "ids are never reused")
            check_entry(entry)
            entries[entry.id] = entry
    return entries


def read_catalogue(path: Path) -> list[Entry]:
    """The requirements of one file, checked against the schema but not yet against the vocabulary."""
    document = load_document(path, "catalogue")
    domain = document.data["domain"]
    return [Entry(name, domain, data, document) for name, data in document.data["requirements"].items()]
