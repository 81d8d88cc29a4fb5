"""Families of which there is no recording beside the suite: small agents after the maker's MIB, recognised and read."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from fixtures.device_map import load_map
from fixtures.identifying import CERTAIN, clues, rank
from fixtures.map_head import map_heads
from fixtures.wire.ber import INTEGER, OCTETS
from fixtures.wire.snmp import Varbind
from profiles.quality import Quality
from tests.oracle.answering import Agent

AGENTS = yaml.safe_load(Path(__file__).with_name("small_agents.yaml").read_text(encoding="utf-8"))
HEADS = [one for one in map_heads() if one.protocol == "snmp"]
KEYS = {clue.key for head in HEADS for clue in clues(head) if clue.key.startswith("object ")}
each_agent = pytest.mark.parametrize("one", AGENTS, ids=[one["family"] for one in AGENTS])


def objects(one: dict[str, Any]) -> dict[str, int | str]:
    return {f"{one['below']}.{name}": value for name, value in one["objects"].items()}


def said(one: dict[str, Any]) -> dict[str, str]:
    """What this agent answers to the clues of all maps, as a walk would find it."""
    held = {"1.3.6.1.2.1.1.1.0": one.get("description", "")} | objects(one)
    answers = {"sysobjectid": one["identity"], "description": one.get("description", "")}
    for key in KEYS:
        root, exact = key.removeprefix("object ").removesuffix("*"), not key.endswith("*")
        found = [str(value) for oid, value in held.items() if (oid == root if exact else oid.startswith(root))]
        answers |= {key: found[0]} if found else {}
    return answers


@each_agent
def test_a_small_agent_is_recognised(one):
    found = [(candidate.map.name, candidate.certainty) for candidate in rank(said(one), HEADS)]
    assert found[:1] == [(one["map"], one.get("sure", CERTAIN))], found[:3]


@each_agent
def test_of_a_small_agent_all_that_is_there_is_read_and_nothing_else(one):
    varbinds = {
        oid: Varbind(oid, INTEGER, value) if isinstance(value, int) else Varbind(oid, OCTETS, value.encode())
        for oid, value in objects(one).items()
    }
    readings = Agent(varbinds).readings(load_map(one["map"]).bind({}))
    rows = [row for found in readings.values() for row in found]
    values = {point.name: reading.value for point, reading in rows if reading.quality is Quality.GOOD}
    assert values == {
        name: value if isinstance(value, str) else pytest.approx(value) for name, value in one["values"].items()
    }
