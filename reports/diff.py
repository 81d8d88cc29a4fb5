"""Two bundles compared, requirement by requirement.

A difference smaller than the combined uncertainty of both values, √(U₁² + U₂²), is `within-U`: it may be chance.
A larger one is `beyond-U`. `changed` is a verdict that became another word than those that have their own.

    comparison = compare(Path("last-week.zip"), Path("today.zip"))
    print(comparison.text()); sys.exit(comparison.exit_code)
"""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from reports.bundles.content import Content, read_content
from reports.rendering.wording import uncertainty_text, value_text
from reports.verifying.sealed import open_sealed

Row = Mapping[str, Any]
ORDER = (
    *("newly-failing", "newly-undecided", "gone", "changed", "beyond-U"),
    *("newly-passing", "new", "within-U", "unchanged"),
)
"""What happened, the most serious first."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One requirement on one equipment: `change` is one of ORDER, `before` and `after` as printed.

    `delta` is the value after minus the value before and `combined` the uncertainty (k as judged) of that
    difference, in the unit of the values; None where one of them has no value.
    """

    requirement: str
    equipment: str | None
    change: str
    before: str
    after: str
    delta: float | None = None
    combined: float | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """All items of both bundles, the most serious change first."""

    before: str
    after: str
    same_profile: bool
    differences: tuple[Difference, ...]

    @property
    def exit_code(self) -> int:
        """1 if anything newly fails, 3 if something is newly undecided or gone, else 0."""
        changes = {difference.change for difference in self.differences}
        if "newly-failing" in changes:
            return 1
        return 3 if changes & {"newly-undecided", "gone"} else 0

    def text(self) -> str:
        """A table of what differs and a count of what does not."""
        rows = [d for d in self.differences if d.change != "unchanged"]
        lines = [f"before  {self.before}", f"after   {self.after}"]
        if not self.same_profile:
            lines.append("The profiles differ: limits and measurands may not be the same.")
        if rows:
            lines += ["", f"{'change':16} {'requirement':14} {'equipment':14} {'before':30} after"]
        for d in rows:
            lines.append(f"{d.change:16} {d.requirement:14} {d.equipment or '–':14} {d.before:30} {d.after}")
        same = len(self.differences) - len(rows)
        return "\n".join([*lines, "", f"{len(rows)} of {len(self.differences)} items differ, {same} are unchanged."])

    def json(self) -> str:
        """The same for machines."""
        return json.dumps({"schema": "comparison/1", **asdict(self)}, ensure_ascii=False, indent=2)


def compare(before: Path, after: Path) -> Comparison:
    """Compare two bundles on disk; Refusal if one is no bundle or was changed after it was signed."""
    return compare_contents(
        str(before), read_content(open_sealed(before)), str(after), read_content(open_sealed(after))
    )


def compare_contents(before: str, old: Content, after: str, new: Content) -> Comparison:
    """Compare two bundles' contents under the given names."""
    olds, news = ({(row["requirement"], row["equipment"]): row for row in c.rows} for c in (old, new))
    found = [difference(key, olds.get(key), news.get(key)) for key in dict.fromkeys([*olds, *news])]
    found.sort(key=lambda d: ORDER.index(d.change))
    return Comparison(before, after, old.profile["digest"] == new.profile["digest"], tuple(found))


def difference(key: tuple[str, str | None], old: Row | None, new: Row | None) -> Difference:
    """What became of one item; None is an item that the bundle has not."""
    delta = combined = None
    if old and new and None not in (old["value"], new["value"]):
        delta = new["value"] - old["value"]
        combined = math.hypot(old["uncertainty"] or 0.0, new["uncertainty"] or 0.0)
    return Difference(*key, change(old, new), _cell(old), _cell(new), delta, combined)


def change(old: Row | None, new: Row | None) -> str:
    """What happened to one item; None is an item that the bundle has not."""
    if old is None or new is None:
        return "new" if old is None else "gone"
    if old["verdict"] != new["verdict"]:
        moved = {"fail": "newly-failing", "inconclusive": "newly-undecided", "not-tested": "newly-undecided"}
        return moved.get(new["verdict"], "newly-passing" if new["verdict"] == "pass" else "changed")
    if old["value"] == new["value"] or None in (old["value"], new["value"]):
        return "unchanged" if old["value"] == new["value"] else "beyond-U"
    combined = math.hypot(old["uncertainty"] or 0.0, new["uncertainty"] or 0.0)
    return "within-U" if abs(new["value"] - old["value"]) <= combined else "beyond-U"


def _cell(row: Row | None) -> str:
    if row is None:
        return "–"
    value = value_text(row)
    spread = f" ± {uncertainty_text(row)}" if value and row["uncertainty"] else ""
    return f"{row['verdict']} {value}{spread}".strip()
