"""Parameters of a container: a preset file, units in the key names, `extends` for variants.

A preset that extends another is a patch: its nested keys replace those of its base, all others stay, and
what it sets to null is gone. One that says its `schema` is held against it.

>>> load_preset("edge-40").section("genset").number("rated_power_kw")
80.0
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from profiles.refusal import Refusal
from profiles.shipped_yaml import read_shipped
from profiles.yaml_source import load_document
from simulators.plant.own_preset import is_own, own_preset

PRESETS = Path(__file__).parents[1] / "presets"
LABORATORY = Path(__file__).parents[1] / "schemas" / "laboratory.schema.json"


class Parameters:
    """One section of a preset. Reading a key that is missing or of the wrong kind is refused."""

    __slots__ = ("_path", "_values")

    def __init__(self, path: str, values: Mapping[str, Any]) -> None:
        self._path, self._values = path, values

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def number(self, key: str) -> float:
        value = self._get(key)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Refusal(self._path, f"'{key}' is {value!r}, not a number", "write a number in the unit of the key")
        return float(value)

    def milliseconds(self, key: str) -> int:
        """A duration given in seconds (`…_s`), on the integer clock."""
        return round(self.number(key) * 1000)

    def flag(self, key: str) -> bool:
        value = self._get(key)
        if not isinstance(value, bool):
            raise Refusal(self._path, f"'{key}' is {value!r}", "write true or false")
        return value

    def text(self, key: str) -> str:
        value = self._get(key)
        if not isinstance(value, str):
            raise Refusal(self._path, f"'{key}' is {value!r}, not a text", "put it in quotation marks")
        return value

    def choice(self, key: str, words: Sequence[str]) -> str:
        value = self.text(key)
        if value not in words:
            raise Refusal(self._path, f"'{key}' is '{value}'", f"write {' or '.join(words)}")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._get(key)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise Refusal(self._path, f"'{key}' is {value!r}", "write a list of texts")
        return tuple(value)

    def raw(self) -> Mapping[str, Any]:
        """The section as it was written."""
        return self._values

    def section(self, key: str) -> "Parameters":
        value = self._get(key)
        if not isinstance(value, Mapping):
            raise Refusal(self._path, f"'{key}' is not a section", "indent its keys below it")
        return Parameters(f"{self._path}: {key}", value)

    def _get(self, key: str) -> Any:
        if key not in self._values:
            raise Refusal(self._path, f"'{key}' is missing", "add it or extend a preset that has it")
        return self._values[key]


def preset_names() -> tuple[str, ...]:
    """All presets, sorted."""
    return tuple(sorted(path.stem for path in PRESETS.glob("*.yaml")))


def preset_line(name: str) -> str:
    """What a preset is, Korean and English."""
    title = read_shipped(PRESETS / f"{name}.yaml")["title"]
    return f"{name:48} {title['ko']} / {title['en']}"


def load_preset(name: str) -> Parameters:
    """The named preset, or that in a file of one's own, with everything it extends merged in.

    Refusal for an unknown name, or for what a file says that cannot be.
    """
    if is_own(name):
        return Parameters(name, own_preset(name, _containers(), merge))
    return Parameters(f"preset {name}", _merged(name, ()))


def _containers() -> dict[str, Callable[[], dict[str, Any]]]:
    """The shipped presets that can be patched: all but a laboratory, which has a schema of its own."""
    return {name: partial(_merged, name, ()) for name in preset_names() if name != "laboratory"}


def _merged(name: str, below: tuple[str, ...]) -> dict[str, Any]:
    path = PRESETS / f"{name}.yaml"
    if name in below or not path.is_file():
        raise Refusal("preset", f"there is no '{name}'", f"choose one of {', '.join(preset_names())}")
    patch: dict[str, Any] = read_shipped(path)
    if patch.pop("schema", None) is not None:
        load_document(path, LABORATORY)
    patch.pop("title", None)
    base = patch.pop("extends", None)
    return patch if base is None else merge(_merged(base, (*below, name)), patch)


def merge(base: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with the nested keys of `patch` put over it.

    >>> merge({"a": {"b": 1, "c": 2}}, {"a": {"b": 3}})
    {'a': {'b': 3, 'c': 2}}
    """
    result = dict(base)
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
            continue
        old = result.get(key)
        result[key] = merge(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return result
