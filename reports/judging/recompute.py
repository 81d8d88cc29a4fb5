"""Recomputing: judge the evidence again and say where the recorded verdicts differ.

differences(files, read_content(files))      [] if every field of verdicts and attempts is the same
"""

from collections.abc import Iterator, Mapping
from typing import Any

from profiles.refusal import Refusal
from reports.bundles.content import EVENTS, MALFORMED, Content
from reports.bundles.formats import older
from reports.bundles.manifest import bundle_format
from reports.evidence.journal import read_events
from reports.judging.attempts import attempts_document
from reports.judging.judge import judge_files

SHOWN = 6
_OUTPUTS = ("data/verdicts.json",)


def differences(files: Mapping[str, bytes], content: Content) -> list[str]:
    """Each differing field as `PWR-UPS-001 (ups-1) value: recorded 1.2, recomputed 1.3`, the first few.

    The judge is given everything under `data/` except the verdicts themselves. Refusal if it cannot judge.
    """
    evidence = {name: files[name] for name in files if name.startswith("data/") and name not in _OUTPUTS}
    try:
        computed = (
            older(judge_files(evidence).document(), str(bundle_format(files))),
            attempts_document(read_events(files[EVENTS])),
        )
    except MALFORMED as error:
        what = f"the judge stopped at {type(error).__name__}: {error}"
        raise Refusal("data/", what, "ask the issuer for the untouched bundle") from error
    found = [*_compare(computed[0], content.verdicts, ""), *_compare(computed[1], content.attempts, "")]
    rest = [f"… (+{len(found) - SHOWN})"] if len(found) > SHOWN else []
    return found[:SHOWN] + rest


def _compare(computed: Any, stated: Any, place: str) -> Iterator[str]:
    if isinstance(computed, Mapping) and isinstance(stated, Mapping):
        for key in sorted({*computed, *stated}):
            yield from _compare(computed.get(key), stated.get(key), f"{place} {key}".strip())
    elif isinstance(computed, list | tuple) and isinstance(stated, list | tuple) and len(computed) == len(stated):
        for index, (ours, theirs) in enumerate(zip(computed, stated, strict=True)):
            yield from _compare(ours, theirs, _entry(ours, place, index))
    elif type(computed) is not type(stated) or computed != stated:
        yield f"{place}: recorded {_short(stated)}, recomputed {_short(computed)}"


def _entry(row: Any, place: str, index: int) -> str:
    if isinstance(row, Mapping) and "requirement" in row:
        return f"{row['requirement']} ({row.get('equipment') or '–'})"
    return f"{place}[{index}]"


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "…"
