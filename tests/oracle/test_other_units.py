"""Other units of each family: recordings with columns missing and sentinels in the place of values.

Nothing of it may raise, no sentinel may become a number, and what does not depend on a changed object stays as it was.
"""

import math
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.device_map import load_map
from fixtures.wire.ber import INTEGER, OCTETS
from fixtures.wire.snmp import NO_SUCH_INSTANCE, Varbind
from fixtures.wire.snmprec import read_snmprec
from profiles.quality import Quality
from tests.oracle.answering import Agent, columns, touches
from tests.oracle.comparing import RECORDINGS, recordings

pytestmark = pytest.mark.skipif(
    not RECORDINGS.is_dir(), reason="the recordings of real devices are not on this computer"
)
each_recording = pytest.mark.parametrize(("name", "map_name"), recordings().items())

# What makers put where they have no value; a map that knows its family's marks lists them as `not-available`.
NUMBERS = (-1, -32768, 65535, 2147483647, 4294967295)
TEXTS = (b"", b" ", b"N/A", b"null", b"--")


@cache
def recorded(name):
    return Agent({one.oid: one for one in read_snmprec((RECORDINGS / f"{name}.snmprec").read_bytes())})


@cache
def the_map(map_name):
    return load_map(map_name).bind({})


@cache
def read(name, map_name):
    return recorded(name).readings(the_map(map_name))


@cache
def depends(map_name):
    return {name: columns(point) for name, point in the_map(map_name).points.items()}


@cache
def of_column(name, pattern):
    return [oid for oid in recorded(name).objects if touches(pattern, oid)]


def rows(readings):
    return [row for found in readings.values() for row in found]


@cache
def sources(name, map_name):
    """Each object that is read as a value, with the points that it is read for."""
    found = {}
    for point, reading in rows(read(name, map_name)):
        if reading.source in recorded(name).objects:
            found.setdefault(reading.source, []).append(point)
    return found


def replaced(oid, value):
    if value is None:
        return Varbind(oid, NO_SUCH_INSTANCE)
    return Varbind(oid, INTEGER, value) if isinstance(value, int) else Varbind(oid, OCTETS, value)


def octets(value):
    return value if isinstance(value, bytes | int | None) else str(value).encode()


def assert_sound(readings):
    """No reading is a number that cannot be."""
    for point, reading in rows(readings):
        if reading.quality is not Quality.GOOD:
            assert reading.value is None, point
        elif point.kind == "quantity":
            assert math.isfinite(reading.value), point
            assert point.range is None or point.range[0] <= reading.value <= point.range[1], point


@each_recording
def test_what_a_map_calls_not_available_is_no_value_wherever_it_stands(name, map_name):
    declared = {oid: points for oid, points in sources(name, map_name).items() if points[0].not_available}
    for take in (0, -1):
        marks = {oid: octets(points[0].not_available[take]) for oid, points in declared.items()}
        agent = recorded(name).with_objects({oid: replaced(oid, mark) for oid, mark in marks.items()})
        readings = agent.readings(the_map(map_name))
        assert_sound(readings)
        for point, reading in rows(readings):
            if reading.source in marks and point.not_available == declared[reading.source][0].not_available:
                assert reading.quality is not Quality.GOOD, point


@each_recording
@pytest.mark.parametrize("word", [None, b"", b"N/A"], ids=str)
def test_an_agent_without_values_has_none(name, map_name, word):
    agent = recorded(name).with_objects({oid: replaced(oid, word) for oid in sources(name, map_name)})
    readings = agent.readings(the_map(map_name))
    assert_sound(readings)
    changed = [(p, r) for p, r in rows(readings) if r.source in sources(name, map_name)]
    good = [point for point, reading in changed if reading.quality is Quality.GOOD]
    # A word may well be a text, or be what a product says of a state that it does not know.
    assert not [p for p in good if p.kind != "text" and (word or b"").decode() not in (p.states or {})]
    assert not good or (word or b"").strip()


@each_recording
@settings(max_examples=settings.default.max_examples // 25)
@given(data=st.data())
def test_what_is_missing_or_marked_changes_nothing_else(name, map_name, data):
    device_map = the_map(map_name)
    agent, before, values = recorded(name), read(name, map_name), sources(name, map_name)
    patterns = depends(map_name)
    gone = data.draw(st.sets(st.sampled_from(sorted(set().union(*patterns.values()))), max_size=4), label="gone")
    marked = data.draw(
        st.dictionaries(st.sampled_from(sorted(values)), st.sampled_from((None, *NUMBERS, *TEXTS)), max_size=8),
        label="marked",
    )
    changed = {oid: replaced(oid, mark) for oid, mark in marked.items()}
    changed |= {oid: None for pattern in gone for oid in of_column(name, pattern)}
    after = agent.with_objects(changed).readings(device_map)

    assert_sound(after)
    for point_name, mine in patterns.items():
        if changed.keys().isdisjoint(oid for pattern in mine for oid in of_column(name, pattern)):
            assert after[point_name] == before[point_name]
    for point, reading in rows(after):
        if reading.source in marked and changed[reading.source] is not None:
            mark = marked[reading.source]
            assert not (mark is None or mark in point.not_available) or reading.value is None, point


def test_a_probe_without_a_heat_index_beside_one_that_has_it_measures_no_humidity():
    probes = "1.3.6.1.4.1.20916.1.11.1.2"
    agent = recorded("environment/avtech_roomalert32s").with_objects(
        {f"{probes}.3.5.0": replaced(f"{probes}.3.5.0", 1890), f"{probes}.4.3.0": replaced(f"{probes}.4.3.0", 1200)}
    )
    readings = agent.readings(the_map("avtech-room-alert-s"))["humidity@external-*"]
    assert [(point.name, reading.value) for point, reading in readings] == [("humidity@external-3", 30.32)]
