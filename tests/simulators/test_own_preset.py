"""A container of one's own: a file that patches a shipped one, held against the published schema."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from conformance.campaign import open_campaign
from profiles.refusal import Refusal
from simulators.plant.own_preset import SCHEMA
from simulators.plant.parameters import load_preset
from simulators.world import World
from tests.simulators.process import ROOT, started
from tests.simulators.test_servers_process import refused

OWN = """\
extends: edge-40
title: {ko: 우리 현장, en: our site}
mains: {drop_out_pu: 0.65, pick_up_pu: 0.75}
ats:
  engine_start_delay_s: 10
equipment:
  camera-2: null
  genset-1: {model: HD-80S}
"""


def written(folder: Path, text: str = OWN) -> str:
    path = folder / "our-site.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(json.loads(SCHEMA.read_text(encoding="utf-8")))


def test_a_patch_changes_what_it_says_and_nothing_else(tmp_path: Path) -> None:
    own, base = load_preset(written(tmp_path)).raw(), load_preset("edge-40").raw()
    changed = {
        (s, key) for s in base if isinstance(base[s], dict) for key in base[s] if own[s].get(key) != base[s][key]
    }
    assert changed == {
        *(("mains", "drop_out_pu"), ("mains", "pick_up_pu"), ("ats", "engine_start_delay_s")),
        *(("equipment", "camera-2"), ("equipment", "genset-1")),
    }
    assert "camera-2" not in own["equipment"]
    assert own["equipment"]["genset-1"] == {**base["equipment"]["genset-1"], "model": "HD-80S"}


def test_the_plant_behaves_as_the_file_says(tmp_path: Path) -> None:
    """Its supervision bears 0.7 pu, which the shipped one does not, and the engine is asked for after 10 s."""
    world = World(written(tmp_path), 1, 0)
    world.start_fault("mains.sag", {"level": 0.7, "duration": 5})
    world.advance_to(4_000)
    assert world.truth("ats-1", "state") == "normal"
    world.start_fault("mains.loss", {"onset": 6})
    world.advance_to(19_800)
    assert world.truth("ats-1", "state") == "wait-start"
    world.advance_to(20_200)
    assert world.truth("genset-1", "state") == "cranking"
    assert "camera-2" not in world.equipment()


def test_a_file_that_has_changed_is_another_container(tmp_path: Path) -> None:
    """What was settled in this process for the former content is not taken for the new one."""
    usual = World(written(tmp_path), 1, 0).container.it_w
    name = written(tmp_path, "extends: edge-40\nnode: {utilisation: 0.2}\n")
    assert World(name, 1, 0).container.it_w < 0.7 * usual


REFUSED = [
    (
        "extends: edge-40\nmains: {drop_out: 0.7}\n",
        r"line 2: mains: unknown key 'drop_out'; did you mean 'drop_out_pu'",
    ),
    ("extends: edge-40\nmain: {drop_out_pu: 0.7}\n", r"line 2: .*unknown key 'main'; did you mean 'mains'"),
    ("extends: edge-40\nats:\n  transition: half-open\n", r"line 3: ats.transition: 'half-open' is not known here"),
    ("extends: edge-40\nats:\n  dead_time_ms: fast\n", r'line 3: ats.dead_time_ms: "fast" is not of type number'),
    ("extends: edge-40\nats: {overlap_ms: 200}\n", r"line 2: ats.overlap_ms: 200 is greater than the maximum of 100"),
    ("extends: edge-40\nbattery: {cells: 0}\n", r"line 2: battery.cells: 0 is less than the minimum of 1"),
    ("extends: edge-40\nbattery: {cells: 1.5}\n", r"line 2: battery.cells: 1.5 is not of type integer"),
    ("extends: edge-4\n", r"line 1: extends: there is no container 'edge-4'; did you mean 'edge-40'"),
    ("extends: laboratory\n", r"line 1: extends: there is no container 'laboratory'"),
    ("mains: {drop_out_pu: 0.7}\n", r"it does not say which container it patches; add `extends: edge-40`"),
    ("extends: edge-40\nsite: lc-120\n", r"line 2: site: a patch is wired up as its container; remove the line"),
    ("extends: edge-40\ncdu: {pumps_on_ups: false}\n", r"line 2: cdu: 'edge-40' has none; extend one that has it"),
    (
        "extends: edge-40-liquid\ncdu: {pumps_on_ups: false}\n",
        r"line 2: cdu.pumps_on_ups: 'edge-40-liquid' has no such",
    ),
    ("extends: edge-40\nequipment: {pdu-9: {subject: pdu}}\n", r"line 2: equipment.pdu-9: nothing is wired to it"),
    ("extends: edge-40\nequipment: {pdu-1: {makr: X}}\n", r"line 2: equipment.pdu-1: unknown key 'makr'; .*'maker'"),
    ("extends: edge-40\nequipment: {pdu-1: {node: 5}}\n", r"line 2: equipment.pdu-1: pdu-1 shows node 5 of 4"),
    ("extends: edge-40\ncrac: {count: 2}\n", r"line 2: crac.count: crac-3 shows unit 3 of 2; set `crac-3: null`"),
    ("extends: edge-40\nextends: lc-120\n", r"line 2"),
    ("- a list\n", r"it holds no keys"),
]


@pytest.mark.parametrize(("text", "said"), REFUSED)
def test_what_cannot_be_is_refused_by_place_and_remedy(tmp_path: Path, text: str, said: str) -> None:
    name = written(tmp_path, text)
    with pytest.raises(Refusal, match=said) as refusal:
        World(name, 1, 0)
    assert "our-site.yaml" in str(refusal.value)


def test_a_file_that_is_not_there_is_refused() -> None:
    with pytest.raises(Refusal, match=r"nowhere\.yaml: it cannot be read"):
        load_preset("nowhere.yaml")


def test_it_is_served_under_the_name_of_its_file(tmp_path: Path) -> None:
    with started(tmp_path / "bench", written(tmp_path), "--clock", "lockstep") as container:
        assert container.bench["bench"] == "our-site"
        assert "camera-2" not in container.bench["equipment"]
        assert container.bench["equipment"]["genset-1"]["model"] == "HD-80S"


def test_the_command_line_refuses_a_bad_key_with_its_line(tmp_path: Path) -> None:
    said = refused(written(tmp_path, "extends: edge-40\nmains: {drop_out: 0.7}\n"))
    assert "our-site.yaml, line 2" in said and "drop_out_pu" in said
    assert said.count("\n") == 1


def conformance(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "conformance.cli", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_simulate_and_run_take_the_file(tmp_path: Path) -> None:
    bad = written(tmp_path, "extends: edge-40\nmains: {drop_out: 0.7}\n")
    for arguments in (
        ("simulate", "--preset", bad),
        ("simulate", bad),
        ("run", "smoke", "--preset", bad, "--output", str(tmp_path / "out")),
    ):
        done = conformance(*arguments)
        assert done.returncode != 0
        assert "our-site.yaml, line 2" in done.stderr and "drop_out_pu" in done.stderr
    done = conformance("simulate", "edge-40", "--preset", bad)
    assert done.returncode != 0 and "name one of them" in done.stderr


def test_a_run_remembers_the_whole_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It can be resumed from another folder."""
    written(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    campaign = open_campaign("smoke", preset="our-site.yaml", output=tmp_path / "out")
    assert campaign.folder.request.preset == str(tmp_path / "our-site.yaml")
