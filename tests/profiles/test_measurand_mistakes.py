"""A measurand that cannot be computed is one sentence with file, line and the way out, before anything runs."""

from pathlib import Path

import pytest

from profiles.check import findings

HEAD = """\
schema: catalogue/1
domain: cooling
requirements:
  CLG-CDU-099:
    title: {ko: 시험, en: Test}
    statement: {ko: 시험이어야 한다., en: It shall be a test.}
    subjects: [SUBJECT]
    level: recommended
    source: {document: Proposed project limit, status: project}
    procedures: [mains-loss]
"""
TAIL = """\
    limit: {op: "<=", value: {parameter: limit}, unit: "UNIT"}
    resolution: 0.1
    parameters: {limit: {value: 5, unit: "UNIT", basis: project}PARAMETERS}
"""
WINDOW = "      from: mains-lost\n      to: recovered\n"
DIFFERENCE = "{formula: supply - wanted, unit: K, terms: {supply: supply.temperature, wanted: setpoint.temperature}}"
LINE = HEAD.count("\n") + 1


def catalogue(tmp_path: Path, lines: str, unit: str, subject: str = "cdu", parameters: str = "") -> Path:
    """A catalogue of one requirement, whose measurand has these lines."""
    body = "".join(f"      {line}\n" for line in lines.splitlines())
    text = HEAD.replace("SUBJECT", subject) + "    measurand:\n" + body + ("" if "\nfrom:" in lines else WINDOW)
    path = tmp_path / "mine.yaml"
    path.write_text(text + TAIL.replace("UNIT", unit).replace("PARAMETERS", parameters), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("lines", "unit"),
    [
        (f"statistic: greatest-magnitude\nof: {DIFFERENCE}\naverage: 10", "K"),
        (f"statistic: settling-time\nof: {DIFFERENCE}\nlower: -1\nupper: 1\nstart: {{mark: mains-returned}}", "s"),
        ("statistic: ratio\nof: cooling.power\nper: power", "1"),
        ("statistic: ratio\nof: loop.flow\nper: cooling.power", "L/min/kW"),
        ("statistic: energy\nof: cooling.power", "kWh"),
        ("statistic: slope\nof: supply.temperature", "K/h"),
        ("statistic: percentile\nof: loop.flow\npercent: 5\nside: lower", "L/min"),
        ("statistic: highest\nof: {question: pump-test, field: delay, unit: s}", "s"),
        ("statistic: highest\nof: {point: 'inlet.temperature.*', subject: rack, at: site, take: highest}", "°C"),
        (
            "statistic: combined\nformula: 1 - lost / before\nparts:\n"
            "  before: {statistic: mean, of: loop.flow, from: undisturbed, to: mains-lost}\n"
            "  lost: {statistic: lowest, of: loop.flow}",
            "%",
        ),
        ("statistic: delay-between\nend: {of: pump.1.state, state: [running, failed]}", "s"),
    ],
)
def test_what_fits_together_is_accepted(lines: str, unit: str, tmp_path: Path) -> None:
    assert findings(str(catalogue(tmp_path, lines, unit))) == []


