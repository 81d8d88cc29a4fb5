"""OCP Test and Validation output (specification 2.0): one JSON object a line.

A procedure is a test step; each verdict with a value is a measurement whose validators are the limit, and each
verdict a diagnosis (PASS, FAIL, or UNKNOWN for whatever is neither). The run is PASS only if it is conformant.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from reports.bundles.content import SAMPLES, Content, read_content
from reports.judging.limit import Limit
from reports.rendering.wording import Row, title_text

_TYPES = {"pass": "PASS", "fail": "FAIL"}
_ENDS = {
    "conformant": ("COMPLETE", "PASS"),
    "conformant-with-waivers": ("COMPLETE", "PASS"),
    "non-conformant": ("COMPLETE", "FAIL"),
    "incomplete": ("ERROR", "NOT_APPLICABLE"),
}
_STATUSES = {"completed": "COMPLETE", "not-run": "SKIP"}
_VALIDATORS = {
    "<=": ("LESS_THAN_OR_EQUAL",),
    "<": ("LESS_THAN",),
    ">=": ("GREATER_THAN_OR_EQUAL",),
    ">": ("GREATER_THAN",),
    "==": ("EQUAL",),
    "range": ("GREATER_THAN_OR_EQUAL", "LESS_THAN_OR_EQUAL"),
}


def ocptv(files: Mapping[str, bytes], language: str | None = None) -> bytes:
    """The lines in UTF-8, messages in `language` (English if None)."""
    artifacts = _Output(read_content(files), language or "en").artifacts()
    lines = (
        json.dumps({**artifact, "sequenceNumber": number, "timestamp": time}, ensure_ascii=False)
        for number, (time, artifact) in enumerate(artifacts)
    )
    return "".join(line + "\n" for line in lines).encode()


class _Output:
    def __init__(self, content: Content, language: str) -> None:
        self._content, self._language = content, language

    def artifacts(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Time and content of every line."""
        content = self._content
        begin, end = content.period
        end = end or begin
        yield begin, {"schemaVersion": {"major": 2, "minor": 0}}
        yield begin, {"testRunArtifact": {"testRunStart": self._start()}}
        if content.simulated:
            message = "SIMULATED: simulated or replayed devices took part; this is not a certificate"
            yield begin, {"testRunArtifact": {"log": {"severity": "WARNING", "message": message}}}
        for number, procedure in enumerate(dict.fromkeys(row["procedure"] for row in content.rows)):
            for time, artifact in self._step(procedure):
                yield time, {"testStepArtifact": {"testStepId": str(number), **artifact}}
        status, result = _ENDS[content.conclusion]
        yield end, {"testRunArtifact": {"testRunEnd": {"status": status, "result": result}}}

    def _start(self) -> dict[str, Any]:
        content, profile = self._content, self._content.profile["profile"]
        return {
            "name": str(profile["id"]),
            "version": content.evaluator,
            "commandLine": f"conformance run {profile['id']}",
            "parameters": {"profile": dict(profile), "digest": content.profile["digest"]},
            "dutInfo": {
                "dutInfoId": str(content.bench["bench"]),
                "hardwareInfos": [_hardware(name, one) for name, one in content.equipment["equipment"].items()],
            },
            "metadata": {"conclusion": content.conclusion, "devices": content.provenance},
        }

    def _step(self, procedure: str) -> Iterator[tuple[str, dict[str, Any]]]:
        content = self._content
        runs = [p for a in content.attempts["attempts"] for p in a["procedures"] if p["name"] == procedure]
        begin = str(runs[-1]["begin"]) if runs else content.period[0]
        end = str(runs[-1]["end"] or content.period[1] or begin) if runs else begin
        rows = [row for row in content.rows if row["procedure"] == procedure]
        yield begin, {"testStepStart": {"name": procedure}}
        for row in rows:
            if row["value"] is not None:
                yield end, {"measurement": self._measurement(row)}
            yield end, {"diagnosis": self._diagnosis(row)}
        if runs:
            yield end, {"file": {"displayName": "samples", "uri": SAMPLES, "isSnapshot": True}}
        status = str(runs[-1]["status"]) if runs else "not-run"
        yield end, {"testStepEnd": {"status": _STATUSES.get(status, "ERROR")}}

    def _measurement(self, row: Row) -> dict[str, Any]:
        facts = {name: row[name] for name in ("uncertainty", "k", "margin", "rule", "bound", "basis")}
        found: dict[str, Any] = {
            "name": row["requirement"],
            "value": row["value"],
            "validators": _validators(row),
            "metadata": {name: value for name, value in facts.items() if value is not None},
        }
        if row["unit"]:
            found["unit"] = row["unit"]
        return found | _where(row)

    def _diagnosis(self, row: Row) -> dict[str, Any]:
        title = title_text(self._content.profile, row["requirement"], self._language)
        message = f"{title}: {(row['reason'] or {}).get(self._language, '')}"
        kind = _TYPES.get(row["verdict"], "UNKNOWN")
        found = {"verdict": f"{row['requirement']}-{row['verdict']}", "type": kind, "message": message}
        return found | _where(row)


def _hardware(name: str, one: Mapping[str, Any]) -> dict[str, str]:
    facts = {"manufacturer": "maker", "manufacturerPartNumber": "model", "serialNumber": "serial"}
    facts |= {"version": "firmware", "partType": "subject"}
    known = {field: str(one[ours]) for field, ours in facts.items() if one.get(ours)}
    return {"hardwareInfoId": name, "name": name, **known}


def _where(row: Row) -> dict[str, str]:
    return {"hardwareInfoId": row["equipment"]} if row["equipment"] else {}


def _validators(row: Row) -> list[dict[str, Any]]:
    """The limit as the format can say it: whoever reads only this knows simple acceptance, without U."""
    if not row["limit"]:
        return []
    limit = Limit.parse(row["limit"])
    low, high = (None if side is None else float(side) for side in (limit.low, limit.high))
    values = (low, high) if limit.op == "range" else (low if low is not None else high,)
    kinds = _VALIDATORS[limit.op]
    return [{"type": kind, "value": value} for kind, value in zip(kinds, values, strict=True)]
