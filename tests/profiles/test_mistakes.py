"""A mistake in a file that people edit is one sentence: file, line, key, and the nearest valid word."""

from pathlib import Path

import pytest

from profiles.catalogue import FOLDER as CATALOGUE
from profiles.check import catalogue_findings, findings
from profiles.profile import FOLDER
from profiles.refusal import Refusal
from profiles.resolve import resolve
from profiles.vocabulary import load_vocabulary

SMOKE = (FOLDER / "smoke.yaml").read_text(encoding="utf-8")
POWER = (CATALOGUE / "power.yaml").read_text(encoding="utf-8")


def changed(text: str, before: str, after: str) -> tuple[str, int]:
    """The text with its first `before` replaced, and the line in which that stands."""
    assert before in text
    return text.replace(before, after, 1), text[: text.index(before)].count("\n") + 1


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("scope:", "scopes:", "unknown key 'scopes'; did you mean 'scope'?"),
        ("decision: {rule: guarded", "decision: {rule: guardet", "did you mean 'guarded'?"),
        ("decision: {rule: guarded", "decision: {rul: guarded", "decision: unknown key 'rul'; did you mean 'rule'?"),
        ("rule: guarded, k: 2", "rule: guarded, k: 0", "decision.k"),
        ("distribution: convolved", "distribution: uniform", "decision.distribution"),
        ("version: 1.1.0", "version: 1.1", "version: 1.1 is not of type string"),
        ("  - PWR-UPS-001", "  - PWR-UPS-010", "there is no requirement 'PWR-UPS-010'; did you mean 'PWR-UPS-0"),
        ("  - PWR-UPS-001", "  - PWR-UPS-1", "did you mean 'PWR-UPS-0"),
        ("  - IOP-EVD-001", "  - IOP-TIM-001", "IOP-TIM-001 stands here twice; keep one of the two."),
        ("    averaging: {value: 60,", "    averagin: {value: 60,", "did you mean 'averaging'?"),
        (
            "    averaging: {value: 60,",
            "    averaging: {value: 6000,",
            "6000 lies outside the allowed range; choose 10 to",
        ),
        ("    averaging: {value: 60,", "    averaging: {value: off,", '"off" is not of type number'),
        ("  PWR-GRD-001:", "  PWR-GRD-002:", "PWR-GRD-002 is not in this profile; did you mean 'PWR-GRD-00"),
        ("  - CHP-INV-001", "  - PWR-ATS-001", "no procedure of this profile feeds PWR-ATS-001; add one of its"),
        ("  - {id: smoke,", "  - {id: smoke}\n  - {id: smoke,", "the procedure smoke stands here twice"),
    ],
)
def test_a_mistake_in_a_profile(before: str, after: str, expected: str, tmp_path: Path) -> None:
    text, line = changed(SMOKE, before, after)
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Refusal) as refusal:
        resolve(path)
    assert refusal.value.where == f"{path}, line {line + after.count(chr(10))}"
    assert expected in str(refusal.value)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("  PWR-GRD-001:", "  PWR-GRID-1:", "'PWR-GRID-1' has not the right form"),
        ("subjects: [meter]", "subjects: [metre]", "there is no subject 'metre'; did you mean 'meter'?"),
        ("statistic: worst-mean", "statistic: wrost-mean", "did you mean 'worst-mean'?"),
        ("average: {parameter: averaging}", "avrage: {parameter: averaging}", "did you mean 'average'?"),
        ("average: {parameter: averaging}", "average: {parameter: avraging}", "did you mean 'averaging'?"),
        ("min: {parameter: lower}", "min: {paramter: lower}", "did you mean 'parameter'?"),
        (
            "min: {parameter: lower}",
            "min: {parameter: lowest}",
            "there is no parameter 'lowest'; did you mean 'lower'?",
        ),
        ('of: "voltage.l?"', 'of: "voltag.l?"', "meter has no point 'voltag.l?'; did you mean 'voltage.*'?"),
        ("of: frequency,", "of: frequenzy,", "meter has no point 'frequenzy'; did you mean 'frequency'?"),
        ("state: normal", "state: norml", "there is no state 'norml'; did you mean 'normal'?"),
        ("means: {normal:", "means: {mains:", "there is no state 'mains'; choose one of: emergency, normal, open."),
        ("emergency: source.emergency.voltage", "emergency: source.emergency.volts", "ats has no point"),
        ("output: output.voltage", "output: outptu.voltage", "did you mean 'output.voltage'?"),
        ("basis: secondary", "basis: secundary", "did you mean 'secondary'?"),
        ("range: [10, 600]", "range: [10, 60]", "600 lies outside 10 to 60; widen the range."),
        ("lower: {value: 198, unit: V", "lower: {value: 198, unit: v", "there is no unit 'v'"),
    ],
)
def test_a_mistake_in_the_catalogue(before: str, after: str, expected: str, tmp_path: Path) -> None:
    text, line = changed(POWER, before, after)
    path = tmp_path / "power.yaml"
    path.write_text(text, encoding="utf-8")
    (found,) = catalogue_findings(path)
    assert found.startswith(f"{path}, line {line}: ")
    assert expected in found