@pytest.mark.parametrize(
    ("lines", "unit", "line", "says"),
    [
        # statistics and arguments
        ("statistic: percentil\nof: loop.flow", "L/min", 1, "did you mean 'percentile'?"),
        ("statistic: highest\nof: loop.flow\naverag: 5", "L/min", 3, "did you mean 'average'?"),
        ("statistic: highest\nof: loop.flow\npercent: 5", "L/min", 3, "there is no argument of highest: 'percent'"),
        ("statistic: percentile\nof: loop.flow", "L/min", 0, "percentile needs 'percent'; add `percent:`."),
        ("statistic: longest-outside\nof: loop.flow", "s", 0, "needs a band; add `lower:` or `upper:`."),
        ("statistic: percentile\nof: loop.flow\npercent: 5\nside: lover", "L/min", 4, "did you mean 'lower'?"),
        ("statistic: highest\nof: loop.flow\naverage: all", "L/min", 3, "write seconds, or whole."),
        ("statistic: highest\nof: loop.flow\nunit: L/min", "L/min", 3, "there is no argument of highest: 'unit'"),
        # points and states
        ("statistic: highest\nof: loop.flo", "L/min", 2, "cdu has no point 'loop.flo'; did you mean 'loop.flow'?"),
        ("statistic: highest\nof: leak", "count", 2, "it selects state; select numbers of one unit."),
        ("statistic: highest\nof: [loop.flow, power]", "W", 2, "it selects L/min, W; select numbers of one unit."),
        (
            "statistic: highest\nof: {point: powr, subject: pdu, at: site}",
            "W",
            2,
            "pdu has no point 'powr'; did you mean 'power'?",
        ),
        ("statistic: highest\nof: {point: power, subject: pud, at: site}", "W", 2, "did you mean 'pdu'?"),
        ("statistic: highest\nof: {point: power, subject: pdu}", "W", 2, "with `subject:` also `at:`"),
        ("statistic: highest\nof: {take: sum}", "W", 2, "it names no point"),
        ("statistic: highest\nof: {point: power, unit: W}", "W", 2, "'unit' says nothing about a point"),
        ("statistic: share-in-state\nof: leak\nstate: okay", "%", 3, "there is no state 'okay'; did you mean 'ok'?"),
        ("statistic: smallest-difference\nof: [power]", "W", 2, "a difference is one of two points"),
        # formulas
        (f"statistic: highest\nof: {DIFFERENCE.replace('wanted,', 'want,')}", "K", 2, "did you mean 'wanted'?"),
        (f"statistic: highest\nof: {DIFFERENCE.replace('supply -', '2 *')}", "K", 2, "does not use 'supply'"),
        (f"statistic: highest\nof: {DIFFERENCE.replace(' - ', ' ~ ')}", "K", 2, "is not a formula"),
        (f"statistic: highest\nof: {DIFFERENCE.replace(' - ', ' + ')}", "K", 2, "only a difference of two in K"),
        (f"statistic: highest\nof: {DIFFERENCE.replace('unit: K', 'unit: kPa')}", "kPa", 2, "cannot be stated in kPa"),
        (f"statistic: highest\nof: {DIFFERENCE.replace('unit: K', 'unit: Kelvin')}", "K", 2, "is no unit"),
        (f"statistic: highest\nof: {DIFFERENCE.replace('unit: K, ', '')}", "K", 2, "'unit' is missing"),
        (f"statistic: highest\nof: {DIFFERENCE.replace('supply.temp', 'suply.temp')}", "K", 2, "did you mean 'supply."),
        ("statistic: highest\nof: {formula: a, unit: K, terms: {a: {value: 3, unit: K}}}", "K", 2, "names no signal"),
        (
            "statistic: highest\nof: {formula: p / r, unit: '1', terms: {p: power, r: {rating: strength}}}",
            "1",
            2,
            "the unit of the rating 'strength' is not known; add `unit:`.",
        ),
        # units
        ("statistic: highest\nof: loop.flow", "kPa", None, "the limit is in kPa and the highest in L/min"),
        ("statistic: energy\nof: cooling.power", "W", None, "the result cannot be stated in W"),
        ("statistic: ratio\nof: loop.flow\nper: power", "%", None, "the result cannot be stated in %"),
        ("statistic: slope\nof: supply.temperature", "°C", None, "the result cannot be stated in °C"),
        ("statistic: energy\nof: supply.temperature", "K", 2, "a temperature in °C has no integral"),
        ("statistic: greatest-range\nof: supply.temperature", "°C", None, "the greatest-range in K"),
        ("statistic: highest\nof: loop.flow\naverage: {parameter: limit}", "L/min", 3, "must be in s; use one unit."),
        (
            "statistic: longest-outside\nof: loop.flow\nlower: {parameter: limit}",
            "s",
            3,
            "the parameter 'limit' is in s and must be in L/min",
        ),
        # marks and events
        ("statistic: highest\nof: power\nfrom: mains-lots\nto: recovered", "W", 3, "did you mean 'mains-lost'?"),
        ("statistic: highest\nof: power\nfrom: recovered\nto: mains-lost", "W", 4, "does not come after recovered"),
        ("statistic: delay-between\nend: {mark: recoverd}", "s", 2, "there is no mark 'recoverd'"),
        ("statistic: delay-between\nend: {of: leak, state: wet}", "s", 2, "there is no state 'wet'"),
        ("statistic: delay-between\nend: {of: leak, above: 3}", "s", 2, "it selects state"),
        ("statistic: occurrences\nevent: {state: leak}", "count", 2, "event: "),
        # parts
        (
            "statistic: combined\nformula: a / b\nparts:\n  a: {statistic: mean, of: power}",
            "1",
            2,
            "there is no term 'b'",
        ),
        (
            "statistic: combined\nformula: a\nparts:\n  a: {statistic: worst-mean, of: power}",
            "W",
            4,
            "a part has none; use highest, lowest or mean.",
        ),
        (
            "statistic: combined\nformula: a\nparts:\n  a: {statistic: energy, of: power}",
            "kWh",
            4,
            "the unit of energy is not known; add `unit:`.",
        ),
        (
            "statistic: combined\nformula: a\nparts:\n  a: {statistic: mean, of: power, unit: W}",
            "W",
            4,
            "the unit of mean is known; leave `unit` out.",
        ),
        (
            "statistic: combined\nformula: a\nparts:\n"
            "  a: {statistic: mean, of: power, from: mains-lost, to: undisturbed}",
            "W",
            4,
            "does not come after mains-lost",
        ),
        (
            "statistic: combined\nformula: a + b\nparts:\n"
            "  a: {statistic: mean, of: power}\n  b: {statistic: mean, of: level}",
            "W",
            2,
            "the two sides of + are not of one kind",
        ),
    ],
)
def test_a_mistake_in_a_measurand(lines: str, unit: str, line: int | None, says: str, tmp_path: Path) -> None:
    path = catalogue(tmp_path, lines, unit)
    (found,) = findings(str(path))
    last = (
        path.read_text().splitlines().index(f'    limit: {{op: "<=", value: {{parameter: limit}}, unit: "{unit}"}}') + 1
    )
    assert found.startswith(f"{path}, line {last if line is None else LINE + line}: "), found
    assert says in found


def test_an_unknown_procedure_names_the_nearest(tmp_path: Path) -> None:
    path = catalogue(tmp_path, "statistic: highest\nof: power", "W")
    path.write_text(path.read_text().replace("[mains-loss]", "[mains-lost]"))
    (found,) = findings(str(path))
    assert "there is no procedure 'mains-lost'; did you mean 'mains-loss'?" in found


def test_a_band_in_the_unit_of_its_signal_is_accepted(tmp_path: Path) -> None:
    lines = "statistic: longest-outside\nof: loop.flow\nlower: {parameter: lower}"
    more = ", lower: {value: 3, unit: L/min, basis: project}"
    assert findings(str(catalogue(tmp_path, lines, "s", parameters=more))) == []
