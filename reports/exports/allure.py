"""Allure results: a zip of what belongs into an `allure-results` folder.

`fail` is a failed test; `inconclusive` and `not-tested` are broken ones, because neither may look green;
`not-applicable` is skipped. A verdict's charts are attached to it.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from reports.bundles.archive import write_archive
from reports.exports.identity import Identity
from reports.rendering.charts import styled
from reports.rendering.view import Group, View, build_view
from reports.rendering.wording import Row, limit_text, margin_text, uncertainty_text, value_text

_STATUSES = {"pass": "passed", "fail": "failed"}
_SEVERITIES = {"mandatory": "critical", "recommended": "minor"}


def allure(files: Mapping[str, bytes], language: str | None = None) -> bytes:
    """The zip, titles and reasons in `language` (English if None)."""
    view = build_view(files)
    writer = _Results(view, language or "en")
    documents = dict(writer.documents())
    return write_archive({**documents, "environment.properties": writer.environment(), "categories.json": _CATEGORIES})


class _Results:
    def __init__(self, view: View, language: str) -> None:
        self._view, self._language, self._id = view, language, Identity(view.digest)

    def documents(self) -> Iterator[tuple[str, bytes]]:
        for group in self._view.groups:
            attached = []
            for number, picture in enumerate(group.pictures):
                name = f"{self._id('chart', group.id, str(number))}-attachment.svg"
                attached.append({"name": picture.kind, "source": name, "type": "image/svg+xml"})
                yield name, styled(picture.svg).encode()
            for row in group.rows:
                result = self._result(group, row, attached)
                yield f"{result['uuid']}-result.json", _json(result)

    def _result(self, group: Group, row: Row, attached: list[dict[str, str]]) -> dict[str, Any]:
        content = self._view.content
        identity = (group.id, row["equipment"])
        values = {"value": value_text(row), "U": uncertainty_text(row), "limit": limit_text(row["limit"])}
        shown = {"equipment": row["equipment"] or "–", **values, "margin": margin_text(row)}
        labels = {
            "epic": str(content.profile["profile"]["id"]),
            "feature": str(group.requirement.get("domain", "")),
            "story": group.id,
            "suite": row["procedure"],
            "severity": _SEVERITIES.get(row["level"], "critical"),
            "tag": row["verdict"],
        }
        begin, end = self._times(row["procedure"])
        return {
            "uuid": self._id("allure", *identity),
            # The same item in another bundle: this is what Allure draws its history from.
            "historyId": Identity("")(content.profile["profile"]["id"], *identity),
            "name": f"{group.id} {group.title.get(self._language, '')} [{row['equipment'] or '–'}]",
            "fullName": f"{content.profile['profile']['id']}.{row['procedure']}.{group.id}[{row['equipment'] or ''}]",
            "description": str(group.statement.get(self._language, "")),
            "status": _STATUSES.get(row["verdict"], "skipped" if row["verdict"] == "not-applicable" else "broken"),
            "statusDetails": {"message": str((row["reason"] or {}).get(self._language, ""))},
            "stage": "finished",
            "start": begin,
            "stop": end,
            "labels": [{"name": name, "value": value} for name, value in labels.items() if value],
            "parameters": [{"name": name, "value": value} for name, value in shown.items() if value],
            "attachments": attached,
        }

    def environment(self) -> bytes:
        content, view = self._view.content, self._view
        facts = {
            "profile": f"{content.profile['profile']['id']} {content.profile['profile']['version']}",
            "bundle": view.name,
            "manifest.sha256": view.digest,
            "conclusion": content.conclusion,
            "evaluator": content.evaluator,
            "simulated": str(content.simulated).lower(),
        }
        return "".join(f"{name}={value}\n" for name, value in facts.items()).encode()

    def _times(self, procedure: str) -> tuple[int, int]:
        """Begin and end of the last execution in milliseconds UTC; of the period if there was none."""
        content = self._view.content
        runs = [p for a in content.attempts["attempts"] for p in a["procedures"] if p["name"] == procedure]
        begin, end = (runs[-1]["begin"], runs[-1]["end"]) if runs else content.period
        return _milliseconds(begin), _milliseconds(end or begin)


def _milliseconds(moment: str) -> int:
    return round(datetime.fromisoformat(moment).timestamp() * 1000)


def _json(document: object) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


_CATEGORIES = _json(
    [
        {"name": "Non-conformant", "matchedStatuses": ["failed"]},
        {"name": "Inconclusive or not tested", "matchedStatuses": ["broken"]},
        {"name": "Not applicable", "matchedStatuses": ["skipped"]},
    ]
)
