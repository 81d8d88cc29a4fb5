"""The whole state as bytes, and back: what a saved scenario consists of.

Every slot of every part that holds a plain value is state; references between parts are not.
"""

import json
from collections.abc import Iterable
from typing import Any

from profiles.refusal import Refusal

PLAIN = (bool, int, float, str, type(None))


def save(parts: Iterable[object]) -> list[dict[str, Any]]:
    """One dict of slot values per part, in order."""
    return [{name: value for name, value in _slots(part) if _plain(value)} for part in parts]


def restore(parts: Iterable[object], saved: list[dict[str, Any]]) -> None:
    """Put saved values back into the same parts. Refusal if they do not fit."""
    for part, values in zip(parts, saved, strict=True):
        for name, value in values.items():
            if name not in type(part).__slots__:  # type: ignore[attr-defined]
                raise Refusal("snapshot", f"{type(part).__name__} has no '{name}'", "use the version that saved it")
            setattr(part, name, value)


def encode(document: dict[str, Any]) -> bytes:
    return json.dumps(document, sort_keys=True).encode()


def decode(data: bytes) -> dict[str, Any]:
    try:
        document: dict[str, Any] = json.loads(data)
    except ValueError:
        raise Refusal("snapshot", "these bytes are not a snapshot", "pass what `snapshot` returned") from None
    return document


def _slots(part: object) -> Iterable[tuple[str, Any]]:
    for name in type(part).__slots__:  # type: ignore[attr-defined]
        yield name, getattr(part, name)


def _plain(value: object) -> bool:
    return isinstance(value, PLAIN) or (isinstance(value, list) and all(isinstance(item, PLAIN) for item in value))
