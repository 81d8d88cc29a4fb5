"""Published profiles become requirements with stable ids; a recorded tree decides each of them or leaves it open."""

import asyncio
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.trees import read_folder
from profiles.check import findings as mistakes
from profiles.entry_check import check_entry
from profiles.interop.entries import import_profiles
from profiles.interop.reading import load_profile
from profiles.interop.requirements import requirements
from profiles.profile import read_profile
from profiles.refusal import Refusal
from profiles.resolve import resolve
from reports.exports.oscal import token
from reports.interop.judge import judge
from reports.interop.tree import Tree
from reports.judging.verdict import Status, Verdict, Word
from tests.interop.__main__ import PROFILES, TREES
from tests.interop.small import CHASSIS, answers
from tests.reports.build import Run

HEAD = {"ProfileName": "Small", "ProfileVersion": "1.2.3"}
CHASSIS_MODEL = {"Chassis": {"PropertyRequirements": {"Model": {}, "SKU": {"ReadRequirement": "Recommended"}}}}
MODEL, SKU = "Small/Chassis/Model#read", "Small/Chassis/SKU#read"
NULL: dict[str, Any] = {"document": None, "allow": None}


def write(folder: Path, *imports: tuple[str, list[str]], procedure: str = "redfish", **more: Any) -> Path:
    """A profile that imports these files for these subjects."""
    text = {"ko": "시험", "en": "test"}
    profile = {
        "schema": "profile/1",
        "profile": "site",
        "version": "1.0.0",
        "title": text,
        "scope": text,
        "decision": {"rule": "guarded", "k": 2},
        "procedures": [{"id": procedure}],
        "interop": [{"file": file, "subjects": subjects} for file, subjects in imports],
        **more,
    }
    (folder / "site.yaml").write_text(json.dumps(profile, indent=1))
    return folder / "site.yaml"


def publish(folder: Path, name: str = "Small.v1_2_3.json", **parts: Any) -> str:
    (folder / name).write_text(json.dumps({**HEAD, **parts}, indent=1))
    return name


def test_each_rule_becomes_a_requirement_with_its_own_id_in_both_languages(tmp_path: Path) -> None:
    site = write(tmp_path, (publish(tmp_path, Resources=CHASSIS_MODEL), ["bmc", "pdu"]))
    assert mistakes(str(site)) == []
    resolved = resolve(site)
    found = {one["id"]: one for one in resolved.document["requirements"]}
    assert {name: one["level"] for name, one in found.items()} == {
        "Small/Chassis#presence": "mandatory",
        MODEL: "mandatory",
        SKU: "recommended",
    }
    assert found[MODEL]["subjects"] == ["bmc", "pdu"] and found[MODEL]["limit"]["basis"] == "standard"
    source = {"document": "Small", "edition": "1.2.3", "clause": "Chassis/Model", "status": "verified", "citable": True}
    assert found[MODEL]["source"] == source
    title = resolved.document["texts"][MODEL]["title"]
    assert title == {"ko": "Model: 읽기", "en": "Model: reading"}
    # Another order and another purpose leave the ids; another rule changes the digest.
    publish(tmp_path, Resources=CHASSIS_MODEL | {"Manager": {}}, Purpose="other words")
    again = resolve(site)
    assert again.digest != resolved.digest and set(found) < {one["id"] for one in again.document["requirements"]}


@pytest.mark.skipif(not PROFILES.is_dir(), reason="no published profiles here")
def test_every_requirement_of_published_profiles_is_an_entry_of_the_catalogue(tmp_path: Path) -> None:
    files = ("RackAndPower_OCPRackPDU.v1_0_0.json", "gpu_OCP_UBB_BaselineManagement.v1.0.0.json")
    paths = [(str(PROFILES / file), ["pdu"]) for file in (*files, "OCPServiceBaseline.v1_0_0.json")]
    imports = import_profiles(read_profile(write(tmp_path, *paths)))
    kinds = {name.rpartition("#")[2]: entry for name, entry in imports.entries.items()}
    for entry in kinds.values():
        check_entry(entry)
    assert len(kinds) >= 10 and len({token(name) for name in imports.entries}) == len(imports.entries) > 800
    assert all(re.fullmatch(r"[^\W\d][\w.-]*", token(name)) for name in imports.entries)


