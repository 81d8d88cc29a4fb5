"""The picture shows the plant as it is: sources, temperatures, and what is wrong."""

import subprocess

import pytest

from simulators.watch import Picture, spark
from simulators.world import World
from tests.simulators.process import command


@pytest.fixture
def world() -> World:
    return World("edge-40-liquid", 0, 0)


def drawn(world: World) -> str:
    return Picture(world).draw()


def test_a_container_at_rest_is_on_mains_and_nothing_is_wrong(world: World) -> None:
    picture = drawn(world)
    assert "mains   ● 221 V  60.0 Hz" in picture and "genset  ○ stopped" in picture
    assert "ATS normal" in picture and "UPS normal, battery 100 %" in picture
    assert "alarms  none" in picture and "faults  none" in picture
    assert all(name in picture for name in ("rack-4", "crac-3", "npu-2", "cdu-1"))


def test_a_mains_loss_is_seen_to_go_through_battery_to_genset(world: World) -> None:
    world.start_fault("mains.loss", {})
    world.advance_to(4_000)
    assert "mains   ● 0 V" in drawn(world) and "UPS battery" in drawn(world)
    world.advance_to(40_000)
    assert "genset  ● running" in drawn(world) and "ATS emergency" in drawn(world)
    assert "faults  mains.loss" in drawn(world)


def test_what_is_wrong_is_named_and_red_on_a_terminal(world: World) -> None:
    world.start_fault("leak.water", {})
    world.advance_to(120_000)
    assert "alarms  leak-1 state@zone-1 leak" in drawn(world)
    assert "\x1b[31malarms  leak-1" in Picture(world, colour=True).draw()
    assert "\x1b" not in drawn(world)


def test_the_trend_is_flat_for_noise_and_rises_with_the_temperature() -> None:
    from collections import deque

    assert set(spark(deque([22.0, 22.1, 22.05]))) == {"▁"}
    assert spark(deque([20.0, 25.0, 30.0])) == "▁▅█"


def test_looking_changes_nothing(world: World) -> None:
    other = World("edge-40-liquid", 0, 0)
    for now in range(0, 5_000, 200):
        drawn(world)
        world.advance_to(now)
    other.advance_to(4_800)
    assert world.save() == other.save()


def test_a_laboratory_is_drawn_as_its_two_lines() -> None:
    world = World("laboratory", 0, 0)
    picture = drawn(world)
    assert "AC source ● 220 V  60.0 Hz" in picture and "load ● 12.06 V  20.00 A  241.2 W" in picture
    assert "DC source ● 12.20 V" in picture and "set-point 25.0 °C" in picture and "npu-1" in picture
    world.command("dc-source-1", "state", "off")
    world.advance_to(1_000)
    assert "DC source ○ 0.00 V  0.00 A" in drawn(world)
    assert "alarms  dc-source-1 state off" in drawn(world)


def test_into_a_pipe_one_picture_follows_another() -> None:
    process = subprocess.Popen(command("edge-40", "--watch", "--clock", "10"), stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    printed = ""
    try:
        while printed.count("alarms  none") < 2:
            printed += process.stdout.readline()
    finally:
        process.terminate()
        process.wait()
    assert "bench.yaml" in printed and "\x1b" not in printed


def test_when_nobody_reads_the_pipe_any_more_the_container_ends_without_a_word() -> None:
    line = command("edge-40", "--watch", "--clock", "10")
    process = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None and process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert (process.wait(20), process.stderr.read()) == (0, b"")
