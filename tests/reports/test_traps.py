"""Thirty-six traps that other conformance and certification suites fell into, and the test of ours for each.

The number and the trap are those of our survey of them. A trap that cannot exist here says why not.
"""

import ast
import socket
from pathlib import Path
from typing import Any

import pytest

from reports.bundles.archive import write_archive
from reports.bundles.content import VERDICTS
from reports.judging.verdict import Word
from reports.second_verifier import WORDS, examine
from reports.verifying.verify import verify
from tests.reports.corpus import good
from tests.reports.sealed import NOW, ROOT

TESTS = Path(__file__).parents[1]

TRAPS: dict[int, tuple[str, str]] = {
    1: ("nothing evaluated, exit 0", "reports/test_conclusion.py::test_nothing_judged_is_incomplete"),
    2: ("a summary counts only a part", "reports/test_conclusion.py::test_every_verdict_is_counted_once"),
    3: (
        "the exit code disagrees with the text",
        "reports/test_conclusion.py::test_conformant_means_every_mandatory_verdict_is_good_and_one_is_a_pass",
    ),
    4: (
        "an unreachable device is reported as a failure",
        "reports/test_measurands_numbers.py::test_a_silent_device_is_an_error_and_never_a_failure",
    ),
    5: (
        "missing hardware lowers the number of failures",
        "reports/test_coverage.py::test_removing_equipment_never_improves_a_result",
    ),
    6: (
        "a failure of weight zero counts as passed",
        "reports/test_conclusion.py::test_a_recommended_failure_is_listed_and_does_not_decide",
    ),
    7: (
        "a percentage of what was executed only",
        "reports/test_coverage.py::test_equipment_that_never_answered_is_planned_and_not_tested",
    ),
    8: (
        "any pass makes the whole pass",
        "reports/test_conclusion.py::test_one_mandatory_failure_decides_even_where_something_is_open",
    ),
    9: ("something is downloaded while judging", "reports/test_traps.py::test_nothing_is_fetched_while_verifying"),
    10: ("a skip is printed as a pass", "reports/test_judge.py::test_an_absent_subject_is_not_applicable_for_a_reason"),
    11: (
        "a failed set-up is counted nowhere",
        "reports/test_judge.py::test_a_procedure_that_did_not_complete_is_not_tested",
    ),
    12: ("nothing applicable is passed", "reports/test_conclusion.py::test_nothing_applicable_is_incomplete"),
    13: (
        "a switch meant for development reaches certification",
        "reports/test_judge.py::test_only_real_devices_make_a_certificate",
    ),
    14: (
        "a wrong declaration skips its tests",
        "reports/test_coverage.py::test_an_instance_that_is_declared_and_does_not_answer_leaves_the_campaign_incomplete",
    ),
    15: (
        "a repetition hides an earlier failure",
        "reports/test_evidence.py::test_a_repetition_cannot_replace_what_was_completed_first",
    ),
    16: ("a later result overwrites a stronger one", "reports/test_hostile.py::test_both_say_the_same"),
    17: ("hidden lists of exceptions", "reports/test_waivers.py::test_a_waiver_cannot_be_taken_out_of_a_bundle"),
    18: (
        "an unknown severity means not applicable",
        "reports/test_conclusion.py::test_an_unknown_level_counts_as_mandatory",
    ),
    19: (
        "what was tailored out vanishes from the report",
        "reports/test_waivers.py::test_tailoring_takes_an_item_out_and_leaves_it_in_sight",
    ),
    20: ("a waiver ends in local time", "reports/test_waivers.py::test_a_waiver_ends_at_its_instant_in_utc"),
    21: ("results are edited or merged by hand", "reports/test_tampering.py::test_one_changed_byte"),
    22: (
        "two files of evidence disagree",
        "reports/test_evidence.py::test_samples_that_are_not_those_of_the_journal_are_refused",
    ),
    23: (
        "documentation and code differ in a limit",
        "profiles/test_shipped.py::test_the_limit_is_that_of_the_fact_base",
    ),
    24: (
        "a limit is loosened and nothing says why",
        "profiles/test_resolve.py::test_a_changed_number_is_our_own_unless_the_profile_states_its_backing",
    ),
    25: (
        "what is shipped does not match its own schema",
        "profiles/test_shipped.py::test_nothing_that_is_shipped_has_a_mistake",
    ),
    26: (
        "a published profile or schema is malformed",
        "profiles/test_shipped.py::test_every_schema_is_valid_and_describes_every_key_it_allows",
    ),
    27: ("a release of the tool changes old results", "reports/test_formats.py::test_it_still_verifies"),
    28: ("one run speaks several vocabularies", "reports/test_traps.py::test_there_is_one_vocabulary_of_verdicts"),
    29: ("evidence lies behind a link", "reports/test_traps.py::test_nothing_is_fetched_while_verifying"),
    30: (
        "tests that cannot fail",
        "conformance/test_smoke.py::test_the_seeded_defect_turns_exactly_its_requirement_red",
    ),
    31: (
        "a crash on unexpected input instead of a verdict",
        "reports/test_hostile.py::test_whoever_holds_a_key_cannot_make_a_verifier_stumble",
    ),
    32: ("dates in local form and time", "reports/test_bundle.py::test_every_attempt_is_listed"),
    33: (
        "a peer that does not react makes the checker hang",
        "fixtures/test_redfish.py::test_silence_is_an_error_for_every_point_with_a_stamp",
    ),
    34: ("repeated keys, NaN and odd numbers under a signature", "reports/test_hostile.py::test_both_say_the_same"),
    36: (
        "intrusive tests on a site in operation",
        "conformance/test_interrupted.py::test_a_bench_that_is_not_armed_is_not_actuated",
    ),
}

NOT_HERE = {35: "orphan resources are never crawled: we do not crawl, a device map names every resource it reads"}


@pytest.mark.parametrize("number", range(1, 37))
def test_every_trap_has_a_test_that_exists_or_a_reason(number: int) -> None:
    assert (number in TRAPS) != (number in NOT_HERE)
    if number in TRAPS:
        file, _, name = TRAPS[number][1].partition("::")
        tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_nothing_is_fetched_while_verifying(monkeypatch: pytest.MonkeyPatch) -> None:
    pack = write_archive(good())

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("somebody opened a socket")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    assert verify(pack, ROOT.chain, NOW).exit_code == 0 and examine(pack, ROOT.chain, NOW) is None


def test_there_is_one_vocabulary_of_verdicts() -> None:
    assert set(VERDICTS) == {word.value for word in Word} == set(WORDS)