def test_a_profile_that_two_imports_require_applies_to_the_subjects_of_both(tmp_path: Path) -> None:
    base = {"RequiredProfiles": {"Base": {}}}
    (tmp_path / "Base.v1_0_0.json").write_text(json.dumps({**HEAD, "ProfileName": "Base", "Resources": CHASSIS_MODEL}))
    one, other = (publish(tmp_path, f"{n}.v1_0_0.json", ProfileName=n, **base) for n in ("One", "Other"))
    found = {
        r["id"]: r for r in resolve(write(tmp_path, (one, ["pdu"]), (other, ["pdu", "cdu"]))).document["requirements"]
    }
    assert found["Base/Chassis/Model#read"]["subjects"] == ["pdu", "cdu"]
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "Base.v1_0_0.json").write_text(
        json.dumps({**HEAD, "ProfileName": "Base", "Resources": {"Chassis": {}}})
    )
    third = publish(tmp_path / "old", "Third.v1_0_0.json", ProfileName="Third", **base)
    with pytest.raises(Refusal, match=r"site.yaml, line \d+: Base/Chassis#presence comes from two editions"):
        resolve(write(tmp_path, (one, ["pdu"]), (f"old/{third}", ["cdu"])))


def _wrong(folder: Path) -> Iterator[tuple[Path, str]]:
    good = publish(folder, Resources=CHASSIS_MODEL)
    typo = publish(folder, "typo.json", Resources={"Chassis": {"PropertyRequirement": {}}})
    broken = publish(folder, "broken.json")
    (folder / broken).write_text('{"ProfileName": "a",\n}')
    yield write(folder, (typo, ["pdu"])), r"typo\.json, line \d: .*did you mean 'PropertyRequirements'"
    yield write(folder, (broken, ["pdu"])), r"broken\.json, line 2: this is not JSON .*; correct the line"
    yield write(folder, ("gone.json", ["pdu"])), r"gone\.json: it cannot be read .*; check the path"
    yield write(folder, (good, ["pduu"])), r"site\.yaml, line \d+: .*'pduu'; did you mean 'pdu'"
    yield write(folder, (good, ["pdu"]), (good, ["cdu"])), r"site\.yaml, line \d+: .* stands here twice"
    yield write(folder, (good, ["pdu"]), procedure="smoke"), r"no procedure of this profile feeds .*; add .*redfish"
    yield write(folder, (good, ["pdu"]), requirements=[MODEL]), r"there is no requirement"
    yield (
        write(folder, (good, ["pdu"]), parameters={MODEL: {"times": {"value": 1, "reason": {"ko": "-", "en": "-"}}}}),
        (r"has no parameter 'times'"),
    )


def test_what_cannot_be_imported_is_refused_by_the_check(tmp_path: Path) -> None:
    for site, sentence in _wrong(tmp_path):
        (said,) = mistakes(str(site))
        assert re.search(sentence, said), said


def judged(requirement: str, contents: list[dict[str, Any]], **resources: Any) -> Verdict:
    text = json.dumps({**HEAD, "Resources": {**CHASSIS_MODEL, **resources}})
    run = Run(interop={"Small.json": {"Small.json": text}}).equip("bmc-1", "bmc")
    run.device("b", "bmc-1", {}, protocol="redfish").answer("b", "redfish-tree", *contents)
    measurand = {"statistic": "interop-failures", "profile": "Small.json", "requirement": requirement, "allowed-gap": 0}
    return run.require(measurand, {"op": "==", "value": 0, "unit": "count"}, resolution=1).judge()


GOOD, BAD = {"Model": "M1", "SKU": "S"}, {"SKU": "S"}


@pytest.mark.parametrize(
    ("requirement", "contents", "word", "value"),
    [
        (MODEL, answers(GOOD), Word.PASS, 0),
        (MODEL, answers(GOOD, BAD, BAD), Word.FAIL, 2),
        ("Small/Chassis#presence", answers(), Word.FAIL, 1),
        (MODEL, answers(), Word.NOT_TESTED, None),
        # A part of a tree says nothing about what it lacks.
        ("Small/Chassis#presence", answers()[1:], Word.NOT_TESTED, None),
        # A link that leads nowhere is an answer; silence and refusals are not, and may hide anything.
        (MODEL, [*answers(GOOD), {"path": f"{CHASSIS}9", "status": 404, **NULL}], Word.PASS, 0),
        (MODEL, [*answers(GOOD), {"path": f"{CHASSIS}9", "status": None, **NULL}], Word.INCONCLUSIVE, None),
        (MODEL, [*answers(GOOD), {"path": f"{CHASSIS}9", "status": 503, **NULL}], Word.INCONCLUSIVE, None),
        (MODEL, [*answers(BAD), {"path": f"{CHASSIS}9", "status": 200, **NULL}], Word.INCONCLUSIVE, None),
        (MODEL, [{"path": "/redfish/v1", "status": 401, **NULL}], Word.INCONCLUSIVE, None),
        (MODEL, [{"path": "/redfish/v1", "status": None, **NULL}], Word.NOT_TESTED, None),
        (MODEL, [], Word.NOT_TESTED, None),
    ],
)
def test_a_recorded_tree_decides(requirement: str, contents: list[Any], word: Word, value: float | None) -> None:
    found = judged(requirement, contents)
    assert (found.verdict, found.value) == (word, value)
    assert found.status is (Status.ERROR if contents and contents[0]["status"] is None else Status.COMPLETED)


