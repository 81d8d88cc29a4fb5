"""What a PATCH or a POST brings, checked against what the resource takes.

>>> from simulators.servers.redfish.kinds import kind_of
>>> kind = kind_of("/redfish/v1/Systems/1")
>>> changes, messages = sorted_out(kind, {"AssetTag": "rack 3", "Bogus": 1}, {})
>>> changes, [one["MessageId"] for one in messages]
({'/AssetTag': 'rack 3'}, ['Base.1.22.PropertyUnknown'])
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from simulators.servers.redfish.errors import Document, Refused, message
from simulators.servers.redfish.kinds import Kind

if TYPE_CHECKING:
    from jsonschema import ValidationError

# Which message of the registry says that a keyword of a schema is not kept.
_WORDS = {
    "type": "PropertyValueTypeError",
    "enum": "PropertyValueNotInList",
    "const": "PropertyValueNotInList",
    "minimum": "PropertyValueOutOfRange",
    "maximum": "PropertyValueOutOfRange",
    "pattern": "PropertyValueFormatError",
}


def sorted_out(kind: Kind, body: Document, present: Document) -> tuple[dict[str, Any], list[Document]]:
    """The changes that a PATCH makes, by JSON pointer, and a message for each property that it does not change."""
    changes: dict[str, Any] = {}
    messages: list[Document] = []
    _walk(kind, body, present, "", changes, messages)
    return changes, messages


def _walk(
    kind: Kind, body: Document, present: object, at: str, changes: dict[str, Any], messages: list[Document]
) -> None:
    for name, value in body.items():
        pointer = f"{at}/{name}"
        there = present.get(name) if isinstance(present, dict) else None
        if name.startswith("@odata."):
            continue
        if schema := kind.patch.get(pointer):
            error = _offence(schema, value)
            if error is None:
                changes[pointer] = merged(there, value)
            else:
                messages.append(_wrong(error, pointer, value))
        elif isinstance(value, dict) and any(known.startswith(f"{pointer}/") for known in kind.patch):
            _walk(kind, value, there, pointer, changes, messages)
        else:
            known = isinstance(present, dict) and name in present
            messages.append(message("PropertyNotWritable" if known else "PropertyUnknown", name, about=pointer))


def merged(old: object, new: object) -> object:
    """An array after a PATCH (DSP0266 §7.6.2): {} leaves an element, null removes it, what is not named goes."""
    if not isinstance(new, list):
        return new
    before = old if isinstance(old, list) else []
    kept = [before[n] if one == {} and n < len(before) else one for n, one in enumerate(new)]
    return [one for one in kept if one is not None and one != {}]


def complete(kind: Kind, body: Document) -> Document:
    """The body of a POST that makes a member of a collection. Refused (400) if something is missing or wrong."""
    schema = kind.creates or {}
    messages = [message("PropertyMissing", name, about=f"/{name}") for name in schema["required"] if name not in body]
    for name, value in body.items():
        wanted = schema["properties"].get(name)
        if wanted is None:
            messages.append(message("PropertyUnknown", name, about=f"/{name}"))
        elif error := _offence(wanted, value):
            messages.append(_wrong(error, f"/{name}", value))
    if messages:
        raise Refused(400, *messages)
    return body


def _offence(schema: Mapping[str, Any], value: object) -> "ValidationError | None":
    """How a value offends a schema. The library is loaded when somebody first writes: a container starts at once."""
    from jsonschema import Draft202012Validator

    return next(Draft202012Validator(schema).iter_errors(value), None)


def _wrong(error: "ValidationError", pointer: str, value: object) -> Document:
    name = pointer.rsplit("/", 1)[-1]
    word = _WORDS.get(str(error.validator))
    # A password is never repeated, not even a refused one.
    if word is None or name == "Password":
        return message("PropertyValueError", name, about=pointer)
    return message(word, str(value), name, about=pointer)


def body_of(document: object) -> Mapping[str, Any]:
    """The JSON object of a request. Refused (400) if it is none."""
    if not isinstance(document, dict):
        raise Refused(400, message("UnrecognizedRequestBody"))
    return document
