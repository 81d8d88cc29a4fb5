"""Every requirement that a mains loss is judged by has a defect that turns exactly its verdict red.

The mains goes 60 s after the start and comes back about 130 s after it; the transfer switch then waits 120 s. Every
time those defects that do not stand in each other's way are seen in one container, and what hides others by itself;
each alone is a slow check, and so is a hot inlet, which the smoke profile turns red every time.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.conformance.campaigns import Run, Runs, campaigns
from tests.conformance.containers import POWER

PROFILE = Path(__file__).with_name("short-mains-loss.yaml")
# Slowly, in every rack, and until the end: what one sensor shows alone, or what jumps, is not believed.
HOT = [f"sensor.drift:device=rack-{n}-monitor,point=inlet.temperature.top,rate=360,onset=215" for n in (1, 2, 3, 4)]
DEFECTS = [
    ("PWR-UPS-020", "sensor.wrong_state:device=ups-1-card,point=output.source,state=normal,onset=50,duration=25"),
    ("PWR-UPS-022", "sensor.offset:device=ups-1-card,point=input.line-bads,offset=1,onset=70"),
    ("PWR-ATS-001", "gen.slow_start:delay=15"),
    ("PWR-ATS-005", "sensor.wrong_state:device=ats-1-card,point=position,state=normal,onset=140,duration=400"),
    ("CLG-AIR-002", *HOT),
    (
        "IOP-TIM-005",
        "sensor.wrong_state:device=ats-1-card,point=source.normal.availability,state=available,onset=50,duration=16",
    ),
    ("CLG-CRC-007", "crac.fan_fail:equipment=crac-3,onset=100"),
]
# Who reports the loss late also sees it at another time than the others.
WITH_IT = {"PWR-UPS-020": {"IOP-TIM-005"}}
REQUIREMENTS = [name for name, *_ in DEFECTS]


TOGETHER = ("PWR-UPS-020", "PWR-UPS-022", "PWR-ATS-001", "IOP-TIM-005", "CLG-CRC-007")
BY_THEMSELVES = ("PWR-ATS-005",)


def switches(*faults: str) -> tuple[str, ...]:
    armed = (str(PROFILE), "--preset", POWER, "--arm", POWER)
    return (*armed, *(word for fault in faults for word in ("--fault", fault)))


def alone(requirements: Sequence[str]) -> dict[str, tuple[str, ...]]:
    return {name: switches(*faults) for name, *faults in DEFECTS if name in requirements}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    together = [fault for name, *faults in DEFECTS if name in TOGETHER for fault in faults]
    wanted = {"reference": switches(), "no engine": switches("gen.no_crank"), "together": switches(*together)}
    with campaigns(wanted | alone(BY_THEMSELVES), lambda: tmp_path_factory.mktemp("run")) as found:
        yield found


def test_the_reference_container_passes_every_requirement(runs: Runs) -> None:
    assert runs("reference").judged("pass") == set(REQUIREMENTS)
    assert {v["verdict"] for v in runs("reference").verdicts} == {"pass"}


def check_red(run: Run, wanted: set[str]) -> None:
    assert run.judged("fail") == wanted
    assert run.judged("pass") >= set(REQUIREMENTS) - wanted


def test_defects_that_do_not_stand_in_each_others_way_are_all_seen(runs: Runs) -> None:
    check_red(runs("together"), set(TOGETHER))


@pytest.mark.parametrize("requirement", BY_THEMSELVES)
def test_a_defect_that_stands_in_the_way_of_others_is_seen_by_itself(requirement: str, runs: Runs) -> None:
    check_red(runs(requirement), {requirement})


@pytest.mark.slow
@pytest.mark.parametrize("requirement", [name for name in REQUIREMENTS if name not in BY_THEMSELVES])
def test_the_seeded_defect_turns_exactly_its_requirement_red(
    requirement: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with campaigns(alone([requirement]), lambda: tmp_path_factory.mktemp("run")) as found:
        check_red(found(requirement), {requirement} | WITH_IT.get(requirement, set()))


def test_an_engine_that_never_starts_is_a_failure_and_not_a_gap(runs: Runs) -> None:
    run = runs("no engine")
    found = {v["requirement"]: v for v in run.verdicts}
    transfer, back = found["PWR-ATS-001"], found["PWR-ATS-005"]
    assert (transfer["status"], transfer["verdict"], transfer["bound"]) == ("completed", "fail", "at-least")
    assert transfer["value"] >= 60 and "≥" in transfer["reason"]["en"]
    # What never left the mains cannot come back to it.
    assert back["verdict"] == "not-tested" and "before the window began" in back["reason"]["en"]
    assert run.code == 1
