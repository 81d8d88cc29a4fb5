"""A preset of one's own: a file that patches a shipped container, checked before anything is made of it.

extends: edge-40
mains: {drop_out_pu: 0.65, pick_up_pu: 0.75}

load_preset("my-site.yaml").section("mains").number("drop_out_pu")      # 0.65
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from profiles.shipped_yaml import read_shipped
from profiles.suggest import suggest
from profiles.yaml_source import Document, load_document

SCHEMA = Path(__file__).parents[1] / "schemas" / "preset.schema.json"
SITES = Path(__file__).parents[1] / "sites"
# Which part of the plant a piece of equipment shows, and the section that says how many of it there are.
PARTS = {"node": "node", "unit": "crac"}

Preset = dict[str, Any]


def is_own(name: str) -> bool:
    """Whether this names a file and no shipped preset."""
    return name.endswith((".yaml", ".yml"))


def own_preset(
    name: str, shipped: Mapping[str, Callable[[], Preset]], merge: Callable[[Preset, Preset], Preset]
) -> Preset:
    """The file with everything it extends merged in. Refusal, with file and line, for what cannot be.

    `shipped` are the containers that can be patched.
    """
    document = load_document(Path(name), SCHEMA)
    patch = {key: value for key, value in document.data.items() if key not in ("extends", "title")}
    base = document.data.get("extends")
    if base is None:
        raise document.refusal((), "it does not say which container it patches", "add `extends: edge-40`")
    if base not in shipped:
        raise document.refusal(("extends",), f"there is no container '{base}'", suggest(base, shipped))
    if "site" in patch:
        raise document.refusal(("site",), "a patch is wired up as its container", "remove the line")
    before = shipped[base]()
    _check_sections(document, patch, before)
    merged = merge(before, patch)
    _check_equipment(document, patch.get("equipment", {}), merged)
    return merged


def _check_sections(document: Document, patch: Preset, base: Preset) -> None:
    """What its container does not have would change nothing."""
    for name, section in patch.items():
        if name not in base:
            raise document.refusal((name,), f"'{document.data['extends']}' has none", "extend one that has it")
        unknown = [key for key in section if name != "equipment" and key not in base[name]]
        if unknown:
            what = f"'{document.data['extends']}' has no such value"
            raise document.refusal((name, unknown[0]), what, suggest(unknown[0], base[name]))


def _check_equipment(document: Document, equipment: Preset, merged: Preset) -> None:
    devices = read_shipped(SITES / f"{merged['site']}.yaml")["devices"]
    wired = {device["equipment"] for device in devices.values()}
    for name in equipment:
        if name not in wired:
            raise document.refusal(("equipment", name), "nothing is wired to it", suggest(name, wired))
    for name, entry in merged["equipment"].items():
        for part, section in PARTS.items():
            shown = entry.get("nodes", []) if part == "node" and "nodes" in entry else [entry.get(part, 1)]
            most = merged[section]["count"]
            if max(shown) > most:
                place = ("equipment", name) if name in equipment else (section, "count")
                remedy = f"set `{name}: null` below `equipment`, or raise `count`"
                raise document.refusal(place, f"{name} shows {part} {max(shown)} of {most}", remedy)
