"""Statistics of answers, certificates and records."""

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from hypothesis import given
from hypothesis import strategies as st

from profiles.quality import Quality
from reports.judging.reasons import NoEvidence
from reports.judging.verdict import Status, Verdict, Word
from reports.measurands.exposition import errors
from tests.reports.build import T0, Point, Run
from tests.reports.measuring import measured, recorded

BEGAN = datetime.fromtimestamp(T0 // 10**9, UTC)


def bmc() -> Run:
    return (
        Run().equip("bmc-1", "bmc", models=["a", "b"]).device("b", "bmc-1", {"power": Point("W")}, protocol="redfish")
    )


def judge(run: Run, measurand: dict[str, Any], op: str, value: float, unit: str = "count") -> Verdict:
    return run.require(measurand, {"op": op, "value": value, "unit": unit}, resolution=0.1).judge()


def versions(**outcome: str) -> Run:
    names = {"TLSv1": "refused", "TLSv1.1": "refused", "TLSv1.2": "accepted", "TLSv1.3": "accepted"}
    tried = {**names, **{key.replace("_", "."): word for key, word in outcome.items()}}
    return bmc().answer("b", "tls-version", *({"version": v, "outcome": word} for v, word in tried.items()))


OLD = {
    "statistic": "answer-count",
    "question": "tls-version",
    "where": {"version": ["TLSv1", "TLSv1.1"], "outcome": "accepted"},
}


def test_answers_that_match_every_field_are_counted() -> None:
    good, bad = judge(versions(), OLD, "==", 0), judge(versions(TLSv1_1="accepted"), OLD, "==", 0)
    assert (good.verdict, good.value, bad.verdict, bad.value) == (Word.PASS, 0, Word.FAIL, 1)
    assert good.channels == ({"device": "b", "point": None, "question": "tls-version", "provenance": "simulated"},)


def test_no_answer_is_no_success() -> None:
    assert judge(bmc(), OLD, "==", 0).verdict is Word.NOT_TESTED


def test_a_device_that_could_not_be_reached_is_an_error() -> None:
    run = bmc().answer("b", "tls-version", *({"version": v, "outcome": "unreachable"} for v in ("TLSv1", "TLSv1.1")))
    found = judge(run, OLD, "==", 0)
    assert (found.status, found.verdict) == (Status.ERROR, Word.NOT_TESTED)


def test_questions_that_mostly_found_nobody_decide_nothing() -> None:
    assert judge(versions(TLSv1_1="unreachable"), OLD, "==", 0).verdict is Word.INCONCLUSIVE


def test_a_misspelt_field_does_not_count_as_success() -> None:
    misspelt = {**OLD, "where": {"outcom": "accepted"}}
    assert judge(versions(TLSv1="accepted"), misspelt, "==", 0).verdict is Word.NOT_TESTED


def test_answers_of_other_equipment_are_left_out() -> None:
    run = versions().equip("bmc-2", "bmc").device("b2", "bmc-2", {}, protocol="redfish")
    run.answer("b2", "tls-version", {"version": "TLSv1", "outcome": "accepted"})
    run.require(OLD, {"op": "==", "value": 0, "unit": "count"}, resolution=1)
    found = {v.equipment: v.verdict for v in run.judgement().verdicts}
    assert found == {"bmc-1": Word.PASS, "bmc-2": Word.FAIL}


@pytest.mark.parametrize(("status", "expected"), [(401, Word.PASS), (204, Word.FAIL), (200, Word.FAIL)])
def test_a_range_of_values_matches(status: int, expected: Word) -> None:
    run = bmc().answer("b", "unauthenticated-read", {"path": "/x", "status": status})
    where = {"status": {"from": 200, "to": 299}}
    found = judge(run, {"statistic": "answer-count", "question": "unauthenticated-read", "where": where}, "==", 0)
    assert found.verdict is expected


CHAT = {
    "id": "c-1",
    "object": "chat.completion",
    "created": 1,
    "model": "a",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "ready"}, "finish_reason": "stop"}],
}


@pytest.mark.parametrize(
    ("body", "status", "expected"),
    [
        (CHAT, 200, Word.PASS),
        ({**CHAT, "choices": []}, 200, Word.FAIL),
        ({**CHAT, "created": "now"}, 200, Word.FAIL),
        ({k: v for k, v in CHAT.items() if k != "choices"}, 200, Word.FAIL),
        (CHAT, 500, Word.FAIL),
        ("not an object", 200, Word.FAIL),
    ],
)
def test_a_completion_must_be_valid_by_the_schema(body: object, status: int, expected: Word) -> None:
    run = bmc().answer("b", "chat-completion", *[{"status": status, "body": json.dumps(body)}] * 5)
    found = judge(
        run, {"statistic": "share-valid", "question": "chat-completion", "schema": "chat-completion"}, "==", 100, "%"
    )
    assert found.verdict is expected


