"""The rig: the plan says what will happen, and whatever goes wrong, what was switched is switched back."""

import asyncio
import json
import subprocess
from pathlib import Path

import pytest

from conformance.dry import duration, rehearse
from conformance.procedure import find_procedure
from profiles.procedures import ProcedureKind, load_procedures
from tests.conformance.containers import POWER, active_faults, conformance, standing

PROFILE = Path(__file__).with_name("short-mains-loss.yaml")


def run(bench: Path, output: Path) -> "subprocess.CompletedProcess[str]":
    command = conformance("run", PROFILE, "--bench", bench, "--arm", POWER, "--output", output)
    return subprocess.run(command, capture_output=True, text=True)


def endings(output: Path) -> list[tuple[str, str]]:
    """How each procedure of the run ended, and why."""
    (journal,) = output.glob("*/journal/events.ndjson")
    events = [json.loads(line) for line in journal.read_text().splitlines()]
    return [
        (e["status"], e.get("reason") or "") for e in events if e["kind"] == "procedure" and e["status"] != "started"
    ]


def test_a_rehearsal_lists_every_step_with_its_undoing_and_touches_nothing() -> None:
    procedure = find_procedure("mains-loss")
    steps = asyncio.run(
        rehearse(procedure, {"outage": 600.0, "period": 1.0}, lambda name, state: (f"{name} {state}", f"{name} back"))
    )
    (switching,) = (step for step in steps if step.kind == "actuate")
    assert switching.at == 60 and switching.undo == "mains back"
    assert [step.at for step in steps if step.kind == "restore"] == [660]
    # Each `until` may be over at once, or take as long as it is given.
    assert duration(steps) == (780.0, 780.0 + 60 + 60 + 900 + 120)


@pytest.mark.parametrize("kind", load_procedures().values(), ids=list(load_procedures()))
def test_a_procedure_takes_the_arguments_and_puts_the_marks_that_profiles_may_name(kind: ProcedureKind) -> None:
    procedure = find_procedure(kind.name)
    steps = asyncio.run(rehearse(procedure, {}, lambda name, state: (f"{name} {state}", f"{name} back")))
    assert tuple(step.text for step in steps if step.kind == "mark") == kind.marks
    assert tuple(procedure.arguments) == kind.arguments


@pytest.mark.parametrize(
    ("name", "switched"),
    [
        ("load-step", ["computing -> idle", "computing -> full", "computing -> idle"]),
        ("pump-ladder", ["pumps -> rated", "pumps -> middle", "pumps -> low"]),
    ],
)
def test_each_step_is_undone_before_the_next_is_made(name: str, switched: list[str]) -> None:
    steps = asyncio.run(rehearse(find_procedure(name), {}, lambda stimulus, state: (state, f"{stimulus} back")))
    acts = [step for step in steps if step.kind in ("actuate", "restore")]
    assert [step.text.partition(":")[0] for step in acts[::2]] == switched
    assert [(step.kind, step.text.partition(": ")[2]) for step in acts[1::2]] == [
        ("restore", step.undo) for step in acts[::2]
    ]


def test_an_interlock_ends_the_procedure_and_the_mains_is_back(tmp_path: Path) -> None:
    with standing(tmp_path / "bench", preset=POWER) as bench:
        bench.write_text(bench.read_text().replace("below: 45", "below: 24.5"))
        done = run(bench, tmp_path / "out")
        assert done.returncode == 3, done.stdout + done.stderr
        ((status, reason),) = endings(tmp_path / "out")
        assert status == "aborted" and reason.startswith("interlock: rack-")
        assert active_faults(bench) == {}


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("comms.timeout:device=ups-1-card", "ups:battery.charge is not readable"),
        ("comms.timeout:device=rack-1-monitor,onset=70", "interlock: rack-"),
    ],
)
def test_a_plant_that_does_not_follow_is_not_judged_and_left_as_it_was(tmp_path: Path, fault: str, reason: str) -> None:
    with standing(tmp_path / "bench", "--fault", fault, preset=POWER) as bench:
        done = run(bench, tmp_path / "out")
        assert done.returncode == 3, done.stdout + done.stderr
        ((status, why),) = endings(tmp_path / "out")
        assert status == "aborted" and why.startswith(reason)
        assert "mains.loss" not in active_faults(bench)
        assert " fail" not in done.stderr
