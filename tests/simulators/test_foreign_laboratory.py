"""The laboratory as its own process: lxi-tools, a VISA library, the bench's own driver and `conformance probe`."""

import asyncio
import resource
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixtures.bench import Bench, load_bench
from fixtures.clock import NS, open_clock
from fixtures.connect import connect
from fixtures.reading import Reading
from fixtures.safety.bindings import Write
from fixtures.sampling import Sampler, channel
from profiles.refusal import Refusal
from tests.conformance.test_probe import lines, probe
from tests.simulators.process import Container, run, started
from tests.simulators.test_foreign_scpi import visa


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Container]:
    """In lockstep, some seconds after its start. What a test changes it changes back."""
    with started(tmp_path_factory.mktemp("laboratory"), "laboratory", "--clock", "lockstep", "--seed", "2") as running:
        running.ask("advance", to_ms=6_000)
        yield running


@pytest.fixture(scope="module")
def bench(laboratory: Container) -> Bench:
    return load_bench(laboratory.ready["bench"])


def advance(laboratory: Container, seconds: float) -> None:
    laboratory.ask("advance", to_ms=laboratory.ask("time")["time_ms"] + round(1000 * seconds))


def test_it_is_there_within_two_seconds(tmp_path: Path) -> None:
    """Of the processor, which the other tests may be using as well."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with started(tmp_path, "laboratory"):
        pass
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 2.0


def test_probe_reads_every_instrument(laboratory: Container) -> None:
    done = probe("--bench", laboratory.ready["bench"], "--format", "json")
    assert done.returncode == 0, done.stderr
    silent = {str(row["point"]) for row in lines(done) if row["quality"] != "good"}
    # What the multimeter is not set to measure, and the free channel of the oscilloscope.
    others = {"voltage.ac", "current.dc", "current.ac", "resistance", "frequency", "period", "temperature"}
    assert silent == others | {"frequency.4"}
    assert {row["quality"] for row in lines(done)} == {"good", "not-implemented"}
    assert {row["device"] for row in lines(done)} == set(laboratory.bench["devices"])


@pytest.mark.skipif(shutil.which("lxi") is None, reason="lxi-tools is not installed")
def test_lxi_tools_reads_a_direct_source(laboratory: Container) -> None:
    port = laboratory.address("dc-source-1-scpi").split("::")[2]
    place = ("lxi", "scpi", "-a", "127.0.0.1", "-r", "-p", port)
    assert run(*place, "*IDN?").stdout.strip() == laboratory.truth("dc-source-1-scpi", "identity.text")
    for query, point in ((":MEAS:VOLT?", "voltage"), (":MEAS:CURR?", "current"), (":MEAS:POW?", "power")):
        assert laboratory.agrees("dc-source-1-scpi", point, float(run(*place, query).stdout))


@pytest.mark.parametrize("way", ["socket", "VXI-11", "HiSLIP"])
def test_a_visa_library_sets_the_load_and_reads_what_it_sinks(laboratory: Container, way: str) -> None:
    more = laboratory.ready["more"]
    addresses = {"socket": laboratory.address("load-1-scpi"), "VXI-11": more["load-1-scpi"]}
    session = visa((addresses | {"HiSLIP": more["load-1-scpi-hislip"]})[way])
    try:
        session.write("CURR 10")
        assert float(session.query("CURR?")) == 10.0
        advance(laboratory, 2)
        assert laboratory.truth("load-1-scpi", "current") == 10.0
        assert laboratory.agrees("load-1-scpi", "current", float(session.query("MEAS:CURR?")))
        session.write("CURR 61")
        assert int(session.query("*STB?")) & 0b100
        assert session.query("SYST:ERR?") == '-222,"Data out of range"'
        assert session.query("SYST:ERR?") == '0,"No error"'
    finally:
        session.query("CURR 20;*OPC?")
        session.close()


def test_all_sessions_see_the_same_front_panel(laboratory: Container) -> None:
    one, other = visa(laboratory.address("multimeter-1-scpi")), visa(laboratory.ready["more"]["multimeter-1-scpi"])
    try:
        assert one.query(':SENS:FUNC "VOLT:AC";*OPC?') == "1"
        assert other.query(":SENS:FUNC?") == '"VOLT:AC"'
    finally:
        one.write(':SENS:FUNC "VOLT:DC"')
        one.close()
        other.close()


def test_sampling_follows_the_chamber_that_the_bench_writes(bench: Bench) -> None:
    """Through the VISA drivers of the bench, in plant time: set-point, air, and a thermocouple of the logger."""
    readings = asyncio.run(forced(bench, 60.0, seconds=60))
    air = series(readings, "chamber-1-scpi", "air.temperature")
    sink = series(readings, "logger-1-scpi", "temperature@103")
    # A bench reads the chamber each second, the logger every five; both are within a degree and a half of the truth.
    assert (len(air), len(sink)) == (61, 13)
    assert air[0] == pytest.approx(25.0, abs=1.1) and air[-1] == pytest.approx(60.0, abs=1.1)
    assert sink[0] == pytest.approx(54.0, abs=2.0) and sink[-1] > sink[6] > sink[3] > sink[0]
    assert {one.quality.value for one in readings} == {"good"}


async def forced(bench: Bench, celsius: float, seconds: int) -> list[Reading]:
    clock = await open_clock(bench.clock)
    drivers = {name: await connect(bench, name, clock) for name in ("chamber-1-scpi", "logger-1-scpi")}
    readings: list[Reading] = []

    async def keep(round_: list[Reading]) -> None:
        readings.extend(round_)

    chamber = drivers["chamber-1-scpi"]
    try:
        sampler = Sampler([channel(bench.device(name), one) for name, one in drivers.items()], clock, 1.0, keep)
        await sampler.until(clock.now_ns())
        await chamber.write("setpoint.temperature", celsius)
        await sampler.until(clock.now_ns() + seconds * NS)
        await chamber.write("setpoint.temperature", 25.0)
        with pytest.raises(Refusal, match="outside what the map lets be written"):
            await chamber.write("setpoint.temperature", 300.0)
    finally:
        for one in drivers.values():
            await one.close()
        await clock.close()
    return readings


def series(readings: list[Reading], device: str, point: str) -> list[float]:
    return [float(one.value or 0.0) for one in readings if (one.device, one.point) == (device, point)]


def test_the_line_is_lost_by_switching_its_source_off(bench: Bench, laboratory: Container) -> None:
    lost = bench.binding("mains", "lost")
    assert isinstance(lost, Write)

    async def switched() -> None:
        clock = await open_clock(bench.clock)
        driver = await connect(bench, lost.device, clock)
        try:
            await driver.write(lost.point, lost.forward)
            advance(laboratory, 1)
            assert laboratory.truth("analyser-1-scpi", "power") == laboratory.truth("load-1-scpi", "voltage") == 0.0
            await driver.write(lost.point, lost.back)
            advance(laboratory, 3)
            assert laboratory.truth("analyser-1-scpi", "power") > 200.0
        finally:
            await driver.close()
            await clock.close()

    asyncio.run(switched())
