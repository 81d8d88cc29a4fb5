"""Nothing is shown of a bundle that is no longer what was signed, and showing it never harms it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.cli import main
from profiles.refusal import Refusal
from reports.bundles.archive import read_archive, write_archive
from reports.bundles.manifest import MANIFEST, manifest_bytes
from reports.exports import WRITERS
from reports.verifying.sealed import open_sealed
from tests.reports.sealed import sealed_pack

Files = dict[str, bytes]
VERDICTS = "data/verdicts.json"


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return sealed_pack(tmp_path_factory.mktemp("bundle"))


@pytest.fixture
def sound(pack: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "sound.zip"
    path.write_bytes(pack)
    return path


def better(files: Files) -> Files:
    """What never applied turned into a pass."""
    content = files[VERDICTS].replace(b'"verdict": "not-applicable"', b'"verdict": "pass"')
    assert content != files[VERDICTS]
    return {**files, VERDICTS: content}


def better_and_listed(files: Files) -> Files:
    """The same, and the manifest made to fit."""
    changed = better(files)
    return {**changed, MANIFEST: manifest_bytes({n: c for n, c in changed.items() if n.startswith("data/")})}


@pytest.fixture(params=[better, better_and_listed])
def tampered(request: pytest.FixtureRequest, pack: bytes, tmp_path: Path) -> Path:
    change: Callable[[Files], Files] = request.param
    path = tmp_path / "tampered.zip"
    path.write_bytes(write_archive(change(read_archive(pack))))
    return path


@pytest.mark.parametrize("format", WRITERS)
def test_a_tampered_bundle_is_not_rendered(tampered: Path, format: str, capsysbinary: pytest.CaptureFixture) -> None:
    assert main(["report", str(tampered), "--format", format]) == 2
    said = capsysbinary.readouterr()
    assert said.out == b""
    assert b"tampered.zip: it is not what was signed (" in said.err
    assert b"conformance verify" in said.err


@pytest.mark.parametrize("format", ["text", "json", "html"])
def test_a_tampered_bundle_is_not_compared(sound: Path, tampered: Path, format: str) -> None:
    assert main(["diff", str(sound), str(tampered), "--format", format]) == 2
    assert main(["diff", str(tampered), str(sound), "--format", format]) == 2


def test_a_sound_bundle_is_opened(sound: Path, pack: bytes) -> None:
    assert open_sealed(sound) == read_archive(pack)
    assert main(["report", str(sound), "--format", "junit"]) == 0


def test_what_is_no_bundle_is_named(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text("-----BEGIN CERTIFICATE-----")
    with pytest.raises(Refusal, match=r"key\.pem: it is not a zip archive"):
        open_sealed(tmp_path / "key.pem")
    (tmp_path / "other.zip").write_bytes(write_archive({"a.txt": b"a"}))
    with pytest.raises(Refusal, match=r"other\.zip: it is a zip, but not a bundle"):
        open_sealed(tmp_path / "other.zip")


@pytest.mark.parametrize("line", [["report", "{}", "--format", "html"], ["diff", "{}", "{}"]])
def test_the_bundle_is_never_written_over(
    sound: Path, pack: bytes, line: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (sound.parent / "link.zip").symlink_to(sound)
    for output in (sound, sound.parent / "link.zip"):
        assert main([*(part.format(sound) for part in line), "--output", str(output)]) == 2
        assert "this is the file that is read; name another file" in capsys.readouterr().err
    assert sound.read_bytes() == pack


@pytest.mark.parametrize("line", [["report", "{}", "--format", "html"], ["diff", "{}", "{}"]])
def test_a_place_where_nothing_can_be_written_is_a_wrong_request(
    sound: Path, line: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (sound.parent / "file").write_text("")
    for output in (sound.parent, sound.parent / "file" / "report"):
        assert main([*(part.format(sound) for part in line), "--output", str(output)]) == 2
        assert "it cannot be written (" in capsys.readouterr().err
