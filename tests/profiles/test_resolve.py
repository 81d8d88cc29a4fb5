"""Resolving: one flat document whose digest depends on what is required and on nothing else."""

import copy
import json
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles.catalogue import load_catalogue
from profiles.profile import read_profile
from profiles.resolve import Resolved, normative_digest, profile_names, resolve

SMOKE = dict(read_profile("smoke").data)
IDS = sorted(SMOKE["requirements"])
LARGEST = 2**53 - 1
numbers = st.floats(-LARGEST, LARGEST)
REASON = {"ko": "사유", "en": "Reason."}
Change = Callable[[dict[str, Any]], object]


def resolved(**changes: Any) -> Resolved:
    """The smoke profile with some of its keys replaced."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mine.yaml"
        path.write_text(json.dumps({**SMOKE, **changes}), encoding="utf-8")
        return resolve(path)


def overridden(requirement: str, parameter: str, **change: Any) -> Resolved:
    """The smoke profile with one more change to a parameter."""
    return resolved(parameters={**SMOKE["parameters"], requirement: {parameter: {"reason": REASON, **change}}})


def found(document: dict[str, Any], requirement: str) -> dict[str, Any]:
    (one,) = [r for r in document["requirements"] if r["id"] == requirement]
    return dict(one)


@pytest.fixture
def catalogue_with(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Change], Resolved]:
    """The smoke profile, resolved from a catalogue with one entry changed."""

    def catalogue_with(requirement: str, change: Change) -> Resolved:
        entries = dict(load_catalogue())
        data = copy.deepcopy(dict(entries[requirement].data))
        change(data)
        entries[requirement] = replace(entries[requirement], data=data)
        monkeypatch.setattr("profiles.resolve.load_catalogue", lambda: entries)
        return resolve("smoke")

    return catalogue_with


@pytest.mark.parametrize("name", profile_names())
def test_nothing_refers_to_anything_any_more(name: str) -> None:
    requirements = resolve(name).document["requirements"]
    assert '"parameter"' not in json.dumps(requirements)
    for requirement in requirements:
        assert isinstance(requirement["measurand"]["from"], str) and isinstance(requirement["measurand"]["to"], str)


def test_a_requirement_that_two_procedures_can_feed_takes_the_marks_of_the_one_that_runs() -> None:
    smoke, mains = (found(resolve(name).document, "CLG-AIR-002") for name in ("smoke", "mains-loss"))
    assert (smoke["procedure"], smoke["measurand"]["from"]) == ("smoke", "sweep-begin")
    assert (mains["procedure"], mains["measurand"]["from"]) == ("mains-loss", "undisturbed")


def test_a_corrected_translation_is_the_same_profile() -> None:
    title = {**SMOKE["title"], "ko": "간이 시험"}
    reasons = copy.deepcopy(SMOKE["parameters"])
    reasons["PWR-GRD-001"]["averaging"]["reason"]["ko"] = "다른 사유"
    changed = resolved(title=title, scope=title, parameters=reasons)
    assert changed.digest == resolve("smoke").digest
    assert changed.document["texts"]["profile"]["title"] == title
    assert changed.document["texts"]["PWR-GRD-001"]["parameters"]["averaging"]["ko"] == "다른 사유"


@pytest.mark.parametrize("text", ["title", "statement"])
def test_a_corrected_translation_in_the_catalogue_is_the_same_profile(text: str, catalogue_with: Any) -> None:
    before = resolve("smoke").digest
    changed = catalogue_with("PWR-UPS-001", lambda data: data[text].update(ko="고친 글"))
    assert changed.digest == before
    assert changed.document["texts"]["PWR-UPS-001"][text]["ko"] == "고친 글"


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data["parameters"]["upper"].update(value=2),
        lambda data: data["parameters"]["upper"].update(basis="standard"),
        lambda data: data.update(level="recommended"),
        lambda data: data.update(resolution=0.1),
        lambda data: data["measurand"].update(of="output.voltage.l1"),
        lambda data: data["source"].update(edition="another"),
        lambda data: data.update(applies_when={"feature": "three-phase", "reason": REASON}),
    ],
)
def test_a_changed_requirement_is_another_profile(change: Change, catalogue_with: Any) -> None:
    before = resolve("smoke").digest
    assert catalogue_with("PWR-UPS-001", change).digest != before


def test_why_a_requirement_does_not_apply_is_text_and_when_is_not(catalogue_with: Any) -> None:
    condition = {"feature": "three-phase", "reason": REASON}
    changed = catalogue_with("PWR-UPS-001", lambda data: data.update(applies_when=condition))
    assert found(changed.document, "PWR-UPS-001")["applies_when"] == {"feature": "three-phase"}
    assert changed.document["texts"]["PWR-UPS-001"]["applies_when"] == REASON


def test_a_changed_number_is_our_own_unless_the_profile_states_its_backing() -> None:
    name = "PWR-BAT-002"
    before = found(resolve("smoke").document, name)
    assert (before["limit"]["basis"], before["source"]["citable"]) == ("secondary", True)
    own = found(overridden(name, "period", value=15).document, name)
    assert (own["limit"]["value"], own["limit"]["basis"]) == (15, "project")
    assert own["parameters"]["period"]["catalogue_value"] == 10
    stated = found(overridden(name, "period", value=15, basis="standard").document, name)
    assert stated["limit"]["basis"] == "standard"
    remembered = found(overridden(name, "period", value=15, basis="from-memory").document, name)
    assert (remembered["limit"]["basis"], remembered["source"]["citable"]) == ("from-memory", False)


def test_a_limit_is_as_good_as_its_weakest_number() -> None:
    changed = overridden("PWR-GRD-001", "upper", value=240, basis="from-memory")
    assert found(changed.document, "PWR-GRD-001")["limit"]["basis"] == "from-memory"


@given(st.permutations(IDS))
@settings(max_examples=20, deadline=None)
def test_the_same_selection_in_another_order_is_the_same_profile(order: list[str]) -> None:
    assert resolved(requirements=order).digest == resolve("smoke").digest


@given(st.sets(st.sampled_from(IDS), min_size=1))
@settings(max_examples=20, deadline=None)
def test_a_requirement_does_not_depend_on_what_else_is_selected(selection: set[str]) -> None:
    parameters = {name: change for name, change in SMOKE["parameters"].items() if name in selection}
    document = resolved(requirements=sorted(selection), parameters=parameters).document
    whole = resolve("smoke").document
    assert {r["id"] for r in document["requirements"]} == selection
    assert all(requirement == found(whole, requirement["id"]) for requirement in document["requirements"])


@given(numbers)
@settings(max_examples=30, deadline=None)
def test_another_limit_is_another_profile(value: float) -> None:
    changed = overridden("PWR-BAT-002", "period", value=value)
    assert found(changed.document, "PWR-BAT-002")["limit"]["value"] == value
    assert changed.digest != resolve("smoke").digest


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | numbers | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), plain, max_size=4))
def test_the_canonical_digest_does_not_depend_on_the_order_of_keys(document: dict[str, Any]) -> None:
    backwards = dict(reversed(list(document.items())))
    assert normative_digest(document) == normative_digest(backwards)


@given(st.dictionaries(st.text(), plain, max_size=4))
def test_the_digest_survives_being_written_and_read(document: dict[str, Any]) -> None:
    again = json.loads(json.dumps(document, indent=1))
    assert normative_digest(again) == normative_digest(document)
    canonical = rfc8785.dumps(document)
    assert rfc8785.dumps(json.loads(canonical)) == canonical


@given(st.dictionaries(st.sampled_from(["a", "b"]), plain), plain)
def test_texts_and_the_digest_itself_lie_outside_the_digest(document: dict[str, Any], text: Any) -> None:
    assert normative_digest({**document, "texts": text, "digest": text}) == normative_digest(document)
    assert normative_digest({**document, "text": text}) != normative_digest(document)
