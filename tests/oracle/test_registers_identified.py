"""A product on Modbus is recognised by the registers in which it names itself, and by nothing else."""

import asyncio

import pytest

from fixtures.identifying import LIKELY, POSSIBLE, Candidate
from fixtures.identities.asking import identify
from fixtures.questions.target import Target
from fixtures.wire.registers import to_words
from tests.fixtures.agents import Device, serve_device
from tests.oracle.register_tables import MAPS, choices, load


def candidates(cells: dict[str, dict[int, int]]) -> list[Candidate]:
    async def once() -> list[Candidate]:
        async with serve_device(Device(cells)) as address:
            return (await identify(Target("unknown", address, {}, {"gap": 0})))[1]

    return asyncio.run(once())


def text(first: int, said: str, length: int) -> dict[int, int]:
    return dict(enumerate(to_words(said, "text", length=length), first))


def socomec(name: str) -> dict[int, int]:
    """The maker's letters one by one, then the product's name, two letters in a register."""
    return dict(enumerate(map(ord, "SOCO"), 50000)) | text(50058, name, 8)


@pytest.mark.parametrize(
    ("cells", "map_name"),
    [
        (text(532, "Smart-UPS 750", 16), "apc-smart-ups-modbus"),
        (text(532, "Smart-UPS X 1500", 16), "apc-smart-ups-modbus"),
        (dict(enumerate(map(ord, "MAP12H"), 290)), "wirenboard-map12h"),
        ({10609: 0xD500}, "datakom-genset"),
        ({4096: 515}, "socomec-jbus-ups"),
        ({768: 1, 769: 32840}, "dse-gencomm"),
        ({768: 1, 769: 4623}, "dse-gencomm"),
        ({11: 1648}, "carlo-gavazzi-em24-ethernet"),
        ({11: 1653}, "carlo-gavazzi-em24-ethernet"),
        (text(35168, "B23 ", 2), "abb-b23-meter"),
        (text(35168, "B24 ", 2), "abb-b23-meter"),
        (text(35168, "B21 ", 2), "abb-b21-meter"),
        (socomec("COUNTIS E23"), "socomec-countis-meter"),
        (socomec("Countis E28"), "socomec-countis-meter"),
        (socomec("COUNTIS E34"), "socomec-countis-e34-meter"),
        (socomec("COUNTIS E44"), "socomec-countis-e34-meter"),
        (socomec("DIRIS A14"), "socomec-diris-a14-meter"),
        (socomec("DIRIS A10"), "socomec-diris-a10"),
        (socomec("Diris A-10"), "socomec-diris-a10"),
        (socomec("DIRIS B30"), "socomec-diris-b30-meter"),
    ],
)
def test_a_product_is_recognised_by_the_registers_in_which_it_names_itself(cells, map_name):
    found = candidates({"holding": {0: 0} | cells})
    assert [(one.map.name, one.certainty) for one in found] == [(map_name, LIKELY)]
    assert found[0].reasons


@pytest.mark.parametrize("said", ["AGC150GEN", "AGC150DGH"])
def test_a_product_may_name_itself_in_input_registers(said):
    found = candidates({"holding": {0: 0}, "input": text(770, said, 6)})
    assert [(one.map.name, one.certainty) for one in found] == [("deif-agc150", LIKELY)]


@pytest.mark.parametrize(
    "cells",
    [
        text(532, "Back-UPS 750", 16),
        {768: 2, 769: 32840},
        {768: 1, 769: 9999},
        {11: 71},
        text(35168, "C11 ", 2),
        socomec("COUNTIS E14"),
        {50062: 17714},
        {},
    ],
)
def test_a_product_of_another_name_is_none_of_ours(cells):
    assert candidates({"holding": {0: 0} | cells}) == []


@pytest.mark.skipif(not MAPS.is_dir(), reason="the register tables are not on this computer")
@pytest.mark.parametrize("name", choices())
def test_a_product_that_does_not_name_itself_is_never_taken_for_another(name: str):
    table = load(name)
    holding = {0: 0} | table.cells.get("holding", {})
    wrong = [one for one in candidates({**table.cells, "holding": holding}) if one.map.name not in table.maps]
    assert {one.certainty for one in wrong} <= {POSSIBLE}, [(one.map.name, one.certainty) for one in wrong]
