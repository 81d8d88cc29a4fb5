"""Checking everything that is shipped: one sentence for every mistake."""

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

from profiles.catalogue import DOMAINS, FOLDER, read_catalogue
from profiles.entry import Entry
from profiles.entry_check import check_entry
from profiles.interop.entries import load_template
from profiles.measurand_check import check_statistics
from profiles.plausibility import load_rules
from profiles.procedures import load_procedures
from profiles.profile import profile_names
from profiles.refusal import Refusal
from profiles.resolve import resolve
from profiles.vocabulary import check_vocabulary, load_vocabulary
from profiles.yaml_source import read_text

# What every catalogue and profile relies upon.
SHARED: tuple[Callable[[], object], ...] = (
    check_vocabulary,
    load_vocabulary,
    load_procedures,
    check_statistics,
    load_rules,
    load_template,
)


def findings(profile: str | None = None) -> list[str]:
    """The mistakes in a profile or a catalogue, or in everything that is shipped; empty if there are none."""
    if profile is not None and is_catalogue(Path(profile)):
        return catalogue_findings(Path(profile))
    found = [sentence for job in SHARED for sentence in _mistake(job)]
    if profile is None:
        found += [sentence for domain in DOMAINS for sentence in catalogue_findings(FOLDER / f"{domain}.yaml")]
    # A profile cannot be resolved from a broken catalogue; its mistakes would be those of the catalogue again.
    if not found:
        found += [s for name in ([profile] if profile else profile_names()) for s in _mistake(partial(resolve, name))]
    return found


def catalogue_findings(path: Path) -> list[str]:
    """The mistakes in one catalogue file, at most one for each of its requirements."""
    entries: list[Entry] = []
    found = _mistake(lambda: entries.extend(read_catalogue(path)))
    return found + [sentence for entry in entries for sentence in _mistake(partial(check_entry, entry))]


def is_catalogue(path: Path) -> bool:
    """Whether a file holds requirements of its own instead of a selection."""
    return path.is_file() and re.search(r"^schema: catalogue/", read_text(path), re.MULTILINE) is not None


def _mistake(job: Callable[[], object]) -> list[str]:
    try:
        job()
    except Refusal as refusal:
        return [str(refusal)]
    return []
