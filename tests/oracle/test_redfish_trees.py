"""Recorded Redfish trees, served again and read through the generic map of sensors, against a mechanical extraction
of every reading in them."""

import asyncio
import json
import math
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from fixtures.device_map import load_map
from fixtures.drivers.redfish import RedfishDriver
from fixtures.reading import Reading
from tests.fixtures.web import Handler, Served

TREES = Path(__file__).parents[2] / "../shared/data/redfish"
pytestmark = pytest.mark.skipif(not TREES.is_dir(), reason="recorded Redfish trees are not on this computer")

# Tree, how many of the readings that it holds the generic map reads, and how many of them are no values.
COUNTS = {
    "dell-poweredge-r750": 88,
    "delta-powershelf": 142,
    "dmtf-telemetry": 28,
    "hpe-dl380a-gen12": 98,
    "nvidia-gh200": 230,
    "supermicro-gb300-nvl": 250,
}
LISTS = {"Temperatures": "ReadingCelsius", "Fans": "Reading", "Voltages": "ReadingVolts"}
SCALES = {"EnergyJoules": 1 / 3.6e6, "PressurekPa": 1000.0}


def serve(tree: Path) -> Handler:
    async def answer(request: web.Request) -> web.Response:
        file = tree / request.path.strip("/") / "index.json"
        if not file.is_file():
            raise web.HTTPNotFound
        return web.json_response(json.loads(file.read_text(encoding="utf-8")))

    return answer


def read(tree: Path, map_name: str) -> dict[str, Reading]:
    async def once(base: str) -> list[Reading]:
        driver = RedfishDriver("d", load_map(map_name).bind({}), base, credentials={}, options={})
        try:
            return await driver.read()
        finally:
            await driver.close()

    with Served(serve(tree)) as base:
        return {reading.source: reading for reading in asyncio.run(once(base))}


def expectations(name: str) -> dict[str, dict[str, Any]]:
    """The readings of a tree by the place at which the map reads them."""
    found = {}
    for one in json.loads((TREES / name / "expected-readings.json").read_text(encoding="utf-8"))["readings"]:
        if one["type"] in LISTS:
            found[f"{one['path']}/{LISTS[one['type']]}"] = one
        elif "/Sensors/" in one["path"] and "#" not in one["path"]:
            found[f"{one['path']}#/Reading"] = one
    return found


@pytest.mark.parametrize("name", COUNTS)
def test_every_sensor_of_a_tree_is_read_and_none_that_is_absent(name):
    readings, checked = read(TREES / name, "redfish-sensors"), 0
    for place, one in expectations(name).items():
        reading = readings.get(place)
        if reading is None:
            continue
        checked += 1
        absent = one["reading"] is None or str(one.get("basis", "")).startswith("no value")
        assert (reading.value is None) is absent, place
        if not absent:
            assert reading.value == pytest.approx(one["reading"] * SCALES.get(one["type"], 1.0)), place
    assert checked >= COUNTS[name]


@pytest.mark.parametrize("name", ["nvidia-gh200", "supermicro-gb300-nvl"])
def test_what_counts_down_to_throttling_is_no_temperature(name):
    readings = read(TREES / name, "redfish-sensors")
    headroom = [place for place, one in expectations(name).items() if str(one.get("basis", "")).startswith("headroom")]
    assert headroom
    for place in headroom:
        found = readings.get(place)
        assert found is None or found.point.startswith("temperature.headroom"), place


@pytest.mark.parametrize(("name", "count"), [("nvidia-gh200", 2), ("supermicro-gb300-nvl", 4)])
def test_each_accelerator_has_its_own_temperature_power_and_energy(name, count):
    found = read(TREES / name, "redfish-accelerators").values()
    for point in ("temperature", "temperature.headroom", "memory.temperature", "power", "energy"):
        values = [one.value for one in found if one.point.partition("@")[0] == point]
        assert len(values) == count, point
        assert all(isinstance(value, float) and math.isfinite(value) for value in values)
    chips = [one for one in found if one.point.startswith("temperature@")]
    assert all(value.value < 45 for value in chips), "the headroom of these is 54"
