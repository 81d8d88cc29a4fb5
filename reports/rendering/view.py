"""What every rendering shows: the bundle's documents, regrouped for reading.

view = build_view(files)
view.groups[0].title, view.groups[0].worst["verdict"]
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reports.bundles.content import VERDICTS, Content, read_content
from reports.bundles.manifest import MANIFEST, sha256
from reports.rendering.pictures import Picture, Recording
from reports.rendering.signatories import Signatory, signatories
from reports.rendering.wording import Row, limit_text, value_text, worst

UNDECIDED = ("not-tested", "inconclusive", "not-applicable")
Requirement = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Group:
    """One requirement and the verdicts of all its equipment."""

    requirement: Requirement
    title: Mapping[str, str]
    statement: Mapping[str, str]
    rows: Sequence[Row]
    pictures: Sequence[Picture]
    window: tuple[int, int] | None
    """What the measurand was computed from: begin and end in ns UTC; None if it was not executed."""

    @property
    def id(self) -> str:
        return str(self.requirement["id"])

    @property
    def worst(self) -> Row:
        return worst(self.rows)

    @property
    def decided(self) -> list[Row]:
        """The rows that passed or failed."""
        return [row for row in self.rows if row["verdict"] in ("pass", "fail")]

    @property
    def says(self) -> tuple[str, dict[str, object]] | None:
        """Text key and facts of the sentence about several units; None for one, whose reason says it all."""
        decided = self.decided
        if len(decided) < 2:
            return None
        chief = worst(decided)
        failed = sum(row["verdict"] == "fail" for row in decided)
        facts = {"equipment": chief["equipment"], "value": value_text(chief), "limit": limit_text(chief["limit"])}
        return f"says.many.{'fail' if failed else 'pass'}", {**facts, "count": len(decided), "failed": failed}

    @property
    def explained(self) -> list[Row]:
        """The rows whose own reason is printed: all that are not a plain pass, and a lone unit's."""
        return [r for r in self.rows if r["reason"] and (len(self.rows) == 1 or r["verdict"] not in ("pass",))]


@dataclass(frozen=True, slots=True)
class View:
    """Everything the renderings need; nothing in it depends on when or where it is rendered."""

    content: Content
    name: str
    digest: str
    groups: Sequence[Group]
    files: Sequence[tuple[str, str, int]]
    signers: Sequence[Signatory]

    @property
    def undecided(self) -> list[tuple[Group, Row]]:
        """What was planned but neither passed nor failed, the most serious first."""
        found = [(group, row) for group in self.groups for row in group.rows if row["verdict"] in UNDECIDED]
        return sorted(found, key=lambda pair: UNDECIDED.index(pair[1]["verdict"]))

    @property
    def counts(self) -> list[tuple[str, int]]:
        return [(word, self.content.counts[word]) for word in VERDICTS]

    @property
    def least_real(self) -> dict[str, str]:
        """For each equipment, the least real provenance of its devices."""
        order, found = ("simulated", "replayed", "real"), dict[str, str]()
        for device in self.content.bench["devices"].values():
            name, kind = device["equipment"], device["provenance"]
            found[name] = min(found.get(name, kind), kind, key=order.index)
        return found


def build_view(files: Mapping[str, bytes], drawn: Collection[str] | None = None) -> View:
    """The view of a bundle's files (payload and tag files); Refusal if a document is unreadable.

    Charts are drawn for requirements with one of the verdicts in `drawn`, for all if it is None.
    """
    content = read_content(files)
    recording = Recording(files, content)
    texts = content.profile.get("texts", {})
    groups = []
    for requirement in content.profile["requirements"]:
        rows = [row for row in content.rows if row["requirement"] == requirement["id"]]
        if rows:
            words = texts.get(requirement["id"], {})
            title = words.get("title", {"ko": requirement["id"], "en": requirement["id"]})
            label = f"{requirement['id']} {title['ko']} / {title['en']}"
            shown = drawn is None or any(row["verdict"] in drawn for row in rows)
            pictures = recording.pictures(rows, requirement, label) if shown else []
            window = recording.window(requirement)
            groups.append(Group(requirement, title, words.get("statement", {}), rows, pictures, window))
    listed = [(name, sha256(files[name]), len(files[name])) for name in sorted(files) if name.startswith("data/")]
    return View(content, _name(files), sha256(files[MANIFEST]), groups, listed, signatories(files))


def _name(files: Mapping[str, bytes]) -> str:
    for line in files["bag-info.txt"].decode().splitlines():
        if line.startswith("External-Identifier: "):
            return line.removeprefix("External-Identifier: ")
    return ""
