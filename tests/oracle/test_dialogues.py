"""Recorded dialogues with instruments, served by a process of their own: our session replays each of them octet for
octet, and what a dialogue says that an answer means comes out through a device map."""

import ast
import asyncio
import json
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
import yaml

from fixtures.device_map import load_map
from fixtures.drivers.visa import VisaDriver
from fixtures.drivers.visa_session import Line, VisaSession
from fixtures.reading import Reading
from profiles.quality import Quality

FOLDER = Path(__file__).parents[2] / "../shared/data/scpi"
RECORDED = {
    (path.stem, transcript["test"]): transcript
    for path in sorted(FOLDER.glob("*.json"))
    if path.stem != "index"
    for transcript in json.loads(path.read_text(encoding="utf-8")).get("transcripts") or ()
}

pytestmark = pytest.mark.skipif(not RECORDED, reason="the recorded dialogues are not on this computer")


class Replaying:
    """A process that serves the dialogues of one command set, and what it says of them."""

    def __init__(self, name: str) -> None:
        command = [sys.executable, "-m", "simulators", "--replay", str(FOLDER / f"{name}.json")]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.said: queue.Queue[Mapping[str, Any]] = queue.Queue()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    @cached_property
    def ready(self) -> Mapping[str, Any]:
        return self.said.get(timeout=60)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)
        self._thread.join(10)

    def _listen(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout:
            for line in self.process.stdout:
                self.said.put(json.loads(line))


Served = Callable[[str], Replaying]


@pytest.fixture(scope="module")
def served() -> Iterator[Callable[[str], Replaying]]:
    """The process of each command set; all of them start at once."""
    running = {name: Replaying(name) for name in {name for name, _ in RECORDED}}
    yield running.__getitem__
    for one in running.values():
        one.stop()


def session(address: str, **options: object) -> VisaSession:
    return VisaSession(address.removeprefix("visa://"), Line.of(options, "replayed"))


def read(map_name: str | Path, address: str, points: list[str] | None = None, **options: object) -> dict[str, Reading]:
    async def act() -> list[Reading]:
        driver = VisaDriver("replayed", load_map(map_name).bind({}), address, credentials={}, options=options)
        try:
            return await driver.read(points)
        finally:
            await driver.close()

    return {reading.point: reading for reading in asyncio.run(act())}


def test_there_are_the_dialogues_that_the_index_counts() -> None:
    index = json.loads((FOLDER / "index.json").read_text(encoding="utf-8"))
    assert len(RECORDED) == sum(entry["transcripts"] for entry in index) == 121


@pytest.mark.parametrize(("name", "test"), RECORDED)
def test_a_dialogue_is_replayed_exactly(name: str, test: str, served: Served) -> None:
    replay = served(name)
    line = session(replay.ready["dialogues"][test])
    try:
        for exchange in RECORDED[name, test]["exchanges"]:
            if exchange["receive"] is None:
                assert line.send(exchange["send"])
            else:
                assert line.ask(exchange["send"]) == exchange["receive"].removesuffix("\n")
    finally:
        line.close()
    assert replay.said.get(timeout=5) == {"replayed": test}


def test_what_was_not_recorded_is_noticed_and_not_answered(served: Served) -> None:
    replay = served("aimtti-ld400p")
    line = session(replay.ready["dialogues"]["test_voltage"], timeout=300)
    try:
        assert line.ask("I?") is None
    finally:
        line.close()
    assert replay.said.get(timeout=5) == {"differs": "test_voltage", "heard": "I?", "recorded": "V?"}


# What the dialogues say that the instrument said, by the map of the product.
MEANT: list[tuple[str, str, dict[str, float | str]]] = [
    (
        "aimtti-ld400p",
        "aimtti-ld400p-load",
        {
            "mode": "power",
            "level": "external-voltage",
            "setpoint.power@a": 10.5,
            "setpoint.power@b": 10.5,
            "state": "on",
            "voltage": 3.14,
            "current": 3.14,
        },
    ),
    ("hp-34401a", "hp-34401a-multimeter", {"voltage.dc": 1.0, "terminals": "front", "readings.stored": 1.0}),
    (
        "keithley-dmm6500",
        "keithley-dmm6500-multimeter",
        {
            "current.dc": 0.0,
            "terminals": "rear",
            "mains.frequency": 60.0,
            "identity.text": "KEITHLEY INSTRUMENTS,MODEL DMM6500,04592448,1.7.12b",
        },
    ),
    (
        "keithley-daq6510",
        "keithley-daq6510-multimeter",
        {"identity.text": "KEITHLEY INSTRUMENTS,MODEL DAQ6510,04591126,1.7.12b"},
    ),
    (
        "keysight-e36312a",
        "keysight-e36300-source",
        {"setpoint.voltage@1": 1.5, "setpoint.current@3": 0.5, "state@1": "off"},
    ),
    (
        "keysight-e3631a",
        "keysight-e3631a-source",
        {"setpoint.voltage@1": 1.5, "setpoint.current@3": 0.5, "state": "off"},
    ),
    ("siglent-spd1168x", "siglent-spd1168x-source", {"setpoint.current": 0.5}),
    ("temptronic-ats", "temptronic-ats-chamber", {"test.time": 7.0}),
    (
        "texio-psw360l30",
        "texio-psw-source",
        {
            "voltage": 10.0,
            "current": 5.12,
            "power": 51.2,
            "setpoint.voltage": 10.0,
            "setpoint.current": 5.12,
            "setpoint.voltage@applied": 5.05,
            "setpoint.current@applied": 1.1,
            "state": "on",
        },
    ),
]


@pytest.mark.parametrize(("name", "map_name", "meant"), MEANT)
def test_what_is_meant_comes_out_through_the_map(
    name: str, map_name: str, meant: dict[str, float | str], served: Served
) -> None:
    found = read(map_name, served(name).ready["address"], list(meant))
    assert {point: found[point].value for point in meant} == meant
    assert {found[point].quality for point in meant} == {Quality.GOOD}


def test_a_multimeter_has_a_value_of_nothing_but_what_it_is_set_to(served: Served) -> None:
    points = ["voltage.dc", "voltage.ac", "current.dc", "resistance"]
    found = read("keithley-dmm6500-multimeter", served("keithley-dmm6500").ready["address"], points)
    assert {point: found[point].value for point in points if found[point].quality is Quality.GOOD} == {
        "current.dc": 0.0
    }
    assert found["voltage.dc"].quality is Quality.NOT_IMPLEMENTED


def stated(transcript: Mapping[str, Any]) -> float | str | None:
    """The one value that a dialogue says its last answer means, where it is a number or a text by itself."""
    found = []
    for action in transcript["actions"]:
        for key in ("read", "expect"):
            try:
                found.append(ast.literal_eval(action[key]))
            except (KeyError, ValueError, SyntaxError):
                continue
    values = [one for one in found if isinstance(one, int | float | str) and not isinstance(one, bool)]
    return values[0] if len(values) == 1 else None


def asked(transcript: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """What is sent and what is asked, up to the last question that is not which function is set."""
    exchanges = transcript["exchanges"]
    answered = [n for n, one in enumerate(exchanges) if one["receive"] is not None and one["send"] != "FUNC?"]
    last = max(answered, default=-1)
    wanted = exchanges[: last + 1]
    sent = [one["send"] for one in wanted if one["receive"] is None]
    return sent, [one["send"] for one in wanted if one["receive"] is not None]


# Codes and units around a number: the maps of the products take them apart, above.
CODED = {("hp-34401a", "test_terminals_used")} | {key for key in RECORDED if key[0] == "aimtti-ld400p"}
STATED = {key: value for key, one in RECORDED.items() if (value := stated(one)) is not None and key not in CODED}


@pytest.mark.parametrize(("key", "value"), STATED.items())
def test_a_stated_value_is_read_in_the_order_of_its_dialogue(
    key: tuple[str, str], value: float | str, served: Served, tmp_path: Path
) -> None:
    sent, questions = asked(RECORDED[key])
    *before, last = questions
    point = "identity.text" if isinstance(value, str) else "readings.stored"
    asking: dict[str, Any] = {"query": last}
    if before:
        asking["only-if"] = {"query": before[-1], "not": ["nothing"]}
    if sent:
        asking["setup"] = sent
    written = {
        "schema": "device-map/1",
        "map": "asking",
        "title": "One question",
        "subject": "multimeter",
        "protocol": "visa",
        "source": {"document": "a dialogue", "status": "project"},
        "points": {point: asking},
    }
    (tmp_path / "asking.yaml").write_text(yaml.safe_dump(written))
    found = read(tmp_path / "asking.yaml", served(key[0]).ready["dialogues"][key[1]])
    assert (found[point].value, found[point].quality) == (value, Quality.GOOD)


def test_a_serial_line_carries_the_same_instrument(served: Served) -> None:
    address = served("texio-psw360l30").ready["serial"]
    points = ["voltage", "current", "setpoint.current@applied"]
    for options in ({}, {"baud": 115200}, {"termination": "CR LF"}):
        found = read("texio-psw-source", address, points, **options)
        assert [found[point].value for point in points] == [10.0, 5.12, 1.1], options


def test_a_message_that_no_dialogue_has_voids_the_batch(served: Served) -> None:
    address = served("texio-psw360l30").ready["address"]
    found = read("texio-psw-source", address, ["voltage", "identity.text"], timeout=300)
    assert {reading.quality for reading in found.values()} == {Quality.ERROR}