@pytest.mark.parametrize("body", ["", "{", "[" * 100_000, "NaN"])
def test_a_body_that_is_no_json_is_not_valid(body: str) -> None:
    run = bmc().answer("b", "chat-completion", {"status": 200, "body": body})
    measurand = {"statistic": "share-valid", "question": "chat-completion", "schema": "chat-completion"}
    assert judge(run, measurand, "==", 100, "%").verdict is Word.FAIL


@pytest.mark.parametrize(("listed", "share"), [(["a", "b", "c"], 100), (["a"], 50), ([], 0)])
def test_every_declared_model_must_be_listed(listed: list[str], share: float) -> None:
    body = json.dumps({"object": "list", "data": [{"id": name} for name in listed]})
    found = judge(
        bmc().answer("b", "models", {"status": 200, "body": body}), {"statistic": "share-listed"}, "==", 100, "%"
    )
    assert found.value == share and found.verdict is (Word.PASS if share == 100 else Word.FAIL)


def test_no_declared_model_is_nothing_to_list() -> None:
    run = bmc().answer("b", "models", {"status": 200, "body": "{}"})
    del run.equipment["bmc-1"]["models"]
    assert judge(run, {"statistic": "share-listed"}, "==", 100, "%").verdict is Word.NOT_TESTED


METRICS = (
    '# HELP up Is it.\n# TYPE up gauge\nup 1\nlatency_bucket{le="+Inf",model="a\\"b"} 3.5e-2 1395066363000\nx NaN\n'
)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (METRICS, []),
        ("# just a comment\n\nup 1", []),
        ('up{} +Inf\nup{a="1",} 0x1', [2]),
        ("up\n", [1]),
        ("up one", [1]),
        ("up{a=1} 2", [1]),
        ('up{a="1} 2', [1]),
        ("9up 1", [1]),
        ("# TYPE up thing\n", [1]),
        ("# TYPE up gauge\n# TYPE up gauge\n", [2]),
        ('up{a="\\x"} 1', [1]),
    ],
)
def test_lines_that_are_no_exposition_are_found(text: str, wrong: list[int]) -> None:
    assert errors(text) == wrong


@pytest.mark.parametrize("line", ["a~x", "a{~", "~a~x", 'a{b="c"~}~x', "a ~x", "a 1~x"])
@pytest.mark.parametrize("filling", [" ", "1"])
def test_a_line_is_not_read_again_and_again(line: str, filling: str) -> None:
    begin = time.process_time()
    assert errors(line.replace("~", filling * 20_000)) == [1]
    assert time.process_time() - begin < 0.5


def test_the_parser_accepts_and_refuses_what_the_reference_client_does() -> None:
    parser = pytest.importorskip("prometheus_client.parser")
    for text in (METRICS, 'a{b="c",d="e"} 1\n', "a 1 2\n", 'a{b="c\n'):
        try:
            accepted = bool(list(parser.text_string_to_metric_families(text)))
        except ValueError:
            accepted = False
        assert accepted == (not errors(text)), text


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"status": 200, "body": METRICS}, Word.PASS),
        ({"status": 200, "body": METRICS + "}{"}, Word.FAIL),
        ({"status": 404, "body": ""}, Word.FAIL),
        ({"status": 200, "body": ""}, Word.NOT_TESTED),
    ],
)
def test_metrics_must_parse_and_exist(content: dict[str, object], expected: Word) -> None:
    run = bmc().answer("b", "exposition", content)
    assert judge(run, {"statistic": "parse-errors"}, "==", 0).verdict is expected


def certificate(days: float, key: Any = None) -> str:
    key, name = key or ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    built = x509.CertificateBuilder(
        name, name, key.public_key(), 1, BEGAN - timedelta(days=400), BEGAN + timedelta(days=days)
    )
    return built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


@pytest.mark.parametrize(
    ("days", "whole", "expected"),
    [(365.5, 365, Word.PASS), (30.9, 30, Word.PASS), (29.99, 29, Word.FAIL), (-2.5, -3, Word.FAIL)],
)
def test_certificate_life_is_whole_days_from_the_answer(days: float, whole: int, expected: Word) -> None:
    run = bmc().answer("b", "tls-certificate", {"pem": certificate(days)}, {"pem": certificate(900)})
    found = judge(run, {"statistic": "certificate-life"}, ">=", 30, "d")
    assert (found.value, found.verdict) == (whole, expected)


@pytest.mark.parametrize("content", [{"pem": "nonsense"}, {}])
def test_a_certificate_that_cannot_be_read_decides_nothing(content: dict[str, str]) -> None:
    run = bmc().answer("b", "tls-certificate", content)
    assert judge(run, {"statistic": "certificate-life"}, ">=", 30, "d").verdict is Word.INCONCLUSIVE


def analyser(**calibration: str) -> Run:
    run = Run().equip("analyser-1", "power-analyser")
    return run.device("a", "analyser-1", {"voltage.l1": Point("V")}, calibration=calibration or None)


AGE = {"statistic": "calibration-age"}


@pytest.mark.parametrize(("date", "age", "expected"), [("2026-03-02", 244, Word.PASS), ("2025-09-28", 399, Word.FAIL)])
def test_calibration_age_is_whole_days_to_the_run(date: str, age: float, expected: Word) -> None:
    found = judge(analyser(date=date, due="2027-03-01"), AGE, "<=", 365, "d")
    assert (found.value, found.verdict, found.provenance) == (age, expected, "simulated")


