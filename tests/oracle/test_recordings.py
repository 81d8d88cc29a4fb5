"""Every recording that has a map reads through it as others decoded it; what is not available is never a number."""

import asyncio

import pytest

from tests.oracle.comparing import RECORDINGS, compare, recordings

# What a whole class may lose: sensors of other devices behind the same agent, and what nobody could explain.
LEAST = 0.99

pytestmark = pytest.mark.skipif(
    not RECORDINGS.is_dir(), reason="the recordings of real devices are not on this computer"
)


@pytest.mark.parametrize(("name", "map_name"), recordings().items())
def test_a_recording_is_read_as_others_read_it(name, map_name):
    sensors = asyncio.run(compare(RECORDINGS / name, map_name))
    invented = [s for s in sensors if s.expected is None and s.reading is not None and s.reading.value is not None]
    assert not invented
    wrong = [s for s in sensors if s.reading is not None and not s.agrees and s.reading.quality.usable]
    assert len(wrong) <= (1 - LEAST) * len(sensors), wrong
