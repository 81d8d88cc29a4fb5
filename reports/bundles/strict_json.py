"""JSON from strangers: one meaning or none.

Parsers disagree about repeated keys, NaN and huge numbers; what they may disagree about is refused.

>>> parse(b'{"a": 1}', "x.json")
{'a': 1}
"""

import json
from collections.abc import Mapping
from typing import Any

from profiles.refusal import Refusal

_INTEGER_MAX = 2**53
_REMEDY = "ask the issuer for the untouched file"


def parse(data: bytes, where: str) -> Any:
    """The value; Refusal on bad UTF-8, a repeated key, NaN or infinity, or an integer beyond 2^53."""
    try:
        return json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_pairs,
            parse_constant=_constant,
            parse_int=_integer,
            parse_float=_real,
        )
    except RecursionError as error:
        raise Refusal(where, "it is nested too deeply", _REMEDY) from error
    except ValueError as error:
        raise Refusal(where, f"it is not strict JSON ({error})", _REMEDY) from error


def parse_object(data: bytes, where: str) -> dict[str, Any]:
    """The object; Refusal as `parse`, or if it is another kind of value."""
    value = parse(data, where)
    if not isinstance(value, dict):
        raise Refusal(where, "it is not a JSON object", _REMEDY)
    return value


def compact(value: Mapping[str, Any]) -> bytes:
    """One line of UTF-8 with sorted keys: the form in which sealed JSON is written."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is repeated")
    return found


def _constant(text: str) -> Any:
    raise ValueError(f"{text} is no number")


def _integer(text: str) -> int:
    value = int(text) if len(text) < 20 else _INTEGER_MAX + 1
    if abs(value) > _INTEGER_MAX:
        raise ValueError("an integer is beyond 2^53")
    return value


def _real(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError("a number is beyond double precision")
    return value
