"""Judging: from the files of a run to every verdict and the conclusion. It only computes.

judgement = judge_files(files)          names as in a bundle: data/profile.json, data/events.ndjson, …
judgement.conclusion.value, judgement.exit_code
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from profiles.refusal import Refusal
from profiles.resolve import normative_digest
from reports.bundles.strict_json import compact, parse_object
from reports.evidence.evidence import NS, Evidence
from reports.interop.imported import ImportedProfiles
from reports.judging.assessment import assess
from reports.judging.conclusion import Conclusion, conclude, count
from reports.judging.coverage import coverage
from reports.judging.coverage_factor import DISTRIBUTIONS, NORMAL, Coverage
from reports.judging.decision import RULES
from reports.judging.items import Item, items
from reports.judging.reasons import reason
from reports.judging.verdict import Verdict
from reports.judging.waivers import SignedWaiver, deselecting, excused, read_waivers, register
from reports.measurands.registry import Statistic, statistics
from reports.plausibility.examination import Examination
from reports.plausibility.examine import doubted, examine
from reports.verifying.messages import Sentence


@dataclass(frozen=True, slots=True)
class Judgement:
    """All verdicts of a campaign and what follows from them.

    `certificate` says whether the conclusion may be certified: it is conformant, the recording was closed,
    and no device was simulated or replayed. `waivers` is what became of each waiver, `coverage` what was
    declared, heard and tested, `wanted` the coverage that the profile declares for U, `examined` what became of
    the plausibility rules of the profile, if it has any.
    """

    verdicts: tuple[Verdict, ...]
    conclusion: Conclusion
    counts: Mapping[str, int]
    certificate: bool
    rule: str
    wanted: Coverage
    waivers: tuple[Mapping[str, Any], ...] = ()
    coverage: Mapping[str, Any] = field(default_factory=dict)
    examined: Sequence[Examination] | None = None

    @property
    def exit_code(self) -> int:
        return self.conclusion.exit_code

    def document(self) -> dict[str, Any]:
        """What is written to data/verdicts.json."""
        examined = {} if self.examined is None else {"plausibility": [dict(one.record()) for one in self.examined]}
        return {
            "schema": "verdicts/2",
            "conclusion": self.conclusion.value,
            "certificate": self.certificate,
            "decision": {"rule": self.rule, **self.wanted.record()},
            "counts": dict(self.counts),
            "coverage": dict(self.coverage),
            "waivers": [dict(waiver) for waiver in self.waivers],
            **examined,
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
    _check_begun(profile, plan, evidence)
    rule, wanted = _decision(profile)
    waivers, ended = read_waivers(files), datetime.fromtimestamp(evidence.ended // NS, UTC)
    planned = [_deselected(item, waivers, ended) for item in items(profile, plan, evidence.equipment)]
    imported = ImportedProfiles.of(profile.get("interop") or {}, "data/profile.json")
    found: dict[int, Verdict] = {}
    # A statistic that examines the other verdicts needs them all.
    for late in (False, True):
        given = tuple(found.values())
        for index, item in enumerate(planned):
            if _is_late(item) is late:
                found[index] = assess(item, evidence, rule, wanted, given, imported)
    rules = profile.get("plausibility")
    examined = None if rules is None else examine(rules, profile["requirements"], evidence, list(found.values()))
    claimed = [_believed(planned[index], found[index], examined or (), rules or ()) for index in sorted(found)]
    verdicts = excused(claimed, waivers, ended)
    return _judgement(verdicts, evidence, rule, wanted, register(verdicts, waivers, ended), examined)


def _believed(
    item: Item, verdict: Verdict, examined: Sequence[Examination], rules: Sequence[Mapping[str, Any]]
) -> Verdict:
    """The verdict, unless it rests on records that cannot be true and does not judge just that."""
    statistic = _statistic(item)
    return verdict if statistic and statistic.judges_records else doubted(verdict, examined, rules)


def _judgement(
    verdicts: Sequence[Verdict],
    evidence: Evidence,
    rule: str,
    wanted: Coverage,
    waivers: Sequence[Mapping[str, Any]],
    examined: Sequence[Examination] | None,
) -> Judgement:
    conclusion, covered = conclude(verdicts, waivers=bool(waivers)), coverage(evidence, verdicts)
    conformant = conclusion in (Conclusion.CONFORMANT, Conclusion.CONFORMANT_WITH_WAIVERS)
    if conformant and (not evidence.closed or covered["gaps"]):
        conclusion, conformant = Conclusion.INCOMPLETE, False
    provenances = {device.get("provenance") for device in evidence.devices.values()}
    certificate = conformant and provenances == {"real"}
    return Judgement(
        tuple(verdicts), conclusion, count(verdicts), certificate, rule, wanted, tuple(waivers), covered, examined
    )


def _deselected(item: Item, waivers: Sequence[SignedWaiver], at: datetime) -> Item:
    """The item, or the same one taken out of the campaign by whoever answers for it."""
    waiver = deselecting(waivers, (item.requirement["id"], item.equipment), at)
    if waiver is None or item.absent or item.faulty:
        return item
    why = reason("deselected", waiver=waiver.name, owner=waiver.owner)
    says = Sentence(f"{why.ko} {waiver.reason['ko']}", f"{why.en} {waiver.reason['en']}")
    return replace(item, absent=says, waiver=waiver.name)


def _is_late(item: Item) -> bool:
    statistic = _statistic(item)
    return statistic is not None and statistic.judges_verdicts


def _statistic(item: Item) -> Statistic | None:
    return statistics().get(str((item.requirement.get("measurand") or {}).get("statistic")))


def _check_begun(profile: Mapping[str, Any], plan: Mapping[str, Any], evidence: Evidence) -> None:
    """Profile and plan must be those whose digests the journal began with."""
    begun = [event for event in evidence.events if event["kind"] == "begin"]
    digest = normative_digest(profile)
    if {event.get("profile_digest") for event in begun} - {digest} or profile.get("digest") != digest:
        raise Refusal("data/profile.json", "it is not the profile that the run began with", "use the untouched file")
    planned = {event.get("plan_digest") for event in begun} - {None}
    if planned - {sha256(compact(plan)).hexdigest()}:
        raise Refusal("data/plan.json", "it is not the plan that the run began with", "use the untouched file")


def _decision(profile: Mapping[str, Any]) -> tuple[str, Coverage]:
    decision = profile.get("decision") or {}
    rule, k = decision.get("rule", "guarded"), decision.get("k", 2)
    distribution = decision.get("distribution", NORMAL)
    if rule not in RULES or not isinstance(k, int | float) or not 1 <= k <= 4:
        remedy = "give a rule of " + ", ".join(RULES) + " and a coverage factor from 1 to 4"
        raise Refusal("data/profile.json", f"the decision rule '{rule}' with k = {k} is not known", remedy)
    if distribution not in DISTRIBUTIONS:
        remedy = "use one of " + ", ".join(DISTRIBUTIONS)
        raise Refusal("data/profile.json", f"there is no distribution '{distribution}'", remedy)
    return rule, Coverage(float(k), distribution)


def _document(files: Mapping[str, bytes], name: str) -> dict[str, Any]:
    if name not in files:
        raise Refusal(name, "it is missing", "give all files under data/")
    return parse_object(files[name], name)
