"""Every smoke requirement has a defect that turns exactly its verdict red; the reference container passes all.

Every time the defects of a domain are seen together in one container, where exactly their verdicts are red. That each
of them alone turns exactly its own is among the slow checks.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conformance.campaigns import Run, Runs, campaigns

EVIDENCE = ("data/events.ndjson", "data/samples/samples.parquet", "data/bench.json", "data/equipment.json")


# The same requirements, without waiting five minutes for what shows in two.
SHORT = Path(__file__).with_name("short-smoke.yaml")
# A minute's mean beyond its limit leaves too little of two minutes for the share of another requirement.
WHOLE = {"CLG-AIR-002": "smoke"}

# Runs that no defect disturbs, by what they show: the profile, and what it runs on.
UNDISTURBED = {
    "reference": (str(SHORT), "--preset", "edge-40-compact"),
    "again": (str(SHORT), "--preset", "edge-40-compact"),
    "other seed": (str(SHORT), "--preset", "edge-40-compact", "--seed", "1"),
    "air-cooled": (str(SHORT), "--preset", "edge-40"),
}
TOP = "device=rack-2-monitor,point=inlet.temperature.top"
# Air does not change by 40 K within two seconds, and back again.
IMPOSSIBLE = f"sensor.offset:{TOP},offset=-40,onset=62,duration=28"
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
    ("CLG-AIR-002", f"sensor.drift:{TOP},rate=-2640,onset=248"),
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


DOMAINS = ("CHP", "PWR", "CLG", "SEC", "IOP")


def together(domain: str) -> dict[str, str]:
    """The defects of a domain that can be seen in the same short campaign."""
    return {name: fault for name, fault in DEFECTS if name.startswith(domain) and name not in WHOLE}


def switches(profile: str, *faults: str) -> tuple[str, ...]:
    return (profile, "--preset", "edge-40-compact", *(word for fault in faults for word in ("--fault", fault)))


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    disturbed = {domain: switches(str(SHORT), *together(domain).values()) for domain in DOMAINS}
    disturbed |= {name: switches(profile, dict(DEFECTS)[name]) for name, profile in WHOLE.items()}
    disturbed["impossible"] = switches(str(SHORT), IMPOSSIBLE)
    with campaigns({**UNDISTURBED, **disturbed}, lambda: tmp_path_factory.mktemp("run")) as found:
        yield found


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    wanted = {name: switches(WHOLE.get(name, str(SHORT)), fault) for name, fault in DEFECTS}
    with campaigns(wanted, lambda: tmp_path_factory.mktemp("run")) as found:
        yield found


def test_there_is_one_defect_for_each_of_the_32_smoke_requirements() -> None:
    from profiles.resolve import resolve

    for profile in ("smoke", str(SHORT)):
        assert {r["id"] for r in resolve(profile).document["requirements"]} == {name for name, _ in DEFECTS}


def check_green(run: Run) -> None:
    assert {v["verdict"] for v in run.verdicts} == {"pass"}
    assert run.judged("pass") == {name for name, _ in DEFECTS}
    assert run.code == 0


def test_the_reference_container_passes_every_requirement(runs: Runs) -> None:
    check_green(runs("reference"))


@pytest.mark.slow
def test_it_passes_them_in_the_whole_sweep_too(tmp_path_factory: pytest.TempPathFactory) -> None:
    whole = {"whole": ("smoke", "--preset", "edge-40-liquid")}
    with campaigns(whole, lambda: tmp_path_factory.mktemp("run")) as found:
        check_green(found("whole"))


@pytest.mark.parametrize("name", EVIDENCE)
def test_the_same_seed_gives_the_same_evidence_byte_for_byte(name: str, runs: Runs) -> None:
    assert runs("reference").read(name) == runs("again").read(name)


def test_another_seed_gives_other_samples_and_the_same_verdicts(runs: Runs) -> None:
    samples = "data/samples/samples.parquet"
    assert runs("reference").read(samples) != runs("other seed").read(samples)
    assert {v["verdict"] for v in runs("other seed").verdicts} == {"pass"}


def test_what_an_air_cooled_container_lacks_is_not_applicable_for_a_reason(runs: Runs) -> None:
    run = runs("air-cooled")
    assert run.judged("not-applicable") == {"CLG-SEN-007", "CLG-CDU-007", "CLG-CDU-017"}
    assert all(v["reason"]["ko"] and v["reason"]["en"] for v in run.verdicts if v["verdict"] == "not-applicable")
    assert {v["verdict"] for v in run.verdicts} == {"pass", "not-applicable"}
    assert run.code == 0


def check_red(run: Run, wanted: set[str]) -> None:
    """Exactly these verdicts are `fail`, every other one is `pass`, and the exit code says which it were."""
    assert run.judged("fail") == wanted
    assert {v["verdict"] for v in run.verdicts if v["requirement"] not in wanted} == {"pass"}
    levels = {v["level"] for v in run.verdicts if v["requirement"] in wanted}
    assert run.code == (1 if "mandatory" in levels else 0)


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_defects_of_a_domain_turn_exactly_their_requirements_red(domain: str, runs: Runs) -> None:
    check_red(runs(domain), set(together(domain)))


@pytest.mark.parametrize("requirement", WHOLE)
def test_what_needs_the_whole_sweep_turns_red_in_it(requirement: str, runs: Runs) -> None:
    check_red(runs(requirement), {requirement})


@pytest.mark.slow
@pytest.mark.parametrize("requirement", [name for name, _ in DEFECTS])
def test_the_seeded_defect_turns_exactly_its_requirement_red(requirement: str, alone: Runs) -> None:
    check_red(alone(requirement), {requirement})


def test_a_sensor_that_shows_the_impossible_turns_no_verdict_red(runs: Runs) -> None:
    run = runs("impossible")
    assert run.judged("fail") == set()
    doubted = {(v["requirement"], v["equipment"]) for v in run.verdicts if v["verdict"] == "inconclusive"}
    assert doubted == {("CLG-AIR-001", "rack-2"), ("CLG-AIR-002", "rack-2")}
    assert all("PLZ-CLG-09" in v["reason"]["ko"] for v in run.verdicts if v["verdict"] == "inconclusive")
    assert run.code == 3
