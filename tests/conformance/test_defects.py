"""Every smoke requirement has a defect that turns exactly its verdict red; the reference container passes all."""

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

Verdicts = list[dict[str, object]]
Runs = Callable[[str | None], tuple[int, Verdicts]]
DEFECTS = [
    ("CHP-INV-001", "exporter.accelerator_hidden"),
    ("CHP-INV-002", "exporter.uuid_duplicate"),
    ("CHP-INV-004", "it.chip_failed"),
    ("CHP-TEL-008", "exporter.metrics_missing"),
    ("CHP-MET-007", "bench.calibration_old"),
    ("PWR-GRD-001", "mains.undervoltage"),
    ("PWR-GRD-004", "mains.freq_drift"),
    ("PWR-UPS-001", "ups.output_voltage"),
    ("PWR-UPS-023", "sensor.wrong_state:device=ups-1-card,point=output.source,state=bypass"),
    ("PWR-BAT-002", "ups.battery_monitor_slow"),
    ("PWR-ATS-006", "ats.position_sensor_wrong"),
    ("PWR-SAF-009", "container.spd_failed"),
    ("CLG-AIR-001", "crac.setpoint_high"),
    ("CLG-AIR-002", "sensor.offset:device=rack-2-monitor,point=inlet.temperature.top,offset=-40,onset=100,duration=30"),
    ("CLG-SEN-007", "cdu.stale_readings"),
    ("CLG-CDU-007", "cdu.pressure_low"),
    ("CLG-CDU-017", "cdu.condensing"),
    ("CLG-LEK-009", "leak.detector_fault"),
    ("SEC-TLS-001", "bmc.tls_old"),
    ("SEC-TLS-004", "bmc.certificate_expiring"),
    ("SEC-AUT-002", "bmc.open_reads"),
    ("SEC-AUT-009", "endpoint.no_key"),
    ("SEC-SNM-001", "pdu.answers_v2c"),
    ("IOP-API-001", "endpoint.malformed_answer"),
    ("IOP-API-004", "endpoint.model_missing"),
    ("IOP-K8S-002", "it.accelerator_removed"),
    ("IOP-MET-001", "endpoint.metrics_malformed"),
    ("IOP-SNM-001", "ups.objects_missing"),
    ("IOP-MOD-001", "meter.register_missing"),
    ("IOP-XPT-001", "pdu.redfish_scale"),
    ("IOP-TIM-001", "time.offset"),
    ("IOP-EVD-001", "bench.serial_missing"),
]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    """Smoke runs by fault, two at a time: a run and its container leave half of a small machine idle."""
    with ThreadPoolExecutor(2) as pool:
        faults = [None, *(fault for _, fault in DEFECTS)]
        jobs = {fault: pool.submit(smoke, tmp_path_factory.mktemp("run"), fault) for fault in faults}
        yield lambda fault: jobs[fault].result()
        pool.shutdown(cancel_futures=True)


def smoke(output: Path, fault: str | None) -> tuple[int, Verdicts]:
    """Run the smoke profile in a process of its own; its exit code and the verdicts in its bundle."""
    command = [sys.executable, "-m", "conformance.cli", "run", "smoke", "--output", str(output)]
    command += ["--fault", fault] if fault else []
    done = subprocess.run(command, capture_output=True, text=True, timeout=110)
    bundles = list(output.glob("*.zip"))
    if len(bundles) != 1:
        pytest.fail(f"no bundle was written (exit {done.returncode}):\n{done.stdout}\n{done.stderr}")
    with zipfile.ZipFile(bundles[0]) as bundle:
        return done.returncode, json.loads(bundle.read("data/verdicts.json"))["verdicts"]


def judged(verdicts: Verdicts, verdict: str) -> set[object]:
    return {v["requirement"] for v in verdicts if v["verdict"] == verdict}


def test_there_is_one_defect_for_each_of_the_32_smoke_requirements() -> None:
    from profiles.resolve import resolve

    assert {r["id"] for r in resolve("smoke").document["requirements"]} == {name for name, _ in DEFECTS}


def test_the_reference_container_passes_every_requirement(runs: Runs) -> None:
    code, verdicts = runs(None)
    assert {v["verdict"] for v in verdicts} == {"pass"}
    assert judged(verdicts, "pass") == {name for name, _ in DEFECTS}
    assert code == 0


@pytest.mark.parametrize(("requirement", "fault"), DEFECTS, ids=[name for name, _ in DEFECTS])
def test_the_seeded_defect_turns_exactly_its_requirement_red(requirement: str, fault: str, runs: Runs) -> None:
    code, verdicts = runs(fault)
    assert judged(verdicts, "fail") == {requirement}
    others = [(v["requirement"], v["equipment"], v["verdict"]) for v in verdicts if v["requirement"] != requirement]
    assert {verdict for _, _, verdict in others} == {"pass"}, [o for o in others if o[2] != "pass"]
    mandatory = {v["level"] for v in verdicts if v["requirement"] == requirement} == {"mandatory"}
    assert code == (1 if mandatory else 0)
