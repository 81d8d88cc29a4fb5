"""Whether a measurand fits its statistic: every argument is known, of the right kind, and the result in its unit.

check_measurand(entry.data["measurand"], "V", Check(…), marks)      Refusal with file, line and the nearest valid word
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from profiles.refusal import Refusal
from profiles.signal_check import Check, Key, word
from profiles.statistics import SOURCE, STATED, Argument, StatisticKind, load_statistics
from profiles.units import Unit, unit
from profiles.vocabulary import load_vocabulary

OF_THE_SCOPE = ("statistic", "from", "to", "allowed-gap", "steady")
Measurand = Mapping[str, Any]


def check_measurand(measurand: Measurand, limit: str, check: Check, marks: Sequence[str], *at: Key) -> None:
    """Refusal for the first argument that does not fit, or a result that is not in the unit of the limit.

    `marks` are those that the procedure puts; `at` is the place of the measurand in what `check` knows.
    """
    kind = check_names(measurand, check, *at)
    for name, argument in kind.arguments.items():
        if name in measurand:
            _check_argument(name, argument, measurand, check, marks, *at)
    _check_result(kind, measurand, limit, check, *at)


def check_statistics() -> None:
    """Refusal for the first shipped statistic whose example does not fit it."""
    for name, kind in load_statistics().items():
        example = {key: value for key, value in kind.example.items() if key not in ("subject", "unit")}
        where = f"{SOURCE}, example of {name}"
        check = Check(lambda *at, where=where: where, where, kind.example["subject"], {})
        limit = kind.example.get("unit") or _result(kind, example, check)
        check_measurand({"statistic": name, **example}, limit, check, ())


def check_names(measurand: Measurand, check: Check, *at: Key) -> StatisticKind:
    """The statistic of a measurand; Refusal if an argument is unknown to it or missing."""
    known = load_statistics()
    word(measurand["statistic"], known, "statistic", check.where(*at, "statistic"))
    kind = known[measurand["statistic"]]
    for name in measurand:
        if name not in {*OF_THE_SCOPE, *kind.arguments} and not (at and name == "unit"):
            word(name, kind.arguments, f"argument of {kind.name}:", check.where(*at, name))
    for name, argument in kind.arguments.items():
        if argument.required and name not in measurand:
            raise Refusal(check.where(*at), f"{kind.name} needs '{name}'", f"add `{name}:`")
    if kind.either and not set(kind.either) & set(measurand):
        choice = " or ".join(f"`{name}:`" for name in kind.either)
        raise Refusal(check.where(*at), f"{kind.name} needs a band", f"add {choice}")
    return kind


def _check_argument(
    name: str, argument: Argument, measurand: Measurand, check: Check, marks: Sequence[str], *at: Key
) -> None:
    value, place = measurand[name], (*at, name)
    match argument.kind:
        case tuple() as choice:
            word(value, choice, name, check.where(*place))
        case "event":
            _check_event(value, check, marks, *place)
        case "events":
            for n, event in enumerate(value):
                _check_event(event, check, marks, *place, n)
        case "parts":
            _check_parts(value, check, marks, *place)
        case "signal-unit":
            check.number(value, check.signal(measurand["of"], *at, "of"), *place)
        case "bands":
            _check_bands(value, check.signal(measurand["of"], *at, "of"), check, *place)
        case "state":
            check.states(measurand["of"], value, *place)
        case "state-points":
            _check_state_points(measurand, check, *place)
        case "length":
            if isinstance(value, str) and value != "whole":
                raise Refusal(check.where(*place), f"'{value}' is no length of time", "write seconds, or whole")
            check.number(value, "s", *place)
        case str() as kind if kind in _CHECKS:
            _CHECKS[kind](check, value, *place)
        case unit_name:
            check.number(value, str(unit_name), *place)


def _check_event(event: Measurand, check: Check, marks: Sequence[str], *at: Key) -> None:
    if "mark" in event:
        word(event["mark"], marks, "mark", check.where(*at, "mark"))
    elif "state" in event:
        check.states(event["of"], event["state"], *at, "state")
    elif "of" in event:
        found = check.signal(event["of"], *at, "of")
        for side in ("above", "below"):
            check.number(event.get(side), found, *at, side)
    check.number(event.get("longer"), "s", *at, "longer")


def _check_parts(parts: Mapping[str, Measurand], check: Check, marks: Sequence[str], *at: Key) -> None:
    for name, part in parts.items():
        kind = check_names(part, check, *at, name)
        if kind.nearest:
            what = f"{kind.name} looks for what is nearest to a limit, and a part has none"
            raise Refusal(check.where(*at, name, "statistic"), what, "use highest, lowest or mean")
        if part.get("repeatability"):
            what = "the scatter of a part is not carried on to the whole"
            raise Refusal(check.where(*at, name, "repeatability"), what, "leave it out")
        check_window(part, check, marks, *at, name)
        check_measurand(part, part.get("unit", ""), check, marks, *at, name)


def check_window(measurand: Measurand, check: Check, marks: Sequence[str], *at: Key) -> None:
    """Refusal for a mark that the procedure does not put, or a window that ends before it begins."""
    places = []
    for key in ("from", "to"):
        if key in measurand:
            word(measurand[key], marks, "mark", check.where(*at, key))
            places.append(marks.index(measurand[key]))
    if len(places) == 2 and places[1] <= places[0]:
        what = f"the mark {measurand['to']} does not come after {measurand['from']}"
        raise Refusal(check.where(*at, "to"), what, "exchange the two")


def _check_bands(bands: Sequence[Measurand], found: str, check: Check, *at: Key) -> None:
    for n, band in enumerate(bands):
        for key, wanted in (("lower", found), ("upper", found), ("longer", "s")):
            check.number(band.get(key), wanted, *at, n, key)


def _check_state_points(measurand: Measurand, check: Check, *at: Key) -> None:
    for state, point in measurand["means"].items():
        check.states(measurand["of"], state, *at, state)
        check.signal(point, *at, state)


def _check_views(check: Check, views: Sequence[Measurand], *at: Key) -> None:
    for view in views:
        match view:
            case {"instances-of": point}:
                check.points(point, *at)
            case {"subject": subject, "point": point}:
                load_vocabulary().point(subject, point, check.where(*at))
            case {"declared": _}:
                pass
            case _:
                raise Refusal(
                    check.where(*at), "it is no view of a count", "give `instances-of`, `subject` or `declared`"
                )


def _check_pair(check: Check, points: Any, *at: Key) -> None:
    if isinstance(points, str) or len(points) != 2:
        raise Refusal(check.where(*at), "a difference is one of two points", "write [minuend, subtrahend]")
    check.signal(points, *at)


def _check_point(check: Check, point: Any, *at: Key) -> None:
    if not isinstance(point, str):
        raise Refusal(check.where(*at), "one point is needed", "name it")
    check.points(point, *at)


def _anything(check: Check, value: Any, *at: Key) -> None:
    """What the schema has checked as far as it can be known before anything runs."""


_CHECKS: Mapping[str, Callable[..., object]] = {
    "signal": Check.signal,
    "points": Check.points,
    "pair": _check_pair,
    "views": _check_views,
    "point": _check_point,
    **dict.fromkeys(("fields", "word", "requirement", "flag", "integer", "formula"), _anything),
}


def _check_result(kind: StatisticKind, measurand: Measurand, limit: str, check: Check, *at: Key) -> None:
    """The statistic's result and the limit are in one unit; a part's unit is stated where several would do."""
    place = check.where(*at, "unit") if at else check.limit
    if kind.result in STATED:
        if not limit:
            raise Refusal(check.where(*at), f"the unit of {kind.name} is not known", "add `unit:`")
        if kind.result != "declared":
            check.fits(_derived(kind, measurand, check, *at), limit, place)
        return
    if at and limit:
        raise Refusal(place, f"the unit of {kind.name} is known", "leave `unit` out")
    found = _result(kind, measurand, check, *at)
    if not at and found != limit:
        raise Refusal(place, f"the limit is in {limit} and the {kind.name} in {found}", "use one unit")


def _result(kind: StatisticKind, measurand: Measurand, check: Check, *at: Key) -> str:
    """The unit of a result that has but one."""
    if kind.result not in ("signal", "difference"):
        return kind.result
    found = check.signal(measurand["of"], *at, "of")
    return "K" if kind.result == "difference" and found == "°C" else found


def _derived(kind: StatisticKind, measurand: Measurand, check: Check, *at: Key) -> Unit:
    """What a result is made of that may be stated in several units."""
    if kind.result == "formula":
        units = {name: _part_unit(part, check, *at, "parts", name) for name, part in measurand["parts"].items()}
        node = check.formula(measurand["formula"], units, *at, "formula")
        return check.made_of(node, units, *at, "formula")
    found = unit(check.signal(measurand["of"], *at, "of"))
    if kind.result == "quotient":
        return found.times(unit(check.signal(measurand["per"], *at, "per")), -1)
    amount = replace(found, place=found.place and kind.result == "integral")
    if amount.place:
        raise Refusal(check.where(*at, "of"), "a temperature in °C has no integral", "take a difference of two")
    return amount.times(unit("s"), 1 if kind.result == "integral" else -1)


def _part_unit(part: Measurand, check: Check, *at: Key) -> Unit:
    kind = load_statistics()[part["statistic"]]
    return unit(part["unit"] if kind.result in STATED else _result(kind, part, check, *at))
