"""An address alone: what stands there, how sure that is and why, its readings, and an entry of a bench."""

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fixtures.bench import load_bench
from tests.conformance.test_probe import conformance
from tests.fixtures.agents import Device, serve_device
from tests.fixtures.test_sunspec import device
from tests.fixtures.test_visa import Instrument, on_socket
from tests.oracle.comparing import RECORDINGS

RECORDED = pytest.mark.skipif(not RECORDINGS.is_dir(), reason="the recordings of real devices are not on this computer")
REMEDY = "name one with --device, or write one"
PUBLIC = ("--credential", "community=env:PROBED_COMMUNITY")


def probe(*arguments: object) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "PROBED_COMMUNITY": "public"}
    return subprocess.run(conformance("probe", *arguments), capture_output=True, text=True, env=environment)


@contextmanager
def replayed(name: str) -> Iterator[str]:
    command = [sys.executable, "-m", "simulators", "--replay", str(RECORDINGS / f"{name}.snmprec")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())["address"]
        finally:
            process.terminate()


@contextmanager
def on_modbus(one: Device) -> Iterator[str]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    serving = serve_device(one)
    address = asyncio.run_coroutine_threadsafe(serving.__aenter__(), loop).result(10)
    try:
        yield address
    finally:
        asyncio.run_coroutine_threadsafe(serving.__aexit__(None, None, None), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)


@RECORDED
def test_a_rack_pdu_is_recognised_read_and_written_down(tmp_path: Path) -> None:
    written = tmp_path / "lab.yaml"
    with replayed("rack-pdu/sentry4") as address:
        done = probe(address, *PUBLIC, "--bench-entry", written)
        again = probe(address, *PUBLIC, "--bench-entry", written)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0].startswith("sentry4: certain (")
    assert "  sysobjectid is 1.3.6.1.4.1.1718.4" in done.stdout
    assert "input.power@" in done.stdout
    (entry,) = load_bench(written).devices.values()
    assert (entry.map.name, entry.address) == ("sentry4", address)
    assert "public" not in written.read_text()
    assert again.returncode == 2 and "name a new file" in again.stderr


@RECORDED
def test_a_maker_that_speaks_through_anybodys_agent_is_likely_at_most() -> None:
    with replayed("ups/abbups_abbups") as address:
        done = probe(address, *PUBLIC, "--identify-only", "--format", "json")
    first, *_ = [json.loads(line) for line in done.stdout.splitlines()]
    assert (done.returncode, first["map"], first["certainty"]) == (0, "rfc1628-ups", "likely")


def test_a_meter_that_describes_itself_is_recognised_by_its_models() -> None:
    with on_modbus(device(203, {18: -58, 22: 1, 8: 23549, 15: -2})) as address:
        done = probe(address, "--bench-entry", "-", "--identify-only")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[:2] == [
        "sunspec-meter: likely (Power meter, SunSpec models 201 to 204)",
        "  models is 1, 203",
    ]
    assert "map: sunspec-meter" in done.stdout


def test_an_instrument_is_recognised_by_its_name() -> None:
    with on_socket(Instrument()) as address:
        done = probe(address, "--identify-only")
    assert done.stdout.splitlines()[1] == "  idn is YOKOGAWA,WT330,C3UA12345,F1.04"


def test_a_controller_that_names_itself_in_its_registers_is_read_as_what_it_says() -> None:
    with on_modbus(Device({"holding": {768: 1, 769: 32840, 1030: 1500, 1408: 3}})) as address:
        done = probe(address)
    first, *_ = lines = done.stdout.splitlines()
    assert first == "dse-gencomm: likely (Deep Sea Electronics DSE 4500 to 8600, GenComm)"
    values = {words[2]: words[3] for line in lines if (words := line.split())[:1] == ["dse-gencomm"]}
    assert (values["state"], values["speed"], values["mode"]) == ("running", "1500", "-")


def test_what_no_map_fits_is_one_sentence_and_exit_code_2() -> None:
    with on_modbus(Device({"holding": dict.fromkeys(range(10), 0)})) as address:
        done = probe(address)
    assert done.returncode == 2 and not done.stdout
    assert done.stderr == f"conformance: {address}: no map fits what it says (nothing of itself); {REMEDY}.\n"


def test_silence_is_exit_code_3() -> None:
    done = probe("snmp://127.0.0.1:9", *PUBLIC)
    assert done.returncode == 3 and "nobody answers" in done.stderr


def test_a_secret_in_an_address_is_refused() -> None:
    done = probe("snmp://secret@127.0.0.1")
    assert done.returncode == 2 and "--credential" in done.stderr


@RECORDED
def test_a_range_is_searched_address_by_address_and_only_as_named() -> None:
    with replayed("rack-pdu/sentry4") as address:
        port = address.rpartition(":")[2]
        done = probe("--scan", f"snmp://127.0.0.1,127.0.0.9:{port}", "--rate", "50", *PUBLIC)
    assert done.returncode == 0, done.stderr
    _, row = done.stdout.splitlines()
    assert row.split()[:3] == [f"snmp://127.0.0.1:{port}", "sentry4", "certain"]
    assert "2 of 2" in done.stderr


def test_a_range_in_which_nobody_answers_is_exit_code_3() -> None:
    assert probe("--scan", "snmp://127.0.0.1:9", "--rate", "50", *PUBLIC).returncode == 3


@pytest.mark.parametrize("named", ["snmp://10.0.0.0/8", "snmp://everything", "10.0.0.0/28", "snmp://10.0.0.1:x"])
def test_a_range_that_is_too_wide_or_no_range_is_refused(named: str) -> None:
    done = probe("--scan", named, *PUBLIC)
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 1


@RECORDED
def test_a_contradiction_among_readings_is_one_line_and_exit_code_1() -> None:
    # The agent holds outlet 9 twice, of two moments: 0.56 A in the table that is read, and 0.67 A in that of texts,
    # whose power factor, 0.70, fits its own amperes and watts alone.
    walk = (RECORDINGS / "rack-pdu/atenpdu.snmprec").read_text(encoding="utf-8")
    outlets = "1.3.6.1.4.1.21317.1.3.2.2.2.2"
    assert f"{outlets}.99.1.2.9|2|560\n" in walk and f"{outlets}.1.1.2.9|4|0.67\n" in walk
    with replayed("rack-pdu/atenpdu") as address:
        done = probe(address, *PUBLIC, "--check")
    *_, line, count = done.stdout.splitlines()
    assert done.returncode == 1
    assert "V·I·PF, not so: outlet.power@9 113.306 W" in line and count.endswith("1 contradict each other")


@RECORDED
def test_where_there_is_nothing_to_check_nothing_has_passed() -> None:
    with replayed("environment/hwg-ste2") as address:
        done = probe(address, *PUBLIC, "--check", "--format", "json")
    assert done.returncode == 3 and done.stderr.startswith("0 checks among the readings")
