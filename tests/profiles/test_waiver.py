"""A waiver: somebody answers for one requirement, on some equipment, until an instant."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from profiles.refusal import Refusal
from profiles.waiver import Waiver, load_waiver

TEXT = """schema: waiver/1
waiver: ups-voltage
requirement: PWR-UPS-001
equipment: [ups-1]
owner: Operations
reason: {ko: 부품 교체 대기, en: Waiting for a spare part.}
expires: 2027-01-31T00:00:00Z
"""
EXPIRES = datetime(2027, 1, 31, tzinfo=UTC)


def load(tmp_path: Path, before: str = "", after: str = "") -> Waiver:
    assert before in TEXT
    path = tmp_path / "waiver.yaml"
    path.write_text(TEXT.replace(before, after) if before else TEXT, encoding="utf-8")
    return load_waiver(path)


def test_it_says_who_why_what_and_until_when(tmp_path: Path) -> None:
    waiver = load(tmp_path)
    assert (waiver.name, waiver.requirement, waiver.owner) == ("ups-voltage", "PWR-UPS-001", "Operations")
    assert waiver.reason["en"] == "Waiting for a spare part."
    assert waiver.expires == EXPIRES


def test_it_covers_its_requirement_on_its_equipment_until_it_expires(tmp_path: Path) -> None:
    waiver, before = load(tmp_path), EXPIRES - timedelta(seconds=1)
    assert waiver.covers("PWR-UPS-001", "ups-1", before)
    assert not waiver.covers("PWR-UPS-001", "ups-1", EXPIRES)
    assert not waiver.covers("PWR-UPS-001", "ups-2", before)
    assert not waiver.covers("PWR-UPS-023", "ups-1", before)


def test_without_equipment_it_covers_all_of_the_subject(tmp_path: Path) -> None:
    waiver = load(tmp_path, "equipment: [ups-1]\n")
    assert waiver.covers("PWR-UPS-001", "ups-2", EXPIRES - timedelta(seconds=1))


@pytest.mark.parametrize(
    ("before", "after", "line", "expected"),
    [
        ("PWR-UPS-001", "PWR-UPS-002", 3, "there is no requirement 'PWR-UPS-002'; did you mean 'PWR-UPS-0"),
        ("2027-01-31", "2027-02-30", 7, "'2027-02-30T00:00:00Z' is no date"),
        ("00:00:00Z", "00:00:00+09:00", 7, "has not the right form"),
        ("owner: Operations\n", "", 1, "'owner' is missing; add `owner:`."),
        ("equipment: [ups-1]", "equipment: []", 4, "equipment"),
        ("equipment:", "equipement:", 4, "did you mean 'equipment'?"),
    ],
)
def test_a_mistake_is_one_sentence(before: str, after: str, line: int, expected: str, tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refusal:
        load(tmp_path, before, after)
    assert refusal.value.where == f"{tmp_path / 'waiver.yaml'}, line {line}"
    assert expected in str(refusal.value)
