"""Formulas that people write in rules and measurands: arithmetic over named terms, parsed here.

>>> relation = parse_relation("p == v * i * pf")
>>> relation.op, sorted(relation.left.names | relation.right.names)
('==', ['i', 'p', 'pf', 'v'])
>>> evaluate(parse_formula("max(a, b) / 2"), {"a": 3.0, "b": 5.0})
2.5

Nothing but numbers, names, + - * / **, abs, dewpoint, max, min, moisture and sqrt is a formula; a formula runs no
code.
"""

import ast
import math
from collections.abc import Mapping
from dataclasses import dataclass

# The functions, and how many arguments each takes; None for any number.
FUNCTIONS = {"abs": 1, "dewpoint": 2, "max": None, "min": None, "moisture": 2, "sqrt": 1}
OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}
COMPARISONS = {ast.Eq: "==", ast.LtE: "<=", ast.GtE: ">=", ast.Lt: "<", ast.Gt: ">"}


@dataclass(frozen=True, slots=True)
class Number:
    """A constant."""

    value: float

    @property
    def names(self) -> frozenset[str]:
        return frozenset()


@dataclass(frozen=True, slots=True)
class Name:
    """A term of the rule."""

    name: str

    @property
    def names(self) -> frozenset[str]:
        return frozenset({self.name})


@dataclass(frozen=True, slots=True)
class Call:
    """An operator or function applied to its arguments."""

    op: str
    arguments: "tuple[Node, ...]"

    @property
    def names(self) -> frozenset[str]:
        return frozenset().union(*(argument.names for argument in self.arguments))


Node = Number | Name | Call


@dataclass(frozen=True, slots=True)
class Relation:
    """Two formulas and how they compare: ==, <=, >=, < or >."""

    left: Node
    op: str
    right: Node

    @property
    def names(self) -> frozenset[str]:
        return self.left.names | self.right.names


def parse_formula(text: str) -> Node:
    """The formula that a text states; ValueError says what it may not hold."""
    return _node(_tree(text))


def parse_relation(text: str) -> Relation:
    """The relation that a text states; ValueError says what it may not hold."""
    tree = _tree(text)
    if not isinstance(tree, ast.Compare) or len(tree.ops) != 1:
        raise ValueError(f"'{text}' is not one comparison")
    op = COMPARISONS.get(type(tree.ops[0]))
    if op is None:
        raise ValueError(f"'{text}' compares by none of {', '.join(COMPARISONS.values())}")
    return Relation(_node(tree.left), op, _node(tree.comparators[0]))


def evaluate(node: Node, terms: Mapping[str, float]) -> float:
    """The value of a formula; KeyError for a term that is not given, ArithmeticError or ValueError where there
    is no value, as for a division by zero."""
    match node:
        case Number(value):
            return value
        case Name(name):
            return terms[name]
        case Call(op, arguments):
            return _call(op, [evaluate(argument, terms) for argument in arguments])


def dewpoint(temperature: float, humidity: float) -> float:
    """The temperature in °C at which air of that temperature (°C) and relative humidity (a fraction) is saturated.

    The Magnus formula over water with the constants of Alduchov and Eskridge (1996). ValueError for dry air.
    """
    b, c = 17.625, 243.04
    damp = math.log(humidity) + b * temperature / (c + temperature)
    return c * damp / (b - damp)


def moisture(temperature: float, humidity: float) -> float:
    """g of water in each kg of dry air of that temperature (°C) and relative humidity (a fraction), at 101.325 kPa.

    The Magnus formula over water with the constants of Alduchov and Eskridge (1996).
    """
    pressure = humidity * 0.61094 * math.exp(17.625 * temperature / (243.04 + temperature))
    return 622.0 * pressure / (101.325 - pressure)


def _call(op: str, given: list[float]) -> float:
    match op:
        case "+":
            return given[0] + given[1]
        case "-":
            return given[0] - given[1]
        case "*":
            return given[0] * given[1]
        case "/":
            return given[0] / given[1]
        case "**":
            return math.pow(given[0], given[1])
        case "abs":
            return abs(given[0])
        case "sqrt":
            return math.sqrt(given[0])
        case "dewpoint":
            return dewpoint(given[0], given[1])
        case "moisture":
            return moisture(given[0], given[1])
        case "min":
            return min(given)
        case _:
            return max(given)


def _tree(text: str) -> ast.expr:
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ValueError(f"'{text}' is not a formula") from None


def _node(tree: ast.expr) -> Node:
    match tree:
        case ast.Constant(value=bool()):
            raise ValueError("a formula holds numbers and names only")
        case ast.Constant(value=int() | float() as value):
            return Number(float(value))
        case ast.Name(id=name):
            return Name(name)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return Call("-", (Number(0.0), _node(operand)))
        case ast.BinOp(op=ast.Pow(), left=left, right=ast.Constant(value=int() as power)) if power == 2:
            return Call("**", (_node(left), Number(2.0)))
        case ast.BinOp(op=ast.Pow()):
            raise ValueError("only the square, ** 2, is known")
        case ast.BinOp(op=op, left=left, right=right) if type(op) in OPERATORS:
            return Call(OPERATORS[type(op)], (_node(left), _node(right)))
        case ast.Call(func=ast.Name(id=name), args=[_, *_] as arguments, keywords=[]) if name in FUNCTIONS:
            wanted = FUNCTIONS[name]
            if wanted not in (None, len(arguments)):
                raise ValueError(f"{name} takes {wanted} argument" + ("s" if wanted != 1 else ""))
            return Call(name, tuple(map(_node, arguments)))
    raise ValueError(f"a formula does not hold '{ast.unparse(tree)}'")
