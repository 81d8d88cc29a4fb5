"""Query parameters of a GET: only, $expand and $select (DSP0266 §7.3).

    answer(see, "/redfish/v1/Chassis/CDU/Sensors", {"$expand": ".($levels=1)"})      # sensors instead of links

`see` gives the resource at a path, or None if there is none that the asker may see.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from simulators.servers.redfish.errors import Document, Refused, message, missing

See = Callable[[str], Document | None]
MAX_LEVELS = 4
_EXPAND = re.compile(r"([*.~])(?:\(\$levels=(\d+)\))?")
_PROPERTY = re.compile(r"[A-Za-z@#][\w.@#]*(/[A-Za-z@#][\w.@#]*)*")


def answer(see: See, path: str, query: Mapping[str, str]) -> Document:
    """The resource as it was asked for. Refused for what is not supported (501) or not valid (400)."""
    for name in query:
        if name.startswith("$") and name not in ("$expand", "$select"):
            raise Refused(501, message("QueryParameterUnsupported", name))
    if "only" in query:
        path = _only(see, path, query["only"])
    document = see(path)
    if document is None:
        raise missing(path)
    if "$expand" in query:
        which, levels = _expansion(query["$expand"])
        document = _expanded(see, document, which, levels)
    if "$select" in query:
        document = _selected(document, query["$select"])
    return document


def _only(see: See, path: str, value: str) -> str:
    """The only member of a collection; the collection itself if it has another number of them."""
    if value:
        raise Refused(400, message("QueryParameterValueFormatError", value, "only"))
    members = (see(path) or {}).get("Members")
    if not isinstance(members, list):
        raise Refused(400, message("QueryNotSupportedOnResource"))
    return str(members[0]["@odata.id"]) if len(members) == 1 else path


def _expansion(value: str) -> tuple[str, int]:
    found = _EXPAND.fullmatch(value)
    levels = int(found[2] or 1) if found else 0
    if found is None or not 1 <= levels <= MAX_LEVELS:
        raise Refused(400, message("QueryParameterValueFormatError", value, "$expand"))
    return found[1], levels


def _expanded(see: See, value: Any, which: str, levels: int, key: str = "") -> Any:
    """Replace references by resources: `.` those outside Links, `~` those inside, `*` all."""
    if levels == 0:
        return value
    if isinstance(value, list):
        return [_expanded(see, inner, which, levels, key) for inner in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"@odata.id"}:
        wanted = which == "*" or (key == "Links") == (which == "~")
        document = see(str(value["@odata.id"])) if wanted else None
        return value if document is None else _expanded(see, document, which, levels - 1)
    return {
        name: _expanded(see, inner, which, levels, "Links" if "Links" in (key, name) else name)
        for name, inner in value.items()
    }


def _selected(document: Document, value: str) -> Document:
    """Only the named properties, and what every resource always shows."""
    names = [name.strip() for name in value.split(",")]
    if not all(_PROPERTY.fullmatch(name) for name in names):
        raise Refused(400, message("QueryParameterValueFormatError", value, "$select"))
    chosen = {key: inner for key, inner in document.items() if key.startswith("@odata.")}
    for name in names:
        _take(document, chosen, name.split("/"))
    return chosen


def _take(source: Document, target: Document, way: list[str]) -> None:
    head, *rest = way
    if head not in source:
        return
    if rest and isinstance(source[head], dict):
        _take(source[head], target.setdefault(head, {}), rest)
    else:
        target[head] = source[head]
