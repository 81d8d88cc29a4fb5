"""Every requirement of steady operation has a defect that turns exactly its verdict red.

Those that hit different machines are seen in one container, every time. That each turns its own verdict only is among
the slow checks, and so is what befalls racks, whose sensors are not believed where several disagree.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conformance.campaigns import Runs, campaigns

PROFILE = Path(__file__).with_name("short-steady.yaml")
PRESET = "edge-40-compact"
DEFECTS = {
    "PWR-GRD-005": "sensor.offset:device=meter-main-modbus,point=unbalance.voltage,offset=5",
    "PWR-GRD-006": "mains.harmonics",
    "CLG-AIR-006": "sensor.offset:device=rack-1-monitor,point=inlet.humidity,offset=42",
    "CLG-AIR-008": "sensor.drift:device=rack-2-monitor,point=inlet.temperature.*,rate=-340,onset=60",
    "CLG-AIR-010": "sensor.offset:device=rack-3-monitor,point=inlet.temperature.bottom,offset=-8",
    "CLG-AIR-012": "sensor.offset:device=rack-4-monitor,point=inlet.temperature.*,offset=5.5",
    "CLG-CRC-008": "sensor.offset:device=crac-1-controller,point=supply.temperature,offset=3",
    "CLG-LEK-007": "leak.water",
    "IOP-MET-002": "comms.exception:device=llm-1-api,http=503,probability=0.3",
}
TOGETHER = [name for name in DEFECTS if not name.startswith("CLG-AIR")]


def switches(*faults: str) -> tuple[str, ...]:
    return (str(PROFILE), "--preset", PRESET, *(word for fault in faults for word in ("--fault", fault)))


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    wanted = {"reference": switches(), "together": switches(*map(DEFECTS.__getitem__, TOGETHER))}
    with campaigns(wanted, lambda: tmp_path_factory.mktemp("run")) as found:
        yield found


def test_the_reference_container_passes_every_requirement(runs: Runs) -> None:
    assert runs("reference").judged("pass") == set(DEFECTS)
    assert {verdict["verdict"] for verdict in runs("reference").verdicts} == {"pass"}


def test_defects_of_different_machines_are_all_seen(runs: Runs) -> None:
    assert runs("together").judged("fail") == set(TOGETHER)
    assert runs("together").judged("pass") >= set(DEFECTS) - set(TOGETHER)


@pytest.mark.slow
@pytest.mark.parametrize("requirement", DEFECTS)
def test_the_seeded_defect_turns_exactly_its_requirement_red(
    requirement: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with campaigns({requirement: switches(DEFECTS[requirement])}, lambda: tmp_path_factory.mktemp("run")) as found:
        assert found(requirement).judged("fail") == {requirement}
        assert found(requirement).judged("pass") >= set(DEFECTS) - {requirement}


@pytest.mark.slow
def test_moisture_that_jumps_while_nothing_happens_is_not_believed(tmp_path_factory: pytest.TempPathFactory) -> None:
    jump = switches("sensor.offset:device=rack-1-monitor,point=inlet.humidity,offset=20,onset=60")
    with campaigns({"jump": jump}, lambda: tmp_path_factory.mktemp("run")) as found:
        doubted = [v for v in found("jump").verdicts if v["verdict"] != "pass"]
    # Whatever used the humidity, or the temperature with it.
    assert {v["requirement"] for v in doubted} == {"CLG-AIR-006", "CLG-AIR-008", "CLG-AIR-012"}
    assert {(v["equipment"], v["verdict"]) for v in doubted} == {("rack-1", "inconclusive")}
    for verdict in doubted:
        assert "PLZ-CLG-08" in verdict["reason"]["ko"] and "inlet.humidity" in verdict["reason"]["en"]
