"""One UPS adapter, two protocols: what it says over SNMP and over Modbus is the same, each to its own digit."""

import asyncio

import pytest

from fixtures.device_map import load_map
from fixtures.drivers.modbus import ModbusDriver
from fixtures.drivers.snmp import SnmpDriver
from fixtures.reading import Reading
from simulators.replay import replay
from tests.fixtures.agents import Device, serve_device
from tests.oracle.comparing import RECORDINGS
from tests.oracle.register_tables import MAPS, laid_out

RECORDING = RECORDINGS / "ups/generex-ups_cs141.snmprec"
SNMP, MODBUS = load_map("rfc1628-ups").bind({}), load_map("generex-cs141-modbus").bind({})

pytestmark = pytest.mark.skipif(
    not (RECORDING.is_file() and MAPS.is_dir()), reason="the recording and the register table are not on this computer"
)

# By quantity of the register table, the object that the recording holds, and what one of its counts is.
QUANTITIES = {
    "battery.charge": ("1.3.6.1.2.1.33.1.2.4.0", 1),
    "battery.runtime": ("1.3.6.1.2.1.33.1.2.3.0", 1),
    "battery.voltage": ("1.3.6.1.2.1.33.1.2.5.0", 0.1),
    "temperature": ("1.3.6.1.2.1.33.1.2.7.0", 1),
}
for n in (1, 2, 3):
    QUANTITIES[f"input.voltage[L{n}]"] = (f"1.3.6.1.2.1.33.1.3.3.1.3.{n}", 1)
    QUANTITIES[f"input.frequency[L{n}]"] = (f"1.3.6.1.2.1.33.1.3.3.1.2.{n}", 0.1)
    QUANTITIES[f"output.voltage[L{n}]"] = (f"1.3.6.1.2.1.33.1.4.4.1.2.{n}", 1)
    QUANTITIES[f"output.load[L{n}]"] = (f"1.3.6.1.2.1.33.1.4.4.1.5.{n}", 1)
# The recorded UPS is on its bypass (4); the maker's manual gives the status word for each source.
STATUS = {"3": 4, "4": 5, "5": 12}


async def over_snmp() -> dict[str, Reading]:
    served = await replay(RECORDING, 0)
    driver = SnmpDriver("ups", SNMP, served["address"], credentials={"community": served["community"]}, options={})
    try:
        return {reading.point: reading for reading in await driver.read()}
    finally:
        await driver.close()


async def over_modbus(cells: dict[str, dict[int, int]]) -> dict[str, Reading]:
    async with serve_device(Device(cells)) as address:
        driver = ModbusDriver("ups", MODBUS, address, credentials={}, options={})
        try:
            return {reading.point: reading for reading in await driver.read()}
        finally:
            await driver.close()


def adapter() -> dict[str, dict[int, int]]:
    """The registers of the adapter while it says what the recording says, by its register table alone."""
    lines = (line.split("|") for line in RECORDING.read_text(encoding="utf-8").splitlines())
    said = {oid: value for oid, _, value in (line[:3] for line in lines if len(line) >= 3)}
    values = {name: float(said[oid]) * count for name, (oid, count) in QUANTITIES.items()}
    status = STATUS[said["1.3.6.1.2.1.33.1.4.1.0"]]
    return laid_out("generex-cs141-ups", values | {"UPS status raw": status})


def test_the_same_quantities_agree_over_both_protocols():
    snmp, modbus = asyncio.run(over_snmp()), asyncio.run(over_modbus(adapter()))
    shared = [name for name, one in modbus.items() if name in snmp and None not in (one.value, snmp[name].value)]
    differing = [name for name in shared if not same(name, snmp[name], modbus[name])]
    assert not differing, [(snmp[name], modbus[name]) for name in differing]
    assert {"output.source", "battery.voltage", "battery.temperature", "output.load.l2", "input.frequency.l3"} < {
        *shared
    }
    assert len(shared) >= len(QUANTITIES) + 1


def same(name: str, one: Reading, other: Reading) -> bool:
    if isinstance(one.value, str):
        return one.value == other.value
    digit = SNMP.points[name].resolution / 2 + MODBUS.points[name].resolution / 2
    return isinstance(one.value, float) and isinstance(other.value, float) and abs(one.value - other.value) <= digit
