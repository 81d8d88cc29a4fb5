"""Evidence that cannot be true supports no verdict, and says which rule and which samples."""

from collections.abc import Callable

import pytest

from profiles.plausibility import load_rules
from reports.judging.conclusion import Conclusion
from reports.judging.judge import Judgement
from reports.judging.verdict import Word
from tests.reports.build import Point, Run
from tests.reports.implausible import SPECIMENS, specimen, wave

# Whether answers change is asked of questions and not of samples, and has a test of its own.
ANSWERS = "PLZ-SEC-04"
EXAMINED = sorted(name for name, rule in load_rules().items() if rule["cases"] and name != ANSWERS)
each_rule = pytest.mark.parametrize("rule", EXAMINED)


def test_every_rule_that_can_be_examined_has_a_specimen() -> None:
    assert sorted(SPECIMENS) == EXAMINED


@each_rule
def test_evidence_that_can_be_true_is_believed(rule: str) -> None:
    judgement = specimen(rule).judgement()
    assert outcomes(judgement) == {(rule, "held")}
    assert {verdict.verdict for verdict in judgement.verdicts} == {Word.PASS}


@each_rule
def test_evidence_that_cannot_be_true_is_not(rule: str) -> None:
    judgement = specimen(rule, lying=True).judgement()
    assert (rule, "violated") in outcomes(judgement)
    verdict = judgement.verdicts[0]
    assert verdict.verdict is Word.INCONCLUSIVE
    assert verdict.value is not None
    assert judgement.conclusion is Conclusion.INCOMPLETE


@each_rule
def test_the_verdict_names_rule_signals_and_samples_in_both_languages(rule: str) -> None:
    judgement = specimen(rule, lying=True).judgement()
    found = next(r for r in judgement.document()["plausibility"] if r["outcome"] == "violated")
    for language in ("ko", "en"):
        reason = judgement.verdicts[0].reason[language]
        assert rule in reason
        assert load_rules()[rule]["title"][language] in reason
        assert found["begin"] in reason
        assert str(found["samples"]) in reason
        assert all(signal in reason for signal in found["signals"])


def test_a_failure_too_is_not_claimed_from_such_evidence() -> None:
    run = specimen("PLZ-PWR-02", lying=True)
    run.requirements[0]["limit"] = {"op": "<=", "value": 10, "unit": "W", "basis": "project"}
    assert run.judge().verdict is Word.INCONCLUSIVE
    honest = specimen("PLZ-PWR-02")
    honest.requirements[0]["limit"] = {"op": "<=", "value": 10, "unit": "W", "basis": "project"}
    assert honest.judge().verdict is Word.FAIL


def test_only_verdicts_that_used_one_of_the_signals_are_doubted() -> None:
    run = specimen("PLZ-PWR-02", lying=True)
    run.device("meter-1-other", "meter-1", {"frequency": Point("Hz")}).sample("meter-1-other/frequency", [60.0] * 200)
    run.require({"statistic": "lowest", "of": "frequency"}, {"op": ">=", "value": 59, "unit": "Hz"}, id="X-2")
    words = {verdict.requirement: verdict.verdict for verdict in run.judgement().verdicts}
    assert words == {"X-1": Word.INCONCLUSIVE, "X-2": Word.PASS}


def test_a_moment_of_disagreement_between_two_reads_is_no_contradiction() -> None:
    run = specimen("PLZ-PWR-02")
    moved = [s for s in run.samples if s.signal == "meter-1-card/power.l3"][80:85]
    for sample in moved:
        run.samples[run.samples.index(sample)] = sample._replace(value=4000.0)
    assert run.judge().verdict is Word.PASS


def test_what_accuracy_and_resolution_allow_is_no_contradiction() -> None:
    run = specimen("PLZ-PWR-02", lying=True)
    points = run.devices["meter-1-card"]["points"]
    for point in points.values():
        point["accuracy"]["relative"] = 0.6
    assert outcomes(run.judgement()) == {("PLZ-PWR-02", "held")}


