"""The control channel: plant time and faults, and a plain sentence for everything that is wrong."""

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.control import Control
from simulators.world import World
from tests.simulators.process import Container, started


class Watched:
    """A control channel without a socket, and what it told the process."""

    def __init__(self, lockstep: bool = True) -> None:
        self.world = World("edge-40", 1, 0)
        self.changes = self.stops = 0
        self.control = Control(self.world, self._changed, self._stop, lockstep)

    def _changed(self) -> None:
        self.changes += 1

    def _stop(self) -> None:
        self.stops += 1

    def ask(self, operation: str, **arguments: Any) -> dict[str, Any]:
        return answered(self.control, json.dumps({"op": operation, **arguments}).encode())


def answered(control: Control, line: bytes) -> dict[str, Any]:
    """The one answer to a line."""
    answers: list[Any] = []
    control.answer(line, answers.append)
    (answer,) = answers
    return dict(answer)


@pytest.fixture(scope="module")
def shared() -> Watched:
    return Watched()


@pytest.fixture
def watched(shared: Watched) -> Iterator[Watched]:
    yield shared
    for fault in shared.world.active_faults():
        shared.world.clear_fault(fault.name)


def test_time_advances_only_on_demand_and_on_the_grid(watched: Watched) -> None:
    now = watched.ask("time")["time_ms"]
    assert watched.ask("advance", to_ms=now + 5_000) == {"ok": True, "time_ms": now + 5_000}
    assert watched.ask("advance", to_ms=now + 5_350) == {"ok": True, "time_ms": now + 5_200}
    assert watched.ask("advance", to_ms=0) == {"ok": True, "time_ms": now + 5_200}


def test_a_fault_starts_is_listed_and_is_cleared(watched: Watched) -> None:
    changes = watched.changes
    assert watched.ask("fault", name="mains.loss")["ok"]
    assert list(watched.ask("faults")["active"]) == ["mains.loss"]
    watched.ask("advance", to_ms=watched.world.time_ms + 400)
    assert watched.ask("truth", equipment="meter-main", point="voltage.l1")["value"] == 0
    assert watched.ask("clear", name="mains.loss")["ok"]
    assert watched.ask("faults")["active"] == {}
    assert watched.changes == changes + 2


def test_parameters_are_completed_and_reported(watched: Watched) -> None:
    watched.ask("fault", name="bmc.certificate_expiring", parameters={"days": 3})
    [active] = watched.ask("faults")["active"]["bmc.certificate_expiring"]
    assert (active["days"], active["device"]) == (3, "bmc-1-redfish")


def test_faults_of_one_name_are_all_listed_and_cleared_one_by_one(watched: Watched) -> None:
    for unit in ("crac-1", "crac-2"):
        watched.ask("fault", name="crac.comp_trip", parameters={"equipment": unit})
    listed = watched.ask("faults")["active"]["crac.comp_trip"]
    assert [parameters["equipment"] for parameters in listed] == ["crac-1", "crac-2"]
    watched.ask("clear", name="crac.comp_trip", parameters={"equipment": "crac-1"})
    [left] = watched.ask("faults")["active"]["crac.comp_trip"]
    assert left["equipment"] == "crac-2"


def test_a_fault_that_is_still_to_come_can_be_cleared(watched: Watched) -> None:
    watched.ask("fault", name="mains.sag", parameters={"onset": 10})
    assert watched.ask("clear", name="mains.sag")["ok"]
    watched.ask("advance", to_ms=watched.world.time_ms + 20_000)
    assert watched.ask("faults")["active"] == {}


@pytest.mark.parametrize("damage", ['{"schema": "world/11"}', "[" * 100_000, "plant", "observers"])
def test_a_damaged_state_changes_nothing(watched: Watched, tmp_path: Path, damage: str) -> None:
    watched.ask("fault", name="mains.loss")
    before = watched.world.save()
    document = json.loads(before) | {"faults": [], damage: {}}
    text = json.dumps(document) if damage in before.decode() else damage
    (tmp_path / "state").write_text(text if damage != "observers" else text.replace("{}", "null"))
    answer = watched.ask("restore", file=str(tmp_path / "state"))
    assert not answer["ok"]
    assert answer["error"].startswith("saved state: ")
    assert watched.world.save() == before


def test_clearing_what_is_not_active_is_no_error(watched: Watched) -> None:
    assert watched.ask("clear", name="mains.loss")["ok"]


