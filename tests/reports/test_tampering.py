"""Tampering: whatever is done to whichever file of a bundle, verification notices and says where."""

from pathlib import Path

import pytest

from reports.bundles.archive import read_archive, write_archive
from reports.verifying.verify import verify
from tests.reports.sealed import NOW, ROOT, sealed_pack

NAMES = (
    "attestations/operator.dsse.json",
    "bag-info.txt",
    "bagit.txt",
    "data/attempts.json",
    "data/bench.json",
    "data/equipment.json",
    "data/events.ndjson",
    "data/plan.json",
    "data/profile.json",
    "data/samples/samples.parquet",
    "data/verdicts.json",
    "manifest-sha256.txt",
    "reports/report.html",
)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return read_archive(sealed_pack(tmp_path_factory.mktemp("bundle")))


def outcome(files: dict[str, bytes]) -> tuple[int, str]:
    verification = verify(write_archive(files), ROOT.chain, NOW)
    wrong = [s.en for step in verification.steps if step.outcome == "wrong" for s in step.says]
    return verification.exit_code, " ".join(wrong)


def test_the_table_above_names_every_file(files: dict[str, bytes]) -> None:
    assert sorted(files) == sorted(NAMES)
    assert outcome(files) == (0, "")


@pytest.mark.parametrize("place", [0.0, 0.37, 0.5, 0.81, 0.999])
@pytest.mark.parametrize("name", NAMES)
def test_one_changed_byte(files: dict[str, bytes], name: str, place: float) -> None:
    content = bytearray(files[name])
    content[int(place * len(content))] ^= 0x01
    code, says = outcome({**files, name: bytes(content)})
    named = name if name not in ("manifest-sha256.txt", "bag-info.txt") else ""
    assert code == 1 and named in says


@pytest.mark.parametrize("name", NAMES)
def test_a_dropped_file(files: dict[str, bytes], name: str) -> None:
    code, says = outcome({other: content for other, content in files.items() if other != name})
    assert code == 1 and name in says


@pytest.mark.parametrize("name", NAMES)
def test_an_emptied_file(files: dict[str, bytes], name: str) -> None:
    assert outcome({**files, name: b""})[0] == 1


@pytest.mark.parametrize(
    "name", ["data/extra.json", "reports/report.pdf", "attestations/x.txt", "readme.txt", "attestations/x.dsse.json"]
)
def test_an_added_file(files: dict[str, bytes], name: str) -> None:
    code, says = outcome({**files, name: b"{}"})
    assert code == 1 and name in says


def test_an_edited_report(files: dict[str, bytes]) -> None:
    report = files["reports/report.html"]
    edited = report.replace("부적합".encode(), "적합".encode())
    assert edited != report
    code, says = outcome({**files, "reports/report.html": edited})
    assert code == 1 and "reports/report.html was changed after it was signed" in says


def test_two_exchanged_files(files: dict[str, bytes]) -> None:
    one, two = "data/plan.json", "data/bench.json"
    code, says = outcome({**files, one: files[two], two: files[one]})
    assert code == 1 and one in says and two in says


def test_every_byte_of_the_zip_itself_matters_or_changes_nothing(files: dict[str, bytes], tmp_path: Path) -> None:
    pack = write_archive(files)
    for position in range(0, len(pack), max(1, len(pack) // 150)):
        changed = bytearray(pack)
        changed[position] ^= 0x10
        verification = verify(bytes(changed), ROOT.chain, NOW)
        assert verification.exit_code == 1 or read_archive(bytes(changed)) == files