def test_what_is_not_asked_does_not_apply_and_what_is_only_advised_does_not_decide() -> None:
    asked = {"CompareProperty": "Kind", "CompareType": "AnyOf", "CompareValues": ["a"]}
    rule = {"ReadRequirement": "Recommended", "ConditionalRequirements": [asked]}
    resources = {"Chassis": {"PropertyRequirements": {"Model": rule}}}
    assert judged(MODEL, answers({"Kind": "a"}), **resources).verdict is Word.FAIL
    assert judged(MODEL, answers({"Kind": "b"}), **resources).verdict is Word.NOT_APPLICABLE
    assert judged(MODEL, answers({"Kind": "b"}, {"Kind": "a", "Model": 1}), **resources).verdict is Word.PASS


def test_a_failure_says_where() -> None:
    assert judged(MODEL, answers(BAD, GOOD)).reason["en"].endswith(f"Seen at {CHASSIS}/Model.")


@pytest.mark.parametrize("model", ["a" * 2000 + "!", "a" * 5_000_000])
def test_no_profile_and_no_service_can_let_the_judge_wait(model: str) -> None:
    rule = {"Comparison": "Pattern", "Values": ["(a+)+$", "(a|a)*b", "(.*a){20}!!"]}
    resources = {"Chassis": {"PropertyRequirements": {"Model": rule}}}
    begin = time.process_time()
    assert judged("Small/Chassis/Model#value", answers({"Model": model}), **resources).verdict is Word.FAIL
    assert time.process_time() - begin < 2


@pytest.mark.skipif(not PROFILES.is_dir(), reason="no published profiles here")
def test_a_campaign_gives_each_requirement_the_words_that_its_tree_gives() -> None:
    """The published profile of coolant units on DMTF's tree of one: every verdict is the worst of the findings."""
    made = load_profile(PROFILES / "LiquidCooling_OCPCoolantDistributionUnit.v1_0_0.json")
    contents = asyncio.run(read_folder(TREES / "dmtf-cooling-unit"))
    levels, file = dict(requirements(made)), made.sources[0].path.name
    run = Run(interop={file: {source.path.name: source.text for source in made.sources}}).equip("cdu-1", "cdu")
    run.device("c", "cdu-1", {}, protocol="redfish").answer("c", "redfish-tree", *contents)
    for name, level in levels.items():
        run.require(
            {"statistic": "interop-failures", "profile": file, "requirement": name},
            {"op": "==", "value": 0, "unit": "count"},
            resolution=1,
            level=level,
            id=name,
        )
    expected: dict[str, set[str]] = {name: set() for name in levels}
    for finding in judge(made, Tree.of(contents)):
        if finding.level == "mandatory" or levels[finding.requirement] != "mandatory":
            expected[finding.requirement].add(finding.word)
    order = ("fail", "not-tested", "pass", "not-applicable")
    worst = {name: next((word for word in order if word in words), order[-1]) for name, words in expected.items()}
    found = {verdict.requirement: verdict.verdict.value for verdict in run.judgement().verdicts}
    assert found == worst and set(found.values()) == set(order)


@pytest.mark.parametrize(
    ("carried", "sentence"),
    [
        ({}, "carries no interoperability profile 'Small.json'"),
        ({"Small.json": {"Small.json": "{"}}, "data/profile.json/Small.json, line 1: this is not JSON"),
        ({"Small.json": {}}, "data/profile.json/Small.json: it is not there"),
        ({"Small.json": {"Small.json": json.dumps(HEAD)}}, f"makes no requirement '{MODEL}'"),
    ],
)
def test_a_profile_that_was_tampered_with_is_refused(carried: dict[str, Any], sentence: str) -> None:
    run = Run(interop=carried).equip("bmc-1", "bmc").device("b", "bmc-1", {}, protocol="redfish")
    run.answer("b", "redfish-tree", *answers(GOOD))
    measurand = {"statistic": "interop-failures", "profile": "Small.json", "requirement": MODEL}
    with pytest.raises(Refusal, match=re.escape(sentence)):
        run.require(measurand, {"op": "==", "value": 0, "unit": "count"}, resolution=1).judge()
