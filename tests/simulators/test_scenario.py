"""A scenario file says what happens when; a mistake in it is refused with its line and the nearest word."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles.refusal import Refusal
from simulators.scenario import Entry, load_scenario
from simulators.world import World
from tests.simulators.process import command as simulators
from tests.simulators.process import run, started

HEAD = "schema: scenario/1\nentries:\n"


def written(folder: Path, *lines: str) -> Path:
    path = folder / "scenario.yaml"
    path.write_text(HEAD + "".join(f"  - {line}\n" for line in lines), encoding="utf-8")
    return path


def test_entries_come_in_the_order_of_their_times(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "{at: 700, clear: mains.loss}",
        "{at: 0.25, fault: mains.loss, parameters: {duration: 600}}",
        "{at: 30, command: crac-1/setpoint.temperature, value: 24}",
    )
    first, second, third = load_scenario(path)
    assert (first.at_ms, first.name, first.parameters) == (250, "mains.loss", {"duration": 600.0})
    assert (second.target, second.value) == (("crac-1", "setpoint.temperature"), 24.0)
    assert (third.kind, third.where) == ("clear", f"{path}, line 3")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{at: 1, fault: mains.los}", "line 3: there is no fault 'mains.los'; did you mean 'mains.loss'?"),
        ("{at: 1, fault: mains.loss, parameters: {durasion: 3}}", "did you mean 'duration'?"),
        ("{at: 1, fault: mains.sag, parameters: {level: 3}}", "outside its range; choose 0 to 1 pu"),
        ("{at: 1, fault: mains.sag, value: 3}", "'value' is for a command"),
        ("{at: 1, clear: mains.loss, parameters: {duration: 3}}", "'parameters' is for a fault"),
        ("{at: 1, fault: mains.loss, clear: mains.loss}", "write one of fault, clear, command"),
        ("{at: 1}", "write one of fault, clear, command"),
        ("{at: 1, command: crac-1/state}", "the command has no value"),
        ("{at: -1, fault: mains.loss}", "line 3"),
        ("{at: 1, falt: mains.loss}", "fault"),
    ],
)
def test_a_mistake_is_refused_with_its_line_and_a_remedy(tmp_path: Path, line: str, said: str) -> None:
    with pytest.raises(Refusal) as refused:
        load_scenario(written(tmp_path, line))
    assert "line 3" in str(refused.value) and said in str(refused.value)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (Entry(0, "fault", "cdu.pump_fail", where="s.yaml, line 3"), "use the preset lc-120"),
        (Entry(0, "clear", "mains.sag", where="s.yaml, line 3"), "start it before"),
        (Entry(0, "command", "crac-9/state", value="on", where="s.yaml, line 3"), "choose one of"),
        (Entry(0, "command", "crac-1/setpoint.temperature", value=99.0, where="s.yaml, line 3"), "from 15 to 35"),
        (Entry(0, "command", "crac-1/supply.temperature", value=20.0, where="s.yaml, line 3"), "cannot be written"),
    ],
)
def test_what_is_impossible_here_is_refused_before_anything_begins(entry: Entry, said: str) -> None:
    world = World("edge-40", 1, 0)
    before = world.save()
    with pytest.raises(Refusal, match=said) as refused:
        world.schedule([Entry(0, "fault", "mains.loss"), entry])
    assert str(refused.value).startswith("s.yaml, line 3: ")
    assert world.save() == before


def test_everything_happens_at_its_millisecond() -> None:
    world = World("edge-40", 1, 0)
    world.advance_to(1_000)
    world.schedule(
        [
            Entry(12_345, "fault", "mains.loss"),
            Entry(12_400, "command", "crac-1/setpoint.temperature", value=24.0),
            Entry(14_000, "clear", "mains.loss"),
            Entry(14_000, "fault", "env.heat_wave"),
        ]
    )
    world.advance_to(13_400)
    assert world.truth("meter-main", "voltage.l1") == 0.0
    assert world.truth("crac-1", "setpoint.temperature") == 24.0
    assert world.container.ats.deadline == 1_000 + 12_345 + 3_000
    world.advance_to(15_200)
    assert [fault.name for fault in world.active_faults()] == ["env.heat_wave"]
    assert world.container.ats.state == "normal"


def test_one_fault_may_come_twice_and_ending_what_has_ended_is_nothing() -> None:
    world = World("edge-40", 1, 0)
    dip = {"duration": 1.0}
    world.schedule(
        [
            Entry(1_000, "fault", "mains.loss", dip),
            Entry(5_000, "fault", "mains.loss", dip),
            Entry(9_000, "clear", "mains.loss"),
        ]
    )
    lost = []
    for time in range(0, 10_000, 200):
        world.advance_to(time)
        if world.truth("meter-main", "voltage.l1") == 0.0:
            lost.append(time)
    assert lost == [*range(1_000, 2_000, 200), *range(5_000, 6_000, 200)]


@settings(max_examples=6, deadline=None)
@given(st.lists(st.integers(0, 30_000), max_size=8), st.lists(st.integers(0, 30_000), max_size=5))
def test_neither_chunks_nor_reads_change_a_scenario(times: list[int], moments: list[int]) -> None:
    """Invariants 10 and 11 with entries at any millisecond."""
    names = ("mains.sag", "crac.fan_fail", "sensor.offset", "sec.door_open", "it.hang")
    entries = [Entry(ms, "fault", name) for ms, name in zip(moments, names, strict=False)]
    one, other = World("edge-40", 2, 0), World("edge-40", 2, 0)
    one.schedule(entries)
    other.schedule(entries)
    for time in sorted(times):
        other.advance_to(time)
        other.truth("rack-1", "inlet.temperature.top")
    one.advance_to(30_000)
    other.advance_to(30_000)
    assert one.save() == other.save()


def test_a_process_runs_saves_and_goes_on_in_another(tmp_path: Path) -> None:
    """`--scenario`, the operations `scenario`, `save` and `restore`, and `--restore`."""
    path = written(tmp_path, "{at: 2, fault: mains.loss}", "{at: 40, clear: mains.loss}")
    state = tmp_path / "state.json"
    with started(tmp_path / "one", "--clock", "lockstep", "--seed", "5", "--scenario", str(path)) as one:
        one.ask("advance", to_ms=20_000)
        assert one.ask("save", file=str(state))["ok"]
        one.ask("advance", to_ms=60_000)
        inlet = one.ask("truth", equipment="rack-1", point="inlet.temperature.top")["value"]
        assert one.ask("faults")["active"] == {}
        assert one.ask("restore", file=str(state))["time_ms"] == 20_000
        assert not one.ask("restore", file=str(tmp_path / "none"))["ok"]
        assert "line 3" not in one.ask("scenario", file=str(path)).get("error", "")
    with started(tmp_path / "two", "--clock", "lockstep", "--restore", str(state)) as two:
        assert two.ask("time")["time_ms"] == 20_000
        assert list(two.ask("faults")["active"]) == ["mains.loss"]
        two.ask("advance", to_ms=60_000)
        assert two.ask("truth", equipment="rack-1", point="inlet.temperature.top")["value"] == inlet
        assert two.ask("command", equipment="crac-1", point="setpoint.temperature", value=99)["ok"] is False
        assert two.ask("command", equipment="crac-1", point="setpoint.temperature", value=24)["ok"]


def test_a_bad_file_ends_the_program_with_one_sentence(tmp_path: Path) -> None:
    done = run(*simulators("--scenario", str(written(tmp_path, "{at: 1, fault: mains.los}"))))
    assert done.returncode == 2
    assert "line 3: there is no fault 'mains.los'; did you mean 'mains.loss'?" in done.stderr