def test_no_calibration_has_no_age() -> None:
    assert judge(analyser(), AGE, "<=", 365, "d").verdict is Word.NOT_TESTED


def container(**serials: str | None) -> Run:
    run = Run().equip("meter-1", "meter").device("m", "meter-1", {"frequency": Point("Hz")})
    run.sample("m/frequency", [60.0] * 11).equip("container-1", "container").device("c", "container-1", {})
    for name, serial in serials.items():
        run.equip(name, "crac", serial=serial)
    lowest = {"statistic": "lowest", "of": "frequency"}
    run.require({"statistic": "evidence-completeness"}, {"op": "==", "value": 100, "unit": "%"}, subject="container")
    return run.require(lowest, {"op": ">=", "value": 59, "unit": "Hz"}, subject="meter", id="X-2")


def test_the_evidence_is_complete_with_everything_identified() -> None:
    assert [v.verdict for v in container(crac="7").judgement().verdicts] == [Word.PASS, Word.PASS]


def test_equipment_without_a_serial_number_leaves_it_incomplete() -> None:
    assert [v.verdict for v in container(crac=None).judgement().verdicts] == [Word.FAIL, Word.PASS]


def test_a_device_whose_map_is_not_known_by_digest_leaves_it_incomplete() -> None:
    run = container()
    run.devices["m"]["map_digest"] = None
    assert run.judge().verdict is Word.FAIL


def test_completeness_of_no_verdict_is_nothing() -> None:
    run = container()
    run.samples.clear()
    assert run.judge().verdict is Word.NOT_TESTED


SHARE: dict[str, Any] = {"statistic": "answer-share", "question": "tls", "where": {"outcome": "accepted"}}


@given(outcomes=st.lists(st.tuples(st.sampled_from(["1.2", "1.3"]), st.booleans()), min_size=1, max_size=30))
def test_the_share_of_answers_is_one_of_those_that_are_meant(outcomes: list[tuple[str, bool]]) -> None:
    contents = [{"version": v, "outcome": "accepted" if ok else "refused"} for v, ok in outcomes]
    run = recorded(p=[1.0] * 3).answer("d", "tls", *contents)
    for among, meant in (({}, outcomes), ({"among": {"version": "1.3"}}, [o for o in outcomes if o[0] == "1.3"])):
        if meant:
            found = measured(run, {**SHARE, **among}, "%")
            assert found.number == pytest.approx(100 * sum(ok for _, ok in meant) / len(meant))
        else:
            with pytest.raises(NoEvidence):
                measured(run, {**SHARE, **among}, "%")


def test_two_fields_of_an_answer_may_have_to_be_the_same() -> None:
    contents = [{"first": "a b", "again": "a b"}, {"first": "a b", "again": "a c"}, {"first": None, "again": None}]
    run = recorded(p=[1.0] * 3).answer("d", "greedy", *contents)
    same = {"statistic": "answer-share", "question": "greedy", "where": {"first": {"same-as": "again"}}}
    assert measured(run, same, "%").number == pytest.approx(100 / 3)


def test_answers_outside_the_window_are_not_looked_at() -> None:
    run = recorded(p=[1.0] * 9).answer("d", "tls", {"outcome": "accepted"})
    run.marks = {"later": 5.0}
    run.require({**SHARE, "from": "later"}, {"op": "==", "value": 100, "unit": "%"})
    assert run.judge().verdict is Word.NOT_TESTED


def strength(*keys: Any) -> float:
    run = recorded(p=[1.0] * 3).answer("d", "tls-certificate", *({"pem": certificate(9, key)} for key in keys))
    return measured(run, {"statistic": "certificate-strength"}, "bit").number


def test_the_strength_of_a_key_is_that_of_a_symmetric_one() -> None:
    assert strength(ec.generate_private_key(ec.SECP256R1())) == 128
    assert strength(ec.generate_private_key(ec.SECP384R1())) == 192
    assert strength(rsa.generate_private_key(65537, 2048)) == 112
    assert strength(rsa.generate_private_key(65537, 1024)) == 80
    assert strength(dsa.generate_private_key(3072)) == 128


def test_the_weakest_certificate_counts() -> None:
    assert strength(ec.generate_private_key(ec.SECP384R1()), rsa.generate_private_key(65537, 2048)) == 112


@given(qualities=st.lists(st.sampled_from(list(Quality)), min_size=2, max_size=30))
def test_the_share_of_good_samples_counts_every_sample(qualities: list[Quality]) -> None:
    run = recorded(p=[1.0 if q is Quality.GOOD else q for q in qualities])
    measurand = {"statistic": "share-good", "of": "p"}
    if set(qualities) == {Quality.ERROR}:
        with pytest.raises(NoEvidence, match="did not answer at all"):
            measured(run, measurand, "%")
        return
    assert measured(run, measurand, "%").number == pytest.approx(100 * qualities.count(Quality.GOOD) / len(qualities))
