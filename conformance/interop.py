"""What `conformance interop` prints: the requirements of a profile, or what a tree makes of them."""

import asyncio
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from conformance.probing import pairs
from conformance.table import table
from conformance.trees import read_tree
from fixtures.credentials import fetch_all, reference
from profiles.interop.requirements import requirements
from profiles.interop.rules import InteropProfile, Level
from reports.interop.finding import Finding, Word, verdict
from reports.interop.judge import judge
from reports.interop.tree import Tree

EXIT = {Word.PASS: 0, Word.FAIL: 1, Word.NOT_TESTED: 3}


def record(place: str, credentials: Sequence[str], options: Sequence[str]) -> list[dict[str, object]]:
    """The contents of a tree, from a folder or a service."""
    references = {}
    for name, text in pairs(credentials, "--credential"):
        kind, _, where = text.partition(":")
        references[name] = reference({kind: where}, "--credential", Path.cwd())
    return asyncio.run(read_tree(place, fetch_all(references), dict(pairs(options, "--option"))))


def list_requirements(profile: InteropProfile, form: str) -> int:
    """Print id and level of every requirement."""
    rows = list(requirements(profile))
    if form == "json":
        for id_, weight in rows:
            print(json.dumps({"requirement": id_, "level": weight}))
    else:
        width = max((len(id_) for id_, _ in rows), default=0)
        print("\n".join(f"{id_:{width}}  {weight}" for id_, weight in rows))
    return 0


def judge_tree(profile: InteropProfile, answers: Sequence[Mapping[str, Any]], form: str, language: str) -> int:
    """Print the findings; the exit code says what they come to."""
    findings = judge(profile, Tree.of(answers))
    word = verdict(findings)
    if form == "json":
        for finding in findings:
            print(json.dumps(asdict(finding), ensure_ascii=False))
    else:
        _show(profile, findings, word, language)
    return EXIT[word]


def _show(profile: InteropProfile, findings: Sequence[Finding], word: Word, language: str) -> None:
    """Failures one by one, then how many requirements came to what, by level."""
    failed = [one for one in findings if one.word is Word.FAIL and one.level == "mandatory"]
    for one in failed:
        place = f"{one.uri}{one.path}: " if one.uri or one.path else ""
        print(f"fail  {one.requirement}\n      {place}{one.reason.text(language)}".rstrip())
    levels: tuple[Level, ...] = ("mandatory", "recommended", "if-implemented")
    counts = Counter((one.level, one.word) for one in findings)
    rows = [(weight, *(str(counts[weight, each]) for each in Word)) for weight in levels]
    if failed:
        print()
    print(table(("level", *Word), rows))
    for source in profile.sources:
        print(f"{source.name} {source.version}  sha256 {source.sha256[:16]}…  {source.path}")
    print(f"{profile.name} {profile.version}: {word}")
