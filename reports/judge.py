"""Judging: from the files of a run to every verdict and the conclusion. It only computes.

judgement = judge_files(files)          names as in a bundle: data/profile.json, data/events.ndjson, …
judgement.conclusion.value, judgement.exit_code
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from profiles.refusal import Refusal
from profiles.resolve import normative_digest
from reports.assessment import assess
from reports.conclusion import Conclusion, conclude, count
from reports.evidence import Evidence
from reports.items import Item, items
from reports.strict_json import parse_object
from reports.verdict import Verdict

COMPLETENESS = "evidence-completeness"
RULES = ("guarded", "simple")


@dataclass(frozen=True, slots=True)
class Judgement:
    """All verdicts of a campaign and what follows from them.

    `certificate` says whether the conclusion may be certified: it is conformant, the recording was closed,
    and no device was simulated or replayed.
    """

    verdicts: tuple[Verdict, ...]
    conclusion: Conclusion
    counts: Mapping[str, int]
    certificate: bool
    rule: str
    k: float

    @property
    def exit_code(self) -> int:
        return self.conclusion.exit_code

    def document(self) -> dict[str, Any]:
        """What is written to data/verdicts.json."""
        return {
            "schema": "verdicts/1",
            "conclusion": self.conclusion.value,
            "certificate": self.certificate,
            "decision": {"rule": self.rule, "k": self.k},
            "counts": dict(self.counts),
            "verdicts": [verdict.record() for verdict in self.verdicts],
        }


def judge_files(files: Mapping[str, bytes], *, closed: bool = True) -> Judgement:
    """Judge the files under `data/` (verdicts and attempts are not needed and not looked at).

    Refusal if a file is missing, damaged or contradicts another, or if the journal has no end. With
    `closed=False` a journal that is still being written is judged as it stands.
    """
    profile, plan = (_document(files, f"data/{name}.json") for name in ("profile", "plan"))
    evidence = Evidence.from_files(files)
    if closed and not evidence.closed:
        raise Refusal("data/events.ndjson", "the journal was not closed", "finish the run with --resume")
    _check_profile(profile, evidence)
    rule, k = _decision(profile)
    planned = items(profile, plan, evidence.equipment)
    found: dict[int, Verdict] = {}
    # The statistic that examines the other verdicts needs them all.
    for late in (False, True):
        given = tuple(found.values())
        for index, item in enumerate(planned):
            if _is_late(item) is late:
                found[index] = assess(item, evidence, rule, k, given)
    return _judgement([found[index] for index in sorted(found)], evidence, rule, k)


def _judgement(verdicts: Sequence[Verdict], evidence: Evidence, rule: str, k: float) -> Judgement:
    conclusion = conclude(verdicts)
    conformant = conclusion in (Conclusion.CONFORMANT, Conclusion.CONFORMANT_WITH_WAIVERS)
    if conformant and not evidence.closed:
        conclusion, conformant = Conclusion.INCOMPLETE, False
    provenances = {device.get("provenance") for device in evidence.devices.values()}
    certificate = conformant and provenances == {"real"}
    return Judgement(tuple(verdicts), conclusion, count(verdicts), certificate, rule, k)


def _is_late(item: Item) -> bool:
    measurand = item.requirement.get("measurand") or {}
    return measurand.get("statistic") == COMPLETENESS


def _check_profile(profile: Mapping[str, Any], evidence: Evidence) -> None:
    """The profile must be the one whose digest the journal began with."""
    digest = normative_digest(profile)
    begun = {event.get("profile_digest") for event in evidence.events if event["kind"] == "begin"}
    if begun - {digest} or profile.get("digest") != digest:
        raise Refusal("data/profile.json", "it is not the profile that the run began with", "use the untouched file")


def _decision(profile: Mapping[str, Any]) -> tuple[str, float]:
    decision = profile.get("decision") or {}
    rule, k = decision.get("rule", "guarded"), decision.get("k", 2)
    if rule not in RULES or not isinstance(k, int | float) or not 1 <= k <= 4:
        remedy = "give a rule of " + ", ".join(RULES) + " and a coverage factor from 1 to 4"
        raise Refusal("data/profile.json", f"the decision rule '{rule}' with k = {k} is not known", remedy)
    return rule, float(k)


def _document(files: Mapping[str, bytes], name: str) -> dict[str, Any]:
    if name not in files:
        raise Refusal(name, "it is missing", "give all files under data/")
    return parse_object(files[name], name)
