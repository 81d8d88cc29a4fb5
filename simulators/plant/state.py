"""The whole state as bytes, and back: what a saved scenario consists of.

Every slot of every part that holds a plain value is state; references between parts are not.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from profiles.refusal import Refusal

SCHEMA = "world/11"
PLAIN = (bool, int, float, str, type(None))


def save(parts: Iterable[object]) -> list[dict[str, Any]]:
    """One dict of slot values per part, in order."""
    return [{name: value for name, value in _slots(part) if _plain(value)} for part in parts]


def restore(parts: Iterable[object], saved: list[dict[str, Any]]) -> None:
    """Put saved values back into the same parts. Refusal if they do not fit."""
    for part, values in zip(parts, saved, strict=True):
        known = set(_names(part))
        for name, value in values.items():
            if name not in known:
                raise Refusal("saved state", f"{type(part).__name__} has no '{name}'", "use the version that saved it")
            setattr(part, name, value)


def encode(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def check(document: dict[str, Any], **own: object) -> None:
    """Refusal if the document was saved in another world than the one described."""
    for key, value in own.items():
        if document[key] != value:
            raise Refusal("saved state", f"its {key} is {document[key]}, not {value}", "start the same world")


def decode(data: bytes) -> dict[str, Any]:
    try:
        document: dict[str, Any] = json.loads(data)
    except (ValueError, RecursionError):
        document = {}
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise Refusal("saved state", f"these bytes are not {SCHEMA}", "pass what `save` gave")
    return document


def write_state(path: Path, data: bytes) -> None:
    """Save to a file, whole or not at all."""
    try:
        partial = path.with_name(f"{path.name}.partial")
        partial.write_bytes(data)
        partial.replace(path)
    except OSError as error:
        raise Refusal(str(path), f"it cannot be written ({error.strerror})", "choose another file") from None


def read_state(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Refusal(str(path), f"it cannot be read ({error.strerror})", "check the path") from None


def _slots(part: object) -> Iterable[tuple[str, Any]]:
    for name in _names(part):
        yield name, getattr(part, name)


def _names(part: object) -> Iterable[str]:
    """Its own slots, and behind them those of the classes it is made from."""
    for one in type(part).__mro__:
        yield from getattr(one, "__slots__", ())


def _plain(value: object) -> bool:
    return isinstance(value, PLAIN) or (isinstance(value, list) and all(isinstance(item, PLAIN) for item in value))
