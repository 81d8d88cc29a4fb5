"""Is anything left out? The verdicts are compared with the plan, and the plan with the profile.

faults = plan_faults(content)       empty if every planned item has exactly one verdict
"""

from collections import Counter

from reports.content import MALFORMED, Content
from reports.messages import Sentence, message

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


def _name(requirement: str, equipment: str | None) -> str:
    return f"{requirement} ({equipment or '–'})"


def _few(names: list[str]) -> str:
    rest = f" … (+{len(names) - SHOWN})" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + rest
