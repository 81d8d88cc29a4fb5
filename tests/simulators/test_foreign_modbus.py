"""mbpoll, a Modbus master on libmodbus, reads our servers and is refused as the standard says."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from fixtures.wire.registers import cell_of
from tests.simulators.process import Container, run, started

pytestmark = pytest.mark.skipif(shutil.which("mbpoll") is None, reason="mbpoll is not installed")

# mbpoll's words for the tables and for two words that hold a floating-point number.
DISCRETE, INPUT, HOLDING, FLOAT = "1", "3", "4", "4:float"


def mbpoll(
    container: Container, device: str, table: str, address: int, *values: str, unit: int = 0
) -> "subprocess.CompletedProcess[str]":
    """Read `address` once, or write `values` there."""
    unit = unit or int(container.address(device).rsplit("/", 1)[1])
    place = ("-p", str(container.port(device)), "-a", str(unit), "-0", "-r", str(address), "-t", table)
    once = () if values else ("-1",)
    return run("mbpoll", "-m", "tcp", *place, "-B", *once, "127.0.0.1", *values)


def shown(container: Container, device: str, table: str, address: int) -> float:
    """The one number that mbpoll shows."""
    (number,) = re.findall(r"^\[\d+\]:\s+(-?[\d.]+)", mbpoll(container, device, table, address).stdout, re.MULTILINE)
    return float(number)


@pytest.mark.parametrize("point", ["voltage.l1", "voltage.l2", "voltage.l3", "current.l1", "power", "frequency"])
def test_the_meter_shows_the_plant_in_its_registers(container: Container, point: str) -> None:
    place = container.map("meter-main-modbus").points[point]
    value = shown(container, "meter-main-modbus", FLOAT, cell_of(place).address) * float(place.scale)
    assert container.agrees("meter-main-modbus", point, value)


def test_each_cooling_unit_answers_for_itself_on_one_bus(container: Container) -> None:
    assert len({container.port(f"crac-{n}-controller") for n in (1, 2, 3)}) == 1
    for n in (1, 2, 3):
        device = f"crac-{n}-controller"
        place = container.map(device).points["supply.temperature"]
        value = shown(container, device, INPUT, cell_of(place).address) * float(place.scale)
        assert container.agrees(device, "supply.temperature", value)


def test_container_doors_and_leak_detector_share_the_inputs_of_one_controller(container: Container) -> None:
    devices = ["container-1-plc", "door-1-plc", "door-2-plc", "leak-1-plc"]
    assert len({container.address(device) for device in devices}) == 1
    for device in devices:
        for name, point in container.map(device).points.items():
            if point.states is not None:
                table = {"discrete": DISCRETE, "input": INPUT}[cell_of(point).table]
                raw = int(shown(container, device, table, cell_of(point).address))
                assert point.states[str(raw)] == container.truth(device, name), (device, name)


def test_an_address_outside_the_registers_is_refused(container: Container) -> None:
    assert "Illegal data address" in mbpoll(container, "meter-main-modbus", HOLDING, 9000).stderr


def test_a_unit_that_is_not_there_is_refused_by_the_gateway(container: Container) -> None:
    assert "Target device failed to respond" in mbpoll(container, "crac-1-controller", INPUT, 1, unit=9).stderr


def test_a_set_point_that_was_written_reaches_the_plant(tmp_path: Path) -> None:
    with started(tmp_path, "--clock", "lockstep") as container:
        assert mbpoll(container, "crac-1-controller", HOLDING, 0, "245").returncode == 0
        container.ask("advance", to_ms=600)
        assert container.truth("crac-1-controller", "setpoint.temperature") == 24.5
        assert "Illegal data value" in mbpoll(container, "crac-1-controller", HOLDING, 0, "900").stderr
        assert container.truth("crac-1-controller", "setpoint.temperature") == 24.5
