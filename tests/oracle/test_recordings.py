"""Every recording that has a map reads through it as others decoded it; what is not available is never a number."""

import asyncio
from functools import cache

import pytest

from tests.oracle.__main__ import PAGE, drawn, numbers
from tests.oracle.comparing import DIFFERS, EXPLAINED, RECORDINGS, UNRECORDED, compare, recordings
from tests.oracle.explaining import explanations

# Of what the recordings hold. The rest has its reason in explained.yaml, which is no way to reach this.
LEAST = 0.99

pytestmark = pytest.mark.skipif(
    not RECORDINGS.is_dir(), reason="the recordings of real devices are not on this computer"
)


@cache
def compared(name):
    return asyncio.run(compare(RECORDINGS / name, recordings()[name]))


@pytest.mark.parametrize("name", recordings())
def test_a_recording_is_read_as_others_read_it(name):
    sensors = compared(name)
    assert not numbers(sensors), [s for s in sensors if s.expected is None and not s.agrees]
    assert not [s for s in sensors if s.stated and not s.agrees]
    assert not [s for s in sensors if s.standing == DIFFERS]


def test_nearly_all_that_was_recorded_agrees_and_the_page_says_so():
    everything = {name: compared(name) for name in recordings()}
    recorded = [s for sensors in everything.values() for s in sensors if s.standing != UNRECORDED]
    assert len(recorded) > 3300
    assert sum(s.standing == EXPLAINED for s in recorded) <= (1 - LEAST) * len(recorded)
    assert PAGE.read_text(encoding="utf-8") == drawn(recordings(), everything), "draw it anew: make devices"


@pytest.mark.parametrize("one", explanations(), ids=lambda one: f"{one.recording} {one.oids[0]}")
def test_an_explanation_explains_something(one):
    about = [s for s in compared(one.recording) if s.explanation is one]
    assert about
    if one.unit:
        # In the unit of their class it would not agree.
        assert all(s.agrees for s in about)
        assert any(s.reading.unit != s.unit for s in about)
    else:
        assert any(not s.agrees for s in about)


def test_every_recording_has_a_map():
    missing = {f"{file.parent.name}/{file.stem}" for file in RECORDINGS.glob("*/*.snmprec")} - set(recordings())
    assert not missing
