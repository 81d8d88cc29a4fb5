"""Full walks of two rack PDUs read through our map as another project's driver read them."""

import asyncio
import json

import pytest

from fixtures.device_map import load_map
from fixtures.drivers.snmp import SnmpDriver
from profiles.quality import Quality
from simulators.replay import replay
from tests.oracle.comparing import ROOT

WALKS = ROOT / "../shared/data/snmp-bsd-snmpsim-data/rack-pdu"

pytestmark = pytest.mark.skipif(not WALKS.is_dir(), reason="the recordings of real devices are not on this computer")


async def read(name):
    served = await replay(WALKS / f"{name}.snmprec", 0)
    credentials = {"community": served["community"]}
    device = load_map("apc-rpdu2").bind({})
    driver = SnmpDriver("replayed", device, served["address"], credentials=credentials, options={})
    try:
        return {reading.point: reading for reading in await driver.read()}
    finally:
        await driver.close()


@pytest.mark.parametrize("name", ["apc-7902b", "apc-8932"])
def test_outlets_current_and_model_are_those_that_the_other_driver_read(name):
    others = json.loads((WALKS / f"{name}.nut-apc_pdu.json").read_text(encoding="utf-8"))["variables"]
    ours = asyncio.run(read(name))
    outlets = {
        key.split(".")[1]: state
        for key, state in others.items()
        if key.startswith("outlet.") and key.endswith("status")
    }
    assert len(outlets) > 8
    assert {index: ours[f"outlet.state@{index}"].value for index in outlets} == outlets
    assert ours["phase.current@1"].value == pytest.approx(float(others["input.current"]))
    assert ours["identity.model"].value == others["device.model"]


def test_a_pdu_that_meters_current_alone_has_no_power():
    # The other driver says 192 W: a nominal voltage times the current, which nobody has measured.
    ours = asyncio.run(read("apc-7902b"))
    assert {ours[f"{point}@1"].quality for point in ("input.power", "phase.voltage", "input.energy")} == {
        Quality.NOT_IMPLEMENTED
    }
    assert asyncio.run(read("apc-8932"))["input.power@1"].value == 160
