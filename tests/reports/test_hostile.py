"""Two verifiers, written apart, over a corpus of good and hostile bundles: they agree on every one."""

import ast
import json
import re
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from profiles.refusal import Refusal
from reports import second_verifier
from reports.bundles.archive import read_archive, write_archive
from reports.verifying.verify import verify
from tests.reports.corpus import Specimen, corpus, good, resealed
from tests.reports.sealed import NOW, ROOT

AT = NOW + timedelta(days=1)
SENTENCE = re.compile(r"[^\n]{8,700}", re.DOTALL)


def first(pack: bytes) -> tuple[int, str]:
    """Exit code and what `conformance verify` says; an exception other than a refusal fails the test."""
    try:
        verification = verify(pack, ROOT.chain, AT)
    except Refusal as refusal:
        return 2, str(refusal)
    wrong = [says.en for step in verification.steps if step.outcome == "wrong" for says in step.says]
    return verification.exit_code, " ".join(wrong)


def second(pack: bytes) -> tuple[int, str]:
    """The same of the second verifier."""
    try:
        unknown = second_verifier.examine(pack, ROOT.chain, AT)
    except second_verifier.NotValid as fault:
        return 1, str(fault)
    except second_verifier.NoBundle as fault:
        return 2, str(fault)
    return (3, unknown) if unknown else (0, "")


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("specimen", corpus(), ids=lambda specimen: f"{specimen.kind}: {specimen.name}")
def test_both_say_the_same(specimen: Specimen) -> None:
    pack = specimen.make()
    ours, theirs = first(pack), second(pack)
    if specimen.kind == "good":
        assert (ours, theirs) == ((0, ""), (0, ""))
    elif specimen.kind == "recompute":
        assert ours[0] == 1 and theirs == (0, ""), (ours, theirs)
    else:
        assert ours[0] == theirs[0] != 0, (ours, theirs)
        assert SENTENCE.fullmatch(ours[1]) and SENTENCE.fullmatch(theirs[1])


@settings(deadline=None)
@example(position=27, difference=1)  # a name as long as the file that follows it
@given(position=st.integers(min_value=0), difference=st.integers(min_value=1, max_value=255))
def test_no_changed_byte_of_the_zip_is_accepted_with_other_content(position: int, difference: int) -> None:
    pack = bytearray(write_archive(good()))
    pack[position % len(pack)] ^= difference
    changed = bytes(pack)
    for judge in (first, second):
        code, says = judge(changed)
        if code == 0:
            # Time stamps and attributes of the zip are nobody's content.
            assert read_archive(changed) == good()
        else:
            assert SENTENCE.fullmatch(says), says


@settings(deadline=None)
@given(data=st.data(), difference=st.integers(min_value=1, max_value=255))
def test_no_changed_byte_of_a_covered_file_is_accepted(data: st.DataObject, difference: int) -> None:
    name = data.draw(st.sampled_from(sorted(good())))
    content = bytearray(good()[name])
    content[data.draw(st.integers(min_value=0, max_value=len(content) - 1))] ^= difference
    changed = {**good(), name: bytes(content)}
    for judge in (first, second):
        code, says = judge(write_archive(changed))
        assert code != 0 and SENTENCE.fullmatch(says), says


def test_the_second_verifier_stands_alone() -> None:
    """It imports the standard library and `cryptography`, and nothing of ours."""
    tree = ast.parse(Path(second_verifier.__file__).read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in imported} - set(sys.stdlib_module_names) == {"cryptography"}
    assert not any(isinstance(node, ast.ImportFrom) and node.level for node in ast.walk(tree))


def test_it_says_what_it_did_not_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bundle = tmp_path / "b.zip"
    for pack, code, word in (
        (write_archive(good()), 3, "NOT VOUCHED FOR"),
        (b"", 2, "NOT A BUNDLE"),
        (b"PK\x03\x04", 1, "NOT VALID"),
    ):
        bundle.write_bytes(pack)
        assert second_verifier.main([str(bundle)]) == code
        said = capsys.readouterr().out
        assert said.startswith(word) and "verdicts were not recomputed" in said


DOCUMENTS = ("profile", "plan", "equipment", "bench", "verdicts", "attempts")
VALUES = st.sampled_from([None, True, -1, 0, 1e300, "", "x", "CLG-AIR-001", [], {}, [None], {"": None}, [[]]])


def mutated(document: object, data: st.DataObject) -> object:
    """The document with one value somewhere replaced, or one key or entry removed."""
    if not isinstance(document, dict | list) or not document or data.draw(st.integers(0, 4)) == 0:
        return data.draw(VALUES)
    key = data.draw(st.sampled_from(sorted(document) if isinstance(document, dict) else range(len(document))))
    if data.draw(st.integers(0, 5)) == 0:
        items = document.items() if isinstance(document, dict) else enumerate(document)
        rest = {k: v for k, v in items if k != key}
        return rest if isinstance(document, dict) else list(rest.values())
    changed = mutated(document[key], data)
    copy = document.copy()
    copy[key] = changed
    return copy


@settings(deadline=None)
@given(data=st.data())
def test_whoever_holds_a_key_cannot_make_a_verifier_stumble(data: st.DataObject) -> None:
    name = f"data/{data.draw(st.sampled_from(DOCUMENTS))}.json"
    document = mutated(json.loads(good()[name]), data)
    pack = resealed({name: json.dumps(document).encode()})
    (ours, says), (theirs, also) = first(pack), second(pack)
    assert (ours == 0 or SENTENCE.fullmatch(says)) and (theirs == 0 or SENTENCE.fullmatch(also)), (says, also)
    # What judging again accepts, counting and comparing accepts too.
    assert ours != 0 or theirs == 0, also
