"""The plausibility rules as people wrote them, checked against schema and vocabulary.

>>> load_rules()["PLZ-PWR-02"]["title"]["en"]
'Phase sum'
"""

import functools
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from profiles.formula import Node, Relation, parse_formula, parse_relation
from profiles.refusal import Refusal
from profiles.suggest import suggest
from profiles.vocabulary import load_vocabulary
from profiles.yaml_source import Document, Key, load_document

SOURCE = Path(__file__).with_name("plausibility.yaml")
EVERYTHING = "*"

Case = Mapping[str, Any]


@functools.cache
def load_rules() -> Mapping[str, Mapping[str, Any]]:
    """All shipped rules by id; Refusal for the first mistake."""
    return read_rules(SOURCE)


def read_rules(path: Path) -> Mapping[str, Mapping[str, Any]]:
    """The rules of a file; Refusal with file, line and the nearest valid word."""
    document = load_document(path, "plausibility")
    for name, rule in document.data["rules"].items():
        for n, case in enumerate(rule["cases"]):
            _check_case(document, ("rules", name, "cases", n), case)
    rules: Mapping[str, Mapping[str, Any]] = document.data["rules"]
    return rules


def resolved_rules() -> list[dict[str, Any]]:
    """The rules as a resolved profile carries them: complete, in the order of their ids."""
    return [{"id": name, **rule} for name, rule in sorted(load_rules().items())]


def _check_case(document: Document, at: tuple[Key, ...], case: Case) -> None:
    vocabulary = load_vocabulary()
    for n, subject in enumerate(case["subjects"]):
        if subject != EVERYTHING:
            vocabulary.subject(subject, document.where(*at, "subjects", n))
    for place, subjects, point in _points(case):
        for subject in subjects:
            found = vocabulary.subject(subject, document.where(*at, *place)).matching(point)
            if not found:
                names = vocabulary.subjects[subject].points
                raise Refusal(document.where(*at, *place), f"{subject} has no point '{point}'", suggest(point, names))
            known = {state for kind in found.values() for state in kind.states}
            _check_states(document, (*at, *place), case, point, known)
    _check_ratings(document, at, case)
    for place, text in _formulas(case):
        _check_formula(document, (*at, *place), text, case["terms"], parse_relation)
    if "value" in case:
        _check_formula(document, (*at, "value"), case["value"], case["readings"], parse_formula)


def _check_ratings(document: Document, at: tuple[Key, ...], case: Case) -> None:
    """Ratings that a term names are those of its subject, or of the case's."""
    for name, term in case.get("terms", {}).items():
        if not isinstance(term, Mapping) or "rating" not in term:
            continue
        where, rating = document.where(*at, "terms", name), term["rating"]
        for subject in [term["of"]] if "of" in term else case["subjects"]:
            kind = load_vocabulary().subject(subject, where)
            if kind.rating(rating) is None:
                rated = [*kind.points, *kind.ratings]
                raise Refusal(where, f"{subject} has no rating '{rating}'", suggest(rating, rated))


def _formulas(case: Case) -> Iterator[tuple[tuple[Key, ...], str]]:
    """The relations that a case states, with their places."""
    # The check `moves` has a condition of another form.
    for key in ("holds", "when") if case["check"] == "relation" else ():
        for n, text in enumerate(case.get(key, [])):
            yield (key, n), text


def _points(case: Case) -> Iterator[tuple[tuple[Key, ...], list[str], str]]:
    """Each point that a case names: its place in the case, whose it is, and the point."""
    own = [subject for subject in case["subjects"] if subject != EVERYTHING]
    named: list[tuple[tuple[Key, ...], Any]] = []
    for key in ("terms", "readings"):
        named += [((key, name), term) for name, term in case.get(key, {}).items()]
    for key in ("still", "traces"):
        named += [((key, n), spec) for n, spec in enumerate(case.get(key, []))]
    for place, term in named:
        fields = {"point": term} if isinstance(term, str) else term
        # What hangs below a meter may be of any subject.
        if "point" in fields and fields.get("at") != "feeds":
            for part in case.get("each", [""]):
                yield place, [fields["of"]] if "of" in fields else own, fields["point"].replace("{n}", part)
    for n, point in enumerate(case.get("points", [])):
        yield ("points", n), own, point
    for key in ("while", "unmoved"):
        for point in case.get(key, {}):
            yield (key, point), own, point
    if "point" in case:
        yield ("point",), own, case["point"]
    if case["check"] == "moves" and "when" in case:
        yield ("when", "point"), own, case["when"]["point"]


def _check_states(document: Document, at: tuple[Key, ...], case: Case, point: str, known: set[str]) -> None:
    wanted = case.get("while", {}).get(point) or (case.get("states", []) if case.get("point") == point else [])
    for state in wanted:
        if state not in known:
            raise Refusal(document.where(*at), f"'{state}' is not a state of {point}", suggest(state, known))


def _check_formula(
    document: Document,
    at: tuple[Key, ...],
    text: str,
    terms: Mapping[str, Any],
    parse: Callable[[str], Node | Relation],
) -> None:
    remedy = "write one comparison such as p <= s" if parse is parse_relation else "write a formula such as p / s"
    try:
        found = parse(text)
    except ValueError as error:
        raise Refusal(document.where(*at), str(error), remedy) from None
    for name in sorted(found.names - set(terms)):
        raise Refusal(document.where(*at), f"'{text}' names '{name}', which is no term", suggest(name, terms))
