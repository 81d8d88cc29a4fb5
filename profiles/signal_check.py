"""Whether a signal fits the vocabulary: that its points are there, and in which unit its values are.

Check(where, place, "cdu", {}).signal("loop.flow", "of")      'L/min', or Refusal with file, line and nearest word
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from profiles.formula import Node, parse_formula
from profiles.refusal import Refusal
from profiles.suggest import suggest
from profiles.units import Unit, unit, unit_of
from profiles.vocabulary import PointKind, Subject, load_vocabulary

Key = str | int
COMPUTED = {"formula", "unit", "terms"}
ANSWERED = {"question", "field", "unit"}


@dataclass(frozen=True, slots=True)
class Check:
    """The measurand of a `subject`: `where` gives file and line of a place in it, `limit` is that of the unit of its
    limit; the units of its `parameters` by their names."""

    where: Callable[..., str]
    limit: str
    subject: str
    parameters: Mapping[str, str]

    def signal(self, of: Any, *at: Key) -> str:
        """The unit of a signal of numbers."""
        if isinstance(of, Mapping) and "formula" in of:
            return self._computed(of, *at)
        if isinstance(of, Mapping) and "question" in of:
            self._whole(of, ANSWERED, *at)
            return self._unit_word(of["unit"], *at, "unit")
        kinds = self.points(of, *at)
        units = {kind.unit for kind in kinds if kind.kind in ("quantity", "time")}
        if len(units) != 1 or any(kind.kind in ("state", "text") for kind in kinds):
            found = ", ".join(sorted({kind.unit or kind.kind for kind in kinds}))
            raise Refusal(self.where(*at), f"it selects {found}", "select numbers of one unit")
        return next(iter(units)) or "s"

    def points(self, of: Any, *at: Key) -> list[PointKind]:
        """What the points hold that a pattern, several, or {point, subject, at, …} select."""
        if isinstance(of, Mapping):
            return self._elsewhere(of, *at)
        patterns = [of] if isinstance(of, str) else of
        return [kind for pattern in patterns for kind in self._matching(self.subject, pattern, *at)]

    def states(self, of: Any, state: str | Sequence[str], *at: Key) -> None:
        """Refusal for a state that none of the points has: it would never be seen, and that might look like success."""
        known = [name for kind in self.points(of, *at[:-1], "of") for name in kind.states]
        for name in [state] if isinstance(state, str) else state:
            word(name, known, "state", self.where(*at))

    def number(self, value: Any, wanted: str, *at: Key) -> None:
        """Refusal for a parameter in another unit than its place asks for."""
        if isinstance(value, Mapping):
            found = self.parameters[value["parameter"]]
            if found != wanted:
                what = f"the parameter '{value['parameter']}' is in {found} and must be in {wanted}"
                raise Refusal(self.where(*at), what, "use one unit")

    def _elsewhere(self, of: Mapping[str, Any], *at: Key) -> list[PointKind]:
        """The points of {point} or {point, subject, at}."""
        if "point" not in of or ("at" in of) != ("subject" in of) or ("feature" in of and "subject" not in of):
            raise Refusal(self.where(*at), "it names no point", "give `point:`, and with `subject:` also `at:`")
        if stray := sorted(set(of) - {"point", "subject", "at", "feature", "take"}):
            raise Refusal(self.where(*at, stray[0]), f"'{stray[0]}' says nothing about a point", "leave it out")
        return self._matching(of.get("subject", self.subject), of["point"], *at)

    def _matching(self, name: str, pattern: Any, *at: Key) -> list[PointKind]:
        if not isinstance(pattern, str):
            raise Refusal(self.where(*at), "one of several points is no point", "name each by a word")
        subject: Subject = load_vocabulary().subject(name, self.where(*at))
        found = subject.matching(pattern)
        if not found:
            what = f"{name} has no point '{pattern}'"
            raise Refusal(self.where(*at), what, suggest(pattern, subject.points))
        return list(found.values())

    def _computed(self, of: Mapping[str, Any], *at: Key) -> str:
        self._whole(of, COMPUTED, *at)
        node = self.formula(of["formula"], of["terms"], *at, "formula")
        units = {name: self._term(spec, *at, "terms", name) for name, spec in of["terms"].items()}
        self.fits(
            self.made_of(node, units, *at, "formula"), self._unit_word(of["unit"], *at, "unit"), self.where(*at, "unit")
        )
        if all(isinstance(spec, Mapping) and {"value", "rating"} & set(spec) for spec in of["terms"].values()):
            raise Refusal(self.where(*at), "the formula names no signal", "name a point of the subject")
        return str(of["unit"])

    def formula(self, text: str, names: Collection[str], *at: Key) -> Node:
        """The formula; Refusal if it is none, or if it and the names that it has do not match."""
        try:
            node = parse_formula(text)
        except ValueError as error:
            raise Refusal(self.where(*at), str(error), "write a formula such as a / b") from None
        for name in sorted(node.names):
            word(name, names, "term", self.where(*at))
        for name in sorted(set(names) - node.names):
            raise Refusal(self.where(*at), f"the formula does not use '{name}'", "use it, or leave it out")
        return node

    def made_of(self, node: Node, units: Mapping[str, Unit], *at: Key) -> Unit:
        """What a formula's result is made of; Refusal if its terms do not go together."""
        try:
            return unit_of(node, units)
        except ValueError as error:
            raise Refusal(self.where(*at), str(error), "correct the formula or its terms") from None

    def fits(self, found: Unit, wanted: str, place: str) -> None:
        """Refusal if what is made of one unit cannot be stated in another."""
        if not unit(wanted).fits(found):
            raise Refusal(
                place, f"the result cannot be stated in {wanted}", "correct the unit or what it is computed from"
            )

    def _term(self, spec: Any, *at: Key) -> Unit:
        match spec:
            case {"value": value, "unit": name}:
                self.number(value, name, *at)
                return unit(self._unit_word(name, *at, "unit"))
            case {"rating": name}:
                found = spec.get("unit") or load_vocabulary().subject(self.subject, self.where(*at)).rating(name)
                if found is None:
                    raise Refusal(self.where(*at), f"the unit of the rating '{name}' is not known", "add `unit:`")
                return unit(found)
        return unit(self.signal(spec, *at))

    def _unit_word(self, name: str, *at: Key) -> str:
        try:
            unit(name)
        except ValueError as error:
            raise Refusal(self.where(*at), str(error), suggest(name, load_vocabulary().units)) from None
        return name

    def _whole(self, of: Mapping[str, Any], needed: set[str], *at: Key) -> None:
        for key in sorted(needed - set(of)):
            raise Refusal(self.where(*at), f"'{key}' is missing", f"add `{key}:`")
        for key in sorted(set(of) - needed - ({"where"} if needed == ANSWERED else set())):
            raise Refusal(self.where(*at, key), f"'{key}' does not belong here", "leave it out")


def word(name: Any, words: Collection[str], kind: str, where: str) -> None:
    """Refusal for a word that is not among those known, with the nearest of them."""
    if name not in words:
        raise Refusal(where, f"there is no {kind} '{name}'", suggest(str(name), words))
