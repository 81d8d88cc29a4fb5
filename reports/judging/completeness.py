"""Is anything left out? The verdicts are compared with the plan, and the plan with the profile.

faults = plan_faults(content)       empty if every planned item has exactly one verdict
"""

from collections import Counter

from reports.bundles.content import MALFORMED, Content
from reports.verifying.messages import Sentence, message

SHOWN = 5


def plan_faults(content: Content) -> list[Sentence]:
    """Every way in which verdicts, plan and profile do not cover each other."""
    try:
        planned = [_name(item["requirement"], item["equipment"]) for item in content.plan["items"]]
        required = {requirement["id"] for requirement in content.profile["requirements"]}
        planned_ids = {item["requirement"] for item in content.plan["items"]}
        judged = [_name(row["requirement"], row["equipment"]) for row in content.rows]
    except MALFORMED as error:
        return [message("plan.unreadable", why=error)]
    if not planned:
        return [message("plan.empty")]
    absent = sorted(set(planned) - set(judged)) + sorted(required - planned_ids)
    twice = sorted(name for name, count in Counter(judged).items() if count > 1)
    found = {"missing": absent, "extra": sorted(set(judged) - set(planned)), "twice": twice}
    return [message(f"plan.{kind}", items=_few(names)) for kind, names in found.items() if names]


def coverage_says(content: Content) -> list[Sentence]:
    """How much of the declared equipment answered and was tested, and every gap, as the bundle records it.

    Empty for a format that did not record it; what is recorded is compared when the verdicts are recomputed.
    """
    found = content.verdicts.get("coverage")
    if found is None:
        return []
    try:
        rows = found["equipment"]
        facts = {
            "declared": len(rows),
            "heard": sum(row["heard"] > 0 for row in rows),
            "tested": sum(row["tested"] > 0 for row in rows),
            "outside": sum(row["planned"] == 0 for row in rows),
        }
        gaps = [Sentence(str(gap["ko"]), str(gap["en"])) for gap in found["gaps"]]
    except MALFORMED as error:
        return [message("plan.unreadable", why=error)]
    return [message("plan.coverage", **facts), *gaps]


def _name(requirement: str, equipment: str | None) -> str:
    return f"{requirement} ({equipment or '–'})"


def _few(names: list[str]) -> str:
    rest = f" … (+{len(names) - SHOWN})" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + rest