def test_stop_is_passed_on(watched: Watched) -> None:
    stops = watched.stops
    assert watched.ask("stop")["ok"]
    assert watched.stops == stops + 1


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('{"op":"tiem"}', ("there is no operation 'tiem'", "time")),
        ('{"op":"fault","name":"mains.los"}', ("mains.los", "mains.loss")),
        ('{"op":"fault","name":"mains.sag","parameters":{"levle":1}}', ("levle", "level")),
        ('{"op":"fault","name":"mains.sag","parameters":{"level":7}}', ("level", "7")),
        ('{"op":"clear","name":"mains.los"}', ("mains.los", "mains.loss")),
        ('{"op":"truth","equipment":"ups-9","point":"x"}', ("ups-9", "ups-1")),
        ('{"op":"truth","equipment":"ups-1","point":"x"}', ("'x'",)),
        ('{"op":"advance"}', ("to_ms",)),
        ('{"op":"advance","to_ms":"soon"}', ("soon",)),
        ('{"op":"advance","to_ms":Infinity}', ("malformed",)),
        ("[]", ("not an object",)),
        ("[" * 100_000, ("malformed",)),
        ("time?", ("malformed",)),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(watched: Watched, line: str, words: tuple[str, ...]) -> None:
    answer = answered(watched.control, line.encode())
    assert answer["ok"] is False
    assert answer["error"].endswith((".", "?"))
    for word in words:
        assert word in answer["error"]


@given(st.binary(max_size=80))
def test_no_line_breaks_the_channel(shared: Watched, line: bytes) -> None:
    answer = answered(shared.control, line)
    assert set(answer) in ({"ok", "error"}, {"ok", "time_ms"})
    json.dumps(answer)


def test_an_advance_ahead_is_answered_before_it_is_made(watched: Watched) -> None:
    world, seen = watched.world, []
    now, step = world.time_ms, json.dumps({"op": "advance", "to_ms": world.time_ms + 1_350, "ahead": True})
    watched.control.answer(step.encode(), lambda answer: seen.append((answer, world.time_ms)))
    assert seen == [({"ok": True, "time_ms": now + 1_200}, now)]
    assert world.time_ms == now + 1_200


def test_an_advance_on_which_a_scenario_does_something_is_answered_when_it_is_made(tmp_path: Path) -> None:
    """What it does may be refused, and that is then the answer."""
    watched, seen = Watched(), []
    (tmp_path / "later.yaml").write_text(
        "schema: scenario/1\nentries:\n  - {at: 2, command: crac-1/setpoint.temperature, value: 24}\n"
    )
    assert watched.ask("scenario", file=str(tmp_path / "later.yaml")) == {"ok": True, "time_ms": 0}
    for to_ms in (1_000, 3_000):
        line = json.dumps({"op": "advance", "to_ms": to_ms, "ahead": True}).encode()
        watched.control.answer(line, lambda answer: seen.append((answer["time_ms"], watched.world.time_ms)))
    assert seen == [(1_000, 0), (3_000, 3_000)]


@pytest.mark.parametrize("ahead", [False, True])
def test_a_container_that_runs_by_itself_cannot_be_advanced(shared: Watched, ahead: bool) -> None:
    control = Control(shared.world, lambda: None, lambda: None, lockstep=False)
    now = shared.world.time_ms
    answer = answered(control, json.dumps({"op": "advance", "to_ms": now + 1_000, "ahead": ahead}).encode())
    assert not answer["ok"]
    assert "lockstep" in answer["error"]
    assert shared.world.time_ms == now


def test_one_connection_carries_many_operations_in_order(container: Container) -> None:
    parts = urlsplit(container.ready["control"])
    with socket.create_connection((parts.hostname, parts.port), timeout=5) as connection:
        connection.sendall(b'{"op":"time"}\n{"op":"no"}\n{"op":"faults"}\n')
        lines = connection.makefile()
        answers = [json.loads(lines.readline()) for _ in range(3)]
    assert [answer["ok"] for answer in answers] == [True, False, True]
    assert answers[2]["active"] == {}


def test_what_the_plant_does_arrives_at_the_sockets(tmp_path: Path) -> None:
    with started(tmp_path, "--clock", "lockstep") as container:
        assert container.truth("ups-1-card", "output.source") == "normal"
        container.ask("fault", name="mains.loss")
        assert container.ask("advance", to_ms=6_000)["time_ms"] == 6_000
        assert container.truth("ups-1-card", "output.source") == "battery"


def test_a_container_in_real_time_runs_by_itself(tmp_path: Path) -> None:
    with started(tmp_path, "--clock", "200") as container:
        assert container.bench["clock"]["kind"] == "real"
        first = container.ask("time")["time_ms"]
        patience = time.monotonic() + 10
        while time.monotonic() < patience:
            if container.ask("time")["time_ms"] > first + 1_000:
                return
        pytest.fail("plant time stood still")
