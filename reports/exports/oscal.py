"""OSCAL assessment results (NIST, model 1.2.1): an observation per verdict, a finding per requirement.

A finding is `satisfied` only if every verdict on every unit is a pass; whatever is not a pass (a failure, but
also what was inconclusive or not tested) makes it `not-satisfied`, and its reason says which of them it was.
A requirement that applies to nothing has observations and no finding.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from reports.bundles.content import EVENTS, SAMPLES, read_content
from reports.bundles.manifest import MANIFEST, sha256
from reports.exports.identity import NAMESPACE, Identity
from reports.rendering.wording import Row, limit_text, title_text, worst

VERSION = "1.2.1"
PROFILE = "data/profile.json"
EVIDENCE = (SAMPLES, EVENTS, "data/verdicts.json")
_REASONS = {"pass": "pass", "fail": "fail"}


def oscal(files: Mapping[str, bytes], language: str | None = None) -> bytes:
    """The assessment results as JSON in UTF-8, texts in `language` (English if None)."""
    document = _Results(files, language or "en").document()
    return (json.dumps({"assessment-results": document}, ensure_ascii=False, indent=1) + "\n").encode()


class _Results:
    def __init__(self, files: Mapping[str, bytes], language: str) -> None:
        self._files, self._language, self._content = files, language, read_content(files)
        self._digest = sha256(files[MANIFEST])
        self._id = Identity(self._digest)

    def document(self) -> dict[str, Any]:
        return {
            "uuid": self._id("assessment-results"),
            "metadata": self._metadata(),
            "import-ap": {"href": f"#{self._id('resource', PROFILE)}"},
            "results": [self._result()],
            "back-matter": {"resources": [self._resource(name) for name in (PROFILE, *EVIDENCE)]},
        }

    def _metadata(self) -> dict[str, Any]:
        content, profile = self._content, self._content.profile["profile"]
        laboratory = {"uuid": self._id("party"), "type": "organization", "name": self._operator()}
        return {
            "title": f"{profile['id']} {profile['version']}",
            "last-modified": content.period[1] or content.period[0],
            "version": str(profile["version"]),
            "oscal-version": VERSION,
            "props": _props({"manifest-sha256": self._digest, "certificate": str(content.certificate).lower()}),
            "roles": [{"id": "assessor", "title": "Laboratory"}],
            "parties": [laboratory],
            "responsible-parties": [{"role-id": "assessor", "party-uuids": [laboratory["uuid"]]}],
        }

    def _result(self) -> dict[str, Any]:
        content = self._content
        begin, end = content.period
        requirements = [row["requirement"] for row in content.rows]
        findings = [self._finding(name) for name in dict.fromkeys(requirements)]
        result: dict[str, Any] = {
            "uuid": self._id("result"),
            "title": content.profile["profile"]["id"],
            "description": f"Conclusion: {content.conclusion}",
            "start": begin,
            "end": end,
            "props": _props({"conclusion": content.conclusion, **self._provenance()}),
            "local-definitions": self._definitions(),
            "reviewed-controls": _reviewed(list(dict.fromkeys(requirements))),
            "attestations": [{"parts": [self._statement()]}],
            "observations": [self._observation(row) for row in content.rows],
            "findings": [finding for finding in findings if finding],
        }
        # The schema has no empty lists and no empty texts.
        return {key: value for key, value in result.items() if value not in ("", [])}

    def _definitions(self) -> dict[str, Any]:
        tool = {
            "uuid": self._id("component", "evaluator"),
            "type": "software",
            "title": self._content.evaluator,
            "description": "Judged the evidence; anyone can repeat it from the bundle.",
            "status": {"state": "operational"},
        }
        units = self._content.equipment["equipment"].items()
        found: dict[str, Any] = {"components": [tool]}
        if units:
            found["inventory-items"] = [self._unit(name, one) for name, one in units]
        return found

    def _unit(self, name: str, one: Mapping[str, Any]) -> dict[str, Any]:
        facts = {field: one.get(field) for field in ("subject", "maker", "model", "serial", "firmware")}
        return {"uuid": self._id("unit", name), "description": name, "props": _props({"name": name, **facts})}

    def _observation(self, row: Row) -> dict[str, Any]:
        """One verdict with its numbers; the value is at full precision, the texts are for people."""
        numbers = {name: row[name] for name in ("value", "unit", "uncertainty", "k", "margin", "bound", "resolution")}
        words = {name: row[name] for name in ("verdict", "status", "level", "rule", "basis", "provenance")}
        reason = str((row["reason"] or {}).get(self._language) or row["verdict"])
        found: dict[str, Any] = {
            "uuid": self._id("observation", row["requirement"], row["equipment"]),
            "title": f"{row['requirement']} {self._title(row['requirement'])}".strip(),
            "description": reason,
            "props": _props({**words, **numbers, "limit": limit_text(row["limit"]), "procedure": row["procedure"]}),
            "methods": ["TEST"],
            "origins": [{"actors": [{"type": "tool", "actor-uuid": self._id("component", "evaluator")}]}],
            "relevant-evidence": [
                {"href": f"#{self._id('resource', name)}", "description": name} for name in EVIDENCE[:2]
            ],
            "collected": self._content.period[1] or self._content.period[0],
        }
        if row["equipment"] in self._content.equipment["equipment"]:
            found["subjects"] = [{"subject-uuid": self._id("unit", row["equipment"]), "type": "inventory-item"}]
        return found

    def _finding(self, requirement: str) -> dict[str, Any] | None:
        rows = [row for row in self._content.rows if row["requirement"] == requirement]
        decided = [row for row in rows if row["verdict"] != "not-applicable"]
        if not decided:
            return None
        chief = worst(decided)
        satisfied = all(row["verdict"] == "pass" for row in decided)
        status = {"state": "satisfied" if satisfied else "not-satisfied"}
        status["reason"] = "pass" if satisfied else _REASONS.get(chief["verdict"], "other")
        related = [self._id("observation", requirement, row["equipment"]) for row in rows]
        return {
            "uuid": self._id("finding", requirement),
            "title": self._title(requirement) or requirement,
            "description": str((chief["reason"] or {}).get(self._language) or chief["verdict"]),
            "props": _props({"verdict": chief["verdict"], "units": len(decided)}),
            "target": {"type": "objective-id", "target-id": token(requirement), "status": status},
            "related-observations": [{"observation-uuid": name} for name in related],
        }

    def _statement(self) -> dict[str, Any]:
        prose = "Results relate only to the equipment listed. The signed bundle is the authority."
        if self._content.simulated:
            prose = "SIMULATED: obtained from simulated or replayed devices; not a certificate. " + prose
        return {"name": "scope", "title": "Scope", "prose": prose}

    def _resource(self, name: str) -> dict[str, Any]:
        digest = {"algorithm": "SHA-256", "value": sha256(self._files[name])}
        return {
            "uuid": self._id("resource", name),
            "title": name,
            "rlinks": [{"href": name, "hashes": [digest]}],
        }

    def _provenance(self) -> dict[str, object]:
        return {f"devices-{kind}": count for kind, count in self._content.provenance.items()}

    def _operator(self) -> str:
        operator = self._content.bench.get("site", {}).get("operator")
        return str((operator.get(self._language) if isinstance(operator, Mapping) else operator) or "–")

    def _title(self, requirement: str) -> str:
        return title_text(self._content.profile, requirement, self._language)


def token(requirement: str) -> str:
    """The id of a requirement as OSCAL writes ids: with nothing but letters, digits, dots, hyphens and underscores."""
    return re.sub(r"[^\w.-]", "_", requirement)


def _reviewed(requirements: Sequence[str]) -> dict[str, Any]:
    if not requirements:
        return {"control-selections": [{"include-all": {}}]}
    return {
        "control-selections": [{"include-controls": [{"control-id": token(name)} for name in requirements]}],
        "control-objective-selections": [
            {"include-objectives": [{"objective-id": token(name)} for name in requirements]}
        ],
    }


def _props(facts: Mapping[str, object]) -> list[dict[str, str]]:
    """Our own facts in our own namespace; what has no value is left out."""
    shown = {name: " ".join(str(value).split()) for name, value in facts.items() if value is not None}
    return [{"name": name, "ns": NAMESPACE, "value": value} for name, value in shown.items() if value]
