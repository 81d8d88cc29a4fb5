"""A digital calibration certificate travels in the bundle, enters the uncertainty, and is missed where it is not."""

import json
from hashlib import sha256
from pathlib import Path

import pytest

from conformance.campaign import open_campaign
from fixtures.bench import load_bench
from reports.bundles.archive import read_archive, write_archive
from reports.bundles.bundle import close_run, seal, seal_files
from reports.judging.verdict import Verdict, Word
from reports.pdf.data import paper
from reports.rendering.view import build_view
from reports.second_verifier import NotValid, examine
from reports.verifying.verify import verify
from tests.fixtures.dcc_files import dcc, table
from tests.fixtures.test_dcc import BENCH, NAME
from tests.reports.build import Point, Run
from tests.reports.sealed import NOW, ROOT, SIGNER, write_run

FILE = "data/calibration/meter-main-card.xml"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A bundle of a bench with one digital certificate."""
    run = write_run(tmp_path_factory.mktemp("bundle"))
    path, content = run / "data" / "bench.json", dcc(table())
    bench = json.loads(path.read_text())
    bench["devices"]["meter-main-card"]["calibration"] |= {
        "points": {"voltage.l1": {"expanded": 0.08, "k": 2.0, "result": "voltage"}},
        "dcc": {"file": FILE, "sha256": sha256(content).hexdigest()},
    }
    path.write_text(json.dumps(bench))
    (run / FILE).parent.mkdir()
    (run / FILE).write_bytes(content)
    close_run(run)
    return read_archive(seal(run, run.with_suffix(".zip"), SIGNER).path.read_bytes())


def test_both_verifiers_find_it_in_its_place(files: dict[str, bytes]) -> None:
    pack = write_archive(files)
    verification = verify(pack, ROOT.chain, NOW)
    assert verification.exit_code == 0, verification.text()
    assert examine(pack, ROOT.chain, NOW) is None
    assert files[FILE] == dcc(table()) and FILE in files["manifest-sha256.txt"].decode()


@pytest.mark.parametrize("other", [dcc(table(expanded="0.01")), None], ids=["another", "none"])
def test_neither_takes_another_certificate_even_from_the_signer(files: dict[str, bytes], other: bytes | None) -> None:
    data = {name: content for name, content in files.items() if name.startswith("data/") and name != FILE}
    resealed = seal_files({**data, **({FILE: other} if other else {})}, "smoke", SIGNER)
    assert verify(write_archive(resealed), ROOT.chain, NOW).exit_code == 1
    with pytest.raises(NotValid, match="certificate that the bench was read with"):
        examine(write_archive(resealed), ROOT.chain, NOW)


def test_every_report_says_that_nobody_verified_its_signature(files: dict[str, bytes]) -> None:
    html = files["reports/report.html"].decode()
    assert "its electronic signature was not verified" in html and "전자 서명은 확인하지 않았습니다" in html
    rows = paper(build_view(files), "en")["bench"]
    assert [row[0] for row in rows if "signature was not verified" in row[-1]] == ["meter-main-card"]


def test_a_run_keeps_the_certificate_from_its_first_moment(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(dcc(table()))
    (tmp_path / "lab.yaml").write_text(BENCH, encoding="utf-8")
    campaign = open_campaign(profile="smoke", bench=str(tmp_path / "lab.yaml"), output=str(tmp_path / "runs"))
    kept = campaign.folder.root / "data" / "calibration" / "analyser-1-scpi.xml"
    assert kept.read_bytes() == dcc(table())


def measured(folder: Path, expanded: str, volts: float = 229.5) -> Verdict:
    """The verdict on a reading that is to be at most 229.9 V, of an instrument with this certificate."""
    (folder / NAME).write_bytes(dcc(table(expanded=expanded)))
    (folder / "lab.yaml").write_text(BENCH, encoding="utf-8")
    calibration = load_bench(folder / "lab.yaml").device("analyser-1-scpi").calibration
    assert calibration is not None
    record = calibration.record("analyser-1-scpi")
    run = Run().equip("analyser-1", "power-analyser")
    run.device("analyser-1-scpi", "analyser-1", {"voltage.l1": Point("V")}, calibration=record)
    run.sample("analyser-1-scpi/voltage.l1", [volts] * 11).extra["data/calibration/analyser-1-scpi.xml"] = dcc(
        table(expanded=expanded)
    )
    limit = {"op": "<=", "value": 229.9, "unit": "V"}
    return run.require({"statistic": "highest", "of": "voltage.l1"}, limit).judge()


def test_what_the_certificate_states_turns_the_verdict(tmp_path: Path) -> None:
    good, poor = measured(tmp_path, "0.06 0.08"), measured(tmp_path, "0.06 0.80")
    assert (good.verdict, good.uncertainty) == (Word.PASS, 0.08)
    assert poor.verdict is Word.INCONCLUSIVE and 0.8 <= float(poor.uncertainty or 0) <= 0.81


def test_a_reading_beyond_the_points_of_the_certificate_is_not_calibrated(tmp_path: Path) -> None:
    found = measured(tmp_path, "0.06 0.08", 99.9)
    assert found.verdict is Word.INCONCLUSIVE and "99.9 V, outside the range of 100 … 230 V" in found.reason["en"]
