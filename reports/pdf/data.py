"""The view in one language, as the JSON that the Typst template lays out.

paper(view, "ko")["banner"]      '모의 시험: 모의 또는 재생 장치로 얻은 결과이며 …'

The template holds no word and no rule of its own: it only arranges what stands here.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from reports.bundles.content import Document
from reports.rendering import wording
from reports.rendering.beliefs import Belief, beliefs
from reports.rendering.charts import styled
from reports.rendering.pictures import Picture
from reports.rendering.sql import recomputations
from reports.rendering.texts import SYMBOLS, Texts, decision_rule, glossary
from reports.rendering.view import Group, View
from reports.rendering.wording import Row

Cells = list[str]
ISSUES = ("fail", "inconclusive")
"""Each item with one of these verdicts gets a page of its own."""
BUDGETS = 4
WORDS = (
    *("title", "conclusion", "contents", "untested", "untested.none", "untested.note", "verdict", "requirement"),
    *("name", "equipment", "value", "uncertainty", "limit", "margin", "basis", "status", "reason", "verdicts"),
    *("verdicts.caption", "equipment.table", "subject", "maker", "model", "serial", "firmware", "provenance"),
    *("bench.table", "device", "device-map", "protocol", "calibration", "calibration.due", "certificate", "issues"),
    *("issues.none", "issues.note", "chart.key", "chart.far", "budget", "budget.input", "budget.of", "budget.share"),
    *("budget.contribution", "attempts", "attempts.note", "attempt", "procedure", "begin", "end", "signatures"),
    *(
        "signatures.none",
        "signatures.note.paper",
        "attestation",
        "signatory",
        "valid",
        "fingerprint",
        "digests",
        "file",
        "size",
        "bytes",
    ),
    *("plausibility", "plausibility.note", "plausibility.rule", "plausibility.outcome", "plausibility.remark"),
    *("digests.note.paper", "glossary", "appendix", "appendix.note", "scope", "manifest", "closing"),
)


def paper(view: View, language: str) -> dict[str, Any]:
    """Everything on the paper, as plain strings, lists and dictionaries."""
    return _Paper(view, language).document()


class _Paper:
    def __init__(self, view: View, language: str) -> None:
        self._view, self._content, self._language, self._texts = view, view.content, language, Texts()

    def document(self) -> dict[str, Any]:
        content, view = self._content, self._view
        return {
            "language": self._language,
            "words": {key: self._word(key) for key in WORDS},
            "name": view.name,
            "digest": view.digest,
            "date": content.period[1][:10] or content.period[0][:10],
            "banner": self._word("banner.simulated") if content.simulated else None,
            "note": self._word("banner.simulated.note") if content.simulated else None,
            "site": self._either(content.bench.get("site", {}).get("name")) or content.bench["bench"],
            "conclusion": {"word": content.conclusion, "text": self._word(f"conclusion.{content.conclusion}")},
            "counts": [{"word": w, "count": n, "text": self._badge(w)} for w, n in view.counts],
            "facts": self._facts(),
            "summary": self._summary(),
            "scope": [self._word("scope.1"), self._word("scope.2")],
            "verify": f"conformance verify {view.name}.zip --trust {view.name}.pem",
            "untested": [self._untested(group, row) for group, row in view.undecided],
            "verdicts": [self._verdict(group, row) for group in view.groups for row in group.rows],
            "equipment": self._equipment(),
            "bench": [self._device(name, device) for name, device in content.bench["devices"].items()],
            "measures": [self._measures(one) for one in content.bench.get("measures", [])],
            "issues": [self._issue(group) for group in view.groups if _rows_at_issue(group)],
            "beliefs": [self._belief(one) for one in beliefs(content.profile, content.verdicts)],
            "attempts": self._attempts(),
            "signers": [[s.attestation, s.name, f"{s.begin} – {s.end}", _groups(s.fingerprint)] for s in view.signers],
            "files": [[name, _groups(digest), f"{size:,}"] for name, digest, size in view.files],
            "glossary": self._glossary(),
            "queries": [{"title": title, "sql": sql} for title, sql in recomputations(view)],
        }

    def _glossary(self) -> list[Cells]:
        terms = glossary(self._content.profile["decision"]["rule"])
        return [[self._word(f"term.{key}"), self._word(f"term.{key}.means")] for key in terms]

    def _facts(self) -> list[Cells]:
        content, decision = self._content, self._content.profile["decision"]
        profile = content.profile["profile"]
        begin, end = content.period
        rule, facts_of_rule = decision_rule(decision)
        provenance = ", ".join(
            f"{self._word(f'provenance.{kind}')} {count}" for kind, count in content.provenance.items() if count
        )
        facts = {
            "profile": f"{profile['id']} {profile['version']}",
            "operator": self._either(content.bench.get("site", {}).get("operator")) or "–",
            "bench": str(content.bench["bench"]),
            "period": f"{begin[:19].replace('T', ' ')} – {end[11:19]} UTC",
            "rule": self._word(rule, **facts_of_rule),
            "planned": str(len(content.plan["items"])),
            "provenance.devices": provenance,
            "evaluator": content.evaluator,
        }
        return [[self._word(key), value] for key, value in facts.items()]

    def _summary(self) -> str:
        """How many units of which subject: `ups 1, meter 2`."""
        subjects = Counter(str(one["subject"]) for one in self._content.equipment["equipment"].values())
        return ", ".join(f"{subject} {count}" for subject, count in sorted(subjects.items())) or "–"

    def _untested(self, group: Group, row: Row) -> Any:
        status = self._maybe("status", row["status"])
        cells = [group.id, self._either(group.title), row["equipment"] or "–", status, self._either(row["reason"])]
        return {"word": row["verdict"], "badge": self._badge(wording.badge(row)), "cells": cells}

    def _verdict(self, group: Group, row: Row) -> Any:
        numbers = [wording.value_text(row), wording.uncertainty_text(row)]
        tail = [wording.limit_text(row["limit"]), wording.margin_text(row), self._maybe("basis", row["basis"])]
        waived = f" ({self._word('waived', waiver=row['waiver'])})" if row.get("waiver") else ""
        cells = [group.id, self._either(group.title) + waived, row["equipment"] or "–", *numbers, *tail]
        return {"word": row["verdict"], "badge": self._badge(wording.badge(row)), "cells": cells}

    def _equipment(self) -> list[Cells]:
        return [self._unit(name, one) for name, one in self._content.equipment["equipment"].items()]

    def _unit(self, name: str, one: Document) -> Cells:
        identity = (str(one.get(f) or self._word("missing")) for f in ("maker", "model", "serial", "firmware"))
        return [name, one["subject"], *identity, self._maybe("provenance", self._view.least_real.get(name))]

    def _device(self, name: str, device: Document) -> Cells:
        calibration = device.get("calibration") or {}
        certificate = ", ".join(str(calibration[f]) for f in ("certificate", "laboratory") if calibration.get(f))
        if dcc := calibration.get("dcc"):
            certificate += ". " + self._word("certificate.dcc", digest=dcc["sha256"][:12])
        dates = [str(calibration.get("date") or "–"), str(calibration.get("due") or "–"), certificate or "–"]
        kind = self._maybe("provenance", device["provenance"])
        return [name, device["equipment"], device["map"], device["protocol"], kind, *dates]

    def _measures(self, one: Document) -> str:
        points = ", ".join(one["points"].values())
        return self._word("measures", device=one["device"], equipment=one["equipment"], points=points)

    def _issue(self, group: Group) -> dict[str, Any]:
        requirement, rows = group.requirement, _rows_at_issue(group)
        budgeted = [row for row in rows if row["budget"]][:BUDGETS]
        measurand = "; ".join(f"{key}: {_plain(value)}" for key, value in requirement["measurand"].items())
        facts = [
            [self._word("level"), self._maybe("level", requirement["level"])],
            [self._word("procedure"), requirement["procedure"]],
            [self._word("measurand"), measurand],
            [self._word("limit"), self._limit(requirement)],
        ]
        return {
            "word": group.worst["verdict"],
            "badge": self._badge(wording.badge(group.worst)),
            "id": group.id,
            "title": self._either(group.title),
            "statement": self._either(group.statement),
            "says": self._word(group.says[0], **group.says[1]) if group.says else "",
            "reasons": [[row["equipment"] or "–", self._either(row["reason"])] for row in rows if row["reason"]],
            "pictures": [self._picture(picture, group) for picture in group.pictures],
            "facts": facts,
            "budgets": [self._budget(row) for row in budgeted],
        }

    def _limit(self, requirement: Document) -> str:
        basis = self._maybe("basis", requirement["limit"].get("basis"))
        return f"{wording.limit_text(requirement['limit'])} ({basis})"

    def _picture(self, picture: Picture, group: Group) -> dict[str, Any]:
        kind = self._word("chart.results" if picture.kind == "results" else "chart.signals")
        return {
            "kind": kind,
            "svg": styled(picture.svg),
            "alt": f"{group.id} {self._either(group.title)}: {kind}",
            "legend": list(picture.legend) if picture.kind == "signals" else [],
            "more": self._word("chart.more", count=picture.left_out) if picture.left_out else "",
            "far": picture.far,
        }

    def _budget(self, row: Row) -> dict[str, Any]:
        caption = f"{row['equipment']}: {wording.value_text(row)} ± {wording.uncertainty_text(row)}"
        lines = [
            [self._maybe("budget", e["input"]), e["of"], e["contribution"], e["share"]] for e in wording.budget(row)[:8]
        ]
        return {"caption": caption, "unit": wording.unit_text(row["unit"]) or "1", "lines": lines}

    def _belief(self, belief: Belief) -> Cells:
        remarks = [
            self._word("plausibility.against", **{**r, "signals": ", ".join(r["signals"])}) for r in belief.against
        ]
        if belief.word == "open":
            needs = belief.needs and self._word("plausibility.needs", what=self._either(belief.needs))
            remarks = [needs or self._word("plausibility.unused")]
        outcome = self._word(f"plausibility.{belief.word}", count=belief.count)
        return [belief.id, self._either(belief.title), outcome, "\n".join(remarks)]

    def _attempts(self) -> list[Cells]:
        found = []
        for attempt in self._content.attempts["attempts"]:
            for number, step in enumerate([attempt, *attempt["procedures"]]):
                who = [str(attempt["attempt"]), ""] if number == 0 else ["", str(step["name"])]
                times = [_time(step["begin"]), _time(step["end"])]
                found.append([*who, self._maybe("status", step["status"]), *times, str(step.get("reason") or "")])
        return found

    def _badge(self, verdict: str) -> str:
        return f"{SYMBOLS[verdict]} {self._word(f'verdict.{verdict}')}"

    def _word(self, key: str, **facts: object) -> str:
        return self._texts.word(key, self._language, **facts)

    def _maybe(self, family: str, key: object) -> str:
        known = self._texts.has(f"{family}.{key}")
        return self._word(f"{family}.{key}") if known else str(key or "")

    def _either(self, text: object) -> str:
        """A text that is given in both languages, or the same in both."""
        return str(text.get(self._language, "")) if isinstance(text, Mapping) else str(text or "")


def _rows_at_issue(group: Group) -> Sequence[Row]:
    return [row for row in group.rows if row["verdict"] in ISSUES]


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _time(moment: object) -> str:
    return str(moment)[:19].replace("T", " ") if moment else "–"


def _groups(digest: str) -> str:
    """Hexadecimal in groups of eight, which people compare and lines can break at."""
    return " ".join(digest[i : i + 8] for i in range(0, len(digest), 8))
