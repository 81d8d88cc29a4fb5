"""Readings of one device held against each other: a digit, the accuracy and U are allowed, no more."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.cross_checks import check, rules
from conformance.probing import bench_of_one
from fixtures.accuracy import Accuracy, TemperatureCoefficient
from fixtures.bench import Bench
from fixtures.equipment import Calibration
from fixtures.reading import Reading
from profiles.quality import Quality

BENCH = bench_of_one("raritan-px", "snmp://127.0.0.1", ["community=env:X"], (), ())
METER = bench_of_one("eastron-sdm630", "modbus://127.0.0.1", (), (), ())


def found(bench: Bench, **values: float) -> tuple[int, list[str]]:
    (name,) = bench.devices
    points = {key.replace("__", "@").replace("_", "."): value for key, value in values.items()}
    return check(bench, [Reading(name, p, v, "1", Quality.GOOD, f"{v:.3f}", "", 0, 0) for p, v in points.items()])


def test_every_rule_states_what_it_uses() -> None:
    for rule in rules():
        assert rule.relation.names == set(rule.terms), rule.name


def test_an_outlet_whose_watts_are_volts_times_amperes_is_consistent() -> None:
    values = {"outlet.power@1": 230.0, "outlet.voltage@1": 230.0, "outlet.current@1": 1.0, "outlet.power-factor@1": 1.0}
    assert found(BENCH, **values) == (2, [])


def test_an_outlet_that_is_a_factor_of_ten_off_is_named_in_one_line() -> None:
    values = {"outlet.power@7": 23.0, "outlet.voltage@7": 230.0, "outlet.current@7": 1.0, "outlet.power-factor@7": 1.0}
    _, (line,) = found(BENCH, **values)
    assert "V·I·PF" in line and "outlet.power@7 23" in line


def test_outlets_are_not_mixed() -> None:
    values = {"outlet.power@1": 23.0, "outlet.voltage@2": 230.0, "outlet.current@1": 1.0, "outlet.power-factor@1": 1.0}
    assert found(BENCH, **values) == (1, [])


def test_a_sum_of_phases_and_an_energy_that_do_not_add_up() -> None:
    phases = {"power": 900.0, "power.l1": 100.0, "power.l2": 100.0, "power.l3": 100.0}
    energy = {"energy.total": 5000.0, "energy.import": 3000.0, "energy.export": 1000.0}
    _, lines = found(METER, **phases, **energy)
    assert [line.split(":")[1].split(",")[0].strip() for line in lines] == [
        "power is the sum of its phases",
        "energy is what came in and what went out",
    ]


@given(st.floats(0.1, 1e6), st.floats(0, 1e6))
def test_a_total_is_the_sum_of_both_directions_or_their_difference(imported: float, exported: float) -> None:
    for total in (imported + exported, imported - exported):
        energy = {"energy.total": total, "energy.import": imported, "energy.export": exported}
        assert found(METER, **energy)[1] == []


def known(**more: Any) -> Bench:
    """The meter, of which the bench says more than its map."""
    ((name, device),) = METER.devices.items()
    return replace(METER, devices={name: replace(device, **more)})


# 230 V times 10 A is 2300 VA; the map allows each of the three 1 %, the rule 3 %.
APPARENT = {"voltage.l1": 230.0, "current.l1": 10.0, "apparent-power.l1": 2300.0 * 1.08}
ROOM = TemperatureCoefficient(0.001, 0.0, (18, 28), (5, 40))


@pytest.mark.parametrize(
    ("more", "contradictions"),
    [
        ({}, 1),
        ({"accuracies": {"apparent-power.l1": Accuracy(0.05)}}, 0),
        ({"accuracies": {"voltage.l1": Accuracy(0.0, 10.0)}}, 0),
        ({"accuracies": {"frequency": Accuracy(0.5)}}, 1),
        ({"calibration": Calibration("1969-01-01", "1971-01-01", points={"apparent-power.l1": {"expanded": 80}})}, 0),
        ({"calibration": Calibration("1969-01-01", "1971-01-01", points={"apparent-power.l1": {"expanded": 8}})}, 1),
        ({"accuracies": {"apparent-power.l1": Accuracy(0.01, temperature=ROOM)}}, 1),
        ({"accuracies": {"apparent-power.l1": Accuracy(0.01, temperature=replace(ROOM, relative=0.003))}}, 0),
        ({"accuracies": {"apparent-power.l1": Accuracy(0.01, temperature=ROOM)}, "ambient": (23.0, 23.0)}, 1),
    ],
)
def test_what_the_bench_knows_of_the_instrument_counts_and_not_what_the_map_says(
    more: dict[str, Any], contradictions: int
) -> None:
    checked, lines = found(known(**more), **APPARENT)
    assert (checked, len(lines)) == (1, contradictions)


def test_an_instrument_that_is_better_than_its_map_is_held_to_that() -> None:
    close = {**APPARENT, "apparent-power.l1": 2300.0 * 1.04}
    exact = {point: Accuracy() for point in close}
    assert found(METER, **close) == (1, []) and len(found(known(accuracies=exact), **close)[1]) == 1


def test_a_drift_counts_from_the_calibration_and_without_one_nothing_can_be_said() -> None:
    drifting = {"apparent-power.l1": Accuracy(0.01, drift=(0.01, 0.0))}
    dated = [Calibration(date, "1971-01-01") for date in ("1969-12-31", "1966-01-01")]
    assert [len(found(known(accuracies=drifting, calibration=c), **APPARENT)[1]) for c in dated] == [1, 0]
    assert found(known(accuracies=drifting), **APPARENT) == (0, [])


def test_a_value_that_is_none_is_not_checked() -> None:
    (name,) = BENCH.devices
    none = Reading(name, "outlet.power-factor@1", None, "1", Quality.NOT_IMPLEMENTED, "", "", 0, 0)
    assert check(BENCH, [none]) == (0, [])
