"""Steps of pump speed, chips and load bank: each requirement has a defect that turns its verdict red, and each rule
that needs a step has a sensor whose word is then not taken.

The ladder takes 150 s; the load goes with its end, is due at 220 s, held until 340 s, and the last mark is at 380 s.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from profiles.resolve import resolve
from tests.conformance.campaigns import Run, campaign

HERE = Path(__file__).parent
# The profile in short, and the container that it is for.
STEPS = (HERE / "short-steps.yaml", "lc-120-compact")
BANK = (HERE / "short-load-bank.yaml", "edge-40-load-bank")
TOP = "device=rack-1-monitor,point=inlet.temperature.top"
CDU, CARDS, BANK_METER = "device=cdu-1-redfish", "device=npu-1-exporter", "device=meter-bank-modbus"
DEFECTS = [
    (STEPS, "CHP-TEL-006", "it.hang:equipment=bmc-1"),
    (STEPS, "CHP-TEL-007", f"sensor.stuck:{CARDS},point=utilisation@npu0"),
    (STEPS, "CHP-PWR-001", f"sensor.offset:{CARDS},point=power@npu0,offset=25"),
    (STEPS, "PWR-GRD-009", "sensor.gain:device=meter-main-modbus,point=power-factor,gain=0.9"),
    (STEPS, "PWR-UPS-001", "ups.output_voltage"),
    # Slowly: what jumps is not believed.
    (STEPS, "CLG-AIR-002", f"sensor.drift:{TOP},rate=145,onset=1"),
    # From 14 °C to 35 °C within the last minute.
    (STEPS, "CLG-AIR-007", f"sensor.offset:{TOP},offset=-10", f"sensor.drift:{TOP},rate=1296,onset=320"),
    (STEPS, "CLG-AIR-008", f"sensor.drift:{TOP},rate=-400,onset=300"),
    (STEPS, "CLG-CDU-001", f"sensor.offset:{CDU},point=setpoint.temperature,offset=2"),
    # More flow takes the same heat with less rise, and less flow with more.
    (
        STEPS,
        "CLG-CDU-005",
        f"sensor.gain:{CDU},point=loop.flow,gain=1.5",
        f"sensor.offset:{CDU},point=return.temperature,offset=-3.3",
    ),
    (
        STEPS,
        "CLG-CDU-006",
        f"sensor.gain:{CDU},point=loop.flow,gain=0.75",
        f"sensor.offset:{CDU},point=return.temperature,offset=3.3",
    ),
    (STEPS, "CLG-CDU-008", f"sensor.gain:{CDU},point=differential.pressure,gain=2.2"),
    # So little that the load bank still obeys its law.
    (BANK, "PWR-MTR-008", f"meter.ct_ratio:{BANK_METER},factor=0.966"),
    (BANK, "PWR-GRD-009", "sensor.gain:device=meter-main-modbus,point=power-factor,gain=0.9"),
    (BANK, "PWR-UPS-001", "ups.output_voltage"),
]
# What changes by so much in an hour has also changed by too much in some quarter of it, and flow goes with the rise.
WITH_IT = {"CLG-AIR-007": {"CLG-AIR-008"}, "CLG-CDU-005": {"CLG-CDU-006"}}
# For each rule a sensor that lies, and whose verdicts are then open.
LIES = [
    (STEPS, "PLZ-CHP-03", "sensor.gain:device=bmc-1-redfish,point=power,gain=1.9", {"CHP-PWR-001"}),
    (STEPS, "PLZ-CHP-04", f"sensor.stuck:{CARDS},point=temperature@*", {"CHP-PWR-001"}),
    (STEPS, "PLZ-CLG-06", f"sensor.stuck:{CDU},point=pump.1.speed", {"CLG-CDU-005", "CLG-CDU-008"}),
    (BANK, "PLZ-PWR-15", f"sensor.stuck:{BANK_METER},point=*", {"PWR-MTR-008"}),
]

Steps = Callable[..., Run]


@pytest.fixture
def steps(tmp_path: Path) -> Steps:
    def run(bench: tuple[Path, str], *faults: str) -> Run:
        profile, preset = bench
        words = [word for fault in faults for word in ("--fault", fault)]
        return campaign(tmp_path, str(profile), "--preset", preset, "--arm", preset, *words)

    return run


def requirements(bench: tuple[Path, str]) -> set[str]:
    return {requirement["id"] for requirement in resolve(str(bench[0])).document["requirements"]}


def examined(run: Run) -> dict[str, set[str]]:
    """What became of each rule."""
    found: dict[str, set[str]] = {}
    for row in run.plausibility:
        found.setdefault(row["rule"], set()).add(row["outcome"])
    return found


def test_the_short_profiles_ask_what_the_shipped_ones_ask_and_each_of_it_has_a_defect() -> None:
    for shipped, bench in (("steps", STEPS), ("load-bank", BANK)):
        asked = {requirement["id"] for requirement in resolve(shipped).document["requirements"]}
        assert requirements(bench) == asked == {name for where, name, *_ in DEFECTS if where is bench}


def test_the_liquid_cooled_container_passes_every_requirement_and_its_records_are_believed(steps: Steps) -> None:
    run = steps(STEPS)
    assert run.judged("pass") == requirements(STEPS)
    assert {v["verdict"] for v in run.verdicts} == {"pass"}
    believed = examined(run)
    assert {rule: believed[rule] for where, rule, *_ in LIES if where is STEPS} == {
        "PLZ-CHP-03": {"held"},
        "PLZ-CHP-04": {"held"},
        "PLZ-CLG-06": {"held"},
    }
    assert believed["PLZ-CLG-14"] == {"held"}


@pytest.mark.slow
def test_the_container_with_a_load_bank_passes_every_requirement_and_its_records_are_believed(steps: Steps) -> None:
    run = steps(BANK)
    assert run.judged("pass") == requirements(BANK)
    assert {v["verdict"] for v in run.verdicts} == {"pass", "not-applicable"}
    assert examined(run)["PLZ-PWR-15"] == {"held"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("bench", "requirement", "faults"),
    [(bench, name, faults) for bench, name, *faults in DEFECTS],
    ids=[f"{bench[1]}-{name}" for bench, name, *_ in DEFECTS],
)
def test_the_seeded_defect_turns_exactly_its_requirement_red(
    bench: tuple[Path, str], requirement: str, faults: list[str], steps: Steps
) -> None:
    run, red = steps(bench, *faults), {requirement} | WITH_IT.get(requirement, set())
    assert run.judged("fail") == red
    assert run.judged("pass") >= requirements(bench) - red


@pytest.mark.slow
@pytest.mark.parametrize(("bench", "rule", "lie", "open_"), LIES, ids=[rule for _, rule, *_ in LIES])
def test_a_sensor_that_contradicts_the_step_leaves_what_relied_upon_it_open(
    bench: tuple[Path, str], rule: str, lie: str, open_: set[str], steps: Steps
) -> None:
    run = steps(bench, lie)
    assert run.judged("inconclusive") == open_ and run.judged("fail") == set()
    violated = [row for row in run.plausibility if row["rule"] == rule and row["outcome"] == "violated"]
    for verdict in run.verdicts:
        if verdict["verdict"] == "inconclusive":
            for said in verdict["reason"].values():
                assert rule in said
                assert any(names(said, row) for row in violated)


def names(said: str, row: Mapping[str, Any]) -> bool:
    """Whether a reason names signals, number and time of the samples that contradict a rule."""
    return all(str(part) in said for part in (*row["signals"], row["samples"], row["begin"], row["end"]))
