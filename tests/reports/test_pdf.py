"""The report on paper, as poppler's programs read it."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from conformance.cli import main
from profiles.refusal import Refusal
from reports.bundles.manifest import MANIFEST, sha256
from reports.pdf.report import render_pdf
from reports.sealing.keys import create_files
from tests.reports.sealed import SIGNER, sealed_files, sealed_pack

poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return sealed_files(tmp_path_factory.mktemp("bundle"), supply=27.5)


def saved(folder: Path, pdf: bytes) -> Path:
    path = folder / "report.pdf"
    path.write_bytes(pdf)
    return path


def pages(folder: Path, pdf: bytes) -> list[str]:
    """The text of each page, without spaces: where lines break is a matter of taste."""
    command = ["pdftotext", "-layout", str(saved(folder, pdf)), "-"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [re.sub(r"\s", "", page) for page in text.split("\f")[:-1]]


def test_rendering_again_gives_the_same_bytes(files: dict[str, bytes]) -> None:
    assert render_pdf(files, "ko") == render_pdf(dict(reversed(files.items())), "ko") != render_pdf(files, "en")


@poppler
@pytest.mark.parametrize(("language", "banner"), [("ko", "모의시험"), ("en", "SIMULATED")])
def test_every_page_names_the_manifest_and_says_that_it_was_simulated(
    files: dict[str, bytes], tmp_path: Path, language: str, banner: str
) -> None:
    found = pages(tmp_path, render_pdf(files, language))
    assert len(found) >= 4
    for page in found:
        assert sha256(files[MANIFEST]) in page and banner in page
        assert len(page) > 250, "a page is all but empty"


@poppler
def test_real_equipment_has_no_banner(tmp_path: Path) -> None:
    found = pages(tmp_path, render_pdf(sealed_files(tmp_path, provenance="real"), "en"))
    assert not any("SIMULATED" in page for page in found)


@poppler
def test_what_an_auditor_looks_for_is_there_and_in_this_order(files: dict[str, bytes], tmp_path: Path) -> None:
    text = "".join(pages(tmp_path, render_pdf(files, "ko"))[1:])
    sections = [
        "1시험하지않았거나",
        "2판정표",
        "3부적합및판정불가",
        "4시험대상장비",
        "5시험대와교정",
        "6시도이력",
        "7서명",
    ]
    assert sorted(sections, key=text.index) == sections
    for shown in ("CLG-CDU-007", "S-crac-1", "KRISS", "2027-03-01", "28.0°C", "SELECTmax(y)ASvalueFROMsamples"):
        assert shown in text, shown


@poppler
def test_what_failed_has_its_page_with_reason_chart_and_budget(files: dict[str, bytes], tmp_path: Path) -> None:
    found = pages(tmp_path, render_pdf(files, "ko"))
    (page,) = [page for page in found if "CLG-AIR-001급기온도" in page and "불확도요인" in page]
    for shown in ("crac-1", "27°C", "sweep-begin", "sweep-end", "27.0"):
        assert shown in page or shown.replace(".0", "") in page, shown
    assert "PWR-GRD-001상용전원전압" not in page


@poppler
def test_results_and_envelope_come_out_again(files: dict[str, bytes], tmp_path: Path) -> None:
    path = saved(tmp_path, render_pdf(files))
    subprocess.run(["pdfdetach", "-saveall", "-o", str(tmp_path), str(path)], check=True, capture_output=True)
    assert (tmp_path / "data-verdicts.json").read_bytes() == files["data/verdicts.json"]
    envelope = tmp_path / "attestations-operator.dsse.json"
    assert envelope.read_bytes() == files["attestations/operator.dsse.json"]


def test_it_claims_to_be_an_archive_document(files: dict[str, bytes]) -> None:
    pdf = render_pdf(files)
    assert b"<pdfaid:part>3</pdfaid:part>" in pdf and b"<pdfaid:conformance>A</pdfaid:conformance>" in pdf


def test_a_character_without_a_shape_is_refused_instead_of_shown_as_a_box(files: dict[str, bytes]) -> None:
    equipment = files["data/equipment.json"].replace(b'"EH-100"', '"漢字"'.encode())
    assert equipment != files["data/equipment.json"]
    with pytest.raises(Refusal, match="font"):
        render_pdf({**files, "data/equipment.json": equipment})


def test_a_waived_failure_names_its_waiver(files: dict[str, bytes], tmp_path: Path) -> None:
    verdicts = json.loads(files["data/verdicts.json"])
    for row in verdicts["verdicts"]:
        row["waiver"] = "W-7" if row["verdict"] == "fail" else None
    waived = render_pdf({**files, "data/verdicts.json": json.dumps(verdicts).encode()}, "ko")
    before, after = ("".join(pages(tmp_path, pdf)) for pdf in (render_pdf(files, "ko"), waived))
    assert "면제W-7" in after and "면제W-7" not in before


def test_a_conditional_verdict_has_its_page_and_its_rule_is_explained(tmp_path: Path) -> None:
    found = pages(tmp_path, render_pdf(sealed_files(tmp_path, supply=26.6, rule="non-binary"), "ko"))
    assert "(✗)조건부부적합CLG-AIR-001" in "".join(found[:2]) and sum("(✗)조건부부적합" in page for page in found) >= 2
    assert "둘다판정불가로셉니다" in "".join(found) and "보호대판정" not in "".join(found)


def test_words_cannot_become_markup(files: dict[str, bytes]) -> None:
    attack = b'"#panic() $x$ `a` *b* <l> @r \\\\ ]["'
    equipment = files["data/equipment.json"].replace(b'"EH-100"', attack)
    assert equipment != files["data/equipment.json"]
    assert render_pdf({**files, "data/equipment.json": equipment}).startswith(b"%PDF-")


@pytest.fixture(scope="module")
def signed(files: dict[str, bytes]) -> bytes:
    pytest.importorskip("pyhanko", reason="pyHanko is not installed")
    from reports.pdf.signature import sign_pdf

    return sign_pdf(render_pdf(files), SIGNER, "smoke")


def judged(folder: Path, pdf: bytes) -> str:
    """What poppler says about the signatures; certificates are none of its business here."""
    command = ["pdfsig", "-nocert", str(saved(folder, pdf))]
    return subprocess.run(command, capture_output=True, text=True).stdout


@poppler
def test_poppler_finds_the_signature_right(signed: bytes, tmp_path: Path) -> None:
    said = judged(tmp_path, signed)
    for shown in ("ETSI.CAdES.detached", "Common Name: 시험소", "Signature is Valid", "Total document signed"):
        assert shown in said, said


@poppler
def test_poppler_finds_a_changed_byte(signed: bytes, tmp_path: Path) -> None:
    at = signed.index(b"<pdfaid:part>3")
    said = judged(tmp_path, signed[: at + 13] + b"2" + signed[at + 14 :])
    assert "Signature is Valid" not in said and "Digest Mismatch" in said, said


@poppler
def test_attachments_survive_signing(files: dict[str, bytes], signed: bytes, tmp_path: Path) -> None:
    path = saved(tmp_path, signed)
    subprocess.run(["pdfdetach", "-saveall", "-o", str(tmp_path), str(path)], check=True, capture_output=True)
    assert (tmp_path / "data-verdicts.json").read_bytes() == files["data/verdicts.json"]


def test_the_signature_is_added_and_changes_nothing_before_it(files: dict[str, bytes], signed: bytes) -> None:
    assert signed.startswith(render_pdf(files)) and len(signed) < len(render_pdf(files)) + 20_000


def test_the_command_signs_and_refuses_halves(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("pyhanko", reason="pyHanko is not installed")
    bundle, output = tmp_path / "smoke.zip", tmp_path / "smoke.pdf"
    bundle.write_bytes(sealed_pack(tmp_path / "run"))
    key, certificate = create_files(tmp_path / "lab", "시험소", 30)
    command = ["report", str(bundle), "--format", "pdf", "--output", str(output), "--sign", str(key)]
    assert main(command) == 2 and "without the other" in capsys.readouterr().err
    assert main([*command, "--certificate", str(certificate)]) == 0
    assert b"/ETSI.CAdES.detached" in output.read_bytes()
    command[3] = "csv"
    assert main([*command, "--certificate", str(certificate)]) == 2