def test_a_requirement_that_looks_for_wrong_records_still_finds_them() -> None:
    run = specimen("PLZ-PWR-02", lying=True)
    of = {"statistic": "longest-unchanged", "of": "power.l1"}
    run.requirements[0]["measurand"] = {**of, "from": "begin", "to": "end"}
    run.requirements[0]["limit"] = {"op": "<=", "value": 10, "unit": "s", "basis": "project"}
    judgement = run.judgement()
    assert ("PLZ-PWR-02", "violated") in outcomes(judgement)
    assert judgement.verdicts[0].verdict is Word.FAIL


def test_a_state_that_was_there_before_is_no_effect() -> None:
    run = specimen("PLZ-PWR-11")
    run.samples = [s._replace(value="battery") if s.t < run.samples[10].t else s for s in run.samples]
    assert outcomes(run.judgement()) == {("PLZ-PWR-11", "held")}


@pytest.mark.parametrize(
    ("signal", "said"),
    [
        ("rack-1-card/inlet.temperature.middle", lambda n: 23.0 if n < 100 else 24.0),
        ("door-1-card/state", lambda n: "closed" if n < 100 else "open"),
        ("crac-1-card/mode", lambda n: "cooling" if n < 100 else "ventilation"),
    ],
)
def test_where_air_warms_a_door_opens_or_a_coil_starts_moisture_may_change(
    signal: str, said: Callable[[int], float | str]
) -> None:
    run = specimen("PLZ-CLG-08", lying=True)
    moved = (s for s in run.samples if s.signal == signal)
    replaced = {(s.signal, s.t): s._replace(value=said(n)) for n, s in enumerate(moved)}
    run.samples = [replaced.get((s.signal, s.t), s) for s in run.samples]
    assert outcomes(run.judgement()) == {("PLZ-CLG-08", "held")}


@pytest.mark.parametrize(("scatter", "outcome"), [(0.02, "violated"), (1.0, "held")])
def test_a_drift_that_the_scatter_of_a_record_may_feign_is_none(scatter: float, outcome: str) -> None:
    run = specimen("PLZ-CLG-14")
    drifting = (s for s in run.samples if s.signal == "cdu-1-card/supply.temperature")
    said = {
        s.t: 30 + 0.0004 * 5 * n + value for (n, s), value in zip(enumerate(drifting), wave(0, scatter), strict=True)
    }
    run.samples = [
        s._replace(value=said[s.t]) if s.signal == "cdu-1-card/supply.temperature" else s for s in run.samples
    ]
    assert ("PLZ-CLG-14", outcome) in outcomes(run.judgement())


def test_where_a_term_is_missing_a_rule_claims_nothing() -> None:
    run = specimen("PLZ-PWR-02", lying=True)
    run.samples = [sample for sample in run.samples if not sample.signal.endswith("power.l2")]
    assert outcomes(run.judgement()) == set()


def test_a_profile_without_rules_is_judged_and_written_as_before() -> None:
    run = specimen("PLZ-PWR-02", lying=True)
    run.plausibility = None
    judgement = run.judgement()
    assert judgement.verdicts[0].verdict is Word.PASS
    assert "plausibility" not in judgement.document()


@pytest.mark.parametrize(
    ("shown", "outcome", "word"),
    [(["A", "A", None], "held", Word.PASS), (["A", "B", "A"], "violated", Word.INCONCLUSIVE)],
)
def test_a_certificate_that_changes_is_that_of_another_device(
    shown: list[str | None], outcome: str, word: Word
) -> None:
    run = Run(plausibility=[{"id": ANSWERS, **load_rules()[ANSWERS]}]).equip("bmc-1", "bmc")
    run.device("bmc-1-card", "bmc-1", {})
    run.answer("bmc-1-card", "tls-certificate", *({"pem": pem} for pem in shown))
    measurand = {"statistic": "answer-count", "question": "tls-certificate", "where": {"pem": ["A", "B", None]}}
    run.require(measurand, {"op": ">=", "value": 1, "unit": "count"})
    judgement = run.judgement()
    assert outcomes(judgement) == {(ANSWERS, outcome)}
    assert judgement.verdicts[0].verdict is word


def outcomes(judgement: Judgement) -> set[tuple[str, str]]:
    return {(row["rule"], row["outcome"]) for row in judgement.document()["plausibility"]}
