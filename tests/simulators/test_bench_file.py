"""The bench file of a simulated container: complete, loadable, secrets apart, and the same for the same seed."""

import stat
from pathlib import Path
from typing import Any

import pytest
import yaml

from fixtures.bench import load_bench
from tests.simulators.process import ROOT, Container, command, run, started

DEVICES = 55


def written(folder: Path, *arguments: str) -> dict[str, Any]:
    with started(folder, "--clock", "lockstep", *arguments) as container:
        return container.bench


def test_it_loads_and_names_every_device(container: Container) -> None:
    bench = load_bench(container.folder / "bench.yaml")
    assert len(bench.devices) == DEVICES
    assert {device.equipment for device in bench.devices.values()} <= set(bench.equipment)
    assert {device.provenance for device in bench.devices.values()} == {"simulated"}


def test_secrets_are_files_that_only_their_owner_reads(container: Container) -> None:
    files = list((container.folder / "secrets").iterdir())
    text = (container.folder / "bench.yaml").read_text(encoding="utf-8")
    assert len(files) >= 20
    for file in files:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        if not file.name.endswith(("-community", "-user")):
            assert len(file.read_text()) >= 16
            assert file.read_text() not in text
    assert stat.S_IMODE((container.folder / "secrets").stat().st_mode) == 0o700


def test_every_device_has_been_calibrated_and_is_still_due_later(container: Container) -> None:
    for name, device in container.bench["devices"].items():
        assert device["calibration"]["date"] == "2025-09-03", name
        assert device["calibration"]["due"] == "2026-09-03", name


def test_instruments_whose_accuracy_depends_on_the_temperature_say_where_they_stand(container: Container) -> None:
    stated = {name: device["ambient"] for name, device in container.bench["devices"].items() if "ambient" in device}
    assert stated == {"analyser-1-scpi": 23}
    point = load_bench(container.folder / "bench.yaml").record()[1]["devices"]["analyser-1-scpi"]["points"]["power"]  # type: ignore[index]
    assert point["temperature"]["ambient"] == [23, 23]


def test_a_container_without_liquid_cooling_has_no_coolant_unit(tmp_path: Path, container: Container) -> None:
    bench = written(tmp_path, "edge-40")
    assert set(container.bench["devices"]) - set(bench["devices"]) == {"cdu-1-redfish"}
    assert bench["bench"] == "edge-40"


def test_the_same_seed_writes_the_same_bench_but_for_ports(tmp_path: Path) -> None:
    def portless(folder: Path, seed: int) -> tuple[dict[str, Any], dict[str, bytes]]:
        bench = written(folder, "--seed", str(seed))
        bench["clock"].pop("address")
        for device in bench["devices"].values():
            device.pop("address")
        files = {file.name: file.read_bytes() for file in [*(folder / "secrets").iterdir(), folder / "ca.pem"]}
        return bench, files

    first = portless(tmp_path / "one", 7)
    assert first == portless(tmp_path / "two", 7)
    assert first[1]["ca.pem"] != portless(tmp_path / "three", 8)[1]["ca.pem"]


def test_plant_time_begins_where_it_is_told(tmp_path: Path) -> None:
    bench = written(tmp_path, "--epoch", "2026-12-01T09:00:00+09:00")
    assert bench["clock"]["epoch"] == "2026-12-01T00:00:00Z"


def test_equipment_without_serial_number(tmp_path: Path, container: Container) -> None:
    bench = written(tmp_path, "--fault", "bench.serial_missing")
    without = {name for name, entry in bench["equipment"].items() if "serial" not in entry}
    before = {name for name, entry in container.bench["equipment"].items() if "serial" not in entry}
    assert without - before == {"crac-1"}


def test_an_instrument_calibrated_long_ago(tmp_path: Path) -> None:
    bench = written(tmp_path, "--fault", "bench.calibration_old:days=400")
    assert bench["devices"]["analyser-1-scpi"]["calibration"]["date"] == "2024-11-27"
    assert bench["devices"]["analyser-1-scpi"]["calibration"]["due"] == "2026-09-03"
    assert bench["devices"]["ups-1-card"]["calibration"]["date"] == "2025-09-03"


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = run(*command("--directory", str(tmp_path / "file" / "inside")), cwd=ROOT)
    assert done.returncode == 2
    assert str(tmp_path) in done.stderr


def test_it_is_yaml_that_people_can_read(container: Container) -> None:
    text = (container.folder / "bench.yaml").read_text(encoding="utf-8")
    assert "모의 컨테이너" in text
    assert yaml.safe_load(text)["measures"][0]["device"] == "analyser-1-scpi"


@pytest.mark.parametrize("device", ["ups-1-card", "pdu-1-snmp", "bmc-1-redfish", "llm-1-api", "cluster-1-api"])
def test_credentials_point_to_files_beside_the_bench(container: Container, device: str) -> None:
    for reference in container.bench["devices"][device]["credentials"].values():
        assert (container.folder / reference["file"]).is_file()


def test_a_bench_file_that_somebody_else_wrote_stays(tmp_path: Path) -> None:
    """The folder may be that of an operator, who began with a copy of ours."""
    theirs = "schema: bench/1 # ours, with three years of work in it\n"
    (tmp_path / "bench.yaml").write_text(theirs)
    refused = run(*command("edge-40-power", "--directory", str(tmp_path)))
    assert refused.returncode == 2
    assert refused.stderr.endswith("bench.yaml: somebody else wrote it; name another --directory, or move it away.\n")
    assert (tmp_path / "bench.yaml").read_text() == theirs
    assert [path.name for path in tmp_path.iterdir()] == ["bench.yaml"]


def test_a_folder_of_its_own_is_written_again(tmp_path: Path) -> None:
    first = written(tmp_path, "edge-40-power")
    assert written(tmp_path, "edge-40-power")["devices"].keys() == first["devices"].keys()


def test_a_folder_that_cannot_be_written_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "secrets").write_text("in the way")
    refused = run(*command("edge-40-power", "--directory", str(tmp_path)))
    assert refused.returncode == 2
    assert "it cannot be written" in refused.stderr
    assert "Traceback" not in refused.stderr
