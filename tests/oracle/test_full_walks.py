"""Full walks of devices: recognised as what they are, and read as another project's driver read them."""

import asyncio
import json

import pytest

from fixtures.device_map import load_map
from fixtures.drivers.snmp import SnmpDriver
from fixtures.identifying import CERTAIN
from fixtures.identities.asking import identify
from fixtures.questions.target import Target
from profiles.quality import Quality
from simulators.replay import replay
from tests.oracle.comparing import ROOT

WALKS = ROOT / "../shared/data/snmp-bsd-snmpsim-data"

# Whatever the walk is called, what it is of: "power" of Vertiv is an air conditioner, that of Tripp Lite switches over.
MAPS = {
    "environment/geist-temperature-sensor": "geist-watchdog",
    "rack-pdu/apc-7902b": "apc-rpdu2",
    "rack-pdu/apc-8932": "apc-rpdu2",
    "ups/eaton-93e-80": "eaton-mge-ups",
    "ups/phoenixtec-power": "megatec-netagent",
    "ups/tripplite-poweralert": "tripplite-ats",
    "ups/vertiv-power": "liebert-gp-crac",
}

pytestmark = pytest.mark.skipif(not WALKS.is_dir(), reason="the recordings of real devices are not on this computer")


def read(name, map_name=""):
    return asyncio.run(_read(name, map_name or MAPS[name]))


async def _read(name, map_name):
    served = await replay(WALKS / f"{name}.snmprec", 0)
    credentials = {"community": served["community"]}
    driver = SnmpDriver("replayed", load_map(map_name).bind({}), served["address"], credentials=credentials, options={})
    try:
        return {reading.point: reading for reading in await driver.read()}
    finally:
        await driver.close()


async def _identified(name):
    served = await replay(WALKS / f"{name}.snmprec", 0)
    _, candidates = await identify(Target("replayed", served["address"], {"community": served["community"]}))
    return candidates[0]


def others(name):
    return json.loads((WALKS / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", MAPS)
def test_a_walk_is_recognised(name):
    first = asyncio.run(_identified(name))
    assert (first.map.name, first.certainty) == (MAPS[name], CERTAIN), first.reasons


@pytest.mark.parametrize("name", ["rack-pdu/apc-7902b", "rack-pdu/apc-8932"])
def test_outlets_current_and_model_are_those_that_the_other_driver_read(name):
    theirs = others(f"{name}.nut-apc_pdu")["variables"]
    ours = read(name)
    outlets = {
        key.split(".")[1]: state
        for key, state in theirs.items()
        if key.startswith("outlet.") and key.endswith("status")
    }
    assert len(outlets) > 8
    assert {index: ours[f"outlet.state@{index}"].value for index in outlets} == outlets
    assert ours["phase.current@1"].value == pytest.approx(float(theirs["input.current"]))
    assert ours["identity.model"].value == theirs["device.model"]


def test_a_pdu_that_meters_current_alone_has_no_power():
    # The other driver says 192 W: a nominal voltage times the current, which nobody has measured.
    ours = read("rack-pdu/apc-7902b")
    assert {ours[f"{point}@1"].quality for point in ("input.power", "phase.voltage", "input.energy")} == {
        Quality.NOT_IMPLEMENTED
    }
    assert read("rack-pdu/apc-8932")["input.power@1"].value == 160


@pytest.mark.parametrize(("name", "watts"), [("rack-pdu/apc-7902b", None), ("rack-pdu/apc-8932", 160)])
def test_a_card_answers_alike_in_both_generations_of_its_tables(name, watts):
    new, old = read(name), read(name, "apc-rpdu")
    same = [point for point in old if point.startswith(("outlet.state@", "phase.current@"))]
    assert len(same) > 16
    assert [old[point].value for point in same] == [new[point].value for point in same]
    assert old["input.power"].value == watts


@pytest.mark.parametrize("map_name", ["rfc1628-ups", "eaton-xups", "eaton-mge-ups"])
def test_one_ups_in_three_mibs_has_one_value(map_name):
    ours = {reading.source: reading.value for reading in read("ups/eaton-93e-80", map_name).values()}
    rows = [row for row in others("ups/eaton-93e-80.cross-mib")["rows"] if row["agree"]]
    checked = [
        (row["quantity"], ours[source["oid"]], source["value"])
        for row in rows
        for source in row["sources"]
        if source["oid"] in ours
    ]
    assert len(checked) > 20
    assert not [one for one in checked if one[1] != pytest.approx(one[2])]


@pytest.mark.parametrize("map_name", ["eaton-xups", "eaton-mge-ups"])
def test_a_runtime_that_is_full_in_seconds_is_none_in_minutes_either(map_name):
    # 65535 s is "no end in sight"; the same card says 1092 min in RFC 1628, which looks like a time.
    times = [r for p, r in read("ups/eaton-93e-80", map_name).items() if p.startswith("battery.time.remaining")]
    assert times
    assert {reading.quality for reading in times} == {Quality.NOT_IMPLEMENTED}


def test_a_ups_of_one_phase_is_that_which_the_other_driver_read():
    theirs = others("ups/phoenixtec-power.nut-xppc")["variables"]
    ours = read("ups/phoenixtec-power")
    for point, name in {
        "battery.charge": "battery.charge",
        "input.voltage.l1": "input.voltage",
        "output.frequency": "output.frequency",
        "output.voltage.l1": "output.voltage",
        "output.load": "ups.load",
        "battery.temperature": "ups.temperature",
    }.items():
        assert ours[point].value == pytest.approx(float(theirs[name])), point
    assert ours["output.source"].value == "normal"


def test_a_transfer_switch_has_its_two_sources_and_every_outlet():
    ours = read("ups/tripplite-poweralert")
    volts = [ours[f"source.{name}.voltage.l1"].value for name in ("normal", "emergency")]
    assert volts == pytest.approx([115.2, 115.1])
    assert ours["source.normal.availability"].value == ours["source.emergency.availability"].value == "available"
    outlets = [reading.value for point, reading in ours.items() if point.startswith("outlet.state@")]
    assert (len(outlets), outlets.count("on")) == (16, 8)


def test_an_air_conditioner_says_the_same_in_both_units():
    ours = read("ups/vertiv-power")
    walk = dict(line.split("|")[::2] for line in (WALKS / "ups/vertiv-power.snmprec").read_text().splitlines())
    for point, row in {"return.temperature": 3, "sensor.temperature@4": 4, "sensor.temperature@5": 5}.items():
        fahrenheit = float(walk[f"1.3.6.1.4.1.476.1.42.3.4.1.2.3.1.3.{row}"])
        assert ours[point].value == pytest.approx((fahrenheit - 32) / 1.8, abs=1)
    # Its supply air has a setpoint and no probe.
    assert ours["supply.temperature"].quality is Quality.NOT_IMPLEMENTED


def test_a_climate_monitor_reads_its_own_probe_and_the_remote_ones():
    ours = read("environment/geist-temperature-sensor")
    values = {point: reading.value for point, reading in ours.items() if point.startswith("temperature@")}
    probes = {"temperature@internal-1": 15.4, "temperature@probe-2": 18.5, "temperature@probe-3": 18.0}
    assert values == pytest.approx(probes)
