"""A mistake in a file that people edit is one sentence: file, line, key, and the nearest valid word."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.refusal import Refusal
from profiles.resolve import FOLDER, normative_digest, resolve
from profiles.waiver import load_waiver
from profiles.yaml_source import load_document

SMOKE = (FOLDER / "smoke.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("  - PWR-UPS-001", "  - PWR-UPS-010", "did you mean 'PWR-UPS-0"),
        ("scope:", "scopes:", "scope"),
        ("rule: guarded", "rule: guardet", "guarded"),
        ("    averaging: {value: 60,", "    averagin: {value: 60,", "averaging"),
        ("    averaging: {value: 60,", "    averaging: {value: 6000,", "10 to 600"),
        ("  - {id: smoke,", "  - {id: soak,", "add one of its procedures: smoke"),
        ("  PWR-GRD-001:", "  PWR-GRD-002:", "did you mean 'PWR-GRD-00"),
        ("  - IOP-EVD-001", "  - IOP-TIM-001", "keep one of the two"),
    ],
)
def test_the_sentence_names_the_line_and_the_way_out(before: str, after: str, expected: str, tmp_path: Path) -> None:
    assert before in SMOKE
    changed = SMOKE.replace(before, after, 1)
    path = tmp_path / "mine.yaml"
    path.write_text(changed, encoding="utf-8")
    with pytest.raises(Refusal) as refusal:
        resolve(path)
    message = str(refusal.value)
    assert str(path) in message and expected in message
    assert "line " in message


def test_a_duplicate_key_is_refused_where_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "twice.yaml"
    path.write_text(SMOKE + "version: 2.0.0\n", encoding="utf-8")
    with pytest.raises(Refusal, match=f"line {len(SMOKE.splitlines()) + 1}: 'version' stands here a second time"):
        resolve(path)


@pytest.mark.parametrize("text", ["", "- a", "a: [", "a: !!python/name:os.system {}", "\ttab: 1", "? {a: b}\n: c"])
def test_what_is_not_a_document_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "odd.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Refusal, match=r"odd\.yaml"):
        load_document(path, "profile")


def test_words_that_older_yaml_took_for_booleans_stay_words() -> None:
    from profiles.vocabulary import load_vocabulary

    assert load_vocabulary().point("crac", "state").states == ("off", "on", "alarm")


def test_a_corrected_translation_is_the_same_profile_and_a_changed_limit_is_not(tmp_path: Path) -> None:
    original = resolve("smoke")
    path = tmp_path / "mine.yaml"
    path.write_text(SMOKE.replace("간이 점검", "간이 시험"), encoding="utf-8")
    assert resolve(path).digest == original.digest
    path.write_text(SMOKE.replace("averaging: {value: 60,", "averaging: {value: 30,"), encoding="utf-8")
    assert resolve(path).digest != original.digest


def test_an_unknown_requirement_cannot_be_waived(tmp_path: Path) -> None:
    path = tmp_path / "waiver.yaml"
    path.write_text(
        "schema: waiver/1\nwaiver: w\nrequirement: PWR-UPS-002\nowner: a\n"
        "reason: {ko: 사유, en: reason}\nexpires: 2027-01-01T00:00:00Z\n",
        encoding="utf-8",
    )
    with pytest.raises(Refusal, match=r"line 3: .*PWR-UPS-00"):
        load_waiver(path)


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), plain, max_size=4))
def test_the_canonical_digest_does_not_depend_on_the_order_of_keys(document: dict[str, Any]) -> None:
    backwards = dict(reversed(list(document.items())))
    assert normative_digest(document) == normative_digest(backwards)
