"""Answers that say no: a status and messages of the Base registry (DSP0266 §8.6, DSP8011).

>>> message("PropertyUnknown", "Bogus")["Message"]
'The property Bogus is not in the list of valid properties for the resource.'
>>> Refused(404, message("ResourceMissingAtURI", "/redfish/v1/x")).body()["error"]["code"]
'Base.1.22.ResourceMissingAtURI'
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from profiles.shipped_yaml import read_shipped

Document = dict[str, Any]
NOTHING: Mapping[str, str] = {}


class Refused(Exception):
    """A request that is answered with a status (4xx, 5xx) and messages, and perhaps further headers."""

    def __init__(self, status: int, *messages: Document, headers: Mapping[str, str] = NOTHING) -> None:
        super().__init__(status, *(one["MessageId"] for one in messages))
        self.status, self.messages, self.headers = status, messages, headers

    def body(self) -> Document:
        """The error response: the only message by itself, or all of them below a general one."""
        first = self.messages[0] if len(self.messages) == 1 else message("GeneralError")
        error = {"code": first["MessageId"], "message": first["Message"], "@Message.ExtendedInfo": list(self.messages)}
        return {"error": error}


def message(name: str, *arguments: str, about: str = "") -> Document:
    """One message of a registry; `about` is the JSON pointer of the property that it speaks of."""
    registry = next(registry for registry, known in _registries().items() if name in known)
    text, severity, resolution = _registries()[registry][name]
    for number, argument in enumerate(arguments, 1):
        text = text.replace(f"%{number}", argument)
    related = {"RelatedProperties": [f"#{about}"]} if about else {}
    return {
        "@odata.type": "#Message.v1_3_0.Message",
        "MessageId": f"{registry}.{name}",
        "Message": text,
        "MessageArgs": list(arguments),
        "MessageSeverity": severity,
        "Resolution": resolution,
        **related,
    }


def missing(path: str) -> Refused:
    """There is nothing at this path."""
    return Refused(404, message("ResourceMissingAtURI", path))


@cache
def _registries() -> Mapping[str, Any]:
    path = Path(__file__).with_name("messages.yaml")
    document: Mapping[str, Any] = read_shipped(path)
    return document
