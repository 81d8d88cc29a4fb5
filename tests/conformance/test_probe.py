"""Probing: every point with its quality and where it was read, of a bench or of one device."""

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
import yaml

from fixtures.bench import load_bench
from fixtures.credentials import fetch_all
from fixtures.identities.asking import identify
from fixtures.questions.target import Target
from profiles.quality import Quality
from tests.fixtures.test_replay import FOLDER, MAKERS, check, expectations
from tests.simulators.process import Container, started

COLUMNS = ["device", "subject", "point", "value", "unit", "quality", "raw", "source"]
STANDARD_MAP = [maker for maker in MAKERS if maker[1] == "rfc1628-ups"][:3]


def conformance(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "conformance.cli", *map(str, arguments)]


def probe(*arguments: object, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        conformance("probe", *arguments), capture_output=True, text=True, env={**os.environ, **environment}
    )


def lines(done: "subprocess.CompletedProcess[str]") -> list[dict[str, object]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def container(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Container]:
    with started(tmp_path_factory.mktemp("bench"), "edge-40-liquid", "--clock", "lockstep") as container:
        yield container


def test_every_point_of_a_bench_as_json_lines(container: Container) -> None:
    done = probe("--bench", container.ready["bench"], "--format", "json")
    assert done.returncode == 0, done.stderr
    rows = lines(done)
    assert {tuple(row) for row in rows} == {tuple(COLUMNS)}
    maps = {device: container.map(device) for device in container.bench["devices"]}
    # An instance of something that there are many of reads `power@npu7`.
    assert {(row["device"], str(row["point"]).partition("@")[0]) for row in rows} == {
        (device, point.partition("@")[0]) for device, device_map in maps.items() for point in device_map.points
    }
    assert all((row["value"] is not None) == (row["quality"] == "good") for row in rows)


def test_a_number_is_the_plants_own_within_the_accuracy_of_its_device(container: Container) -> None:
    rows = {(r["device"], r["point"]): r for r in lines(probe("--bench", container.ready["bench"], "--format", "json"))}
    for device, point in (
        ("meter-main-modbus", "frequency"),
        ("ups-1-card", "battery.charge"),
        ("pdu-1-snmp", "power"),
    ):
        value = rows[device, point]["value"]
        assert isinstance(value, float) and container.agrees(device, point, value), (device, point)


def test_a_silent_device_is_an_error_without_a_value_and_exit_code_3(container: Container) -> None:
    container.ask("fault", name="comms.timeout", parameters={"device": "meter-main-modbus"})
    try:
        done = probe("--bench", container.ready["bench"], "--format", "json")
    finally:
        container.ask("clear", name="comms.timeout")
    assert done.returncode == 3
    silent = [row for row in lines(done) if row["device"] == "meter-main-modbus"]
    assert {(row["value"], row["quality"]) for row in silent} == {(None, "error")}
    assert all(row["quality"] != "error" for row in lines(done) if row["device"] == "ups-1-card")


def test_the_table_for_people_has_the_same_columns_and_a_dash_for_no_value(container: Container) -> None:
    head, *rows = probe("--bench", container.ready["bench"]).stdout.splitlines()
    assert head.split() == COLUMNS
    assert any(row.split()[3:4] == ["-"] for row in rows if "not-implemented" in row)


@pytest.mark.parametrize("protocol", ["modbus", "snmp"])
def test_pymodbus_and_pysnmp_read_what_our_own_codecs_read(protocol: str, container: Container) -> None:
    """Time stands still, so nothing may differ. One device of each map speaks for those like it."""
    of_a_map = {
        entry["map"]: name
        for name, entry in container.bench["devices"].items()
        if entry["address"].startswith(f"{protocol}:")
    }
    devices = {
        name: {**entry, "options": {**entry.get("options", {}), "driver": "library"}}
        for name, entry in container.bench["devices"].items()
        if name in of_a_map.values()
    }
    other = container.folder / "library.yaml"
    names, theirs = list(devices), []
    # A few at a time: all at once, pysnmp needs longer than a sweep waits for a device.
    for first in range(0, len(names), 4):
        chosen = {name: devices[name] for name in names[first : first + 4]}
        other.write_text(
            yaml.safe_dump({**container.bench, "devices": chosen, "measures": [], "interlocks": []}, sort_keys=False)
        )
        theirs += lines(probe("--bench", other, "--format", "json"))
    ours = lines(probe("--bench", container.ready["bench"], "--format", "json"))
    assert len(theirs) > 50
    assert theirs == [row for row in ours if row["device"] in devices]


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the recordings of real devices are not on this computer")
@pytest.mark.parametrize(("name", "device_map", "count"), STANDARD_MAP)
def test_a_replayed_recording_of_a_real_ups_probes_to_its_expected_values(
    name: str, device_map: str, count: int
) -> None:
    replay = conformance("simulate", "--replay", FOLDER / f"{name}.snmprec")
    process = subprocess.Popen(replay, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        done = probe(
            "--device", device_map, "--address", ready["address"], "--credential", "community=env:UPS_COMMUNITY",
            "--format", "json", UPS_COMMUNITY=ready["community"],
        )  # fmt: skip
    finally:
        process.terminate()
        process.wait(5)
    assert done.returncode == 0, done.stderr
    sensors = expectations(name)
    assert len(sensors) == count
    check(sensors, {row["source"]: (row["value"], Quality(row["quality"])) for row in lines(done)})


# What the address of a device alone leads to. Some maps are of one concrete plant and stand behind the product's own.
RECOGNISED = {
    "meter-main-modbus": ("pm5000-meter", "likely"),
    "meter-it-modbus": ("iem3000-meter", "likely"),
    "ups-1-card": ("rfc1628-ups", "likely"),
    "ats-1-card": ("apc-ats", "certain"),
    "pdu-1-snmp": ("raritan-px", "certain"),
    "pdu-1-redfish": ("redfish-pdu", "likely"),
    "cdu-1-redfish": ("redfish-cdu-sensors", "likely"),
    "bmc-1-redfish": ("redfish-bmc", "likely"),
    "npu-1-exporter": ("furiosa-exporter", "likely"),
    "gpu-1-exporter": ("dcgm-exporter", "likely"),
    "time-1-exporter": ("chrony-exporter", "likely"),
    "analyser-1-scpi": ("wt300-analyser", "likely"),
    "leak-1-plc": None,
}


@pytest.mark.parametrize(("name", "expected"), RECOGNISED.items())
def test_a_device_of_every_protocol_is_recognised_by_its_address(
    container: Container, name: str, expected: tuple[str, str] | None
) -> None:
    device = load_bench(container.ready["bench"]).device(name)
    target = Target(name, device.address, fetch_all(device.credentials), device.options)
    said, candidates = asyncio.run(identify(target))
    assert said
    found = candidates[0] if candidates else None
    assert (found and (found.map.name, found.certainty)) == expected


def test_the_readings_of_a_container_do_not_contradict_each_other(container: Container) -> None:
    done = probe("--bench", container.ready["bench"], "--check")
    assert done.returncode == 0, done.stdout[-2000:]
    assert re.search(r"^[1-9][0-9]* checks among the readings, 0 contradict each other$", done.stdout, re.MULTILINE)
