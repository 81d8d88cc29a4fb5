"""What a device reports by itself is evidence, and a requirement may ask for it."""

import json
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.campaigns import Run, campaign
from tests.conformance.containers import POWER, conformance, standing

PROFILE = Path(__file__).with_name("on-battery.yaml")
ON_BATTERY = "ups.rectifier_fail:onset=10"
# While nobody can reach the card, it reaches nobody either: one notification is missing.
UNREACHED = "comms.timeout:device=ups-1-card,onset=125,duration=10"


def run(folder: Path, way: str, *faults: str, listening: bool = True) -> Run:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as plain:
        plain.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{plain.getsockname()[1]}"
    switches = [word for fault in faults for word in ("--fault", fault)]
    with standing(folder / "bench", "--traps", f"{place}{way}", *switches, preset=POWER) as bench:
        if listening:
            bench.write_text(f"{bench.read_text()}listen: udp://{place}\n")
        return campaign(folder / "out", str(PROFILE), "--bench", str(bench))


def heard(finished: Run) -> list[dict[str, Any]]:
    events = map(json.loads, finished.read("data/events.ndjson").splitlines())
    return [one for one in events if one["kind"] == "answer" and one["question"] == "notification"]


@pytest.mark.parametrize("way", [pytest.param("/1", marks=pytest.mark.slow), "/2c/inform"])
def test_a_ups_that_repeats_its_notification_passes(tmp_path: Path, way: str) -> None:
    finished = run(tmp_path, way, ON_BATTERY)
    assert finished.judged("pass") == {"PWR-UPS-021"}
    told = [one for one in heard(finished) if one["content"]["kind"] == "on-battery"]
    assert len(told) == 4 and {one["device"] for one in told} == {"ups-1-card"}
    assert not any(one["content"]["authentic"] for one in told)


def test_what_a_devices_own_user_signed_is_authentic(tmp_path: Path) -> None:
    told = [one for one in heard(run(tmp_path, "/3/inform", "mains.loss:onset=10")) if one["device"] == "ats-1-card"]
    assert [one["content"]["kind"] for one in told][:1] == ["source-lost"]
    assert all(one["content"]["authentic"] for one in told)


def test_one_notification_too_few_fails(tmp_path: Path) -> None:
    assert run(tmp_path, "/2c", ON_BATTERY, UNREACHED).judged("fail") == {"PWR-UPS-021"}


@pytest.mark.parametrize(
    ("faults", "listening"),
    [pytest.param((), True, id="silent", marks=pytest.mark.slow), pytest.param((ON_BATTERY,), False, id="deaf")],
)
def test_nothing_heard_is_not_a_pass(tmp_path: Path, faults: tuple[str, ...], listening: bool) -> None:
    finished = run(tmp_path, "/2c", *faults, listening=listening)
    assert finished.code == 3
    assert finished.judged("pass") == finished.judged("fail") == set()


@pytest.mark.slow
def test_a_place_that_is_taken_is_said_and_nothing_else(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken, standing(tmp_path / "bench", preset=POWER) as bench:
        taken.bind(("127.0.0.1", 0))
        bench.write_text(f"{bench.read_text()}listen: udp://127.0.0.1:{taken.getsockname()[1]}\n")
        line = conformance("run", PROFILE, "--bench", bench, "--output", tmp_path / "out")
        done = subprocess.run(line, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and "nobody can listen there (Address already in use)" in done.stderr
    assert not list((tmp_path / "out").glob("*.zip"))
