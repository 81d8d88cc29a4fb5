"""Units: what a unit is made of, so that a formula over readings has a unit of its own.

>>> unit("kWh").scale, unit("kWh").powers == unit("W·s").powers
(3600000.0, True)
>>> unit_of(parse_formula("hot - cold"), {"hot": unit("°C"), "cold": unit("°C")}) == unit("K")
True

A temperature in °C is a place on a scale and no amount: two of them have a difference, which is in K, and
neither sum nor product.
"""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from profiles.formula import Call, Name, Node, Number


@dataclass(frozen=True, slots=True)
class Unit:
    """`scale` of it is one of the product of base units with these `powers`; a `place` is no amount."""

    scale: float
    powers: tuple[tuple[str, int], ...] = ()
    place: bool = False

    def fits(self, other: "Unit") -> bool:
        """Whether a number in one of the two can be stated in the other."""
        return (self.powers, self.place) == (other.powers, other.place)

    def times(self, other: "Unit", sign: int = 1) -> "Unit":
        """The unit of a product, or with sign -1 of a quotient."""
        powers = dict(self.powers)
        for base, power in other.powers:
            powers[base] = powers.get(base, 0) + sign * power
        kept = tuple(sorted((base, power) for base, power in powers.items() if power))
        return Unit(self.scale * other.scale**sign, kept)


NUMBER = Unit(1.0)

# V, A, s, K, m, L, Pa, bit, FLOP and NTU are what the others are made of.
_ATOMS: Mapping[str, tuple[float, str]] = {
    "1": (1, ""),
    "count": (1, ""),
    "%": (0.01, ""),
    "V": (1, "V"),
    "A": (1, "A"),
    "Ah": (3600, "A s"),
    "W": (1, "V A"),
    "kW": (1e3, "V A"),
    "VA": (1, "V A"),
    "var": (1, "V A"),
    "J": (1, "V A s"),
    "kJ": (1e3, "V A s"),
    "kWh": (3.6e6, "V A s"),
    "kVAh": (3.6e6, "V A s"),
    "kvarh": (3.6e6, "V A s"),
    "µS": (1e-6, "A /V"),
    "Ω": (1, "V /A"),
    "s": (1, "s"),
    "ms": (1e-3, "s"),
    "min": (60, "s"),
    "h": (3600, "s"),
    "d": (86400, "s"),
    "Hz": (1, "/s"),
    "MHz": (1e6, "/s"),
    "rpm": (1 / 60, "/s"),
    "K": (1, "K"),
    "°C": (1, "K"),
    "m": (1, "m"),
    "cm": (0.01, "m"),
    "L": (1, "L"),
    "m³": (1e3, "L"),
    "Pa": (1, "Pa"),
    "kPa": (1e3, "Pa"),
    "bit": (1, "bit"),
    "B": (8, "bit"),
    "FLOP": (1, "FLOP"),
    "NTU": (1, "NTU"),
}


@functools.cache
def unit(text: str) -> Unit:
    """The unit of that name, such as L/min/kW or kJ/L/K; ValueError if it is made of something unknown."""
    first, *below = text.split("/")
    found = NUMBER
    for sign, factors in [(1, first), *((-1, part) for part in below)]:
        for atom in factors.split("·"):
            if atom not in _ATOMS:
                raise ValueError(f"'{text}' is no unit that can be computed with")
            scale, bases = _ATOMS[atom]
            powers = tuple(sorted((base.removeprefix("/"), -1 if base[0] == "/" else 1) for base in bases.split()))
            found = found.times(Unit(scale, powers), sign)
    return replace(found, place=True) if text == "°C" else found


def unit_of(node: Node, units: Mapping[str, Unit]) -> Unit:
    """The unit of a formula's value where each term is in the base units that its unit is made of.

    ValueError says which terms do not go together.
    """
    match node:
        case Number():
            return NUMBER
        case Name(name):
            return replace(units[name], scale=1.0)
        case Call("-", (Number(0.0), amount)):
            return _amounts("-", [unit_of(amount, units)])[0]
        case Call(op, arguments):
            return _call(op, [unit_of(argument, units) for argument in arguments])


def _call(op: str, given: Sequence[Unit]) -> Unit:
    first, last = given[0], given[-1]
    match op:
        case "+" | "-":
            return _sum(op, first, last)
        case "*" | "/":
            _amounts(op, given)
            return first.times(last, 1 if op == "*" else -1)
        case "**":
            return _amounts("**", [first])[0].times(first)
        case "abs":
            return _amounts("abs", given)[0]
        case "sqrt":
            if any(power % 2 for _, power in _amounts("sqrt", given)[0].powers):
                raise ValueError("sqrt takes the square of a unit")
            return Unit(1.0, tuple((base, power // 2) for base, power in first.powers))
        case "dewpoint":
            if not (first.fits(unit("°C")) and last.fits(NUMBER)):
                raise ValueError("dewpoint takes a temperature in °C and a relative humidity")
            return first
        case _:
            if any(not one.fits(first) for one in given):
                raise ValueError(f"{op} takes arguments of one unit")
            return first


def _sum(op: str, first: Unit, last: Unit) -> Unit:
    if first.powers != last.powers:
        raise ValueError(f"the two sides of {op} are not of one kind")
    if last.place and (op == "+" or not first.place):
        raise ValueError(f"a temperature in °C cannot stand behind {op}, only a difference of two in K")
    return replace(first, place=first.place and not last.place)


def _amounts(op: str, given: Sequence[Unit]) -> Sequence[Unit]:
    if any(one.place for one in given):
        raise ValueError(f"{op} does not take a temperature in °C, only a difference of two")
    return given
