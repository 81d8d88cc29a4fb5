"""What a schema cannot say about an entry of the catalogue: that its words and units fit the vocabulary.

check_entry(entry)      Refusal with file, line and the nearest valid word
"""

from collections.abc import Collection
from functools import partial

from profiles.entry import Entry, marks_of, references
from profiles.measurand_check import check_measurand, check_window
from profiles.procedures import load_procedures
from profiles.refusal import Refusal
from profiles.signal_check import Check, word
from profiles.vocabulary import load_vocabulary


def check_entry(entry: Entry) -> None:
    """Refusal for the first word, reference, unit or mark of an entry that does not fit."""
    vocabulary = load_vocabulary()
    for n, subject in enumerate(entry.data["subjects"]):
        vocabulary.subject(subject, entry.where("subjects", n))
    _check_parameters(entry, vocabulary.units)
    _check_references(entry)
    _check_marks(entry)
    units = {name: parameter["unit"] for name, parameter in entry.data["parameters"].items()}
    for subject in entry.data["subjects"]:
        check = Check(partial(entry.where, "measurand"), entry.where("limit", "unit"), subject, units)
        for procedure in entry.data["procedures"]:
            marks = load_procedures()[procedure].marks
            measurand = {**entry.data["measurand"], **marks_of(entry.data["measurand"], procedure)}
            check_window(measurand, check, marks)
            check_measurand(measurand, entry.data["limit"]["unit"], check, marks)


def _check_parameters(entry: Entry, units: Collection[str]) -> None:
    """Units are known, and a default lies in the range that profiles may choose from."""
    for name, parameter in entry.data["parameters"].items():
        word(parameter["unit"], units, "unit", entry.where("parameters", name, "unit"))
        if "range" not in parameter:
            continue
        lower, upper = parameter["range"]
        if not lower <= parameter["value"] <= upper:
            where = entry.where("parameters", name, "range")
            raise Refusal(where, f"{parameter['value']:g} lies outside {lower:g} to {upper:g}", "widen the range")
    word(entry.data["limit"]["unit"], units, "unit", entry.where("limit", "unit"))


def _check_references(entry: Entry) -> None:
    """Every reference has its parameter, in the unit of the limit; every parameter is used."""
    parameters, limit = entry.data["parameters"], entry.data["limit"]
    for part in ("measurand", "limit"):
        for key, value in entry.data[part].items():
            for name in references(value):
                word(name, parameters, "parameter", entry.where(part, key))
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
    """The procedures are known; where a mark differs by procedure, every one that can feed the requirement has one."""
    for n, procedure in enumerate(entry.data["procedures"]):
        word(procedure, load_procedures(), "procedure", entry.where("procedures", n))
    for key in ("from", "to"):
        marks = entry.data["measurand"][key]
        if isinstance(marks, str):
            continue
        for procedure in entry.data["procedures"]:
            if procedure not in marks:
                where = entry.where("measurand", key)
                raise Refusal(where, f"the procedure {procedure} has no mark here", f"add `{procedure}:`")
        for procedure in marks:
            word(procedure, entry.data["procedures"], "procedure", entry.where("measurand", key, procedure))
