"""Instruments of a laboratory by their maps: functions, channels and levels, told and asked in their own words."""

import pytest

from simulators.plant.laboratory import Laboratory
from simulators.servers.scpi import Instrument, repertoire_of
from simulators.servers.scpi_panel import Panel
from simulators.site import Site, load_site
from simulators.world import World


@pytest.fixture
def world() -> World:
    return World("laboratory", 1, 0)


@pytest.fixture
def site(world: World) -> Site:
    return load_site(world.site, world, 1)


def instrument(site: Site, name: str, panel: Panel | None = None) -> Instrument:
    return Instrument(site.devices[f"{name}-scpi"].served, "MAKER,MODEL,1,2.0", panel)


def ask(one: Instrument, text: str) -> str:
    return one.handle(text.encode() + b"\n").decode().strip()


def test_a_source_obeys_and_says_at_once_what_it_is_set_to(world: World, site: Site) -> None:
    source = instrument(site, "dc-source-1")
    assert ask(source, ":SOUR:VOLT 12.5;:SOUR:VOLT?;:APPLY?;:SYST:ERR?") == (
        '+1.25000E+01;+1.25000E+01,+2.00000E+01;0,"No error"'
    )
    world.advance_to(2_000)
    assert float(ask(source, ":MEAS:VOLT?")) == pytest.approx(12.5, rel=0.005)
    assert ask(source, "OUTP 0;OUTP?") == "0"
    world.advance_to(4_000)
    assert float(ask(source, ":MEAS:CURR?")) == pytest.approx(0.0, abs=0.06)


@pytest.mark.parametrize(
    ("name", "spellings"),
    [
        ("dc-source-1", ["OUTP OFF", "OUTPut 0", ":outp:stat off", "OUTPUT:STATE 0"]),
        ("load-1", ["INP OFF", "INPut 0", "INP:STAT OFF"]),
        ("ac-source-1", ["OUTP OFF", "OUTPUT 0"]),
    ],
)
def test_switches_know_their_words(world: World, site: Site, name: str, spellings: list[str]) -> None:
    for spelling in spellings:
        world.command(name, "state", "on")
        assert ask(instrument(site, name), f"{spelling};:SYST:ERR?") == '0,"No error"'
        assert world.truth(name, "state") == "off"


@pytest.mark.parametrize(
    ("name", "command", "error"),
    [
        ("dc-source-1", ":SOUR:VOLT 31", -222),
        ("dc-source-1", ":SOUR:VOLT many", -104),
        ("dc-source-1", ":SOUR:VOLT", -109),
        ("dc-source-1", ":SOUR:VOLT 1,2", -108),
        ("dc-source-1", "OUTP MAYBE", -224),
        ("dc-source-1", ":MEAS:VOLT 3", -113),
        ("load-1", "MODE COND", -224),
        ("multimeter-1", ':SENS:FUNC "COLOUR"', -224),
        ("multimeter-1", ":SENS:FUNC", -109),
        ("multimeter-1", ":READ", -113),
        ("oscilloscope-1", "MEASU:IMM:SOU1 CH5", -224),
        ("oscilloscope-1", "MEASU:IMM:SOU3 CH1", -113),
        ("logger-1", "ROUT:SCAN (@101)", -113),
    ],
)
def test_what_cannot_be_done_is_an_error_and_changes_nothing(
    world: World, site: Site, name: str, command: str, error: int
) -> None:
    before, one = world.save(), instrument(site, name)
    assert ask(one, command) == ""
    assert ask(one, "*ESR?") in ("16", "32")
    assert ask(one, "SYST:ERR?").startswith(f"{error},")
    assert world.save() == before


def test_a_load_is_told_its_mode_and_level(world: World, site: Site) -> None:
    load = instrument(site, "load-1")
    assert ask(load, "MODE POW;:POW 100;:MODE?;:POW?") == "POW;+1.00000E+02"
    world.advance_to(2_000)
    assert float(ask(load, "MEAS:POW?")) == pytest.approx(100.0, abs=1.0)


