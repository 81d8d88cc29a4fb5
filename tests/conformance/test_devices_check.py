"""`devices check` holds what comes with the package against the schema, which loading it does not."""

from pathlib import Path

import pytest

from conformance.showing import check_devices
from fixtures import map_file


def test_a_mistake_in_a_map_of_the_package_is_named_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = map_file.find_map("iem3000-meter").read_text(encoding="utf-8")
    (tmp_path / "iem3000-meter.yaml").write_text(text.replace("title:", "titel:", 1), encoding="utf-8")
    monkeypatch.setattr(map_file, "DEVICES", tmp_path)
    assert check_devices("iem3000-meter") == 2
    said = capsys.readouterr().err
    assert "iem3000-meter.yaml, line" in said and "'title' is missing" in said


def test_what_comes_with_the_package_has_no_mistake() -> None:
    assert check_devices("iem3000-meter") == 0
