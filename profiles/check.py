"""Checking everything that is shipped: one sentence for every mistake."""

from collections.abc import Callable
from functools import partial

from profiles.catalogue import DOMAINS, FOLDER, read_catalogue
from profiles.refusal import Refusal
from profiles.resolve import profile_names, resolve
from profiles.vocabulary import load_vocabulary


def findings(profile: str | None = None) -> list[str]:
    """The mistakes in a profile, or in all of vocabulary, catalogue and profiles; empty if there are none."""
    jobs: list[Callable[[], object]] = [load_vocabulary]
    if profile is None:
        jobs += [partial(read_catalogue, FOLDER / f"{domain}.yaml") for domain in DOMAINS]
    jobs += [partial(resolve, name) for name in ([profile] if profile is not None else profile_names())]
    found = []
    for job in jobs:
        try:
            job()
        except Refusal as refusal:
            found.append(str(refusal))
    return found