def test_a_multimeter_reads_the_function_that_any_session_has_set(world: World, site: Site) -> None:
    panel = Panel(repertoire_of(site.devices["multimeter-1-scpi"].served).selections)
    one, other = instrument(site, "multimeter-1", panel), instrument(site, "multimeter-1", panel)
    world.advance_to(1_000)
    assert ask(one, ":SENS:FUNC?") == '"VOLT:DC"'
    assert float(ask(one, ":READ?")) == pytest.approx(12.03, abs=0.05)
    assert ask(one, ':SENS:FUNC "RES";:SENS:FUNC?') == '"RES"'
    assert ask(other, ":SENS:FUNC?;:READ?") == '"RES";+9.91000E+37'
    assert ask(other, ":SENS:FUNC freq:volt;:SENS:FUNC?") == '"FREQ:VOLT"'
    assert float(ask(one, ":READ?")) == pytest.approx(100e3, rel=0.01)
    assert ask(one, "*RST;:SENS:FUNC?") == '"VOLT:DC"'


def test_what_is_selected_can_be_saved(site: Site) -> None:
    knows = repertoire_of(site.devices["multimeter-1-scpi"].served)
    panel, other = Panel(knows.selections), Panel(knows.selections)
    panel.select(("SENS:FUNC", None), '"TEMP"')
    other.restore(panel.save())  # type: ignore[arg-type]
    assert other.selected(("SENS:FUNC", None)) == '"TEMP"'


def test_an_oscilloscope_measures_the_channel_and_the_type_that_are_selected(world: World, site: Site) -> None:
    world.advance_to(1_000)
    scope = instrument(site, "oscilloscope-1")
    assert ask(scope, "HEAD 0;:VERB 0") == ""
    assert float(ask(scope, "MEASU:IMM:SOU1 CH3;:MEASU:IMM:TYP RMS;:MEASU:IMM:VAL?")) == pytest.approx(220, abs=16)
    assert float(ask(scope, "MEASU:IMM:TYP FREQ;:MEASU:IMM:VAL?")) == pytest.approx(60, abs=1)
    assert ask(scope, "MEASU:IMM:SOU1 CH4;:MEASU:IMM:VAL?;:SYST:ERR?") == '+9.91000E+37;0,"No error"'


def test_a_logger_answers_a_value_and_a_function_for_each_channel_of_its_list(world: World, site: Site) -> None:
    world.advance_to(10_000)
    logger = instrument(site, "logger-1")
    assert ask(logger, "ROUT:SCAN?") == "#238(@101,102,103,104,105,111,112,113,114)"
    assert ask(logger, "FUNC?") == '"TEMP","TEMP","TEMP","TEMP","TEMP","VOLT","VOLT","VOLT:AC","FREQ"'
    values = [float(text) for text in ask(logger, "READ?").split(",")]
    lab = world.plant
    assert isinstance(lab, Laboratory)
    assert values == pytest.approx([23, 25, lab.card.sink_c, lab.card.mass_c, 31, 12, 12, 220, 60], rel=0.01, abs=1.6)


def test_a_chamber_is_told_in_its_own_short_words(world: World, site: Site) -> None:
    chamber = instrument(site, "chamber-1")
    assert ask(chamber, "SETP -20.5;SETP?;DUTM 1;DUTM?;HEAD 0;HEAD?") == "-2.05000E+01;1;0"
    assert (world.truth("chamber-1", "control"), world.truth("chamber-1", "head")) == ("device", "up")
    assert ask(chamber, "ULIM 300;:SYST:ERR?").startswith("-222,")


def test_an_instrument_that_fails_is_not_told_anything(world: World, site: Site) -> None:
    source = instrument(site, "dc-source-1")
    assert source.handle(b"OUTP 0\n", failing=True) == b""
    assert world.truth("dc-source-1", "state") == "on"
    assert ask(source, "SYST:ERR?").startswith("-310,")
