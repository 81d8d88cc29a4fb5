"""The report says why its evidence is believed: each rule, contradicted ones first, and what was not examined."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from profiles.plausibility import resolved_rules
from reports.html.report import render_html
from reports.pdf.data import paper
from reports.rendering.beliefs import beliefs
from reports.rendering.view import build_view
from tests.reports.implausible import specimen
from tests.reports.sealed import sealed_files

HELD = {"rule": "PLZ-PWR-02", "equipment": "meter-1", "outcome": "held", "signals": ["a/power"]}
# A rule that no bench can be asked for yet says what it would need.
NEEDY = {"cases": [], "needs": {"ko": "SPDM 대화 기록", "en": "the SPDM transcript"}}


def examined(rule: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = specimen(rule, lying=True).judgement().document()["plausibility"]
    return rows


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A bundle in which one rule is contradicted, one holds and the rest are open."""
    found = dict(sealed_files(tmp_path_factory.mktemp("beliefs")))
    for name, key, value in (
        (
            "profile",
            "plausibility",
            [rule | (NEEDY if rule["id"] == "PLZ-SEC-03" else {}) for rule in resolved_rules()],
        ),
        ("verdicts", "plausibility", [HELD, *examined("PLZ-PWR-12")]),
    ):
        document = json.loads(found[f"data/{name}.json"])
        found[f"data/{name}.json"] = json.dumps({**document, key: value}).encode()
    return found


def test_what_is_contradicted_comes_first_and_what_is_open_last() -> None:
    found = beliefs({"plausibility": resolved_rules()}, {"plausibility": [HELD, *examined("PLZ-PWR-12")]})
    assert [belief.id for belief in found[:2]] == ["PLZ-PWR-12", "PLZ-PWR-02"]
    assert [belief.word for belief in found[:3]] == ["violated", "held", "open"]
    assert len(found) == len(resolved_rules())


@pytest.mark.parametrize(
    ("language", "contradicted", "held", "open_"),
    [("ko", "어긋남 1", "맞음 1", "필요한 것: "), ("en", "contradicted 1", "held 1", "It would need ")],
)
def test_paper_lists_every_rule(
    files: dict[str, bytes], language: str, contradicted: str, held: str, open_: str
) -> None:
    rows = {row[0]: row for row in paper(build_view(files), language)["beliefs"]}
    assert len(rows) == len(resolved_rules())
    assert rows["PLZ-PWR-12"][2] == contradicted
    assert "meter-1-card/power-factor.l1" in rows["PLZ-PWR-12"][3]
    assert rows["PLZ-PWR-02"][2:] == [held, ""]
    assert rows["PLZ-SEC-03"][3].startswith(open_)


def test_the_page_has_the_section_in_both_languages(files: dict[str, bytes]) -> None:
    page = render_html(files).decode()
    section = re.search(r'<section id="plausibility">.*?</section>', page, re.DOTALL)
    assert section is not None
    for words in (
        "어긋남 1",
        "contradicted 1",
        "맞음 1",
        "held 1",
        "power-factor.l1",
        "SPDM 대화 기록",
        "the SPDM transcript",
    ):
        assert words in section[0]
    assert 'href="#plausibility"' in page


def test_a_bundle_from_before_the_rules_has_no_such_section(tmp_path: Path) -> None:
    files = sealed_files(tmp_path)
    assert 'id="plausibility"' not in render_html(files).decode()
    assert paper(build_view(files), "en")["beliefs"] == []
