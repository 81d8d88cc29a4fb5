"""Every register table that others use is read by a map of ours as the table says, over a socket."""

import asyncio
from collections.abc import Mapping

import pytest

from fixtures.device_map import DeviceMap, load_map
from fixtures.drivers.modbus import ModbusDriver
from fixtures.map_point import MapPoint
from fixtures.reading import Reading
from fixtures.units import conversion
from fixtures.wire.registers import cell_of
from profiles.quality import Quality
from tests.fixtures.agents import Device, serve_device
from tests.oracle.register_tables import MAPS, Row, Table, choices, load, measured

pytestmark = pytest.mark.skipif(not MAPS.is_dir(), reason="the register tables are not on this computer")

# No map: the list gives neither a unit nor a scale, and does not say which conductors its eight voltages are of.
UNMAPPED = {"caterpillar-emcp"}
# Contradicts itself: a voltage and a current would share a register. Our map says what it takes from memory.
CONTRADICTORY = {"circutor-cvm-e3-mini"}


def read(device_map: DeviceMap, cells: Mapping[str, Mapping[int, int]]) -> dict[str, Reading]:
    async def once() -> list[Reading]:
        async with serve_device(Device({name: dict(held) for name, held in cells.items()})) as address:
            driver = ModbusDriver("served", device_map, address, credentials={}, options={"gap": 0})
            try:
                return await driver.read()
            finally:
                await driver.close()

    return {reading.point: reading for reading in asyncio.run(once())}


def at(point: MapPoint) -> tuple[str, int]:
    cell = cell_of(point)
    return cell.table, cell.address


def test_every_table_has_a_map_or_a_reason():
    tables = {path.stem for path in MAPS.glob("*.json")} - {"index"}
    assert tables == choices().keys() | UNMAPPED | CONTRADICTORY


@pytest.mark.parametrize("backwards", [False, True], ids=["importing", "exporting"])
@pytest.mark.parametrize("name", choices())
def test_what_a_table_measures_is_read_as_the_table_says(name: str, backwards: bool):
    table = load(name, backwards)
    expected = {row.place: row for row in measured(table)}
    found: dict[tuple[str, int], int] = dict.fromkeys(expected, 0)
    for map_name in table.maps:
        device_map = load_map(map_name).bind({})
        for point, reading in read(device_map, table.cells).items():
            row = expected.get(at(device_map.points[point]))
            if row is not None and stands_alone(device_map.points[point]):
                found[row.place] += 1
                agrees(row, reading)
    assert not [expected[place].name for place, times in found.items() if not times], "these are read by no map"


def stands_alone(point: MapPoint) -> bool:
    """Whether the register is the quantity, and no share of another."""
    return point.kind == "quantity" and all(one.role == "only-if" for one in point.beside)


def agrees(row: Row, reading: Reading) -> None:
    assert reading.quality is Quality.GOOD, (row, reading)
    turned = conversion(row.unit, reading.unit or "1")
    assert turned is not None, (row, reading)
    assert row.expected is not None and reading.value == pytest.approx(turned.apply(row.expected), rel=2e-6), row


@pytest.mark.parametrize("name", choices())
def test_a_bit_that_a_map_reads_is_one_that_the_table_names(name: str):
    table = load(name)
    named: dict[tuple[str, int], set[int]] = {}
    for row in table.rows:
        if row.bits:
            named.setdefault(row.place, set()).update(range(row.bits[0], row.bits[1] + 1))
    for map_name in table.maps:
        for point in load_map(map_name).points.values():
            if point.bits and at(point) in named:
                low, high = point.bits
                assert set(range(low, high + 1)) <= named[at(point)], point.name


@pytest.mark.parametrize("name", choices())
def test_a_reader_of_a_whole_table_gets_no_number_from_registers_that_are_not_there(name: str):
    for map_name in load(name).maps:
        readings = read(load_map(map_name).bind({}), {"holding": {65000: 0}})
        assert not [one for one in readings.values() if one.value is not None]
        assert {one.quality for one in readings.values()} == {Quality.NOT_IMPLEMENTED}


def words_not_available(table: Table) -> dict[str, dict[int, int]]:
    """The table with all ones in every register, as a product without the module or behind a dead gateway."""
    return {name: dict.fromkeys(cells, 0xFFFF) for name, cells in table.cells.items() if name in ("holding", "input")}


@pytest.mark.parametrize("name", ["generex-cs141-ups", "apc-nmc2-ups", "wirenboard-msw4", "dse-gencomm"])
def test_all_ones_are_no_numbers(name: str):
    table = load(name)
    for map_name in table.maps:
        device_map = load_map(map_name).bind({})
        readings = read(device_map, words_not_available(table)).values()
        numbers = [one for one in readings if device_map.points[one.point].kind == "quantity"]
        assert numbers and not [
            one for one in numbers if isinstance(one.value, float) and one.point not in SIGNED[name]
        ]


# Signed registers of which all ones are a believable number: -1 kW on a phase; and a counter that has no marker.
SIGNED = {
    "generex-cs141-ups": {"input.line-bads"},
    "apc-nmc2-ups": set(),
    "wirenboard-msw4": {"temperature@air", "dew-point@air", "temperature@electronics"},
    "dse-gencomm": {"coolant.temperature", "oil.temperature", "power", "power.l1", "power.l2", "power.l3", "load"},
}