@pytest.mark.parametrize(
    ("before", "after", "place", "expected"),
    [
        (
            "average: {parameter: averaging}",
            "average: 600",
            "averaging: {value: 600",
            "nothing refers to the parameter",
        ),
        ("198, unit: V", "198, unit: kPa", "limit: {op: range", "the limit is in V and its parameter 'lower' in kPa"),
    ],
)
def test_what_does_not_fit_together_is_named_where_it_is_used(
    before: str, after: str, place: str, expected: str, tmp_path: Path
) -> None:
    text, _ = changed(POWER, before, after)
    _, line = changed(text, place, "")
    path = tmp_path / "power.yaml"
    path.write_text(text, encoding="utf-8")
    (found,) = catalogue_findings(path)
    assert found.startswith(f"{path}, line {line}: ")
    assert expected in found


@pytest.mark.parametrize("unit", ["V", "%", "count"])
def test_a_limit_that_is_not_in_the_unit_of_its_points_is_refused(unit: str, tmp_path: Path) -> None:
    path = tmp_path / "power.yaml"
    path.write_text(POWER.replace("unit: Hz", f"unit: '{unit}'"), encoding="utf-8")
    (found,) = catalogue_findings(path)
    assert f"the limit is in {unit} and the worst-mean in Hz; use one unit." in found


def test_a_mark_is_needed_for_every_procedure_that_can_feed_a_requirement(tmp_path: Path) -> None:
    text = (CATALOGUE / "cooling.yaml").read_text(encoding="utf-8")
    path = tmp_path / "cooling.yaml"
    path.write_text(text.replace("{smoke: sweep-begin, mains-loss: undisturbed, ", "{smoke: sweep-begin, "))
    (found,) = catalogue_findings(path)
    assert "the procedure mains-loss has no mark here; add `mains-loss:`." in found
    path.write_text(text.replace("{smoke: sweep-begin, mains-loss:", "{smoke: sweep-begin, mains-loss: a, main-loss:"))
    (found,) = catalogue_findings(path)
    assert "there is no procedure 'main-loss'; did you mean 'mains-loss'?" in found


def test_every_wrong_requirement_of_a_catalogue_is_named_at_once(tmp_path: Path) -> None:
    path = tmp_path / "power.yaml"
    path.write_text(POWER.replace("subjects: [ups]", "subjects: [usp]"), encoding="utf-8")
    found = catalogue_findings(path)
    assert len(found) == POWER.count("subjects: [ups]")
    assert all("did you mean 'ups'?" in sentence for sentence in found)


def test_a_range_that_a_profile_turned_round_is_refused_before_anything_runs(tmp_path: Path) -> None:
    text = SMOKE.replace(
        "  PWR-GRD-001:\n", "  PWR-GRD-001:\n    lower: {value: 250, reason: {ko: 사유, en: Reason.}}\n"
    )
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Refusal, match="PWR-GRD-001 would have to be at least 250 and at most 242 V"):
        resolve(path)


@pytest.mark.parametrize("number", ["99999999999999999999", "1e16", "-9007199254740992.0"])
def test_a_number_that_has_no_canonical_form_is_refused(number: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(SMOKE.replace("calls: 5", f"calls: {number}"), encoding="utf-8")
    with pytest.raises(Refusal, match="it has no canonical form"):
        resolve(path)


def test_an_unknown_profile_names_the_nearest() -> None:
    assert findings("smoek") == ["profile 'smoek': there is no such profile; did you mean 'smoke'?"]


def test_a_pattern_selects_the_points_that_it_could_mean() -> None:
    meter = load_vocabulary().subject("meter")
    assert set(meter.matching("voltage.l?")) == {"voltage.*"}
    assert set(meter.matching("power")) == {"power"}
    assert set(meter.matching("*")) == set(meter.points)
    assert set(load_vocabulary().subject("accelerator").matching("temperature@*")) == {"temperature"}
    assert meter.matching("humidity") == {}


def test_words_that_older_yaml_took_for_booleans_stay_words() -> None:
    assert load_vocabulary().point("crac", "state").states == ("off", "on", "alarm")


def test_an_unknown_point_names_the_nearest() -> None:
    with pytest.raises(Refusal, match=r"ups has no point 'batery\.charge'; did you mean 'battery\.charge'\?"):
        load_vocabulary().point("ups", "batery.charge")
