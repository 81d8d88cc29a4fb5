"""Entity tags of resources, and the headers that ask for them (RFC 9110 §13, DSP0266 §6.5).

>>> tag = etag({"Id": "1", "DateTime": "2026-11-02T09:00:00Z"}, revision=0)
>>> tag == etag({"Id": "1", "DateTime": "2026-11-02T09:00:01Z"}, revision=0), tag == etag({"Id": "1"}, revision=1)
(True, False)
>>> matches(f'"other", {tag}', tag), matches("*", tag), matches('"other"', tag)
(True, True, False)
"""

import hashlib
import json
from collections.abc import Mapping


def etag(document: Mapping[str, object], revision: int) -> str:
    """The tag of a resource; its clock is left out, so that it does not change by itself."""
    steady = {key: value for key, value in document.items() if key != "DateTime"}
    text = json.dumps([steady, revision], sort_keys=True)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:16]}"'


def matches(header: str, tag: str) -> bool:
    """Whether an If-Match or If-None-Match header names this tag."""
    return header.strip() == "*" or tag in [given.strip() for given in header.split(",")]
