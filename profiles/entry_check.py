"""What a schema cannot say about an entry of the catalogue: that its words and units fit the vocabulary.

check_entry(entry)      Refusal with file, line and the nearest valid word
"""

from collections.abc import Collection, Iterator
from typing import Any

from profiles.entry import Entry, references
from profiles.refusal import Refusal
from profiles.suggest import suggest
from profiles.vocabulary import PointKind, Vocabulary, load_vocabulary

SAME = "the unit of the points"
# The unit of every statistic's result. The statistics themselves belong to the judge.
RESULTS = {
    "answer-count": "count",
    "calibration-age": "d",
    "certificate-life": "d",
    "contradictions": "count",
    "count-spread": "count",
    "delay-to-state": "s",
    "duration-in-state": "s",
    "evidence-completeness": "%",
    "fewest-present": "count",
    "greatest-age": "s",
    "greatest-magnitude": SAME,
    "highest": SAME,
    "inventory-difference": "count",
    "longest-contradiction": "s",
    "longest-unchanged": "s",
    "lowest": SAME,
    "parse-errors": "count",
    "share-identified": "%",
    "share-in-state": "%",
    "share-listed": "%",
    "share-readable": "%",
    "share-valid": "%",
    "share-within": "%",
    "smallest-difference": SAME,
    "transport-difference": "%",
    "worst-deviation": "%",
    "worst-mean": SAME,
}


def check_entry(entry: Entry) -> None:
    """Refusal for the first word, reference or unit of an entry that does not fit."""
    vocabulary = load_vocabulary()
    for n, subject in enumerate(entry.data["subjects"]):
        vocabulary.subject(subject, entry.where("subjects", n))
    _check_parameters(entry, vocabulary.units)
    _check_references(entry)
    _check_marks(entry)
    for subject in entry.data["subjects"]:
        points = _points(entry, subject, vocabulary)
        _check_states(entry, points)
        _check_result(entry, points)


def _check_parameters(entry: Entry, units: Collection[str]) -> None:
    """Units are known, and a default lies in the range that profiles may choose from."""
    for name, parameter in entry.data["parameters"].items():
        _check_word(parameter["unit"], units, "unit", entry.where("parameters", name, "unit"))
        if "range" not in parameter:
            continue
        lower, upper = parameter["range"]
        if not lower <= parameter["value"] <= upper:
            where = entry.where("parameters", name, "range")
            raise Refusal(where, f"{parameter['value']:g} lies outside {lower:g} to {upper:g}", "widen the range")
    _check_word(entry.data["limit"]["unit"], units, "unit", entry.where("limit", "unit"))


def _check_references(entry: Entry) -> None:
    """Every reference has its parameter, in the unit of the limit; every parameter is used."""
    parameters, limit = entry.data["parameters"], entry.data["limit"]
    for part in ("measurand", "limit"):
        for key, value in entry.data[part].items():
            for name in references(value):
                _check_word(name, parameters, "parameter", entry.where(part, key))
    for name in references(limit):
        if parameters[name]["unit"] != limit["unit"]:
            what = f"the limit is in {limit['unit']} and its parameter '{name}' in {parameters[name]['unit']}"
            raise Refusal(entry.where("limit", "unit"), what, "use one unit")
    used = references(limit) | references(entry.data["measurand"])
    for name in parameters:
        if name not in used:
            where = entry.where("parameters", name)
            raise Refusal(where, f"nothing refers to the parameter '{name}'", "refer to it, or leave it out")


def _check_marks(entry: Entry) -> None:
    """Where a mark differs by procedure, every procedure that can feed the requirement has one."""
    for key in ("from", "to"):
        marks = entry.data["measurand"][key]
        if isinstance(marks, str):
            continue
        for procedure in entry.data["procedures"]:
            if procedure not in marks:
                where = entry.where("measurand", key)
                raise Refusal(where, f"the procedure {procedure} has no mark here", f"add `{procedure}:`")
        for procedure in marks:
            _check_word(procedure, entry.data["procedures"], "procedure", entry.where("measurand", key, procedure))


def _points(entry: Entry, subject: str, vocabulary: Vocabulary) -> list[PointKind]:
    """What the measurand looks at with `of`; Refusal if any point that it names is not in the vocabulary."""
    measurand = entry.data["measurand"]
    found = []
    for view in _views(measurand.get("of", [])):
        if isinstance(view, str):
            found += _matching(vocabulary, subject, view, entry.where("measurand", "of"))
        elif "instances-of" in view:
            _matching(vocabulary, subject, view["instances-of"], entry.where("measurand", "of"))
        elif "subject" in view:
            vocabulary.point(view["subject"], view["point"], entry.where("measurand", "of"))
    for key in ("output", "unique"):
        if key in measurand:
            vocabulary.point(subject, measurand[key], entry.where("measurand", key))
    for state, point in measurand.get("means", {}).items():
        vocabulary.point(subject, point, entry.where("measurand", "means", state))
    return found


def _views(of: Any) -> Iterator[Any]:
    yield from [of] if isinstance(of, str) else of


def _matching(vocabulary: Vocabulary, subject: str, pattern: str, where: str) -> list[PointKind]:
    found = vocabulary.subject(subject, where).matching(pattern)
    if not found:
        points = vocabulary.subject(subject, where).points
        raise Refusal(where, f"{subject} has no point '{pattern}'", suggest(pattern, points))
    return list(found.values())


def _check_states(entry: Entry, points: list[PointKind]) -> None:
    """A misspelt state would never be seen, and that might look like success."""
    states = {state for kind in points for state in kind.states}
    measurand = entry.data["measurand"]
    if "state" in measurand:
        _check_word(measurand["state"], states, "state", entry.where("measurand", "state"))
    for state in measurand.get("means", {}):
        _check_word(state, states, "state", entry.where("measurand", "means", state))


def _check_result(entry: Entry, points: list[PointKind]) -> None:
    """The statistic's result and the limit must be in one unit; a difference of temperatures is in K."""
    statistic, limit = entry.data["measurand"]["statistic"], entry.data["limit"]["unit"]
    results = {RESULTS[statistic]} if RESULTS[statistic] != SAME else {kind.unit or "no unit" for kind in points}
    if statistic == "smallest-difference":
        results = {"K" if unit == "°C" else unit for unit in results}
    if results != {limit}:
        what = f"the limit is in {limit} and the {statistic} in {' and '.join(sorted(results)) or 'no unit'}"
        raise Refusal(entry.where("limit", "unit"), what, "use one unit")


def _check_word(word: str, words: Collection[str], kind: str, where: str) -> None:
    if word not in words:
        raise Refusal(where, f"there is no {kind} '{word}'", suggest(word, words))
