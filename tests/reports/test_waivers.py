"""Waivers in a bundle: signed, checked for necessity, never out of sight, and no way to a better verdict."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from conformance.cli import main
from profiles.refusal import Refusal
from profiles.waiver import Waiver
from reports.bundles.archive import write_archive
from reports.bundles.bundle import close_run, seal_files
from reports.bundles.strict_json import compact
from reports.judging.judge import Judgement, judge_files
from reports.judging.waivers import WAIVER_TYPE, check_waiver, open_waiver
from reports.sealing.certificates import YEAR, Signer, chain_pem, issue, key_pem, throwaway
from reports.sealing.envelope import sign
from reports.second_verifier import NotValid, examine
from reports.verifying.verify import verify
from tests.reports.build import Point, Run
from tests.reports.sealed import NOW, ROOT, SIGNER, write_run

AT = NOW + timedelta(days=1)
OWNER = issue(ROOT, "운영 책임자", NOW, YEAR)
ENDED = datetime(2026, 11, 2, tzinfo=UTC)
REASON = {"ko": "부품 교체 대기", "en": "Waiting for a spare part."}


def waiver(
    requirement: str = "X-1", equipment: tuple[str, ...] = (), days: int = 90, effect: str = "may-fail"
) -> Waiver:
    return Waiver("spare-part", requirement, equipment, "Operations", REASON, ENDED + timedelta(days=days), effect)


def signed(document: Waiver, signer: Signer = OWNER) -> dict[str, bytes]:
    name = f"data/waivers/{document.name}.dsse.json"
    return {name: sign(compact(document.record()), signer, WAIVER_TYPE).to_bytes()}


def files(value: float = 61.0) -> dict[str, bytes]:
    """A meter that passes X-0, and X-1 only below 60.5."""
    run = Run().equip("meter-1", "meter").device("meter-1-modbus", "meter-1", {"frequency": Point("Hz")})
    run.sample("meter-1-modbus/frequency", [value] * 11)
    statistic = {"statistic": "highest", "of": "frequency"}
    run.require(statistic, {"op": "<=", "value": 70, "unit": "Hz"}, id="X-0")
    return run.require(statistic, {"op": "<=", "value": 60.5, "unit": "Hz"}, id="X-1").files()


def judged(document: Waiver, value: float = 61.0) -> Judgement:
    return judge_files({**files(value), **signed(document)})


def words(judgement: Judgement) -> list[tuple[str, str | None]]:
    return [(verdict.verdict.value, verdict.waiver) for verdict in judgement.verdicts]


def test_a_failure_stays_a_failure_and_says_who_excused_it() -> None:
    judgement = judged(waiver())
    assert words(judgement) == [("pass", None), ("fail", "spare-part")]
    assert (judgement.conclusion.value, judgement.exit_code) == ("conformant-with-waivers", 0)
    record = judgement.document()["waivers"][0]
    assert (record["status"], record["owner"], record["reason"]) == ("used", "Operations", REASON)
    assert record["signers"][0]["name"] == "운영 책임자"
    assert judgement.counts["fail"] == 1


def test_without_it_the_campaign_is_not_conformant() -> None:
    assert judge_files(files()).conclusion.value == "non-conformant"


def test_a_waiver_that_nothing_needs_is_reported_so() -> None:
    judgement = judged(waiver(), value=60.0)
    assert words(judgement) == [("pass", None), ("pass", None)]
    assert judgement.waivers[0]["status"] == "unnecessary"
    assert judgement.conclusion.value == "conformant-with-waivers"


@pytest.mark.parametrize(
    ("document", "status"),
    [
        (waiver(days=-1), "expired"),
        (waiver(requirement="X-2"), "unknown"),
        (waiver(equipment=("meter-2",)), "unknown"),
        (waiver(requirement="X-0"), "unnecessary"),
    ],
)
def test_a_waiver_that_does_not_hold_excuses_nothing(document: Waiver, status: str) -> None:
    judgement = judged(document)
    assert judgement.waivers[0]["status"] == status
    assert judgement.conclusion.value == "non-conformant"


def test_a_waiver_ends_at_its_instant_in_utc() -> None:
    document = waiver()
    assert document.covers("X-1", "meter-1", document.expires - timedelta(microseconds=1))
    assert not document.covers("X-1", "meter-1", document.expires)


def test_tailoring_takes_an_item_out_and_leaves_it_in_sight() -> None:
    judgement = judged(waiver(effect="deselect"))
    assert words(judgement) == [("pass", None), ("not-applicable", "spare-part")]
    assert "Operations" in judgement.verdicts[1].reason["en"] and REASON["en"] in judgement.verdicts[1].reason["en"]
    assert judgement.conclusion.value == "conformant-with-waivers" and judgement.waivers[0]["status"] == "used"


def test_everything_tailored_out_is_not_conformant() -> None:
    first = Waiver("a", "X-0", (), "Operations", REASON, ENDED + timedelta(days=9), "deselect")
    second = waiver(effect="deselect")
    judgement = judge_files({**files(), **signed(first), **signed(second)})
    assert judgement.conclusion.value == "incomplete"


def test_what_is_not_signed_right_is_refused() -> None:
    (name, good), *_ = signed(waiver()).items()
    document = json.loads(good)
    payload = compact({**waiver().record(), "expires": "2099-01-01T00:00:00Z"})
    forged = json.dumps({**document, "payload": __import__("base64").b64encode(payload).decode()}).encode()
    wrong_type = sign(compact(waiver().record()), OWNER).to_bytes()
    not_a_waiver = sign(compact({"waiver": "x"}), OWNER, WAIVER_TYPE).to_bytes()
    for content in (forged, wrong_type, not_a_waiver, b"{}", b""):
        with pytest.raises(Refusal):
            judge_files({**files(), name: content})


def test_two_waivers_of_one_name_are_refused() -> None:
    twin = {"data/waivers/twin.dsse.json": next(iter(signed(waiver()).values()))}
    with pytest.raises(Refusal, match="same name"):
        judge_files({**files(), **signed(waiver()), **twin})


def test_before_a_run_an_expired_or_useless_waiver_is_refused() -> None:
    items = [("X-1", "meter-1")]
    check_waiver(waiver(), items, ENDED, "w.json")
    with pytest.raises(Refusal, match="expired on"):
        check_waiver(waiver(), items, ENDED + YEAR, "w.json")
    for document in (waiver(requirement="X-9"), waiver(equipment=("meter-9",))):
        with pytest.raises(Refusal, match="does not judge"):
            check_waiver(document, items, ENDED, "w.json")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    """The records of a run whose air is too warm, not yet judged with a waiver."""
    run = write_run(tmp_path_factory.mktemp("run"), supply=28.0)
    close_run(run)
    return {p.relative_to(run).as_posix(): p.read_bytes() for p in (run / "data").rglob("*") if p.is_file()}


def pack(data: Mapping[str, bytes], waivers: Mapping[str, bytes]) -> bytes:
    evidence = {**data, **waivers}
    document = json.dumps(judge_files(evidence).document(), ensure_ascii=False).encode()
    return write_archive(seal_files({**evidence, "data/verdicts.json": document}, "waived", SIGNER))


def test_both_verifiers_ask_who_vouches_for_the_waiver(data: Mapping[str, bytes]) -> None:
    too_warm = waiver("CLG-AIR-001")
    excused = pack(data, signed(too_warm))
    verification = verify(excused, ROOT.chain, AT)
    assert (verification.exit_code, verification.conclusion["conclusion"]) == (0, "conformant-with-waivers")
    assert examine(excused, ROOT.chain, AT) is None
    stranger = pack(data, signed(too_warm, throwaway("operator", NOW)))
    wrong = [step.name for step in verify(stranger, ROOT.chain, AT).steps if step.outcome == "wrong"]
    assert wrong == ["waivers"]
    with pytest.raises(NotValid, match="who signed data/waivers/spare-part"):
        examine(stranger, ROOT.chain, AT)
    assert verify(pack(data, {}), ROOT.chain, AT).conclusion["conclusion"] == "non-conformant"


def test_a_waiver_cannot_be_taken_out_of_a_bundle(data: Mapping[str, bytes]) -> None:
    document = json.dumps(judge_files({**data, **signed(waiver("CLG-AIR-001"))}).document()).encode()
    hidden = write_archive(seal_files({**data, "data/verdicts.json": document}, "hidden", SIGNER))
    assert verify(hidden, ROOT.chain, AT).exit_code == 1
    with pytest.raises(NotValid, match="does not cover"):
        examine(hidden, ROOT.chain, AT)


def test_the_command_line_signs_and_shows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, key, chain = (tmp_path / name for name in ("w.yaml", "o.key", "o.pem"))
    key.write_bytes(key_pem(OWNER))
    chain.write_bytes(chain_pem(OWNER.chain))
    path.write_text(
        "schema: waiver/1\nwaiver: ups\nrequirement: PWR-UPS-001\nowner: Operations\n"
        "reason: {ko: 대기, en: Waiting.}\nexpires: 2027-01-31T00:00:00Z\neffect: deselect\n",
        encoding="utf-8",
    )
    assert main(["waivers", "sign", str(path), "--sign", str(key), "--certificate", str(chain)]) == 0
    assert main(["waivers", "show", str(tmp_path / "w.dsse.json")]) == 0
    assert "운영 책임자" in capsys.readouterr().out
    found = open_waiver((tmp_path / "w.dsse.json").read_bytes(), "w")
    assert (found.waiver.name, found.waiver.effect) == ("ups", "deselect")
    assert main(["run", "smoke", "--waive", str(path)]) == 2
    assert "conformance waivers sign" in capsys.readouterr().err
