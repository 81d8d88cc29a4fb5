"""Judging: fail-closed in every way in which evidence can be missing."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles.quality import Quality
from profiles.refusal import Refusal
from reports.judging.conclusion import Conclusion
from reports.judging.judge import judge_files
from reports.judging.verdict import Status, Verdict, Word
from tests.reports.build import CALIBRATION, Point, Run

LOWEST = {"statistic": "lowest", "of": "voltage.*"}
BAND = {"op": "range", "min": 198, "max": 242, "unit": "V"}


def meter(volts: float = 220.0, **more: Any) -> Run:
    run = Run(**more).equip("meter-1", "meter").device("m", "meter-1", {"voltage.l1": Point("V", relative=0.001)})
    return run.sample("m/voltage.l1", [volts] * 11)


def required(run: Run, **more: Any) -> Run:
    return run.require(LOWEST, BAND, resolution=0.1, **more)


def test_a_verdict_says_what_it_rests_on() -> None:
    found = required(meter()).judge()
    assert (found.status, found.verdict, found.value, found.unit) == (Status.COMPLETED, Word.PASS, 220, "V")
    assert (found.uncertainty, found.k, found.margin, found.rule, found.basis) == (0.3, 2, 22, "guarded", "project")
    assert found.channels == ({"device": "m", "point": "voltage.l1", "question": None, "provenance": "simulated"},)
    assert "198…242 V" in found.reason["en"] and "220.0 ± 0.3 V" in found.reason["ko"]


def test_the_document_is_json_and_comes_back_the_same() -> None:
    judgement = required(meter()).judgement()
    document = json.loads(json.dumps(judgement.document(), allow_nan=False))
    assert tuple(Verdict.from_record(record) for record in document["verdicts"]) == tuple(
        Verdict.from_record(verdict.record()) for verdict in judgement.verdicts
    )
    assert document["conclusion"] == "conformant" and document["counts"]["pass"] == 1


def test_judging_twice_gives_the_same() -> None:
    files = required(meter()).files()
    assert judge_files(files).document() == judge_files(dict(reversed(files.items()))).document()


@settings(max_examples=25, deadline=None)
@given(volts=st.floats(150, 300))
def test_the_rule_of_the_profile_decides(volts: float) -> None:
    guarded, simple = (required(meter(volts, rule=rule)).judge() for rule in ("guarded", "simple"))
    assert (simple.verdict is Word.PASS) == (198 <= round(volts, 1) <= 242)
    assert guarded.verdict in (simple.verdict, Word.INCONCLUSIVE)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (None, Status.NOT_RUN),
        ("aborted", Status.ABORTED),
        ("error", Status.ERROR),
        ("started", Status.ABORTED),
    ],
)
def test_a_procedure_that_did_not_complete_is_not_tested(status: str | None, expected: Status) -> None:
    judgement = required(meter(status=status)).judgement()
    found = judgement.verdicts[0]
    assert (found.status, found.verdict, found.value) == (expected, Word.NOT_TESTED, None)
    assert judgement.conclusion is Conclusion.INCOMPLETE


def test_a_missing_mark_is_not_tested() -> None:
    found = meter().require({**LOWEST, "from": "mains-lost"}, BAND).judge()
    assert found.verdict is Word.NOT_TESTED and "mains-lost" in found.reason["en"]


def test_an_empty_window_decides_nothing() -> None:
    assert meter().require({**LOWEST, "from": "end", "to": "begin"}, BAND).judge().verdict is Word.INCONCLUSIVE


def test_an_absent_subject_is_not_applicable_for_a_reason() -> None:
    judgement = required(required(meter()), subject="cdu", id="X-2").judgement()
    found = judgement.verdicts[1]
    assert (found.equipment, found.verdict) == (None, Word.NOT_APPLICABLE) and "cdu" in found.reason["ko"]
    assert judgement.conclusion is Conclusion.CONFORMANT


def test_a_requirement_on_a_feature_applies_only_where_it_is_declared() -> None:
    run = required(meter(), feature="clinical-site")
    (found,) = run.judgement().verdicts
    assert (found.equipment, found.verdict) == ("meter-1", Word.NOT_APPLICABLE)
    assert "clinical-site" in found.reason["ko"] and "clinical-site" in found.reason["en"]
    run.equipment["meter-1"]["features"] = ["clinical-site"]
    assert run.judge().verdict is Word.PASS


def test_nothing_but_not_applicable_is_incomplete() -> None:
    assert required(meter(), subject="cdu").judgement().conclusion is Conclusion.INCOMPLETE


def test_an_empty_profile_is_incomplete() -> None:
    assert meter().judgement().conclusion is Conclusion.INCOMPLETE


def test_what_the_plan_leaves_out_is_not_tested() -> None:
    run = required(meter())
    run.planned = []
    judgement = run.judgement()
    assert judgement.verdicts[0].verdict is Word.NOT_TESTED and judgement.exit_code == 3


def test_removing_equipment_cannot_improve_a_result() -> None:
    run = required(meter().equip("meter-2", "meter").device("m2", "meter-2", {"voltage.l1": Point("V")}))
    run.sample("m2/voltage.l1", [100.0] * 11)
    assert run.judgement().conclusion is Conclusion.NON_CONFORMANT
    run.planned = run._items()
    del run.equipment["meter-2"], run.devices["m2"]
    judgement = run.judgement()
    assert {v.equipment: v.verdict for v in judgement.verdicts} == {"meter-1": Word.PASS, "meter-2": Word.NOT_TESTED}
    assert judgement.conclusion is Conclusion.INCOMPLETE


def test_a_recommended_failure_is_said_and_does_not_decide() -> None:
    judgement = required(required(meter(), level="mandatory").equip("x", "rack"), id="X-2", subject="rack").judgement()
    assert judgement.conclusion is Conclusion.INCOMPLETE
    run = meter().require({**LOWEST}, {**BAND, "min": 230}, level="recommended", id="X-0")
    judgement = required(run).judgement()
    assert [v.verdict for v in judgement.verdicts] == [Word.FAIL, Word.PASS]
    assert (judgement.conclusion, judgement.exit_code, judgement.counts["fail"]) == (Conclusion.CONFORMANT, 0, 1)


@pytest.mark.parametrize(("volts", "side"), [(198.0, "pass"), (197.9, "fail")])
def test_a_non_binary_rule_records_the_side_and_leaves_the_campaign_incomplete(volts: float, side: str) -> None:
    run = required(meter(volts, rule="non-binary"))
    found, judgement = run.judge(), run.judgement()
    assert (found.verdict, found.conditional, found.record()["conditional"]) == (Word.INCONCLUSIVE, side, side)
    assert f"conditional {side}" in found.reason["en"]
    assert (judgement.conclusion, judgement.exit_code) == (Conclusion.INCOMPLETE, 3)
    run.devices["m"]["calibration"] = {"date": "2025-03-02", "due": "2026-11-01"}
    assert run.judge().conditional is None  # the result itself cannot be relied upon


def test_only_an_open_verdict_can_be_conditional() -> None:
    found = required(meter()).judge()
    assert "conditional" not in found.record()
    with pytest.raises(Refusal, match="conditional"):
        Verdict.from_record({**found.record(), "conditional": "pass"})


def calibrated(**calibration: str) -> Verdict:
    run = required(meter())
    run.devices["m"]["calibration"] = calibration or None
    return run.judge()


def test_calibration_must_be_valid_to_the_end_of_the_run() -> None:
    assert calibrated(date="2026-03-02", due="2026-11-02").verdict is Word.PASS
    expired = calibrated(date="2025-03-02", due="2026-11-01")
    assert (expired.verdict, expired.value, expired.uncertainty) == (Word.INCONCLUSIVE, 220, 0.3)
    assert "2026-11-01" in expired.reason["en"]
    for missing in (calibrated(), calibrated(date="2026-03-02"), calibrated(due="next year")):
        assert missing.verdict is Word.INCONCLUSIVE and "calibration" in missing.reason["en"]


def test_a_failure_of_an_uncalibrated_instrument_is_no_failure_either() -> None:
    run = required(meter(100.0))
    run.devices["m"]["calibration"] = None
    assert run.judge().verdict is Word.INCONCLUSIVE


def test_what_is_not_measured_needs_no_calibration() -> None:
    run = Run().equip("door-1", "door").device("d", "door-1", {"state": Point(kind="state")}, calibration=None)
    run.sample("d/state", ["closed"] * 11)
    limit = {"op": "==", "value": 100, "unit": "%"}
    assert (
        run.require({"statistic": "share-in-state", "of": "state", "state": "closed"}, limit).judge().verdict
        is Word.PASS
    )


@pytest.mark.parametrize(
    ("provenances", "worst", "certificate"),
    [
        (("real", "real"), "real", True),
        (("real", "replayed"), "real", False),
        (("replayed", "real"), "replayed", False),
        (("simulated", "replayed"), "simulated", False),
        (("lab", "real"), "simulated", False),
    ],
)
def test_only_real_devices_make_a_certificate(provenances: tuple[str, str], worst: str, certificate: bool) -> None:
    run = required(meter()).equip("other", "rack").device("o", "other", {})
    for name, provenance in zip(("m", "o"), provenances, strict=True):
        run.devices[name]["provenance"] = provenance
    judgement = run.judgement()
    assert (judgement.verdicts[0].provenance, judgement.certificate) == (worst, certificate)


def test_real_devices_without_a_conformant_conclusion_make_none() -> None:
    run = required(meter(100.0))
    run.devices["m"]["provenance"] = "real"
    assert (run.judgement().conclusion, run.judgement().certificate) == (Conclusion.NON_CONFORMANT, False)


def test_an_unclosed_journal_is_refused_and_never_conformant() -> None:
    run = required(meter(closed=False))
    with pytest.raises(Refusal, match="not closed"):
        judge_files(run.files())
    judgement = judge_files(run.files(), closed=False)
    assert judgement.verdicts[0].verdict is Word.PASS and judgement.conclusion is Conclusion.INCOMPLETE


def test_a_changed_limit_does_not_go_with_the_journal() -> None:
    files = required(meter(100.0)).files()
    profile = json.loads(files["data/profile.json"])
    profile["requirements"][0]["limit"]["min"] = 1
    with pytest.raises(Refusal, match="not the profile"):
        judge_files({**files, "data/profile.json": json.dumps(profile).encode()})


@pytest.mark.parametrize(
    ("measurand", "what"),
    [
        ({"statistic": "lowst", "of": "voltage.*"}, "write 'lowest'"),
        ({"statistic": "lowest", "off": "voltage.*"}, "write 'of'"),
        ({"statistic": "lowest"}, "'of' is missing"),
    ],
)
def test_a_mistake_in_a_measurand_is_refused_with_the_nearest_word(measurand: dict[str, str], what: str) -> None:
    with pytest.raises(Refusal, match=what):
        meter().require(measurand, BAND).judge()


@pytest.mark.parametrize(("rule", "k"), [("generous", 2), ("simple", 0), ("simple", "2"), ("guarded", float("1e9"))])
def test_an_unknown_decision_rule_is_refused(rule: str, k: object) -> None:
    with pytest.raises(Refusal, match="decision rule"):
        required(meter(rule=rule, k=k)).judge()


@settings(max_examples=40, deadline=None)
@given(lost=st.sets(st.integers(0, 40)), quality=st.sampled_from([q for q in Quality if q is not Quality.GOOD]))
def test_whatever_is_lost_a_bad_result_never_becomes_a_pass(lost: set[int], quality: Quality) -> None:
    run = Run(duration=40).equip("meter-1", "meter").device("m", "meter-1", {"voltage.l1": Point("V")})
    run.sample("m/voltage.l1", [quality if n in lost else (150.0 if n % 4 == 0 else 220.0) for n in range(41)])
    found = required(run).judge()
    assert found.verdict is not Word.PASS
    assert (found.verdict is Word.FAIL) == (found.value is not None)


def test_every_verdict_is_about_a_completed_procedure_and_a_number_or_it_is_none() -> None:
    for word in (Word.PASS, Word.FAIL):
        with pytest.raises(ValueError, match="without a completed procedure"):
            Verdict("X-1", "e", "smoke", Status.ERROR, word, value=1.0, uncertainty=0.0)
        with pytest.raises(ValueError, match="without a completed procedure"):
            Verdict("X-1", "e", "smoke", Status.COMPLETED, word)


def test_a_record_that_is_no_verdict_is_refused() -> None:
    record = required(meter()).judge().record()
    for broken in ({**record, "verdict": "great"}, {**record, "more": 1}, {**record, "value": None}):
        with pytest.raises(Refusal, match="malformed"):
            Verdict.from_record(broken)


def test_calibration_defaults_are_valid() -> None:
    assert calibrated(**CALIBRATION).verdict is Word.PASS
