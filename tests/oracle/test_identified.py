"""Every recording that has a map is recognised as that map by what its agent says, without being told."""

import asyncio

import pytest

from fixtures.identifying import CERTAIN, LIKELY
from fixtures.identities.asking import identify
from fixtures.questions.target import Target
from simulators.replay import replay
from tests.oracle.comparing import RECORDINGS, recordings

pytestmark = pytest.mark.skipif(
    not RECORDINGS.is_dir(), reason="the recordings of real devices are not on this computer"
)

# Agents that give no identity of their own: net-snmp's, none, or that of a controller whose program decides.
UNNAMED = {
    "dc-rectifier/huawei-smu",
    "environment/scs-ks",
    "genset/himoinsa-gensets",
    "micro-data-centre/vertiv-dcs",
    "server-bmc/supermicro-bmc_x10slehf",
    "server-bmc/supervyse-openbmc",
    "ups/abbups_abbups",
    "ups/generex-ups_cs141",
    "ups/netmanplus_204",
    "ups/netvision-rfc",
    "ups/orvaldi-ups",
    "ups/powerwalker-vfi_20kcpgpf133",
    "ups/supercap",
}


async def first(name):
    path = RECORDINGS / name
    served = await replay(path.with_name(path.name + ".snmprec"), 0)
    _, candidates = await identify(Target("replayed", served["address"], {"community": served["community"]}))
    return candidates


@pytest.mark.parametrize(("name", "map_name"), recordings().items())
def test_a_recording_is_recognised(name, map_name):
    candidates = asyncio.run(first(name))
    found = [(one.map.name, one.certainty, one.reasons) for one in candidates]
    assert found and found[0][0] == map_name, found[:3]
    assert found[0][1] == (LIKELY if name in UNNAMED else CERTAIN), found[:3]
    assert found[0][2]
